"""What has been kept long enough goes, and can be counted first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, text

from app.entrypoints.retention_commands import retention
from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Transaction
from app.foundation.provided import Provided
from app.intake.model import Channel, Contact, NewReport
from app.reception.operations import receive_report
from app.work.model import SYSTEM
from app.work.operations.desk import close_without_work
from tests.makers.places import IN_DISTRICT, a_small_municipality

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def services(provided: Provided, transaction: Transaction) -> Provided:
    provided.put(Clock, StoppedClock(NOW))
    a_small_municipality(transaction)
    return provided


def a_report(transaction: Transaction, *, closed: timedelta | None, contact: bool = True) -> UUID:
    """Receive a report; `closed` is how long ago its case closed."""
    at = NOW - (closed or timedelta()) - timedelta(days=1)
    received = receive_report(
        transaction,
        NewReport(
            description="Losse tegel",
            longitude=IN_DISTRICT[0],
            latitude=IN_DISTRICT[1],
            channel=Channel.WEB,
            category="wegen.losse-tegel",
            contact=Contact(email="jan@example.org") if contact else Contact(),
        ),
        municipality_code="GM0851",
        now=at,
    )
    if closed is not None:
        close_without_work(
            transaction,
            received.case.reference,
            reason="not-a-defect",
            by=SYSTEM,
            now=NOW - closed,
        )
    transaction.write_the_rest()
    return received.report.id


def contacts(connection: Connection) -> set[UUID]:
    return set(connection.scalars(text("SELECT report_id FROM contact")))


def said(services: Provided, *words: str) -> str:
    result = CliRunner().invoke(retention, words, obj=services)
    assert result.exit_code == 0, result.output
    return result.output


class TestTheRetention:
    def test_takes_contact_details_ninety_days_after_the_case_closed(
        self, services: Provided, transaction: Transaction, connection: Connection
    ) -> None:
        a_report(transaction, closed=timedelta(days=91))
        lately = a_report(transaction, closed=timedelta(days=89))
        still_open = a_report(transaction, closed=None)

        told = said(services, "run")

        assert contacts(connection) == {lately, still_open}
        assert "1  reports lose their contact details (90 days" in told

    def test_finds_them_among_many_that_closed_before_and_have_none(
        self, services: Provided, transaction: Transaction, connection: Connection
    ) -> None:
        a_report(transaction, closed=timedelta(days=400), contact=False)
        connection.execute(
            text(
                """
                INSERT INTO defect_case (id, reference, category_code, category_group, stage, spot,
                    is_danger, report_count, received_at, due_at, changed_at, version, closed_at,
                    is_demo)
                SELECT gen_random_uuid(), 'OLD-' || n, category_code, category_group, stage, spot,
                    is_danger, report_count, received_at, due_at, changed_at, version, closed_at,
                    is_demo
                FROM defect_case, generate_series(1, 12000) AS n
                """
            )
        )
        a_report(transaction, closed=timedelta(days=91))

        said(services, "run")

        assert contacts(connection) == set()

    @pytest.mark.parametrize("words", [("--dry-run",), ("run", "--dry-run"), ("--dry-run", "run")])
    def test_can_be_counted_without_anything_going(
        self,
        services: Provided,
        transaction: Transaction,
        connection: Connection,
        words: tuple[str, ...],
    ) -> None:
        old = a_report(transaction, closed=timedelta(days=91))

        told = said(services, *words)

        assert "1  reports lose their contact details" in told
        assert "Nothing has gone" in told
        assert contacts(connection) == {old}

    def test_wants_to_be_told_what_to_do(self, services: Provided) -> None:
        result = CliRunner().invoke(retention, [], obj=services)

        assert result.exit_code == 2
        assert "--dry-run" in result.output
