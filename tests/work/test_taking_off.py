"""A report that joined a case by mistake becomes a case of its own; what is left is right again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.identity.permissions import Role
from app.intake.operations import report_with_reference
from app.intake.rules import report_token
from app.reception.taking_off import take_off_report
from app.work.model import ActedBy
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.photos.pictures import a_jpeg
from tests.work.conftest import Report

SOMEBODY = ActedBy("account", UUID(int=7))
WITH_NOBODY = (4.25, 51.58)
LAMP = {"category": "verlichting.lamp-brandt-niet"}


def case_of(connection: Connection, reference: str) -> dict[str, Any]:
    """Return all columns of a case, with its public row and its reports."""
    row = connection.execute(
        text(
            """
            SELECT c.*, ST_X(c.spot) AS longitude, public_case.report_count AS public_count,
                   public_case.stage AS public_stage, public_case.reported_at,
                   ARRAY(SELECT report.reference FROM report WHERE case_id = c.id
                         ORDER BY report.received_at, report.id) AS reports
            FROM defect_case AS c LEFT JOIN public_case USING (reference)
            WHERE c.reference = :reference
            """
        ),
        {"reference": reference},
    ).one()
    return dict(row._mapping)


def happened(connection: Connection, reference: str) -> list[tuple[str, dict[str, Any]]]:
    rows = connection.execute(
        text(
            """
            SELECT happening, details FROM history_entry
            JOIN defect_case ON defect_case.id = case_id
            WHERE reference = :reference ORDER BY history_entry.id
            """
        ),
        {"reference": reference},
    )
    return [(row.happening, row.details) for row in rows]


def id_of(connection: Connection, reference: str) -> UUID:
    found = connection.scalar(
        text("SELECT id FROM report WHERE reference = :reference"), {"reference": reference}
    )
    assert isinstance(found, UUID)
    return found


def token_of(transaction: Transaction, reference: str, provided: Provided) -> str:
    kept = report_with_reference(transaction, reference)
    key = provided.get(Settings).secret_key.get_secret_value()
    return report_token(key, kept.id, kept.token_generation)


class Desk:
    """Somebody at the desk who takes reports off cases."""

    def __init__(self, browser: Browser, connection: Connection) -> None:
        self.browser = browser
        self.connection = connection

    def path(self, case: str, report: str) -> str:
        return f"/balie/zaken/{case}/meldingen/{id_of(self.connection, report)}/losmaken"

    def take_off(self, case: str, report: str) -> str:
        """Press the button; return the number of the case that the report is now."""
        answered = self.browser.submit(f"/balie/zaken/{case}", self.path(case, report))
        assert answered.status_code == 303, answered.text
        return str(answered.location).rpartition("/")[2]


@pytest.fixture
def at_desk(desk: Browser, connection: Connection) -> Desk:
    return Desk(desk, connection)


@pytest.fixture
def two(report: Report) -> tuple[str, str]:
    """The number of a case of a tile, and of a lamp whose reporter said that it is the same."""
    tile = report()["reference"]
    report("Ruis", at=WITH_NOBODY)
    second = report("Deze tegel ook", sameAs=tile, at=(IN_DISTRICT[0] + 0.0005, IN_DISTRICT[1]))
    assert second["case"]["reference"] == tile
    return tile, second["reference"]


class TestAReportThatDoesNotBelong:
    def test_becomes_a_case_with_its_own_number_decision_task_and_place(
        self, at_desk: Desk, two: tuple[str, str], connection: Connection
    ) -> None:
        tile, second = two

        own = at_desk.take_off(tile, second)

        assert own == second
        made, left = case_of(connection, own), case_of(connection, tile)
        assert (made["reports"], left["reports"]) == ([second], [tile])
        assert (made["report_count"], left["report_count"]) == (1, 1)
        assert (made["stage"], left["stage"]) == ("assigned", "assigned")
        assert (made["public_count"], left["public_count"]) == (1, 1)
        assert made["longitude"] == pytest.approx(IN_DISTRICT[0] + 0.0005)
        page = at_desk.browser.get(f"/balie/zaken/{own}").text
        assert "Team Zuid doet dit soort werk hier." in page
        assert f"Hoort niet meer bij {tile}" in page
        assert "Deze tegel ook" in page
        page = at_desk.browser.get(f"/balie/zaken/{tile}").text
        assert f"{second} hoort niet meer bij deze melding" in page
        assert "Deze tegel ook" not in page

    def test_is_told_in_the_history_without_a_word_of_its_reporter(
        self, at_desk: Desk, two: tuple[str, str], connection: Connection
    ) -> None:
        tile, second = two

        at_desk.take_off(tile, second)

        assert happened(connection, tile)[-1] == ("split-again", {"case": second, "reports": 1})
        assert [one for one, _ in happened(connection, second)] == [
            "opened",
            "task-offered",
            "split-again",
        ]
        told = connection.scalars(text("SELECT history_entry::text FROM history_entry")).all()
        assert [one for one in told if "tegel ook" in one] == []

    def test_is_promised_from_when_it_came_in(
        self, at_desk: Desk, report: Report, provided: Provided, connection: Connection
    ) -> None:
        tile = report()["reference"]
        alone = report("Zelfde dag", at=(IN_DISTRICT[0] + 0.02, IN_DISTRICT[1]))["reference"]
        second = report("Ook", sameAs=tile)["reference"]
        came_in: datetime = connection.scalars(
            text("SELECT received_at FROM report ORDER BY received_at DESC LIMIT 1")
        ).one()
        with provided.get(Database).transaction() as transaction:
            take_off_report(
                transaction,
                tile,
                id_of(connection, second),
                by=SOMEBODY,
                now=came_in + timedelta(days=40),
            )

        own = case_of(connection, second)
        assert own["received_at"] == own["reported_at"] == came_in
        assert own["due_at"] == case_of(connection, alone)["due_at"]

    def test_of_a_case_that_is_over_is_open_work_promised_from_now(
        self, at_desk: Desk, two: tuple[str, str], provided: Provided, connection: Connection
    ) -> None:
        tile, second = two
        page = f"/balie/zaken/{tile}"
        at_desk.browser.submit(page, f"{page}/sluiten", reason="already-fixed")
        later: datetime = case_of(connection, tile)["received_at"] + timedelta(days=40)
        with provided.get(Database).transaction() as transaction:
            take_off_report(transaction, tile, id_of(connection, second), by=SOMEBODY, now=later)

        own = case_of(connection, second)
        left = case_of(connection, tile)
        assert (own["stage"], left["stage"]) == ("assigned", "closed-without-work")
        assert own["due_at"] > later
        assert (left["report_count"], left["public_count"]) == (1, 1)

    def test_takes_its_danger_along(
        self, at_desk: Desk, report: Report, connection: Connection
    ) -> None:
        tile = report()["reference"]
        due = case_of(connection, tile)["due_at"]
        second = report("Gevaarlijk", sameAs=tile, danger=True)["reference"]
        assert case_of(connection, tile)["is_danger"]

        own = case_of(connection, at_desk.take_off(tile, second))

        left = case_of(connection, tile)
        assert (own["is_danger"], left["is_danger"]) == (True, False)
        assert left["due_at"] == due

    def test_leaves_the_danger_that_another_speaks_of(
        self, at_desk: Desk, report: Report, connection: Connection
    ) -> None:
        tile = report(danger=True)["reference"]
        second = report("Gevaarlijk", sameAs=tile, danger=True)["reference"]

        at_desk.take_off(tile, second)

        assert case_of(connection, tile)["is_danger"]

    def test_takes_a_remark_along_that_nobody_read(
        self,
        at_desk: Desk,
        two: tuple[str, str],
        web: FlaskClient,
        provided: Provided,
        connection: Connection,
    ) -> None:
        tile, second = two
        with provided.get(Database).transaction() as transaction:
            follow = f"/volg/{token_of(transaction, second, provided)}"
        Browser(web).submit(follow, follow, remark="Het is erger nu")

        own = at_desk.take_off(tile, second)

        asked = connection.execute(
            text(
                """
                SELECT reference, reason FROM desk_entry
                JOIN defect_case ON defect_case.id = case_id
                WHERE settled_at IS NULL AND reason = 'remark'
                """
            )
        ).all()
        assert [tuple(one) for one in asked] == [(own, "remark")]

    def test_at_the_object_of_the_case_is_not_joined_to_it_again(
        self, at_desk: Desk, report: Report, place: SmallMunicipality, connection: Connection
    ) -> None:
        lamp = report("Lamp uit", **LAMP, asset=str(place.lamp_id))["reference"]
        second = report("Paal scheef", **LAMP, asset=str(place.lamp_id))["reference"]

        own = at_desk.take_off(lamp, second)
        later = report("Lamp nog uit", **LAMP, asset=str(place.lamp_id))

        made, kept = case_of(connection, own), case_of(connection, lamp)
        assert (made["asset_id"], kept["asset_id"]) == (None, place.lamp_id)
        assert later["case"]["reference"] == lamp
        assert made["report_count"] == 1
        # Who is responsible for the object is known all the same.
        assert "lantaarnpaal L-1" in at_desk.browser.get(f"/balie/zaken/{own}").text
        questions = connection.scalar(
            text("SELECT count(*) FROM desk_entry WHERE reason = 'possible-duplicate'")
        )
        assert questions == 0

    def test_stands_at_its_object_where_the_case_is_over(
        self, at_desk: Desk, report: Report, place: SmallMunicipality, connection: Connection
    ) -> None:
        lamp = report("Lamp uit", **LAMP, asset=str(place.lamp_id))["reference"]
        second = report("Paal scheef", **LAMP, asset=str(place.lamp_id))["reference"]
        page = f"/balie/zaken/{lamp}"
        at_desk.browser.submit(page, f"{page}/sluiten", reason="already-fixed")

        own = at_desk.take_off(lamp, second)

        assert case_of(connection, own)["asset_id"] == place.lamp_id

    def test_is_followed_by_its_reporter_at_its_own_case(
        self, at_desk: Desk, two: tuple[str, str], web: FlaskClient, provided: Provided
    ) -> None:
        tile, second = two
        with provided.get(Database).transaction() as transaction:
            own, other = (token_of(transaction, one, provided) for one in (second, tile))

        at_desk.take_off(tile, second)

        page = web.get(f"/volg/{own}").text
        assert f"uw melding gaat over iets anders dan melding {tile}" in page
        assert "Uw melding hoort bij" not in page
        assert "Een andere melding bleek over iets anders te gaan" in web.get(f"/volg/{other}").text

    def test_takes_its_photos_along(
        self, at_desk: Desk, report: Report, web: FlaskClient, connection: Connection
    ) -> None:
        tile = report()["reference"]
        said = report("Met foto", sameAs=tile)
        web.post(
            f"/api/v1/reports/{said['id']}/photos",
            data={"photo": (BytesIO(a_jpeg()), "tegel.jpg", "image/jpeg")},
            headers={"Authorization": f"Bearer {said['token']}"},
        )
        assert case_of(connection, tile)["has_photo"]

        own = at_desk.take_off(tile, said["reference"])

        assert "Foto 1" in at_desk.browser.get(f"/balie/zaken/{own}").text
        assert case_of(connection, own)["has_photo"]
        assert not case_of(connection, tile)["has_photo"]

    def test_that_was_joined_back_tells_its_whole_story(
        self, at_desk: Desk, report: Report, web: FlaskClient
    ) -> None:
        tile = report()["reference"]
        said = report("Ook", sameAs=tile)
        own = at_desk.take_off(tile, said["reference"])
        page = f"/balie/zaken/{own}"
        at_desk.browser.submit(page, f"{page}/samenvoegen", other=tile)
        at_desk.browser.submit(
            f"/balie/zaken/{tile}", f"/balie/zaken/{tile}/sluiten", reason="already-fixed"
        )

        told = web.get(f"/volg/{said['token']}").text

        assert f"uw melding gaat over iets anders dan melding {tile}" in told
        assert f"Uw melding hoort nu bij melding {tile}" in told
        assert "Het was al opgelost" in told


class TestTheFirstReport:
    def test_gets_another_number_and_the_case_keeps_its_own(
        self,
        at_desk: Desk,
        two: tuple[str, str],
        web: FlaskClient,
        provided: Provided,
        connection: Connection,
    ) -> None:
        tile, second = two

        own = at_desk.take_off(tile, tile)

        assert own not in two
        made, left = case_of(connection, own), case_of(connection, tile)
        assert (made["reports"], left["reports"]) == ([tile], [second])
        assert (made["report_count"], left["report_count"]) == (1, 1)
        pages = at_desk.browser.get(f"/balie/zaken/{tile}").text
        assert f"Melding {tile} hoorde hier niet bij: het is nu {own}" in pages
        with provided.get(Database).transaction() as transaction:
            page = web.get(f"/volg/{token_of(transaction, tile, provided)}").text
        assert "Uw melding hoort bij" not in page
        assert "Wij hebben de melding ontvangen" in page
        assert "wat anderen meldden, is iets anders" in page
        assert f"dan melding {tile}" not in page

    def test_leaves_two_numbers_by_which_the_desk_finds_both(
        self, at_desk: Desk, two: tuple[str, str]
    ) -> None:
        tile, _ = two
        own = at_desk.take_off(tile, tile)

        found = [at_desk.browser.get("/balie", nummer=one).location for one in (tile, own)]
        asked = [
            at_desk.browser.submit("/balie/zoeken", "/balie/zoeken", zoek=one).location
            for one in (tile, own)
        ]

        assert found == [f"/balie/zaken/{tile}", f"/balie/zaken/{own}"]
        # Whoever calls with the first number asks about the report.
        assert asked == [f"/balie/antwoord/{tile}", f"/balie/zaken/{own}"]
        leads_on = f'Die heeft nu nummer <a href="/balie/zaken/{own}">{own}</a>'
        assert leads_on in at_desk.browser.get(f"/balie/zaken/{tile}").text

    def test_of_what_was_merged_lets_its_own_case_begin_again(
        self, at_desk: Desk, report: Report, connection: Connection
    ) -> None:
        tile, other = report()["reference"], report("Andere tegel")["reference"]
        third = report("Derde", sameAs=other)["reference"]
        page = f"/balie/zaken/{other}"
        at_desk.browser.submit(page, f"{page}/samenvoegen", other=tile)

        own = at_desk.take_off(tile, other)

        assert own == other
        made, left = case_of(connection, own), case_of(connection, tile)
        assert (made["stage"], made["reports"]) == ("assigned", [other])
        assert (left["report_count"], left["reports"]) == (2, [tile, third])


class TestTakingOff:
    def test_twice_is_once(
        self, at_desk: Desk, two: tuple[str, str], connection: Connection
    ) -> None:
        tile, second = two
        path = at_desk.path(tile, second)
        form = at_desk.browser.hidden(f"/balie/zaken/{tile}", path)

        answers = [at_desk.browser.send(path, form) for _ in range(2)]

        assert [one.status_code for one in answers] == [303, 303]
        assert {one.location for one in answers} == {f"/balie/zaken/{second}"}
        assert connection.scalar(text("SELECT count(*) FROM defect_case")) == 3

    def test_the_only_report_is_refused_and_not_offered(
        self, at_desk: Desk, report: Report, connection: Connection
    ) -> None:
        tile = report()["reference"]
        page = f"/balie/zaken/{tile}"
        form = at_desk.browser.hidden(page, f"{page}/notities")

        answered = at_desk.browser.send(at_desk.path(tile, tile), form)

        assert answered.status_code == 409
        assert "Dit is de enige melding" in answered.text
        assert "/losmaken" not in at_desk.browser.get(page).text

    def test_from_what_somebody_changed_meanwhile_says_what(
        self, at_desk: Desk, two: tuple[str, str], connection: Connection
    ) -> None:
        tile, second = two
        page, path = f"/balie/zaken/{tile}", at_desk.path(tile, second)
        form = at_desk.browser.hidden(page, path)
        at_desk.browser.submit(page, f"{page}/wegen", priority="high")

        late = at_desk.browser.send(path, form)

        assert late.status_code == 412
        assert "Prioriteit: hoog" in late.text
        assert case_of(connection, tile)["report_count"] == 2

    def test_with_a_forged_form_is_400(self, at_desk: Desk, two: tuple[str, str]) -> None:
        tile, second = two
        path = at_desk.path(tile, second)
        form = at_desk.browser.hidden(f"/balie/zaken/{tile}", path)

        assert at_desk.browser.send(path, form, csrf_token="forged").status_code == 400

    def test_without_a_version_is_400(self, at_desk: Desk, two: tuple[str, str]) -> None:
        tile, second = two
        path = at_desk.path(tile, second)
        form = at_desk.browser.hidden(f"/balie/zaken/{tile}", path, without=["version"])

        assert at_desk.browser.send(path, form).status_code == 400

    def test_a_report_of_another_case_or_of_none_is_not_found(
        self, at_desk: Desk, two: tuple[str, str], report: Report
    ) -> None:
        tile, second = two
        elsewhere = report("Elders", at=WITH_NOBODY)["reference"]
        page = f"/balie/zaken/{tile}"
        form = at_desk.browser.hidden(page, at_desk.path(tile, second))

        answers = [
            at_desk.browser.send(at_desk.path(tile, elsewhere), form),
            at_desk.browser.send(f"{page}/meldingen/{UUID(int=1)}/losmaken", form),
            at_desk.browser.send(f"{page}/meldingen/geen/losmaken", form),
        ]

        assert [one.status_code for one in answers] == [404, 404, 404]

    def test_beyond_ones_limits_is_not_found_and_for_a_crew_forbidden(
        self,
        at_desk: Desk,
        two: tuple[str, str],
        web: FlaskClient,
        crew: Browser,
        provided: Provided,
        connection: Connection,
    ) -> None:
        tile, second = two
        path = at_desk.path(tile, second)
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.COORDINATOR)
            account.within_areas = ["team-district:noord"]
        limited = signed_in(web, account)

        def pressed_by(browser: Browser, home: str) -> int:
            found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(home).text)
            assert found
            return browser.send(path, {"csrf_token": found[1], "version": "2"}).status_code

        assert pressed_by(limited, "/balie") == 404
        assert pressed_by(crew, "/werk") == 403
        assert case_of(connection, tile)["report_count"] == 2


class TestWhatWasJoined:
    def test_is_listed_at_the_main_case_with_who_did_it_and_split_there(
        self, at_desk: Desk, report: Report, connection: Connection
    ) -> None:
        tile, other = report()["reference"], report("Andere tegel")["reference"]
        page, main = f"/balie/zaken/{other}", f"/balie/zaken/{tile}"
        joined = at_desk.browser.submit(page, f"{page}/samenvoegen", other=tile)
        assert joined.location == main
        shown = at_desk.browser.get(main).text
        assert f"Losse tegel {other}</a>" in shown
        assert "door Noor Balie" in shown

        path = f"{main}/samengevoegd/{other}/losmaken"
        answered = at_desk.browser.submit(main, path)

        assert answered.location == main
        assert f"{other} hoort niet meer bij {tile}." in at_desk.browser.get(main).text
        assert case_of(connection, other)["reports"] == [other]
        assert case_of(connection, tile)["report_count"] == 1
        assert path not in at_desk.browser.get(main).text

    def test_costs_the_page_of_the_main_case_no_statement_more(
        self, at_desk: Desk, report: Report, connection: Connection
    ) -> None:
        tile, *others = [report(one)["reference"] for one in ("Een", "Twee", "Drie")]
        main = f"/balie/zaken/{tile}"
        with statements(connection) as before:
            at_desk.browser.get(main)
        for other in others:
            page = f"/balie/zaken/{other}"
            at_desk.browser.submit(page, f"{page}/samenvoegen", other=tile)

        with statements(connection) as after:
            shown = at_desk.browser.get(main).text

        assert shown.count("/samengevoegd/") == 2
        assert len(after) == len(before) <= 12

    def test_is_not_split_by_who_was_late_or_from_another_case(
        self, at_desk: Desk, report: Report, connection: Connection
    ) -> None:
        tile, other = report()["reference"], report("Andere tegel")["reference"]
        third = report("Derde", at=WITH_NOBODY)["reference"]
        page, main = f"/balie/zaken/{other}", f"/balie/zaken/{tile}"
        at_desk.browser.submit(page, f"{page}/samenvoegen", other=tile)
        path = f"{main}/samengevoegd/{other}/losmaken"
        form = at_desk.browser.hidden(main, path)
        elsewhere = at_desk.browser.hidden(
            f"/balie/zaken/{third}", f"/balie/zaken/{third}/notities"
        )
        at_desk.browser.submit(main, f"{main}/wegen", priority="high")

        late = at_desk.browser.send(path, form)
        wrong = at_desk.browser.send(
            f"/balie/zaken/{third}/samengevoegd/{other}/losmaken", elsewhere
        )

        assert (late.status_code, wrong.status_code) == (412, 404)
        for strange in ("K7MD-4QXW", "%00", "a" * 300, "%3Cscript%3E"):
            path = f"{main}/samengevoegd/{strange}/losmaken"
            assert at_desk.browser.send(path, form).status_code == 404
        assert case_of(connection, other)["stage"] == "merged"

    def test_gives_back_its_danger(
        self, at_desk: Desk, report: Report, connection: Connection
    ) -> None:
        tile, other = report()["reference"], report("Gevaarlijk", danger=True)["reference"]
        page = f"/balie/zaken/{other}"
        at_desk.browser.submit(page, f"{page}/samenvoegen", other=tile)
        assert case_of(connection, tile)["is_danger"]

        at_desk.browser.submit(page, f"{page}/losmaken")

        assert not case_of(connection, tile)["is_danger"]
        assert case_of(connection, other)["is_danger"]
