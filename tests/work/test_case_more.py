"""What the desk says of a case besides: priority, cause, notes, place, parts, standard texts."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_DEMO
from app.identity.permissions import Role
from app.triage.model import Name
from app.work.operations.choices import ChoiceList, add_choice
from tests.makers.people import MONDAY_MORNING, an_account
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY
from tests.makers.sign_ins import Browser, signed_in
from tests.work.conftest import HOSTILE, Report, task_paths


@pytest.fixture
def case(report: Report) -> str:
    """The page of the case of a loose tile."""
    return f"/balie/zaken/{report()['reference']}"


@pytest.fixture
def administrator(web: FlaskClient, provided: Provided) -> Browser:
    """Somebody who administers."""
    with provided.get(Database).transaction() as transaction:
        account = an_account(transaction, role=Role.ADMINISTRATOR, name="Anke Beheer")
    return signed_in(web, account)


def of_case(connection: Connection, page: str, column: str) -> object:
    return connection.scalar(
        text(f"SELECT {column} FROM defect_case WHERE reference = :reference"),  # of this test
        {"reference": page.rpartition("/")[2]},
    )


class TestPriorityAndCause:
    def test_are_said_on_the_page_and_in_the_history(
        self, desk: Browser, case: str, provided: Provided, connection: Connection
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            add_choice(
                transaction,
                ChoiceList.CAUSE,
                Name("Aanrijding", "Collision"),
                by=BY_DEMO,
                now=MONDAY_MORNING,
            )

        desk.submit(case, f"{case}/wegen", priority="high", cause="cause.aanrijding")

        page = desk.get(case).text
        assert "Prioriteit: hoog" in page
        assert "Oorzaak: Aanrijding" in page
        assert of_case(connection, case, "priority") == "high"
        assert of_case(connection, case, "cause") == "cause.aanrijding"

    @pytest.mark.parametrize(
        ("field", "value"), [("priority", "highest"), ("priority", ""), ("cause", HOSTILE)]
    )
    def test_that_nobody_knows_are_refused(
        self, desk: Browser, case: str, connection: Connection, field: str, value: str
    ) -> None:
        answered = desk.submit(case, f"{case}/wegen", **{"priority": "low", field: value})

        assert answered.status_code == 400
        assert "<script>alert" not in answered.text
        assert of_case(connection, case, "priority") == "normal"

    def test_of_somebody_who_was_late_are_412_with_what_changed_and_kept(
        self, desk: Browser, case: str, connection: Connection
    ) -> None:
        form = desk.hidden(case, f"{case}/wegen")
        desk.submit(case, f"{case}/wegen", priority="high")

        late = desk.send(f"{case}/wegen", form, priority="low")

        assert late.status_code == 412
        assert "Prioriteit: hoog" in late.text
        assert "Noor Balie" in late.text
        assert re.search(r'value="low"[^>]*checked', late.text)
        assert of_case(connection, case, "priority") == "high"


class TestNotes:
    def test_are_for_colleagues_and_told_in_the_history_without_their_words(
        self, desk: Browser, case: str, connection: Connection
    ) -> None:
        desk.submit(case, f"{case}/notities", note=f"Eerst bellen {HOSTILE}")

        page = desk.get(case).text
        assert "Eerst bellen" in page
        assert "<script>alert" not in page
        told = connection.execute(
            text("SELECT happening, details FROM history_entry ORDER BY id DESC LIMIT 1")
        ).one()
        assert tuple(told) == ("note-added", {})

    def test_without_words_are_refused(self, desk: Browser, case: str) -> None:
        assert desk.submit(case, f"{case}/notities", note=" ").status_code == 400

    def test_that_are_too_long_come_back(self, desk: Browser, case: str) -> None:
        answered = desk.submit(case, f"{case}/notities", note="x" * 3001)

        assert answered.status_code == 400
        assert "x" * 3001 in answered.text


class TestAnotherPlace:
    def test_goes_to_who_is_responsible_there_and_says_why(
        self, desk: Browser, case: str, connection: Connection
    ) -> None:
        answered = desk.submit(
            f"{case}/plek",
            f"{case}/plek",
            longitude=str(ON_MOTORWAY[0]),
            latitude=str(ON_MOTORWAY[1]),
            reason="from-photo",
            route="yes",
        )

        assert answered.status_code == 303
        page = desk.get(case).text
        assert "het staat op de foto" in page
        assert of_case(connection, case, "ST_X(spot)") == pytest.approx(ON_MOTORWAY[0])
        assert of_case(connection, case, "stage") == "referred"

    def test_stays_with_its_party_where_nobody_asks_to_route(
        self, desk: Browser, case: str, connection: Connection
    ) -> None:
        before = of_case(connection, case, "party_id")

        desk.submit(
            f"{case}/plek",
            f"{case}/plek",
            longitude=str(ON_MOTORWAY[0]),
            latitude=str(ON_MOTORWAY[1]),
            reason="mistake",
            route="no",
        )

        assert of_case(connection, case, "party_id") == before

    @pytest.mark.parametrize(
        ("longitude", "latitude", "reason", "status"),
        [
            ("4.3", "51.6", "", 400),
            ("", "51.6", "mistake", 400),
            ("nan", "51.6", "mistake", 400),
            ("1e999", HOSTILE, "mistake", 400),
            ("5.9", "52.6", "mistake", 422),
            ("51.6", "4.3", "mistake", 422),
        ],
    )
    def test_that_is_none_is_refused_and_stays_typed(
        self,
        desk: Browser,
        case: str,
        connection: Connection,
        longitude: str,
        latitude: str,
        reason: str,
        status: int,
    ) -> None:
        answered = desk.submit(
            f"{case}/plek",
            f"{case}/plek",
            longitude=longitude,
            latitude=latitude,
            reason=reason,
            route="yes",
        )

        assert answered.status_code == status
        assert "<script>alert" not in answered.text
        assert of_case(connection, case, "ST_X(spot)") == pytest.approx(IN_DISTRICT[0])

    def test_of_somebody_who_was_late_is_412(self, desk: Browser, case: str) -> None:
        form = desk.hidden(f"{case}/plek", f"{case}/plek")
        desk.submit(case, f"{case}/wegen", priority="high")

        late = desk.send(
            f"{case}/plek", form, longitude="4.3", latitude="51.6", reason="mistake", route="yes"
        )

        assert late.status_code == 412


class TestAPartOfAnother:
    def test_comes_back_with_its_own_reports_and_task(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        one, other = (report(at=(IN_DISTRICT[0] + east, IN_DISTRICT[1])) for east in (0, 0.001))
        page, into = (f"/balie/zaken/{said['reference']}" for said in (one, other))
        desk.submit(page, f"{page}/samenvoegen", other=other["reference"])
        assert of_case(connection, into, "report_count") == 2

        answered = desk.submit(page, f"{page}/losmaken")

        assert answered.status_code == 303
        assert of_case(connection, page, "stage") == "assigned"
        counts = [of_case(connection, each, "report_count") for each in (page, into)]
        assert counts == [1, 1]
        assert one["reference"] in desk.get(page).text
        assert "Hoort niet meer bij" in desk.get(page).text
        assert "hoort niet meer bij deze melding" in desk.get(into).text
        stages = connection.scalars(text("SELECT stage FROM task")).all()
        assert sorted(stages) == ["cancelled", "offered", "offered"]

    def test_is_not_what_never_was_one(self, desk: Browser, case: str) -> None:
        form = desk.hidden(case, f"{case}/wegen")

        answered = desk.send(f"{case}/losmaken", form)

        assert answered.status_code == 409
        assert "Daarna kan wel" in answered.text


class TestAPartForAnotherParty:
    def test_is_a_task_of_its_own_beside_the_one_there_is(
        self, desk: Browser, case: str, connection: Connection
    ) -> None:
        before = of_case(connection, case, "party_id")

        desk.submit(case, f"{case}/deeltaak", part_party="lux", part_request="Zet de stroom af")

        assert "Zet de stroom af" in desk.get(case).text
        stages = connection.scalars(text("SELECT stage FROM task")).all()
        assert list(stages) == ["offered", "offered"]
        assert of_case(connection, case, "party_id") == before
        told = connection.scalars(text("SELECT history_entry::text FROM history_entry")).all()
        assert [one for one in told if "stroom" in one] == []

    @pytest.mark.parametrize(
        ("party", "words"), [("", "Iets"), ("nobody", "Iets"), ("lux", ""), ("rws", "Iets")]
    )
    def test_is_refused_where_something_is_not_right(
        self, desk: Browser, case: str, connection: Connection, party: str, words: str
    ) -> None:
        answered = desk.submit(case, f"{case}/deeltaak", part_party=party, part_request=words)

        assert answered.status_code == 400
        assert connection.scalar(text("SELECT count(*) FROM task")) == 1


class TestStandardTexts:
    def add(self, administrator: Browser, **said: str) -> TestResponse:
        home = "/beheer/standaardteksten"
        return administrator.submit(
            home,
            home,
            **{
                "title": "Gepland werk",
                "used_for": "closing",
                "category": "",
                "words": "Wij werken hier vanaf [datum].",
                **said,
            },
        )

    def chosen(self, desk: Browser, case: str) -> str:
        found = re.search(r'<option value="([0-9a-f-]{36})"', desk.get(case).text)
        assert found
        return found[1]

    def test_are_inserted_and_refused_until_their_gaps_are_filled(
        self, administrator: Browser, desk: Browser, case: str, connection: Connection
    ) -> None:
        self.add(administrator)
        inserted = desk.send(
            f"{case}/standaardtekst",
            desk.hidden(case, f"{case}/sluiten"),
            standard_closing=self.chosen(desk, case),
            reason="in-planned-work",
            words="Dag.",
        )
        assert inserted.status_code == 200
        assert "Dag.\nWij werken hier vanaf [datum].</textarea>" in inserted.text

        refused = desk.submit(
            case, f"{case}/sluiten", reason="in-planned-work", words="Vanaf [datum]."
        )
        assert refused.status_code == 400
        assert "Vul eerst “[datum]” in" in refused.text
        assert "Vanaf [datum].</textarea>" in refused.text

        desk.submit(case, f"{case}/sluiten", reason="in-planned-work", words="Vanaf 1 mei.")
        assert of_case(connection, case, "closing_words") == "Vanaf 1 mei."

    def test_are_offered_for_their_own_kind_alone(
        self, administrator: Browser, desk: Browser, case: str
    ) -> None:
        self.add(administrator, category="verlichting", title="Alleen lampen")
        self.add(administrator, category="wegen", title="Alleen wegen")

        page = desk.get(case).text

        assert "Alleen wegen" in page
        assert "Alleen lampen" not in page

    def test_are_changed_by_one_at_a_time(self, administrator: Browser) -> None:
        home = "/beheer/standaardteksten"
        self.add(administrator)
        (page,) = re.findall(rf'href="({home}/[0-9a-f-]{{36}})"', administrator.get(home).text)
        form = administrator.hidden(page, page)
        said = {"title": "Anders", "used_for": "waiting", "words": "Hallo", "category": ""}
        administrator.send(page, form, **said)

        late = administrator.send(page, form, **{**said, "title": "Te laat"})

        assert late.status_code == 412
        assert "Te laat" in late.text
        assert "Anders" in administrator.get(home).text
        noted = administrator.get("/beheer/wijzigingen").text
        assert "Wij werken hier vanaf [datum]." in noted
        assert "Hallo" in noted
        assert "Te laat" not in noted

    @pytest.mark.parametrize(
        "said",
        [
            {"title": ""},
            {"words": "x" * 501},
            {"used_for": "never"},
            {"words": "Wij komen op [datum bij u."},
            {"words": "Wij komen op datum] bij u."},
            {"words": "Wij komen op [datum [naam]."},
            {"category": HOSTILE},
        ],
    )
    def test_that_are_not_right_come_back(
        self, administrator: Browser, said: dict[str, str], connection: Connection
    ) -> None:
        answered = self.add(administrator, **said)

        assert answered.status_code == 400
        assert "<script>alert" not in answered.text
        assert connection.scalar(text("SELECT count(*) FROM standard_text")) == 0

    def test_are_nobodys_but_the_administrators(self, desk: Browser, crew: Browser) -> None:
        for browser in (desk, crew):
            assert browser.get("/beheer/standaardteksten").status_code == 403


class TestTheShortLists:
    def test_are_added_to_and_taken_from(
        self, administrator: Browser, desk: Browser, case: str
    ) -> None:
        home = "/beheer/standaardteksten"
        administrator.submit(
            home, f"{home}/lijsten", list="third-party", name_nl="Enexis", name_en=""
        )
        assert "Enexis" in desk.get(case).text

        administrator.submit(home, f"{home}/lijsten/weg")

        assert "Enexis" not in desk.get(case).text
        noted = administrator.get("/beheer/wijzigingen").text
        assert noted.count(">Enexis</a>") == 2
        assert "Anderen om op te wachten" in noted

    def test_keep_names_apart_that_are_written_alike(self, administrator: Browser) -> None:
        home = "/beheer/standaardteksten"

        for name in ("日本", "中国", "Wortels", "wortels!", "WORTELS"):
            administrator.submit(home, f"{home}/lijsten", list="cause", name_nl=name, name_en="")

        page = administrator.get(home).text
        for name in ("日本", "中国", "Wortels", "wortels!"):
            assert page.count(f">{name}<") == 1
        assert ">WORTELS<" not in page
        assert "“WORTELS” staat al op de lijst." in page


class TestTheHistory:
    def test_holds_no_words_of_people_and_no_address_of_a_network(
        self, desk: Browser, crew: Browser, report: Report, connection: Connection
    ) -> None:
        said = report("Mijn naam is Jansen", contact={"name": "Jan Melder", "phone": "0612345678"})
        page = f"/balie/zaken/{said['reference']}"
        desk.submit(page, f"{page}/notities", note="Notitie van Noor")
        desk.submit(page, f"{page}/wegen", priority="high")
        (task,) = task_paths(crew)
        crew.submit(
            task, f"{task}/teruggeven", reason="other", decline_remark="Bel mevrouw Pieters"
        )
        desk.submit(page, f"{page}/sluiten", reason="not-a-defect", words="Beste meneer Jansen")

        told = connection.scalars(text("SELECT history_entry::text FROM history_entry")).all()

        assert len(told) > 5
        for words in ("Jansen", "Jan Melder", "0612", "Notitie van", "Pieters", "127.0.0.1"):
            assert [one for one in told if words in one] == []
