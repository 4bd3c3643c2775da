"""`/beheer/inzage`: who opened whose contact details, for who must account for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.identity.permissions import Role
from app.identity.records import Account
from app.intake.openings import OPENINGS_ON_A_PAGE, OpeningFilter, list_openings
from tests.makers.people import an_account
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import Report

LOG = "/beheer/inzage"
REPORTER = {"name": "Wil Vogelaar", "email": "wil.vogelaar@example.org", "phone": "06 12345678"}


@pytest.fixture
def noor(transaction: Transaction) -> Account:
    return an_account(transaction, role=Role.DESK, name="Noor Balie")


@pytest.fixture
def administrator(web: FlaskClient, provided: Provided) -> Browser:
    with provided.get(Database).transaction() as transaction:
        account = an_account(transaction, role=Role.ADMINISTRATOR, name="Bea Beheer")
    return signed_in(web, account)


def opened(connection: Connection, account_id: UUID, *, at: str, times: int = 1) -> None:
    connection.execute(
        text(
            """
            INSERT INTO contact_opening (id, report_id, account_id, opened_at)
            SELECT gen_random_uuid(), gen_random_uuid(), :account_id, CAST(:at AS timestamptz)
            FROM generate_series(1, :times)
            """
        ),
        {"account_id": account_id, "at": at, "times": times},
    )


class TestTheLog:
    def test_tells_who_opened_which_report_and_where_but_no_details(
        self, web: FlaskClient, noor: Account, administrator: Browser, report: Report
    ) -> None:
        desk, reference = signed_in(web, noor), report(contact=REPORTER)["reference"]
        other = report(contact={"name": "Jan Anders"})["reference"]
        page = f"/balie/zaken/{reference}"
        action = next(
            part.split('"')[0]
            for part in desk.get(page).text.split('action="')
            if part.startswith(f"{page}/contact/")
        )
        desk.submit(page, action)
        desk.submit("/beheer/zaken/zoeken", "/beheer/zaken/zoeken", zoek="Anders")

        shown = administrator.get(LOG).text

        assert shown.count("Noor Balie</div>") == 2
        assert "op de pagina van de melding" in shown
        assert "door te zoeken naar de melder" in shown
        for written in (reference, other):
            assert f'href="/balie?nummer={written}"' in shown
        for detail in (*REPORTER.values(), "Jan Anders"):
            assert detail not in shown

    def test_is_not_changed_by_reading_it(
        self, administrator: Browser, noor: Account, connection: Connection
    ) -> None:
        opened(connection, noor.id, at="2026-11-02 10:00Z")
        kept = text("SELECT * FROM contact_opening")
        before = connection.execute(kept).all()

        administrator.get(LOG)

        assert connection.execute(kept).all() == before

    def test_says_when_openings_are_forgotten(self, administrator: Browser) -> None:
        assert "365 dagen" in administrator.get(LOG).text

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
    def test_is_for_the_administrator_alone(
        self, web: FlaskClient, transaction: Transaction, role: Role
    ) -> None:
        assert signed_in(web, an_account(transaction, role=role)).get(LOG).status_code == 403

    def test_names_a_person_whose_account_has_ended(
        self,
        administrator: Browser,
        noor: Account,
        transaction: Transaction,
        connection: Connection,
    ) -> None:
        opened(connection, noor.id, at="2026-11-02 10:00Z")
        opened(connection, uuid4(), at="2026-11-02 11:00Z")
        noor.is_active = False
        transaction.session.flush()

        shown = administrator.get(LOG).text

        assert "Noor Balie</div>" in shown
        assert "Iemand die niet meer bekend is" in shown

    def test_takes_four_statements_however_long_it_is(
        self, administrator: Browser, noor: Account, connection: Connection
    ) -> None:
        opened(connection, noor.id, at="2026-11-02 10:00Z", times=OPENINGS_ON_A_PAGE + 1)
        administrator.get(LOG)

        with statements(connection) as heard:
            shown = administrator.get(LOG).text

        assert len(heard) <= 4
        assert 'rel="next"' in shown


class TestTheFilter:
    @pytest.mark.parametrize(
        ("since", "until", "found"),
        [
            (None, None, 3),
            # Midnight is that of Amsterdam: 23:30 UTC is the next day there.
            ("2026-11-03", None, 2),
            (None, "2026-11-02", 1),
            ("2026-11-03", "2026-11-03", 1),
        ],
    )
    def test_is_by_days_of_here(
        self,
        transaction: Transaction,
        connection: Connection,
        since: str | None,
        until: str | None,
        found: int,
    ) -> None:
        for at in ("2026-11-02 22:30Z", "2026-11-02 23:30Z", "2026-11-04 10:00Z"):
            opened(connection, UUID(int=1), at=at)
        days = [datetime.fromisoformat(day).date() if day else None for day in (since, until)]

        assert list_openings(transaction, OpeningFilter(None, *days)).count == found

    def test_is_by_person(
        self, transaction: Transaction, connection: Connection, noor: Account
    ) -> None:
        opened(connection, noor.id, at="2026-11-02 10:00Z")
        opened(connection, UUID(int=1), at="2026-11-02 10:00Z")

        page = list_openings(transaction, OpeningFilter(noor.id))

        assert [one.account_id for one in page.lines] == [noor.id]

    @pytest.mark.parametrize(
        "query", ["wie=%00x", "van=gisteren&tot=0001-01-01", "page=99999", "wie=" + "x" * 5000]
    )
    def test_takes_anything_in_its_address(self, administrator: Browser, query: str) -> None:
        assert administrator.client.get(f"{LOG}?{query}").status_code == 200
