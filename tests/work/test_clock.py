"""A case that waits for somebody else: its clock stands still, and runs on afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.intake.model import Channel, NewReport
from app.reception.model import ReceivedReport
from app.reception.operations import receive_report
from app.triage.operations import category
from app.work.model import ActedBy, CaseStage, ClockState, Happening, Task, WorkResult
from app.work.operations.cases import case
from app.work.operations.clock import clock_stops
from app.work.operations.desk import reopen_case
from app.work.operations.history import history_of_case
from app.work.operations.recategorising import change_category
from app.work.operations.tasks import complete_task, hold_task, start_task, tasks_of_case
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality

#: A Tuesday; the norm of a tile is ten working days, until Tuesday 8 December.
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SOMEBODY = ActedBy("account", UUID(int=7))


@pytest.fixture
def transaction(provided: Provided) -> Iterator[Transaction]:
    """One transaction in which facts are told, rolled back with the test."""
    with provided.get(Database).transaction() as transaction:
        yield transaction


@pytest.fixture
def place(transaction: Transaction) -> SmallMunicipality:
    return a_small_municipality(transaction)


@pytest.fixture
def tile(transaction: Transaction, place: SmallMunicipality) -> ReceivedReport:
    return receive_report(
        transaction,
        NewReport(
            description="Losse tegel",
            longitude=IN_DISTRICT[0],
            latitude=IN_DISTRICT[1],
            channel=Channel.MOBILE,
            category="wegen.losse-tegel",
        ),
        municipality_code="GM0851",
        now=NOW,
    )


def the_task(transaction: Transaction, tile: ReceivedReport) -> Task:
    (task,) = tasks_of_case(transaction, tile.case.id)
    return task


def put_on_hold(
    transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality, *, at: datetime
) -> None:
    hold_task(
        transaction,
        the_task(transaction, tile).id,
        party_id=place.team_id,
        until=date(2026, 12, 20),
        remark="Wacht op de netbeheerder",
        by=SOMEBODY,
        now=at,
    )


def go_on(
    transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality, *, at: datetime
) -> Task:
    return start_task(
        transaction,
        the_task(transaction, tile).id,
        party_id=place.team_id,
        by=SOMEBODY,
        now=at,
    )


class TestACaseThatWaited:
    def test_is_due_later_by_the_working_time_that_was_left_and_so_is_its_task(
        self, transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality
    ) -> None:
        put_on_hold(transaction, tile, place, at=NOW + timedelta(days=1))

        go_on(transaction, tile, place, at=NOW + timedelta(days=8))

        after = case(transaction, tile.case.id)
        assert after.due_at - tile.case.due_at == timedelta(days=7)
        assert the_task(transaction, tile).due_at == after.due_at

    def test_is_due_at_the_end_of_a_working_day(
        self, transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality
    ) -> None:
        put_on_hold(transaction, tile, place, at=NOW)

        go_on(transaction, tile, place, at=NOW + timedelta(days=3, minutes=17))

        local = case(transaction, tile.case.id).due_at.astimezone(LOCAL_ZONE)
        assert (local.hour, local.minute) == (17, 0)
        assert local.isoweekday() <= 5

    def test_has_its_periods_kept_and_its_history_told(
        self, transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality
    ) -> None:
        put_on_hold(transaction, tile, place, at=NOW)
        go_on(transaction, tile, place, at=NOW + timedelta(days=2))

        (stop,) = clock_stops(transaction, tile.case.id)
        happened = [one.happening for one in history_of_case(transaction, tile.case.id)]
        assert stop.waiting_for == "third-party"
        assert (stop.stopped_at, stop.ran_on_at) == (NOW, NOW + timedelta(days=2))
        assert (stop.due_before, stop.due_after) == (
            tile.case.due_at,
            case(transaction, tile.case.id).due_at,
        )
        assert {Happening.CLOCK_STOPPED, Happening.CLOCK_RAN_ON} <= set(happened)

    def test_gives_whoever_goes_on_the_version_that_stands_in_the_table(
        self, transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality
    ) -> None:
        put_on_hold(transaction, tile, place, at=NOW)

        started = go_on(transaction, tile, place, at=NOW + timedelta(days=2))

        assert started.version == the_task(transaction, tile).version

    def test_keeps_the_time_it_waited_when_its_kind_changes(
        self, transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality
    ) -> None:
        put_on_hold(transaction, tile, place, at=NOW)
        go_on(transaction, tile, place, at=NOW + timedelta(days=7))
        lamp = category(transaction, "verlichting.lamp-brandt-niet")

        changed = change_category(
            transaction,
            tile.case.reference,
            category=lamp,
            by=SOMEBODY,
            now=NOW + timedelta(days=7),
        )

        without_waiting = lamp.norm.term.amount
        assert changed.due_at > NOW + timedelta(days=7 + without_waiting - 1)

    def test_ends_its_wait_when_it_is_done(
        self, transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality
    ) -> None:
        put_on_hold(transaction, tile, place, at=NOW)

        complete_task(
            transaction,
            the_task(transaction, tile).id,
            party_id=place.team_id,
            result=WorkResult.SOLVED,
            remark="",
            by=SOMEBODY,
            now=NOW + timedelta(days=40),
        )

        after = case(transaction, tile.case.id)
        assert after.closed_at is not None
        assert after.due_at > after.closed_at

    def test_that_is_opened_again_counts_from_then(
        self, transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality
    ) -> None:
        later = NOW + timedelta(days=30)
        complete_task(
            transaction,
            the_task(transaction, tile).id,
            party_id=place.team_id,
            result=WorkResult.SOLVED,
            remark="",
            by=SOMEBODY,
            now=NOW,
        )

        reopened = reopen_case(transaction, tile.case.reference, by=SOMEBODY, now=later)

        assert later < reopened.due_at
        assert reopened.at_risk_at is not None
        assert later < reopened.at_risk_at < reopened.due_at


class TestACaseThatWaitedOften:
    def test_gets_the_rest_of_its_last_day_once(
        self, transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality
    ) -> None:
        for hour in range(5):
            put_on_hold(transaction, tile, place, at=NOW + timedelta(hours=hour))
            go_on(transaction, tile, place, at=NOW + timedelta(hours=hour, minutes=1))

        found = case(transaction, tile.case.id)

        assert (tile.case.due_at, found.due_at) == (
            datetime(2026, 12, 1, 17, tzinfo=LOCAL_ZONE),
            datetime(2026, 12, 2, 17, tzinfo=LOCAL_ZONE),
        )
        assert the_task(transaction, tile).due_at == found.due_at


class TestTheClockOfACase:
    def test_says_at_risk_from_three_quarters_and_overdue_after_the_norm(
        self, transaction: Transaction, tile: ReceivedReport
    ) -> None:
        found = case(transaction, tile.case.id)
        at_risk_at = found.at_risk_at

        assert at_risk_at is not None
        assert found.clock(at_risk_at - timedelta(seconds=1)) is ClockState.ON_TIME
        assert found.clock(at_risk_at) is ClockState.AT_RISK
        assert found.clock(found.due_at) is ClockState.AT_RISK
        assert found.clock(found.due_at + timedelta(seconds=1)) is ClockState.OVERDUE

    def test_stands_still_while_the_case_waits(
        self, transaction: Transaction, tile: ReceivedReport, place: SmallMunicipality
    ) -> None:
        put_on_hold(transaction, tile, place, at=NOW)

        waiting = case(transaction, tile.case.id)

        assert waiting.stage is CaseStage.WAITING
        assert waiting.clock(waiting.due_at) is ClockState.STOPPED
