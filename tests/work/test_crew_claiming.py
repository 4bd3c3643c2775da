"""`/werk` over HTTP: who does a task, whether taken, put back, or given by the team lead."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from tests.makers.people import an_account
from tests.makers.places import SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import Report, task_paths


@pytest.fixture
def task(crew: Browser, report: Report) -> str:
    """The address of the one task on the crew's list."""
    report()
    (path,) = task_paths(crew)
    return path


@pytest.fixture
def colleague(web: FlaskClient, provided: Provided, place: SmallMunicipality) -> Browser:
    """Somebody else of Team Zuid."""
    return somebody(web, provided, place.team_id, name="Piet Ploeg")


@pytest.fixture
def lead(web: FlaskClient, provided: Provided, place: SmallMunicipality) -> Browser:
    """The team lead of Team Zuid."""
    return somebody(web, provided, place.team_id, role=Role.TEAM_LEAD, name="Lies Leider")


def somebody(
    web: FlaskClient,
    provided: Provided,
    party_id: UUID,
    *,
    role: Role = Role.CREW,
    name: str = "Iemand",
) -> Browser:
    with provided.get(Database).transaction() as transaction:
        account = an_account(transaction, role=role, name=name, party_id=party_id)
    return signed_in(web, account)


def account_of(connection: Connection, name: str) -> str:
    return str(connection.scalar(text("SELECT id FROM account WHERE name = :name"), {"name": name}))


def worker(connection: Connection) -> str | None:
    found = connection.scalar(
        text("SELECT name FROM task_worker JOIN account ON account.id = account_id")
    )
    return None if found is None else str(found)


def happened(connection: Connection) -> list[str]:
    return list(connection.scalars(text("SELECT happening FROM history_entry ORDER BY id")))


