"""What somebody is told: new on their list, at risk, too late, opened again, until it was seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from app.work.model import ActedBy
from app.work.operations.claiming import give_task
from tests.makers.people import an_account
from tests.makers.places import SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import HOSTILE, Report, task_paths

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def clock(provided: Provided) -> StoppedClock:
    """A clock that the test moves on."""
    stopped = StoppedClock(NOW)
    provided.put(Clock, stopped)
    return stopped


@pytest.fixture(autouse=True)
def at_work(clock: StoppedClock, place: SmallMunicipality) -> None:
    """Every test begins at NOW in the small municipality."""


def later(clock: StoppedClock, **much: float) -> None:
    clock.instant += timedelta(**much)


def ask(browser: Browser) -> TestResponse:
    return browser.client.get("/berichten/stand", headers={"Accept": "application/json"})


def unseen(browser: Browser) -> int:
    answered = ask(browser)
    assert answered.status_code == 200
    said: dict[str, Any] = answered.get_json()
    return int(said["unseen"])


def due(connection: Connection, reference: str, *, at_risk_at: datetime, due_at: datetime) -> None:
    connection.execute(
        text(
            "UPDATE defect_case SET at_risk_at = :at_risk_at, due_at = :due_at"
            " WHERE reference = :reference"
        ),
        {"reference": reference, "at_risk_at": at_risk_at, "due_at": due_at},
    )


class TestACrew:
    def test_is_told_of_a_task_that_came(self, crew: Browser, report: Report) -> None:
        reference = report()["reference"]

        page = crew.get("/berichten").text

        assert "Nieuw op uw lijst" in page
        assert reference in page
        assert f'href="{task_paths(crew)[0]}"' in page
        assert unseen(crew) == 1

    def test_is_not_told_of_what_it_saw_but_of_what_came_meanwhile(
        self, crew: Browser, report: Report, clock: StoppedClock
    ) -> None:
        report()
        later(clock, minutes=1)
        page = crew.hidden("/berichten", "/berichten/gezien")
        later(clock, minutes=1)
        report("Nog een tegel, verderop", at=(4.366, 51.62))
        later(clock, minutes=1)

        seen = crew.send("/berichten/gezien", page)

        assert seen.status_code == 303
        assert unseen(crew) == 1
        assert crew.get("/berichten").text.count("Nieuw op uw lijst") == 2

    def test_is_told_when_a_promise_comes_at_risk_and_when_it_is_over(
        self, crew: Browser, report: Report, connection: Connection, clock: StoppedClock
    ) -> None:
        reference = report()["reference"]
        due(
            connection,
            reference,
            at_risk_at=NOW + timedelta(hours=3),
            due_at=NOW + timedelta(hours=4),
        )
        later(clock, hours=1)
        crew.submit("/berichten", "/berichten/gezien")
        assert unseen(crew) == 0

        later(clock, hours=2.5)
        at_risk = crew.get("/berichten").text
        later(clock, hours=1)
        too_late = crew.get("/berichten").text

        assert "Dreigt te laat te worden" in at_risk
        assert "Te laat" in too_late
        assert "Dreigt te laat te worden" not in too_late
        assert unseen(crew) == 1

    def test_is_not_told_of_a_clock_that_stands_still(
        self, crew: Browser, report: Report, connection: Connection, clock: StoppedClock
    ) -> None:
        reference = report()["reference"]
        due(
            connection,
            reference,
            at_risk_at=NOW + timedelta(hours=1),
            due_at=NOW + timedelta(hours=9),
        )
        connection.execute(
            text(
                "UPDATE defect_case SET stage = 'waiting', waiting_for = 'third-party'"
                " WHERE reference = :reference"
            ),
            {"reference": reference},
        )
        later(clock, hours=2)

        assert "Dreigt te laat te worden" not in crew.get("/berichten").text

    def test_hears_nothing_of_the_tasks_of_another_party(
        self, crew: Browser, report: Report, place: SmallMunicipality
    ) -> None:
        report("Lamp", category=None, asset=str(place.lamp_id))

        assert unseen(crew) == 0

    def test_hears_nothing_of_what_a_colleague_took_but_of_what_one_was_given(
        self,
        web: FlaskClient,
        crew: Browser,
        report: Report,
        provided: Provided,
        place: SmallMunicipality,
        connection: Connection,
        clock: StoppedClock,
    ) -> None:
        report()
        task_id = task_paths(crew)[0].rpartition("/")[2]
        with provided.get(Database).transaction() as transaction:
            lead = an_account(transaction, role=Role.TEAM_LEAD, party_id=place.team_id)
            other = an_account(transaction, role=Role.CREW, party_id=place.team_id)
        colleague, leads = signed_in(web, other), signed_in(web, lead)
        later(clock, minutes=1)
        for browser in (colleague, leads):
            browser.submit("/berichten", "/berichten/gezien")
        later(clock, minutes=1)
        with provided.get(Database).transaction() as transaction:
            give_task(
                transaction,
                connection.execute(
                    text("SELECT id FROM task WHERE id = CAST(:id AS uuid)"), {"id": task_id}
                ).scalar_one(),
                party_id=place.team_id,
                to=other.id,
                by=ActedBy("account", lead.id),
                now=clock.instant,
            )

        assert unseen(crew) == 0
        assert unseen(colleague) == 1
        assert unseen(leads) == 0
        assert "Nieuw op uw lijst" in leads.get("/berichten").text


class TestTheDesk:
    def test_is_told_of_what_came_on_its_list_and_why(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        reference = report("Iets vreemds", category=None)["reference"]
        raised = connection.scalar(
            text(
                "SELECT count(*) FROM desk_entry JOIN defect_case ON defect_case.id = case_id"
                " WHERE reference = :reference AND settled_at IS NULL"
            ),
            {"reference": reference},
        )
        assert raised

        page = desk.get("/berichten").text

        assert "Op de lijst van de balie: " in page
        assert f'href="/balie/zaken/{reference}"' in page
        # However many reasons there are, it is one case.
        assert unseen(desk) == 1

    def test_is_told_of_every_open_case_that_is_too_late(
        self, desk: Browser, report: Report, connection: Connection, clock: StoppedClock
    ) -> None:
        reference = report()["reference"]
        due(connection, reference, at_risk_at=NOW, due_at=NOW + timedelta(hours=1))
        later(clock, hours=1.5)

        assert "Te laat" in desk.get("/berichten").text
        assert unseen(desk) == 1

    def test_and_the_crew_are_told_that_a_case_was_opened_again(
        self, desk: Browser, crew: Browser, report: Report, clock: StoppedClock
    ) -> None:
        reference = report()["reference"]
        case = f"/balie/zaken/{reference}"
        desk.submit(case, f"{case}/sluiten", reason="not-a-defect")
        later(clock, minutes=1)
        assert unseen(crew) == 0

        desk.submit(case, f"{case}/heropenen")

        assert "Opnieuw geopend" in desk.get("/berichten").text
        assert "Opnieuw geopend" in crew.get("/berichten").text
        assert (unseen(desk), unseen(crew)) == (1, 1)

    def test_hears_nothing_of_what_is_long_ago(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        lately, long_ago = (
            report()["reference"],
            report("Een ander", at=(4.366, 51.62))["reference"],
        )
        for reference, days in ((lately, 13), (long_ago, 15)):
            over = NOW - timedelta(days=days)
            due(connection, reference, at_risk_at=over, due_at=over)

        page = desk.get("/berichten").text

        assert lately in page
        assert long_ago not in page


class TestAsking:
    def test_is_one_statement_beside_who_asks(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        desk.get("/berichten/stand")
        with statements(connection) as said:
            desk.get("/berichten/stand")

        assert len(said) <= 2, said

    def test_does_not_keep_a_sign_in_alive(self, desk: Browser, clock: StoppedClock) -> None:
        for _ in range(5):
            later(clock, minutes=25)
            last = ask(desk).status_code

        assert last == 401

    def test_is_for_nobody_without_a_sign_in(self, web: FlaskClient) -> None:
        answered = web.get("/berichten/stand", headers={"Accept": "application/json"})

        assert answered.status_code == 401

    def test_tells_whoever_works_on_no_reports_so(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            analyst = an_account(transaction, role=Role.ANALYST)
        browser = signed_in(web, analyst)

        assert "Met uw rol krijgt u er geen." in browser.get("/berichten").text
        assert unseen(browser) == 0

    @pytest.mark.parametrize("until", ["", HOSTILE, "-1", "9" * 30, "99999999999", "٣"])
    def test_sees_nothing_by_a_moment_that_is_none(
        self, crew: Browser, report: Report, until: str, clock: StoppedClock
    ) -> None:
        report()
        later(clock, minutes=1)

        answered = crew.submit("/berichten", "/berichten/gezien", tot=until)
        later(clock, minutes=1)
        report("Nog een tegel, verderop", at=(4.366, 51.62))

        assert answered.status_code == 303
        # The future cannot be seen either.
        assert unseen(crew) >= 1

    def test_needs_the_proof_of_the_form(self, crew: Browser, report: Report) -> None:
        report()

        answered = crew.client.post("/berichten/gezien", data={"tot": "1790000000"})

        assert answered.status_code == 400
        assert unseen(crew) == 1
