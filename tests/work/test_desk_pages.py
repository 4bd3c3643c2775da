"""`/balie` over HTTP: the list, the page of a case, and what the desk does there."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from tests.makers.people import an_account
from tests.makers.places import ON_MOTORWAY, SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import HOSTILE, Report, task_paths

#: In the municipality, where no agreement says who comes.
WITH_NOBODY = (4.25, 51.58)


@pytest.fixture
def case(report: Report) -> str:
    """The address of a case that the team has."""
    return f"/balie/zaken/{report()['reference']}"


def stage_of(connection: Connection, case: str) -> str:
    return str(
        connection.scalar(
            text("SELECT stage FROM defect_case WHERE reference = :reference"),
            {"reference": case.rpartition("/")[2]},
        )
    )


def tasks_of(connection: Connection, case: str) -> list[tuple[str, str]]:
    """Return party and stage of each task of a case, by stage."""
    rows = connection.execute(
        text(
            """
            SELECT party.code, task.stage FROM task
            JOIN party ON party.id = task.party_id
            JOIN defect_case ON defect_case.id = task.case_id
            WHERE defect_case.reference = :reference ORDER BY task.stage, party.code
            """
        ),
        {"reference": case.rpartition("/")[2]},
    )
    return [(row.code, row.stage) for row in rows]


def happened(connection: Connection) -> str:
    """Return all details of all histories, as text."""
    return " ".join(connection.scalars(text("SELECT details::text FROM history_entry")))


class TestTheList:
    def test_counts_by_reason_and_shows_what_staff_need(
        self, desk: Browser, report: Report
    ) -> None:
        report("Kuil in de weg", at=WITH_NOBODY)
        unsure = report("Iets vreemds", category=None)
        report("Gewoon voor het team", at=(4.35, 51.65))

        page = desk.get("/balie").text

        assert 'Alles <span class="count">2</span>' in page
        assert 'Niemand verantwoordelijk <span class="count">1</span>' in page
        assert "Kuil in de weg" in page
        assert "Gewoon voor het team" not in page
        filtered = desk.get("/balie", reden="unsure-category").text
        assert unsure["reference"] in filtered
        assert "Kuil in de weg" not in filtered

    @pytest.mark.parametrize("query", [{"reden": "weg"}, {"page": "0"}, {"reden": "\x00"}])
    def test_takes_a_strange_question_for_none(
        self, desk: Browser, report: Report, query: dict[str, str]
    ) -> None:
        report("Kuil in de weg", at=WITH_NOBODY)

        answered = desk.get("/balie", **query)

        assert answered.status_code == 200
        assert "Kuil in de weg" in answered.text

    def test_asks_the_database_as_much_for_one_case_as_for_many(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        report(at=WITH_NOBODY)
        with statements(connection) as for_one:
            desk.get("/balie")
        for number in range(8):
            report(f"Kuil {number}", at=(WITH_NOBODY[0], 51.6 + number / 200))
        with statements(connection) as for_many:
            desk.get("/balie")

        assert len(for_many) == len(for_one) <= 8

    def test_is_not_for_a_crew(self, crew: Browser) -> None:
        assert crew.get("/balie").status_code == 403

    def test_shows_what_was_written_as_text(self, desk: Browser, report: Report) -> None:
        report(HOSTILE, at=WITH_NOBODY)

        page = desk.get("/balie").text

        assert "&lt;script&gt;" in page
        assert HOSTILE not in page


class TestANumber:
    @pytest.mark.parametrize("change", [str, str.lower, lambda one: f" {one.replace('-', '')} "])
    def test_leads_to_its_case_however_it_is_typed(
        self, desk: Browser, case: str, change: type[str]
    ) -> None:
        answered = desk.get("/balie", nummer=change(case.rpartition("/")[2]))

        assert (answered.status_code, answered.location) == (303, case)

    def test_of_a_report_that_joined_leads_to_the_case_it_joined(
        self, desk: Browser, report: Report, case: str
    ) -> None:
        second = report("Nog steeds los", sameAs=case.rpartition("/")[2])

        assert desk.get("/balie", nummer=second["reference"]).location == case

    @pytest.mark.parametrize("typed", ["AAAA-AAAA", "K7MD-4QXW", "\x00", "' OR 1=1", "é" * 50])
    def test_that_is_none_says_so(self, desk: Browser, typed: str) -> None:
        answered = desk.get("/balie", nummer=typed)

        assert answered.status_code == 404
        assert "Er is geen melding met dit nummer." in answered.text


class TestThePageOfACase:
    def test_tells_reports_routing_tasks_and_history(self, desk: Browser, case: str) -> None:
        page = desk.get(case).text

        assert "Losse tegel bij de brug" in page
        assert "Team Zuid doet dit soort werk hier." in page
        assert "all-in-zuid (team): past bij de plek en de soort" in page
        assert "De melding kwam binnen" in page

    def test_shows_no_contact_details_by_itself(self, desk: Browser, report: Report) -> None:
        said = report(HOSTILE, contact={"name": "Jan Melder", "email": "jan@example.org"})

        page = desk.get(f"/balie/zaken/{said['reference']}").text

        assert "Jan Melder" not in page
        assert "jan@example.org" not in page
        assert HOSTILE not in page

    @pytest.mark.parametrize(
        "written", ["K7MD-4QXW", "niets", "%00", "a" * 300, "..%2f..", "AAAA-AAAA"]
    )
    def test_that_is_none_is_not_found(self, desk: Browser, written: str) -> None:
        assert desk.get(f"/balie/zaken/{written}").status_code == 404

    def test_asks_the_database_a_fixed_number_of_times(
        self, desk: Browser, case: str, report: Report, connection: Connection
    ) -> None:
        with statements(connection) as first:
            desk.get(case)
        report("Nog een keer", sameAs=case.rpartition("/")[2])
        desk.submit(case, f"{case}/toewijzen", party="lux")
        with statements(connection) as later:
            desk.get(case)

        assert len(first) == len(later) <= 12


class TestContactDetails:
    def test_are_shown_when_they_are_asked_for_and_that_is_logged(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        said = report(contact={"name": "Jan Melder", "phone": "0612345678"})
        case = f"/balie/zaken/{said['reference']}"

        answered = desk.submit(case, f"{case}/contact/{said['id']}")
        actions = re.findall(r'action="(/balie/zaken/[^"]+)"', answered.text)
        assert actions
        # Each leads from the case's own address, not from the one that was just posted to.
        assert [one for one in actions if one.count("/") > 5] == []

        assert answered.status_code == 200
        assert "Jan Melder" in answered.text
        assert "0612345678" in answered.text
        assert "no-store" in answered.headers["Cache-Control"]
        opened = connection.execute(
            text(
                """
                SELECT account.name, report_id FROM contact_opening
                JOIN account ON account.id = account_id
                """
            )
        ).all()
        assert [(row.name, str(row.report_id)) for row in opened] == [("Noor Balie", said["id"])]
        assert "Jan" not in happened(connection)
        assert "Jan Melder" not in desk.get(case).text

    def test_of_another_case_are_not_found(self, desk: Browser, report: Report, case: str) -> None:
        other = report("Elders", at=(4.36, 51.6), contact={"name": "Jan Melder"})
        form = desk.hidden(case, f"{case}/afhandelen")

        for report_id in (other["id"], str(uuid4())):
            answered = desk.send(f"{case}/contact/{report_id}", form)
            assert answered.status_code == 404
            assert "Jan Melder" not in answered.text

    def test_are_not_for_an_administrator(
        self, web: FlaskClient, provided: Provided, report: Report
    ) -> None:
        said = report(contact={"name": "Jan Melder"})
        case = f"/balie/zaken/{said['reference']}"
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.ADMINISTRATOR)
        administrator = signed_in(web, account)

        form = administrator.hidden(case, f"{case}/toewijzen")

        assert "Toon contactgegevens" not in administrator.get(case).text
        assert administrator.send(f"{case}/contact/{said['id']}", form).status_code == 403


class TestAssigning:
    def test_gives_the_task_to_another_party(
        self, desk: Browser, case: str, connection: Connection
    ) -> None:
        answered = desk.submit(case, f"{case}/toewijzen", party="lux")

        assert (answered.status_code, answered.location) == (303, case)
        assert "Gegeven aan Lux Verlichting." in desk.get(case).text
        assert tasks_of(connection, case) == [("team", "cancelled"), ("lux", "offered")]
        assert "(Noor Balie)" in desk.get(case).text

    def test_passes_on_from_one_authority_to_another_and_back_to_us(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        case = f"/balie/zaken/{report(at=ON_MOTORWAY)['reference']}"
        assert stage_of(connection, case) == "referred"

        desk.submit(case, f"{case}/toewijzen", party="team")

        assert stage_of(connection, case) == "assigned"
        assert tasks_of(connection, case) == [("rws", "cancelled"), ("team", "offered")]

    @pytest.mark.parametrize("party", ["", "onbekend", "\x00", "x" * 500])
    def test_needs_a_party_that_there_is(
        self, desk: Browser, case: str, party: str, connection: Connection
    ) -> None:
        answered = desk.submit(case, f"{case}/toewijzen", party=party)

        assert answered.status_code == 400
        assert "Kies een uitvoerder uit de lijst." in answered.text
        assert tasks_of(connection, case) == [("team", "offered")]

    def test_on_an_older_page_says_what_changed_and_keeps_what_was_chosen(
        self, desk: Browser, case: str, connection: Connection, crew: Browser
    ) -> None:
        form = desk.hidden(case, f"{case}/toewijzen")
        (path,) = task_paths(crew)
        crew.submit(path, f"{path}/beginnen")

        answered = desk.send(f"{case}/toewijzen", form, party="lux")

        assert answered.status_code == 412
        news = answered.text.partition("notice--warning")[2].partition("</ul>")[0]
        assert "Begonnen" in news
        assert "(Karim Team, Team Zuid)" in news
        assert 'value="lux" selected' in answered.text
        assert tasks_of(connection, case) == [("team", "started")]

    def test_is_not_for_a_crew(self, desk: Browser, crew: Browser, case: str) -> None:
        form = desk.hidden(case, f"{case}/toewijzen")
        form["csrf_token"] = crew.hidden("/werk", "/uitloggen")["csrf_token"]

        assert crew.send(f"{case}/toewijzen", form, party="team").status_code == 403


class TestChangingTheKind:
    def test_routes_anew_and_keeps_the_decision(
        self, desk: Browser, case: str, connection: Connection
    ) -> None:
        desk.submit(case, f"{case}/soort", category="verlichting.lamp-brandt-niet")

        assert tasks_of(connection, case) == [("team", "cancelled"), ("lux", "offered")]
        page = desk.get(case).text
        assert "De melding is nu bij Lux Verlichting." in page
        assert "Soort veranderd van ‘Losse tegel’ in ‘Lamp brandt niet’" in page
        assert connection.scalar(text("SELECT count(*) FROM routing_decision")) == 2
        public = connection.execute(text("SELECT category_code, party_name FROM public_case"))
        assert public.all() == [("verlichting.lamp-brandt-niet", "Lux Verlichting")]

    def test_leaves_the_work_with_a_party_that_stays_responsible(
        self, desk: Browser, case: str, crew: Browser, connection: Connection
    ) -> None:
        (path,) = task_paths(crew)
        crew.submit(path, f"{path}/beginnen")

        desk.submit(case, f"{case}/soort", category="overig.anders")

        assert tasks_of(connection, case) == [("team", "started")]
        assert stage_of(connection, case) == "in-progress"

    def test_stays_on_the_list_where_nobody_is_responsible(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        case = f"/balie/zaken/{report('Iets', category=None, at=WITH_NOBODY)['reference']}"

        desk.submit(case, f"{case}/soort", category="wegen.losse-tegel")

        page = desk.get("/balie").text
        assert 'Niemand verantwoordelijk <span class="count">1</span>' in page
        assert 'Soort niet zeker <span class="count">0</span>' in page
        assert connection.scalar(text("SELECT category_code FROM public_case")) == (
            "wegen.losse-tegel"
        )

    def test_to_the_same_kind_confirms_it(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        said = report("Iets vreemds", category=None)
        case = f"/balie/zaken/{said['reference']}"
        kind = connection.scalar(text("SELECT category_code FROM defect_case"))
        tasks = tasks_of(connection, case)

        desk.submit(case, f"{case}/soort", category=kind)

        page = desk.get(case).text
        assert "De soort is hetzelfde gebleven." in page
        assert "Niemand is verantwoordelijk" not in page
        assert "Bekeken door de balie: Soort niet zeker" in page
        assert tasks_of(connection, case) == tasks
        assert 'Soort niet zeker <span class="count">0</span>' in desk.get("/balie").text

    def test_is_refused_where_the_object_has_such_a_case(
        self, desk: Browser, report: Report, place: SmallMunicipality, connection: Connection
    ) -> None:
        lamp = report(category=None, description="Lamp uit", asset=str(place.lamp_id))
        tile = report("Tegel bij de paal", asset=str(place.lamp_id))
        case = f"/balie/zaken/{tile['reference']}"

        answered = desk.submit(case, f"{case}/soort", category="verlichting.lamp-brandt-niet")

        assert answered.status_code == 409
        assert f"Bij dit object is {lamp['reference']} al open." in answered.text
        assert tasks_of(connection, case) == [("team", "offered")]

    @pytest.mark.parametrize("category", ["", "wegen", "geen.soort", "\x00"])
    def test_needs_a_kind_that_there_is(self, desk: Browser, case: str, category: str) -> None:
        answered = desk.submit(case, f"{case}/soort", category=category)

        assert answered.status_code == 400
        assert "Kies een soort uit de lijst." in answered.text


class TestJoining:
    def test_moves_the_reports_and_says_so_on_both(
        self, desk: Browser, report: Report, case: str, connection: Connection
    ) -> None:
        second = report("Zelfde tegel", danger=True)
        other = f"/balie/zaken/{second['reference']}"

        answered = desk.submit(other, f"{other}/samenvoegen", other=case.rpartition("/")[2].lower())

        assert (answered.status_code, answered.location) == (303, case)
        page = desk.get(case).text
        assert "Zelfde tegel" in page
        assert "2 meldingen" in page
        assert "Gevaar</span>" in page
        assert stage_of(connection, other) == "merged"
        assert "Deze melding hoort bij" in desk.get(other).text
        assert 'Misschien dubbel <span class="count">0</span>' in desk.get("/balie").text

    def test_takes_over_the_object_so_that_later_reports_join_too(
        self, desk: Browser, report: Report, place: SmallMunicipality
    ) -> None:
        near = report("Lamp uit", category="verlichting.lamp-brandt-niet")
        lamp = report("Lamp uit", category=None, asset=str(place.lamp_id))
        case = f"/balie/zaken/{lamp['reference']}"
        desk.submit(case, f"{case}/samenvoegen", other=near["reference"])

        later = report("Lamp nog uit", category=None, asset=str(place.lamp_id))

        assert later["case"] == {
            "reference": near["reference"],
            "status": "assigned",
            "joined": True,
        }

    @pytest.mark.parametrize(
        ("other", "status", "sentence"),
        [
            ("", 400, "Er is geen melding met dit nummer."),
            ("K7MD-4QXW", 400, "Er is geen melding met dit nummer."),
            ("\x00", 400, "Er is geen melding met dit nummer."),
            ("itself", 409, "Een melding kan niet bij zichzelf horen."),
        ],
    )
    def test_needs_another_case(
        self, desk: Browser, case: str, other: str, status: int, sentence: str
    ) -> None:
        number = case.rpartition("/")[2] if other == "itself" else other

        answered = desk.submit(case, f"{case}/samenvoegen", other=number)

        assert answered.status_code == status
        assert sentence in answered.text

    def test_of_two_different_objects_is_refused(
        self, desk: Browser, report: Report, place: SmallMunicipality, connection: Connection
    ) -> None:
        first = report("Lamp uit", category=None, asset=str(place.lamp_id))
        second = report("Lamp uit", category=None, asset=str(place.lamp_on_motorway_id))
        case = f"/balie/zaken/{second['reference']}"

        answered = desk.submit(case, f"{case}/samenvoegen", other=first["reference"])

        assert answered.status_code == 409
        assert "Dit zijn twee verschillende objecten" in answered.text
        assert stage_of(connection, case) == "assigned"


class TestClosing:
    def test_tells_the_reason_and_keeps_the_words_out_of_the_history(
        self, desk: Browser, case: str, connection: Connection
    ) -> None:
        desk.submit(case, f"{case}/sluiten", reason="not-public-space", words="Bij de kerk")

        page = desk.get(case).text
        assert "Het is niet in de openbare ruimte" in page
        assert "Bij de kerk" in page
        assert stage_of(connection, case) == "closed-without-work"
        assert tasks_of(connection, case) == [("team", "cancelled")]
        assert "Bij de kerk" not in happened(connection)

    def test_needs_a_reason_and_keeps_the_words(self, desk: Browser, case: str) -> None:
        answered = desk.submit(case, f"{case}/sluiten", reason="zomaar", words=HOSTILE)

        assert answered.status_code == 400
        assert "Kies een reden." in answered.text
        assert "&lt;script&gt;" in answered.text
        assert HOSTILE not in answered.text


class TestReopening:
    def test_gives_the_party_that_had_it_a_new_task(
        self, desk: Browser, crew: Browser, case: str, connection: Connection
    ) -> None:
        (path,) = task_paths(crew)
        crew.submit(path, f"{path}/klaar", result="solved")

        desk.submit(case, f"{case}/heropenen")

        assert stage_of(connection, case) == "assigned"
        assert tasks_of(connection, case) == [("team", "done"), ("team", "offered")]
        assert "Heropend <span" in desk.get(case).text

    def test_brings_what_nobody_had_back_on_the_list(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        case = f"/balie/zaken/{report(at=WITH_NOBODY)['reference']}"
        desk.submit(case, f"{case}/sluiten", reason="not-a-defect")

        desk.submit(case, f"{case}/heropenen")

        assert stage_of(connection, case) == "received"
        assert 'Niemand verantwoordelijk <span class="count">1</span>' in desk.get("/balie").text

    def test_is_refused_where_the_object_has_an_open_case_since(
        self, desk: Browser, report: Report, place: SmallMunicipality, connection: Connection
    ) -> None:
        first = report("Lamp uit", category=None, asset=str(place.lamp_id))
        case = f"/balie/zaken/{first['reference']}"
        desk.submit(case, f"{case}/sluiten", reason="nothing-found")
        second = report("Lamp weer uit", category=None, asset=str(place.lamp_id))

        answered = desk.submit(case, f"{case}/heropenen")

        assert answered.status_code == 409
        assert second["reference"] in answered.text
        assert stage_of(connection, case) == "closed-without-work"

    def test_is_not_for_what_is_open(self, desk: Browser, case: str) -> None:
        form = desk.hidden(case, f"{case}/sluiten")

        answered = desk.send(f"{case}/heropenen", form)

        assert answered.status_code == 409
        assert "Dat kan niet: de melding staat nu op" in answered.text
        assert "Ingepland" in answered.text


class TestSettling:
    def test_takes_a_question_off_the_list_and_says_who_answered(
        self, desk: Browser, report: Report, case: str
    ) -> None:
        suspect = f"/balie/zaken/{report('Zelfde tegel?')['reference']}"
        assert case.rpartition("/")[2] in desk.get(suspect).text

        desk.submit(suspect, f"{suspect}/afhandelen", entry="possible-duplicate")

        assert 'Alles <span class="count">0</span>' in desk.get("/balie").text
        assert "Bekeken door de balie: Misschien dubbel" in desk.get(suspect).text

    def test_never_takes_off_what_nobody_has(self, desk: Browser, report: Report) -> None:
        case = f"/balie/zaken/{report(at=WITH_NOBODY)['reference']}"
        form = desk.hidden(case, f"{case}/toewijzen")

        answered = desk.send(f"{case}/afhandelen", form, entry="nobody-responsible")

        assert answered.status_code == 409
        assert "Niemand heeft deze melding nog" in answered.text
        assert 'Alles <span class="count">1</span>' in desk.get("/balie").text

    @pytest.mark.parametrize("entry", ["", "onzin"])
    def test_needs_a_reason_that_there_is(self, desk: Browser, case: str, entry: str) -> None:
        form = desk.hidden(case, f"{case}/toewijzen")

        assert desk.send(f"{case}/afhandelen", form, entry=entry).status_code == 400


class TestAFormThatIsNotWhole:
    @pytest.mark.parametrize(
        "step", ["toewijzen", "soort", "samenvoegen", "sluiten", "heropenen", "afhandelen"]
    )
    def test_is_shown_again_and_changes_nothing(
        self, desk: Browser, case: str, step: str, connection: Connection
    ) -> None:
        form = {"csrf_token": desk.hidden(case, f"{case}/toewijzen")["csrf_token"]}

        answered = desk.send(f"{case}/{step}", form)

        assert answered.status_code == 400
        assert tasks_of(connection, case) == [("team", "offered")]