class TestTakingATask:
    def test_puts_it_on_ones_own_list_and_says_so_to_everyone(
        self, crew: Browser, colleague: Browser, task: str
    ) -> None:
        answered = crew.submit(task, f"{task}/nemen")

        assert (answered.status_code, answered.location) == (303, task)
        assert task in crew.get("/werk", lijst="mij").text
        assert task not in crew.get("/werk", lijst="vrij").text
        assert "Karim Team doet deze taak." in colleague.get(task).text
        assert "Karim Team</span>" in colleague.get("/werk", lijst="ploeg").text
        assert task not in colleague.get("/werk", lijst="mij").text

    def test_twice_is_no_error_and_is_written_once(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        form = crew.hidden(task, f"{task}/nemen")
        crew.send(f"{task}/nemen", form)

        assert crew.send(f"{task}/nemen", form).status_code == 303
        assert happened(connection).count("task-taken") == 1

    def test_that_a_colleague_took_just_before_tells_who_has_it_and_shows_the_task(
        self, crew: Browser, colleague: Browser, task: str, connection: Connection
    ) -> None:
        late = colleague.hidden(task, f"{task}/nemen")
        crew.submit(task, f"{task}/nemen")

        answered = colleague.send(f"{task}/nemen", late)

        assert answered.status_code == 409
        assert "Karim Team heeft deze taak" in answered.text
        assert "Losse tegel bij de brug" in answered.text
        assert worker(connection) == "Karim Team"

    def test_over_from_a_colleague_is_asked_for_and_told(
        self, crew: Browser, colleague: Browser, task: str, connection: Connection
    ) -> None:
        crew.submit(task, f"{task}/nemen")

        answered = colleague.submit(task, f"{task}/nemen")

        assert answered.status_code == 303
        assert worker(connection) == "Piet Ploeg"
        assert "Overgenomen van Karim Team" in crew.get(task).text

    def test_of_whoever_left_is_as_taking_one_of_nobody(
        self, crew: Browser, colleague: Browser, task: str, connection: Connection
    ) -> None:
        crew.submit(task, f"{task}/nemen")
        connection.execute(text("UPDATE account SET is_active = false WHERE name = 'Karim Team'"))

        page = colleague.get(task).text
        answered = colleague.submit(task, f"{task}/nemen")

        assert "Nog niemand heeft deze taak." in page
        assert answered.status_code == 303
        assert worker(connection) == "Piet Ploeg"

    def test_that_is_over_is_not_possible(self, crew: Browser, task: str) -> None:
        form = crew.hidden(task, f"{task}/nemen")
        crew.submit(task, f"{task}/klaar", result="solved")

        assert crew.send(f"{task}/nemen", form).status_code == 409

    @pytest.mark.parametrize("step", ["nemen", "terugleggen", "geven"])
    def test_of_another_party_is_not_there(
        self,
        crew: Browser,
        web: FlaskClient,
        provided: Provided,
        place: SmallMunicipality,
        task: str,
        step: str,
    ) -> None:
        other = somebody(web, provided, place.contractor_id, role=Role.TEAM_LEAD)
        form = {"csrf_token": other.hidden("/werk", "/uitloggen")["csrf_token"]}

        answered = other.send(f"{task}/{step}", form, member=str(UUID(int=7)))

        assert answered.status_code == 404

    def test_with_a_forged_form_is_refused(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        assert crew.send(f"{task}/nemen", {"csrf_token": "vals"}).status_code == 400
        assert worker(connection) is None


class TestStarting:
    def test_takes_the_task(self, crew: Browser, task: str, connection: Connection) -> None:
        crew.submit(task, f"{task}/beginnen")

        assert worker(connection) == "Karim Team"

    def test_what_a_colleague_has_tells_who_has_it(
        self, crew: Browser, colleague: Browser, task: str, connection: Connection
    ) -> None:
        late = colleague.hidden(task, f"{task}/beginnen")
        crew.submit(task, f"{task}/beginnen")

        answered = colleague.send(f"{task}/beginnen", late)

        assert answered.status_code == 409
        assert "Karim Team heeft deze taak" in answered.text
        assert happened(connection).count("task-started") == 1


class TestReportingDone:
    def test_what_a_colleague_took_since_keeps_what_was_typed_and_asks_once_more(
        self, crew: Browser, colleague: Browser, task: str, connection: Connection
    ) -> None:
        late = colleague.hidden(task, f"{task}/klaar")
        crew.submit(task, f"{task}/nemen")

        asked = colleague.send(f"{task}/klaar", late, result="solved", remark="Lag al vast")
        stage = connection.scalar(text("SELECT stage FROM task"))
        again = colleague.submit(task, f"{task}/klaar", result="solved", remark="Lag al vast")

        assert (asked.status_code, stage) == (409, "offered")
        assert "Karim Team heeft deze taak" in asked.text
        assert ">Lag al vast</textarea>" in asked.text
        assert again.status_code == 303

    def test_of_nobodys_task_says_who_did_it(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        crew.submit(task, f"{task}/klaar", result="solved")

        assert worker(connection) == "Karim Team"
        assert "task-taken" not in happened(connection)


class TestPuttingBack:
    def test_lets_anyone_of_the_team_take_it(
        self, crew: Browser, colleague: Browser, task: str, connection: Connection
    ) -> None:
        crew.submit(task, f"{task}/nemen")

        answered = crew.submit(task, f"{task}/terugleggen")

        assert answered.status_code == 303
        assert worker(connection) is None
        assert task in colleague.get("/werk", lijst="vrij").text
        assert "Teruggelegd op de lijst van de ploeg" in crew.get(task).text

    def test_twice_is_no_error(self, crew: Browser, task: str, connection: Connection) -> None:
        crew.submit(task, f"{task}/nemen")
        form = crew.hidden(task, f"{task}/terugleggen")
        crew.send(f"{task}/terugleggen", form)

        assert crew.send(f"{task}/terugleggen", form).status_code == 303
        assert happened(connection).count("task-put-back") == 1

    def test_what_a_colleague_has_is_theirs_to_do(
        self, crew: Browser, colleague: Browser, task: str, connection: Connection
    ) -> None:
        crew.submit(task, f"{task}/nemen")
        form = colleague.hidden(task, f"{task}/nemen")

        assert colleague.send(f"{task}/terugleggen", form).status_code == 409
        assert worker(connection) == "Karim Team"


class TestATeamLead:
    def test_gives_a_task_to_one_of_the_team_whoever_has_it(
        self, crew: Browser, colleague: Browser, lead: Browser, task: str, connection: Connection
    ) -> None:
        crew.submit(task, f"{task}/nemen")

        answered = lead.submit(task, f"{task}/geven", member=account_of(connection, "Piet Ploeg"))

        assert answered.status_code == 303
        assert worker(connection) == "Piet Ploeg"
        assert "Gegeven aan Piet Ploeg" in colleague.get(task).text

    @pytest.mark.parametrize("member", ["", "x", "00000000-0000-4000-8000-000000000000"])
    def test_gives_to_nobody_but_those_of_the_team(
        self, lead: Browser, task: str, connection: Connection, member: str
    ) -> None:
        answered = lead.submit(task, f"{task}/geven", member=member)

        assert answered.status_code == 400
        assert "Kies een collega." in answered.text
        assert worker(connection) is None

    def test_does_not_give_to_somebody_of_another_party(
        self,
        web: FlaskClient,
        provided: Provided,
        place: SmallMunicipality,
        lead: Browser,
        task: str,
        connection: Connection,
    ) -> None:
        somebody(web, provided, place.contractor_id, name="Van Buiten")

        answered = lead.submit(task, f"{task}/geven", member=account_of(connection, "Van Buiten"))

        assert answered.status_code == 400
        assert "Van Buiten" not in answered.text

    def test_takes_a_task_from_anyone(
        self, crew: Browser, lead: Browser, task: str, connection: Connection
    ) -> None:
        crew.submit(task, f"{task}/nemen")

        assert lead.submit(task, f"{task}/terugleggen").status_code == 303
        assert worker(connection) is None

    def test_sees_who_has_what_and_gives_several_at_once(
        self,
        crew: Browser,
        colleague: Browser,
        lead: Browser,
        report: Report,
        task: str,
        connection: Connection,
    ) -> None:
        crew.submit(task, f"{task}/nemen")
        for number in range(2):
            report(f"Nog een tegel {number}")
        free = connection.scalars(
            text("SELECT id FROM task WHERE id NOT IN (SELECT task_id FROM task_worker)")
        ).all()
        before = lead.get("/werk/ploeg").text

        answered = lead.submit(
            "/werk/ploeg",
            "/werk/ploeg",
            task=[str(one) for one in free],
            member=account_of(connection, "Piet Ploeg"),
        )

        assert "2 taken van niemand" in before
        assert answered.status_code == 303
        after = lead.get("/werk/ploeg").text
        assert "2 taken gegeven." in after
        assert "0 taken van niemand" in after
        of_piet = lead.get("/werk", lijst=account_of(connection, "Piet Ploeg")).text
        assert "De taken van Piet Ploeg" in of_piet
        assert task not in of_piet
        assert "2 taken te doen" in of_piet

    def test_who_ticked_nothing_is_asked_to(
        self, lead: Browser, task: str, connection: Connection
    ) -> None:
        answered = lead.submit("/werk/ploeg", "/werk/ploeg", member="")

        assert answered.status_code == 400
        assert "Vink ten minste één taak aan." in answered.text
        assert "Kies een collega." in answered.text

    def test_asks_the_database_as_much_for_a_large_team_as_for_a_small_one(
        self,
        lead: Browser,
        web: FlaskClient,
        provided: Provided,
        place: SmallMunicipality,
        report: Report,
        task: str,
        connection: Connection,
    ) -> None:
        with statements(connection) as of_one:
            lead.get("/werk/ploeg")
        for number in range(8):
            somebody(web, provided, place.team_id, name=f"Lid {number}")
            report(f"Tegel {number}")
        with statements(connection) as of_many:
            lead.get("/werk/ploeg")

        assert len(of_many) == len(of_one) <= 8

    def test_has_a_page_that_a_crew_and_a_contractor_have_not(
        self, crew: Browser, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        contractor = somebody(web, provided, place.contractor_id, role=Role.CONTRACTOR)

        assert crew.get("/werk/ploeg").status_code == 403
        assert contractor.get("/werk/ploeg").status_code == 403


class TestOnesOwnList:
    def test_of_another_person_is_for_the_team_lead(
        self, crew: Browser, colleague: Browser, task: str, connection: Connection
    ) -> None:
        colleague.submit(task, f"{task}/nemen")

        page = crew.get("/werk", lijst=account_of(connection, "Piet Ploeg")).text

        # It is the list of the team, as for any word that is none.
        assert "De taken van Piet Ploeg" not in page

    def test_stays_the_one_that_was_looked_at(self, crew: Browser, task: str) -> None:
        crew.get("/werk", lijst="mij")

        page = crew.get("/werk").text

        assert "U heeft geen taken." in page
