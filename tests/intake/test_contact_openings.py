"""Who looked at contact details is written down, and forgotten in its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.intake.model import Channel, Contact, NewReport, ReportNotFound
from app.intake.operations import open_contact
from app.reception.jobs import forget
from app.reception.operations import receive_report
from tests.makers.places import IN_DISTRICT, a_small_municipality

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SOMEBODY = UUID(int=7)


def a_report(transaction: Transaction, contact: Contact) -> UUID:
    return receive_report(
        transaction,
        NewReport(
            description="Losse tegel",
            longitude=IN_DISTRICT[0],
            latitude=IN_DISTRICT[1],
            channel=Channel.WEB,
            category="wegen.losse-tegel",
            contact=contact,
        ),
        municipality_code="GM0851",
        now=NOW,
    ).report.id


class TestOpeningContactDetails:
    @pytest.mark.parametrize("contact", [Contact(email="jan@example.org"), Contact()])
    def test_is_written_down_whether_there_are_any_or_not(
        self, transaction: Transaction, contact: Contact
    ) -> None:
        a_small_municipality(transaction)
        report_id = a_report(transaction, contact)

        opened = open_contact(transaction, report_id, account_id=SOMEBODY, now=NOW)

        assert opened == contact
        written = transaction.connection.execute(
            text("SELECT report_id, account_id, opened_at FROM contact_opening")
        ).all()
        assert [tuple(row) for row in written] == [(report_id, SOMEBODY, NOW)]

    @pytest.mark.parametrize(("minutes", "looks"), [(0, 1), (9, 1), (11, 2)])
    def test_again_is_another_look_after_some_minutes_only(
        self, transaction: Transaction, minutes: int, looks: int
    ) -> None:
        a_small_municipality(transaction)
        report_id, other_id = (a_report(transaction, Contact(name="Jan")) for _ in range(2))
        open_contact(transaction, other_id, account_id=SOMEBODY, now=NOW)
        open_contact(transaction, report_id, account_id=UUID(int=8), now=NOW)
        open_contact(transaction, report_id, account_id=SOMEBODY, now=NOW)

        later = NOW + timedelta(minutes=minutes)
        opened = open_contact(transaction, report_id, account_id=SOMEBODY, now=later)

        assert opened == Contact(name="Jan")
        written = transaction.connection.scalar(
            text("SELECT count(*) FROM contact_opening WHERE report_id = :id AND account_id = :by"),
            {"id": report_id, "by": SOMEBODY},
        )
        assert written == looks

    def test_of_no_report_is_refused_and_leaves_nothing(self, transaction: Transaction) -> None:
        with pytest.raises(ReportNotFound):
            open_contact(transaction, uuid4(), account_id=SOMEBODY, now=NOW)

        assert transaction.connection.scalar(text("SELECT count(*) FROM contact_opening")) == 0


class TestAnOpening:
    def test_is_forgotten_after_its_days(self, provided: Provided) -> None:
        database = provided.get(Database)
        with database.transaction() as transaction:
            a_small_municipality(transaction)
            report_id = a_report(transaction, Contact(email="jan@example.org"))
            for days in (366, 364):
                opened_at = NOW - timedelta(days=days)
                open_contact(transaction, report_id, account_id=SOMEBODY, now=opened_at)
        provided.put(Clock, StoppedClock(NOW))

        forget(provided)

        with database.transaction() as transaction:
            left = transaction.connection.scalars(text("SELECT opened_at FROM contact_opening"))
            assert left.all() == [NOW - timedelta(days=364)]
