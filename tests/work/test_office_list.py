"""`/beheer/zaken`: which cases the list holds, how it goes on, and the file for a spreadsheet."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from app.intake.model import Channel
from app.work.model import CaseStage, ClockState, WaitingFor
from app.work.operations.office.case_filter import CaseFilter, CaseOrder
from app.work.operations.office.listing import list_cases
from app.work.pages.office.asked import filter_of, order_of, written_filter
from app.work.weights import Priority
from tests.makers.people import an_account
from tests.makers.places import ON_MOTORWAY, SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import HOSTILE, Report

LIST = "/beheer/zaken"
#: In the municipality, where no agreement says who comes.
WITH_NOBODY = (4.25, 51.58)
IN_THE_KERKSTRAAT = (
    "near_street = 'Kerkstraat', near_address = 'Kerkstraat 54', near_village = 'Dinteloord',"
    " near_asked_at = now()"
)


def numbers(page: str) -> list[str]:
    """Return the numbers of the cases on a page, in their order."""
    return re.findall(r'<p class="case-line__head"><a href="/balie/zaken/([^"]+)">', page)


def change(connection: Connection, reference: str, columns: str, **values: Any) -> None:  # noqa: ANN401  # any column
    connection.execute(
        text(f"UPDATE defect_case SET {columns} WHERE reference = :reference"),
        {"reference": reference, **values},
    )


def many_cases(connection: Connection, place: SmallMunicipality, count: int) -> None:
    """Make cases that came in one an hour, some of them at the same moment."""
    connection.execute(
        text(
            """
            INSERT INTO defect_case (id, reference, category_code, category_group, stage, spot,
                party_id, is_danger, report_count, received_at, due_at, changed_at, version,
                is_demo)
            SELECT gen_random_uuid(), 'NR-' || n, 'wegen.losse-tegel', 'tegel', 'assigned',
                   ST_SetSRID(ST_MakePoint(4.32, 51.58), 4326), :party_id, false, 1,
                   timestamptz '2026-11-01 08:00Z' + (n / 3) * interval '1 hour',
                   timestamptz '2026-12-01 08:00Z' + (n / 2) * interval '1 hour', now(), 1, false
            FROM generate_series(1, :count) AS n
            """
        ),
        {"count": count, "party_id": place.team_id},
    )


class TestTheList:
    def test_holds_what_is_open_newest_first(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        old, new, closed = (report()["reference"] for _ in range(3))
        change(connection, old, "received_at = received_at - interval '2 days'")
        change(connection, closed, "stage = 'resolved', closed_at = now()")

        assert numbers(desk.get(LIST).text) == [new, old]

    def test_tells_what_was_typed_as_text(self, desk: Browser, report: Report) -> None:
        report(f"Tegel {HOSTILE}")

        page = desk.get(LIST, woorden=HOSTILE).text

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page

    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DESK])
    def test_is_for_who_may_see_cases(
        self, web: FlaskClient, provided: Provided, role: Role, report: Report
    ) -> None:
        reference = report()["reference"]
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=role)

        assert reference in signed_in(web, account).get(LIST).text

    def test_is_not_for_a_crew(self, crew: Browser, report: Report) -> None:
        report()

        assert crew.get(LIST).status_code == 403
        assert crew.get(f"{LIST}/lijst.csv").status_code == 403

    @pytest.mark.parametrize(
        "address",
        [
            "?status=%00&soort=%E2%80%AE&gebied=x&uitvoerder=';--&kanaal=fax&persoon=%00&van=gisteren&norm=ooit",
            "?na=9999999999999999999_x&voor=1_1",
            "?na=-1_" + str(UUID(int=1)),
            "?woorden=" + "x" * 10_000,
            "?woorden=%22%27%3A%26%7C!()",
            "?woorden=" + "-" * 99 + "x",
            "?woorden=" + "-(" * 50,
            "?van=0001-01-01&tot=9999-12-31",
            "?na=" + "9" * 18 + "_" + str(UUID(int=1)),
        ],
    )
    def test_survives_what_is_strange_in_its_address(
        self, desk: Browser, report: Report, address: str
    ) -> None:
        report()

        assert desk.get(LIST + address).status_code == 200

    def test_asks_at_most_eight_statements_for_a_hundred_cases(
        self, desk: Browser, place: SmallMunicipality, connection: Connection, report: Report
    ) -> None:
        many_cases(connection, place, 250)
        report()
        desk.get(LIST)

        with statements(connection) as heard:
            page = desk.get(LIST, uitvoerder="team", soort="wegen")

        assert len(numbers(page.text)) == 100
        assert len(heard) <= 8, heard


class TestAFilter:
    @pytest.fixture
    def tile(self, report: Report, connection: Connection) -> str:
        """A loose tile that the team has, with nothing special."""
        reference: str = report()["reference"]
        change(connection, reference, "due_at = now() + interval '9 days', at_risk_at = NULL")
        return reference

    @pytest.mark.parametrize(
        ("columns", "query"),
        [
            ("stage = 'in-progress'", {"status": "in-progress"}),
            ("stage = 'resolved', closed_at = now()", {"status": "gesloten"}),
            ("is_danger = true", {"gevaar": "ja"}),
            ("priority = 'high'", {"prioriteit": "high"}),
            ("party_id = NULL", {"uitvoerder": "nobody"}),
            ("due_at = now() - interval '1 hour'", {"norm": "overdue"}),
            ("at_risk_at = now() - interval '1 hour'", {"norm": "at-risk"}),
            ("stage = 'waiting', waiting_for = 'third-party'", {"norm": "stopped"}),
            ("stage = 'waiting', waiting_for = 'weather'", {"wacht": "weather"}),
            ("received_at = '2026-03-03 12:00Z'", {"van": "2026-03-03", "tot": "2026-03-03"}),
            ("category_code = 'overig.anders'", {"soort": "overig.anders"}),
            ("category_code = 'overig.anders'", {"soort": "overig"}),
            (IN_THE_KERKSTRAAT, {"straat": "kerkstraat"}),
        ],
    )
    def test_keeps_what_it_names_and_nothing_else(
        self,
        desk: Browser,
        tile: str,
        report: Report,
        connection: Connection,
        columns: str,
        query: dict[str, str],
    ) -> None:
        wanted = report()["reference"]
        change(connection, wanted, "due_at = now() + interval '9 days', at_risk_at = NULL")
        change(connection, wanted, columns)

        assert numbers(desk.get(LIST, **query).text) == [wanted]

    def test_by_party_and_by_area_follows_the_place(
        self, desk: Browser, tile: str, report: Report
    ) -> None:
        elsewhere = report(at=WITH_NOBODY)["reference"]

        assert numbers(desk.get(LIST, uitvoerder="team").text) == [tile]
        assert numbers(desk.get(LIST, gebied="team-district:zuid").text) == [tile]
        assert sorted(numbers(desk.get(LIST).text)) == sorted([tile, elsewhere])

    def test_offers_areas_of_every_kind_by_their_name(self, desk: Browser, tile: str) -> None:
        page = desk.get(LIST, gebied="team-district:zuid").text

        assert '<option value="team-district:zuid" selected>' in page
        assert '<optgroup label="Wijk van een team">' in page
        assert 'value="municipality:' not in page

    def test_by_person_keeps_what_they_took_and_did_not_give_back(
        self, desk: Browser, tile: str, report: Report, connection: Connection, crew: Browser
    ) -> None:
        taken, given_back = report()["reference"], report()["reference"]
        karim = connection.scalar(text("SELECT id FROM account WHERE name = 'Karim Team'"))
        connection.execute(
            text(
                "INSERT INTO task_worker (task_id, account_id, since) SELECT task.id, :karim, now()"
                " FROM task JOIN defect_case AS c ON c.id = case_id WHERE reference <> :tile"
            ),
            {"karim": karim, "tile": tile},
        )
        connection.execute(
            text(
                "UPDATE task SET stage = 'declined', decline_reason = 'not-mine'"
                " FROM defect_case AS c WHERE c.id = case_id AND reference = :given_back"
            ),
            {"given_back": given_back},
        )

        page = desk.get(LIST, persoon=str(karim)).text

        assert numbers(page) == [taken]
        assert f'<option value="{karim}" selected>Karim Team</option>' in page

    def test_by_channel_asks_how_any_of_its_reports_came(
        self, desk: Browser, tile: str, report: Report, connection: Connection
    ) -> None:
        called = report()["reference"]
        connection.execute(
            text("UPDATE report SET channel = 'phone' WHERE reference = :it"), {"it": called}
        )

        assert numbers(desk.get(LIST, kanaal="phone").text) == [called]

    def test_by_words_finds_other_forms_of_them_in_both_languages(
        self, desk: Browser, tile: str, report: Report
    ) -> None:
        dutch = report("Er staan drie omgewaaide bomen")["reference"]
        english = report("Broken benches near the church")["reference"]

        assert numbers(desk.get(LIST, woorden="omgewaaide boom").text) == [dutch]
        assert numbers(desk.get(LIST, woorden="bench").text) == [english]

    def test_by_photo_counts_those_of_reports_and_of_repairs(
        self, desk: Browser, tile: str, report: Report, connection: Connection
    ) -> None:
        seen, mended = report()["reference"], report()["reference"]
        for belongs_to, of in (
            ("report_id", "SELECT id FROM report WHERE reference = :reference"),
            (
                "task_id",
                (
                    "SELECT task.id FROM task JOIN defect_case ON defect_case.id = case_id"
                    " WHERE reference = :reference"
                ),
            ),
        ):
            connection.execute(
                text(
                    f"INSERT INTO photo (id, storage_key, purpose, status, {belongs_to}, position,"
                    " kind, size_bytes, width_px, height_px, sha256, received_at) VALUES ("
                    f" :id, :key, 'report', 'received', ({of}), 0, 'image/jpeg', 1, 1, 1, :sha,"
                    " now())"
                ),
                {
                    "id": uuid4(),
                    "key": uuid4().hex,
                    "sha": "0" * 64,
                    "reference": seen if belongs_to == "report_id" else mended,
                },
            )

        assert sorted(numbers(desk.get(LIST, foto="ja").text)) == sorted([seen, mended])

    def test_stands_in_the_address_and_each_part_can_be_taken_off(
        self, desk: Browser, tile: str
    ) -> None:
        page = desk.get(LIST, uitvoerder="team", norm="on-time", volgorde="oud").text

        addresses = [
            one.replace("&amp;", "&") for one in re.findall(r'class="chip" href="([^"]+)"', page)
        ]
        assert f"{LIST}?status=alle&uitvoerder=team&norm=on-time&volgorde=oud" in addresses
        assert f"{LIST}?norm=on-time&volgorde=oud" in addresses
        assert f"{LIST}?uitvoerder=team&volgorde=oud" in addresses
        assert numbers(page) == [tile]

    def test_that_keeps_nothing_says_so(self, desk: Browser, tile: str) -> None:
        page = desk.get(LIST, status="merged").text

        assert numbers(page) == []
        assert "Er zijn geen meldingen met dit filter." in page


class TestGoingOn:
    @pytest.mark.parametrize("order", ["nieuw", "oud", "norm"])
    def test_through_all_pages_meets_every_case_once_and_comes_back_the_same_way(
        self,
        desk: Browser,
        place: SmallMunicipality,
        connection: Connection,
        order: str,
    ) -> None:
        many_cases(connection, place, 250)
        pages = [desk.get(LIST, volgorde=order).text]
        while further := re.search(r'<a href="([^"]+)" rel="next"', pages[-1]):
            pages.append(desk.get(further[1].replace("&amp;", "&")).text)
        back = re.search(r'<a href="([^"]+)" rel="prev"', pages[-1])
        assert back is not None

        before = desk.get(back[1].replace("&amp;", "&")).text

        met = [number for page in pages for number in numbers(page)]
        assert [len(numbers(page)) for page in pages] == [100, 100, 50]
        assert len(set(met)) == 250
        assert numbers(before) == numbers(pages[1])

    def test_skips_nothing_when_a_newer_case_comes_in_meanwhile(
        self,
        desk: Browser,
        place: SmallMunicipality,
        connection: Connection,
        report: Report,
    ) -> None:
        many_cases(connection, place, 150)
        first = desk.get(LIST).text
        further = re.search(r'<a href="([^"]+)" rel="next"', first)
        assert further is not None
        newer = report()["reference"]

        second = desk.get(further[1].replace("&amp;", "&")).text

        assert newer not in numbers(second)
        assert len(set(numbers(first) + numbers(second))) == 150

    def test_counts_no_further_than_anybody_reads(
        self, desk: Browser, place: SmallMunicipality, connection: Connection
    ) -> None:
        many_cases(connection, place, 1100)

        assert "Meer dan 1000 meldingen" in desk.get(LIST).text

    def test_finds_words_that_many_reports_have_in_the_order_of_the_list(
        self, desk: Browser, place: SmallMunicipality, connection: Connection, report: Report
    ) -> None:
        many_cases(connection, place, 1100)
        connection.execute(text(_A_REPORT_FOR_EACH), {"description": "Scheve tegel"})
        other = report("Lamp brandt niet")["reference"]

        first = desk.get(LIST, woorden="tegels").text
        closed = desk.get(LIST, woorden="tegels", status="gesloten").text

        assert [other, *numbers(first)[:99]] == numbers(desk.get(LIST).text)
        assert "Meer dan 1000 meldingen" in first
        assert other not in numbers(first)
        assert numbers(closed) == []


_A_REPORT_FOR_EACH = """
    INSERT INTO report (id, reference, case_id, description, spot, category_code,
        category_chosen_by, category_certainty, is_danger, answers, channel, language,
        token_generation, received_at, is_demo)
    SELECT gen_random_uuid(), 'M-' || reference, id, :description, spot, category_code,
           'reporter', 1, false, '{}', 'web', 'nl', 1, received_at, false
    FROM defect_case
