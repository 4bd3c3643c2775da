"""`/werk` over HTTP: a crew asks another party for a part of the work."""

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
from tests.work.conftest import HOSTILE, Report, task_paths


@pytest.fixture
def task(crew: Browser, report: Report) -> str:
    """The address of the one task on the crew's list."""
    report()
    (path,) = task_paths(crew)
    return path


@pytest.fixture
def contractor(web: FlaskClient, provided: Provided, place: SmallMunicipality) -> Browser:
    """Somebody of the contractor for lamps."""
    with provided.get(Database).transaction() as transaction:
        account = an_account(transaction, role=Role.CONTRACTOR, party_id=place.contractor_id)
    return signed_in(web, account)


class TestATaskForAnotherTeam:
    def test_is_on_their_list_with_what_is_asked_and_the_own_one_stays(
        self, crew: Browser, contractor: Browser, task: str
    ) -> None:
        page = f"{task}/ander-team"

        answered = crew.submit(page, page, party="lux", request=HOSTILE)

        assert (answered.status_code, answered.location) == (303, task)
        assert "heeft nu ook een taak." in crew.get(task).text
        assert task_paths(crew) == [task]
        (theirs,) = task_paths(contractor)
        read = contractor.get(theirs).text
        assert "Wat van u gevraagd wordt" in read
        assert "&lt;script&gt;alert(" in read
        assert HOSTILE not in read

    def test_keeps_the_case_open_until_both_are_done(
        self, crew: Browser, contractor: Browser, task: str, connection: Connection
    ) -> None:
        page = f"{task}/ander-team"
        crew.submit(page, page, party="lux", request="Kabel aansluiten")
        (theirs,) = task_paths(contractor)

        crew.submit(task, f"{task}/klaar", result="solved")
        between = connection.scalar(text("SELECT stage FROM defect_case"))
        contractor.submit(theirs, f"{theirs}/klaar", result="solved")

        assert between != "resolved"
        assert connection.scalar(text("SELECT stage FROM defect_case")) == "resolved"

    def test_twice_is_no_error_and_makes_one(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        page = f"{task}/ander-team"
        form = crew.hidden(page, page)
        for _ in range(2):
            answered = crew.send(page, form, party="lux", request="Kabel aansluiten")
            assert answered.status_code == 303

        assert connection.scalar(text("SELECT count(*) FROM task")) == 2

    def test_they_have_already_is_told_and_keeps_what_was_typed(
        self, crew: Browser, task: str
    ) -> None:
        page = f"{task}/ander-team"
        crew.submit(page, page, party="lux", request="Kabel aansluiten")

        answered = crew.submit(page, page, party="lux", request="Nog iets")

        assert answered.status_code == 409
        assert "heeft al een taak bij deze melding." in answered.text
        assert ">Nog iets</textarea>" in answered.text

    @pytest.mark.parametrize("party", ["", "team", "rws", "niets", "x" * 3000, "\x00"])
    def test_goes_to_another_team_or_contractor_alone(
        self, crew: Browser, task: str, connection: Connection, party: str
    ) -> None:
        page = f"{task}/ander-team"

        answered = crew.submit(page, page, party=party, request="Kabel aansluiten")

        assert answered.status_code == 400
        assert "Kies een uitvoerder uit de lijst." in answered.text
        assert ">Kabel aansluiten</textarea>" in answered.text
        assert connection.scalar(text("SELECT count(*) FROM task")) == 1

    @pytest.mark.parametrize("request_", ["", "x" * 3001])
    def test_says_what_is_asked(self, crew: Browser, task: str, request_: str) -> None:
        page = f"{task}/ander-team"

        assert crew.submit(page, page, party="lux", request=request_).status_code == 400

    def test_of_another_party_is_not_there(
        self, crew: Browser, contractor: Browser, task: str
    ) -> None:
        form = {"csrf_token": contractor.hidden("/werk", "/uitloggen")["csrf_token"]}
        none = f"/werk/taken/{UUID(int=7)}/ander-team"

        assert contractor.get(f"{task}/ander-team").status_code == 404
        assert (
            contractor.send(f"{task}/ander-team", form, party="team", request="x").status_code
            == 404
        )
        assert crew.get(none).status_code == 404

    def test_after_the_own_one_is_done_is_not_possible(self, crew: Browser, task: str) -> None:
        page = f"{task}/ander-team"
        form = crew.hidden(page, page)
        crew.submit(task, f"{task}/klaar", result="solved")

        assert crew.send(page, form, party="lux", request="Kabel").status_code == 409
        assert crew.get(page).location == task
