"""Stops the clock of a case that waits for somebody else, and lets it run on afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.routing.calendar import Promise, WorkingCalendar, after_stops, ran_on
from app.routing.operations.calendar_days import working_calendar
from app.work.model import STOPS_THE_CLOCK, SYSTEM, Case, Happening, WaitingFor
from app.work.operations.history import write_history

_STOP = text(
    """
    INSERT INTO clock_stop (id, case_id, waiting_for, stopped_at, due_before)
    VALUES (:id, :case_id, :waiting_for, :now, :due_at)
    """
)

_RUN_ON = text(
    """
    UPDATE clock_stop SET ran_on_at = :now, due_after = :due_after
    WHERE case_id = :case_id AND ran_on_at IS NULL
    """
)

_STOPPED_NOW = text(
    "SELECT stopped_at FROM clock_stop WHERE case_id = :case_id AND ran_on_at IS NULL"
)

# The task that was moved in this very moment has its new version already.
_MOVE_TASKS = text(
    """
    UPDATE task SET due_at = :due_at, version = version + (changed_at <> :now)::integer,
        changed_at = :now
    WHERE case_id = :case_id AND stage IN ('offered', 'accepted', 'started', 'on-hold')
    """
)


@dataclass(frozen=True, slots=True)
class ClockStop:
    """A period in which the clock of a case stood still; without an end it still does."""

    waiting_for: str
    stopped_at: datetime
    ran_on_at: datetime | None
    due_before: datetime
    due_after: datetime | None


def stop_clock(transaction: Transaction, waiting: Case, *, now: datetime) -> None:
    """Note from when on, and for whom, a case waits; the caller moves it there.

    Waiting for material or for dry weather is part of the work: the clock goes on.
    """
    waits_for = waiting.waiting_for or WaitingFor.THIRD_PARTY.value
    if waits_for not in STOPS_THE_CLOCK:
        return
    transaction.write(
        _STOP,
        {
            "id": new_id(),
            "case_id": waiting.id,
            "waiting_for": waits_for,
            "now": now,
            "due_at": waiting.due_at,
        },
    )
    write_history(
        transaction,
        waiting.id,
        Happening.CLOCK_STOPPED,
        by=SYSTEM,
        at=now,
        waitingFor=waits_for,
        due=waiting.due_at.isoformat(),
    )


def let_clock_run(transaction: Transaction, going_on: Case, *, now: datetime) -> Case:
    """Return a case that waits no more with what was left of its norm; its tasks get the same."""
    rows = transaction.read(_STOPPED_NOW, {"case_id": going_on.id})
    if not rows:
        return going_on
    stopped_at: datetime = rows[0].stopped_at
    calendar = working_calendar(transaction, since=stopped_at)
    promised = ran_on(promise_of(going_on), stopped_at=stopped_at, ran_on_at=now, calendar=calendar)
    earlier = _stops_before(clock_stops(transaction, going_on.id), going_on)
    if earlier:
        # The rest of the last day was given already.
        calendar = working_calendar(transaction, since=earlier[0].stopped_at)
        first = replace(promised, due_at=earlier[0].due_before)
        together = after_stops(first, [*_periods(earlier), (stopped_at, now)], calendar)
        promised = replace(promised, due_at=max(going_on.due_at, together.due_at))
    ran = replace(going_on, due_at=promised.due_at, at_risk_at=promised.at_risk_at)
    transaction.write(
        _RUN_ON, {"now": max(now, stopped_at), "due_after": ran.due_at, "case_id": ran.id}
    )
    if ran.due_at != going_on.due_at:
        transaction.write(_MOVE_TASKS, {"due_at": ran.due_at, "now": now, "case_id": ran.id})
    write_history(
        transaction,
        ran.id,
        Happening.CLOCK_RAN_ON,
        by=SYSTEM,
        at=now,
        was=going_on.due_at.isoformat(),
        due=ran.due_at.isoformat(),
    )
    return ran


def promise_of(found: Case) -> Promise:
    """Return what is promised for a case."""
    return Promise(found.due_at, found.at_risk_at or found.due_at)


def clock_stops(transaction: Transaction, case_id: UUID) -> list[ClockStop]:
    """Return when the clock of a case stood still, the first time first."""
    rows = transaction.connection.execute(
        text(
            "SELECT waiting_for, stopped_at, ran_on_at, due_before, due_after FROM clock_stop"
            " WHERE case_id = :case_id ORDER BY stopped_at, id"
        ),
        {"case_id": case_id},
    )
    return [
        ClockStop(row.waiting_for, row.stopped_at, row.ran_on_at, row.due_before, row.due_after)
        for row in rows
    ]


def _stops_before(stops: list[ClockStop], going_on: Case) -> list[ClockStop]:
    """Return the stops that made the promise of a case what it is, since it was promised anew."""
    found: list[ClockStop] = []
    due = going_on.due_at
    for stop in reversed(stops):
        if stop.ran_on_at is None:
            continue
        if stop.due_after != due:
            break
        found.insert(0, stop)
        due = stop.due_before
    return found


def _periods(stops: list[ClockStop]) -> list[tuple[datetime, datetime]]:
    return [(one.stopped_at, one.ran_on_at) for one in stops if one.ran_on_at is not None]


def with_stops(promised: Promise, stops: list[ClockStop], calendar: WorkingCalendar) -> Promise:
    """Return a promise with the time added in which the clock stood still and has run on since."""
    return after_stops(promised, _periods(stops), calendar)
