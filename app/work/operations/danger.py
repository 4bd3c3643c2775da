"""Lets the desk say that a case is no danger after all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.foundation.database import Transaction
from app.intake.operations import reports_of_case
from app.routing.calendar import Promise
from app.triage.model import RetiredCategory
from app.triage.operations import category
from app.work.model import (
    ActedBy,
    Case,
    CaseMoved,
    DeskReason,
    Happening,
)
from app.work.operations.cases import (
    case_by_reference,
    check_version,
    write_case,
)
from app.work.operations.clock import promise_of
from app.work.operations.desk import refuse_closed
from app.work.operations.desk_list import settle_desk_entries
from app.work.operations.history import history_of_case, write_history
from app.work.operations.promising import located_again, promised_from_the_start
from app.work.operations.task_rows import give_tasks_due_date
from app.work.refusals import NoDanger


def take_danger_away(
    transaction: Transaction,
    reference: str,
    *,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Case:
    """Let a case be no danger any more: its norm counts from when it came in, as if it never was.

    A later report of danger makes it urgent again. See
    `docs/decisions/who-may-join-and-what-they-see.md`.

    Raises:
        CaseNotFound: there is no such case.
        MovedOn: it is not at `expected_version` any more.
        CaseIsClosed: it must be reopened first.
        NoDanger: nobody says that it is one.
    """
    found = case_by_reference(transaction, reference, lock=True)
    check_version(found, expected_version)
    refuse_closed(found)
    if not found.is_danger:
        raise NoDanger()
    promised = _promised_without_danger(transaction, found, now=now)
    calmed = replace(
        found,
        is_danger=False,
        due_at=promised.due_at,
        at_risk_at=promised.at_risk_at,
        version=found.version + 1,
    )
    write_case(transaction, calmed, now=now)
    give_tasks_due_date(transaction, calmed, now=now)
    write_history(transaction, found.id, Happening.DANGER_TAKEN_AWAY, by=by, at=now)
    settle_desk_entries(transaction, found.id, now=now, reasons=(DeskReason.DANGER_WAITS,))
    transaction.tell(CaseMoved(calmed, previous_stage=found.stage, at=now))
    return calmed


def calmed_by_leaving(
    transaction: Transaction,
    left: Case,
    *,
    by: ActedBy,
    now: datetime,
) -> Case:
    """Return a case that reports just left, without the danger that only they spoke of.

    The caller holds its lock, wrote into its history that they left, and writes it afterwards.
    Danger that the desk took away before does not count again.
    """
    if not left.is_danger or _is_still_said(transaction, left):
        return left
    write_history(transaction, left.id, Happening.DANGER_TAKEN_AWAY, by=by, at=now)
    settle_desk_entries(transaction, left.id, now=now, reasons=(DeskReason.DANGER_WAITS,))
    calmed = replace(left, is_danger=False)
    if not left.is_open:
        return calmed
    promised = _promised_without_danger(transaction, calmed, now=now)
    calmed = replace(calmed, due_at=promised.due_at, at_risk_at=promised.at_risk_at)
    give_tasks_due_date(transaction, calmed, now=now)
    return calmed


def _is_still_said(transaction: Transaction, left: Case) -> bool:
    """Whether a report that stayed says that it is a danger, since the desk last said otherwise."""
    taken_away: datetime | None = None
    joined_as_danger: set[object] = set()
    for entry in history_of_case(transaction, left.id):
        if entry.happening is Happening.DANGER_TAKEN_AWAY:
            taken_away, joined_as_danger = entry.at, set()
        elif entry.happening is Happening.REPORT_JOINED and entry.details.get("danger") is True:
            joined_as_danger.add(entry.details.get("case"))
        elif entry.happening is Happening.SPLIT_AGAIN:
            joined_as_danger.discard(entry.details.get("case"))
    if joined_as_danger - {None}:
        # Another case came with its danger and is still part of this one.
        return True
    return any(
        one.is_danger and (taken_away is None or one.received_at > taken_away)
        for one in reports_of_case(transaction, left.id)
    )


def _promised_without_danger(transaction: Transaction, found: Case, *, now: datetime) -> Promise:
    try:
        kind = category(transaction, found.category_code)
    except RetiredCategory:
        return promise_of(found)
    located = located_again(transaction, found, now=now)
    return promised_from_the_start(transaction, found, kind, located=located, danger=False)