"""


class TestHavingAPhoto:
    @pytest.fixture
    def cases(self, report: Report, connection: Connection) -> tuple[str, str]:
        """Two cases, of which the second has a report with a photo."""
        first, second = report()["reference"], report()["reference"]
        connection.execute(
            text(
                """
                INSERT INTO photo (id, storage_key, purpose, status, report_id, position, kind,
                    size_bytes, width_px, height_px, sha256, received_at)
                SELECT gen_random_uuid(), repeat('a', 32), 'report', 'received', report.id, 0,
                       'image/jpeg', 1, 1, 1, repeat('0', 64), now()
                FROM report JOIN defect_case ON defect_case.id = case_id
                WHERE defect_case.reference = :reference
                """
            ),
            {"reference": second},
        )
        return first, second

    def test_goes_with_the_report_to_another_case(
        self, desk: Browser, connection: Connection, cases: tuple[str, str]
    ) -> None:
        first, second = cases
        before = numbers(desk.get(LIST, foto="ja").text)

        connection.execute(
            text(
                "UPDATE report SET case_id = (SELECT id FROM defect_case WHERE reference = :into)"
                " WHERE case_id = (SELECT id FROM defect_case WHERE reference = :of)"
            ),
            {"into": first, "of": second},
        )

        assert before == [second]
        assert numbers(desk.get(LIST, foto="ja").text) == [first]

    def test_ends_when_the_photo_is_erased(
        self, desk: Browser, connection: Connection, cases: tuple[str, str]
    ) -> None:
        connection.execute(text("DELETE FROM photo"))

        assert numbers(desk.get(LIST, foto="ja").text) == []
        assert cases[1] in numbers(desk.get(LIST).text)


class TestTheNormState:
    def test_of_the_list_is_that_of_the_case(
        self, provided: Provided, place: SmallMunicipality, connection: Connection
    ) -> None:
        many_cases(connection, place, 60)
        now = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
        for n, (stage, waits) in enumerate(
            [
                (stage, waits)
                for stage in CaseStage
                if stage is not CaseStage.MERGED
                for waits in (None, "reporter", "weather")
            ]
        ):
            change(
                connection,
                f"NR-{n + 1}",
                "stage = :stage, waiting_for = :waits, closed_at = CASE WHEN :open THEN NULL"
                " ELSE now() END, at_risk_at = due_at - interval '2 hours'",
                stage=stage.value,
                waits=waits,
                open=stage.value in {"received", "assigned", "planned", "in-progress", "waiting"},
            )

        with provided.get(Database).transaction() as transaction:
            found = {
                state: [
                    line.case.clock(now)
                    for line in list_cases(
                        transaction,
                        CaseFilter(status="all", clock=state),
                        order=CaseOrder.DUE,
                        now=now,
                    ).lines
                ]
                for state in ClockState
            }

        assert all(set(states) == {state} for state, states in found.items())
        assert sum(len(states) for states in found.values()) == 60


class TestTheFile:
    def test_holds_the_list_without_what_anybody_typed_or_who_they_are(
        self, desk: Browser, report: Report
    ) -> None:
        said = report("=cmd|bel mevrouw Oudejans", contact={"email": "oudejans@example.org"})

        answered = desk.get(f"{LIST}/lijst.csv")

        assert answered.mimetype == "text/csv"
        assert said["reference"] in answered.text
        assert "Losse tegel" in answered.text
        assert "Oudejans" not in answered.text
        assert "oudejans" not in answered.text

    def test_is_filtered_as_the_list_is(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        safe, dangerous = report()["reference"], report()["reference"]
        change(connection, dangerous, "is_danger = true")

        told = desk.get(f"{LIST}/lijst.csv", gevaar="ja").text

        assert dangerous in told
        assert safe not in told


class TestTheAreasOfACase:
    def test_follow_its_place(self, report: Report, connection: Connection) -> None:
        reference = report()["reference"]
        where = text("SELECT areas FROM defect_case WHERE reference = :reference")
        at_first = connection.scalar(where, {"reference": reference})

        change(
            connection,
            reference,
            "spot = ST_SetSRID(ST_MakePoint(:x, :y), 4326)",
            x=ON_MOTORWAY[0],
            y=ON_MOTORWAY[1],
        )

        assert at_first == ["team-district:zuid"]
        assert connection.scalar(where, {"reference": reference}) == [
            "road-authority:a4",
            "team-district:zuid",
        ]


_DAYS = st.none() | st.dates(date(2000, 1, 1), date(2199, 12, 31))


@given(
    wanted=st.builds(
        CaseFilter,
        status=st.sampled_from(["open", "closed", "all", *(stage.value for stage in CaseStage)]),
        category=st.none() | st.sampled_from(["wegen", "wegen.losse-tegel"]),
        area=st.none() | st.just("village:de-heen"),
        street=st.none() | st.sampled_from(["Kerkstraat", "Burg. van 't Hoffstraat"]),
        party=st.none() | st.sampled_from(["nobody", "team"]),
        person=st.none() | st.uuids(),
        channel=st.none() | st.sampled_from(list(Channel)),
        since=_DAYS,
        until=_DAYS,
        clock=st.none()
        | st.sampled_from([one for one in ClockState if one is not ClockState.ENDED]),
        waiting_for=st.none() | st.sampled_from(list(WaitingFor)),
        priority=st.none() | st.sampled_from(list(Priority)),
        is_danger=st.booleans(),
        has_photo=st.booleans(),
        words=st.sampled_from(["", "losse tegel", "é & ü"]),
    ),
    order=st.sampled_from(list(CaseOrder)),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_filter_is_read_from_its_address_as_it_was_written(
    wanted: CaseFilter, order: CaseOrder
) -> None:
    address = written_filter(wanted, order)

    assert (filter_of(address), order_of(address)) == (wanted, order)
