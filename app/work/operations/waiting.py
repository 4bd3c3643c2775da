"""Lets the desk say that a case waits for somebody else, and that it goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.work.model import (
    NEXT_STAGES,
    STOPS_THE_CLOCK,
    ActedBy,
    Case,
    CaseMoved,
    CaseStage,
    DeskReason,
    Happening,
    TaskStage,
    WaitingFor,
)
from app.work.operations.cases import case_by_reference, check_version, move_case, write_case
from app.work.operations.clock import stop_clock
from app.work.operations.desk import refuse_closed
from app.work.operations.desk_list import raise_at_desk, settle_desk_entries
from app.work.operations.history import write_history
from app.work.operations.task_rows import write_task
from app.work.operations.tasks import tasks_of_case
from app.work.refusals import StageNotReachable


def let_wait(
    transaction: Transaction,
    reference: str,
    *,
    waiting_for: WaitingFor,
    until: date,
    words: str,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
    party: str | None = None,
) -> Case:
    """Let a case wait for somebody else until a day; its clock stands still meanwhile.

    Its party keeps its task, and may begin all the same. `words` are what the reporters read, and
    `party` is the third party that it waits for, by its name. A case that waits already waits
    until this day from now on.

    Raises:
        CaseNotFound: there is no such case.
        MovedOn: it is not at `expected_version` any more.
        CaseIsClosed: it must be reopened first.
        StageNotReachable: it was passed on.
    """
    found = case_by_reference(transaction, reference, lock=True)
    check_version(found, expected_version)
    refuse_closed(found)
    waits: dict[str, Any] = {
        "waiting_for": waiting_for.value,
        "waits_until": until,
        "waiting_words": words or None,
        "waiting_party": party or None if waiting_for is WaitingFor.THIRD_PARTY else None,
    }
    if found.stage is not CaseStage.WAITING:
        waiting = move_case(
            transaction, found, CaseStage.WAITING, now=now, planned_on=None, **waits
        )
    else:
        waiting = replace(found, version=found.version + 1, **waits)
        if found.waiting_for not in STOPS_THE_CLOCK:
            stop_clock(transaction, waiting, now=now)
        write_case(transaction, waiting, now=now)
        settle_desk_entries(transaction, found.id, now=now, reasons=(DeskReason.WAIT_OVER,))
        transaction.tell(CaseMoved(waiting, previous_stage=found.stage, at=now))
    write_history(
        transaction,
        found.id,
        Happening.STAGE_CHANGED,
        by=by,
        at=now,
        stage=CaseStage.WAITING.value,
        waiting=waiting_for.value,
        until=until.isoformat(),
    )
    return waiting


def let_go_on(
    transaction: Transaction,
    reference: str,
    *,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Case:
    """Let a case that waits go on: with its party, or on the desk's list where nobody has it.

    What was left of its norm counts from now. A task that is on hold stays so until its party
    begins; it is not put off until a day any more.

    Raises:
        CaseNotFound, MovedOn: as `let_wait`.
        StageNotReachable: it does not wait.
    """
    found = case_by_reference(transaction, reference, lock=True)
    check_version(found, expected_version)
    if found.stage is not CaseStage.WAITING:
        raise StageNotReachable(
            found.stage, CaseStage.ASSIGNED, frozenset(NEXT_STAGES[found.stage])
        )
    tasks = tasks_of_case(transaction, found.id)
    for task in tasks:
        if task.stage is TaskStage.ON_HOLD and task.held_until is not None:
            freed = replace(task, held_until=None, version=task.version + 1, changed_at=now)
            write_task(transaction, freed)
    stage = CaseStage.RECEIVED if found.party_id is None else CaseStage.ASSIGNED
    if any(task.stage is TaskStage.STARTED for task in tasks):
        stage = CaseStage.IN_PROGRESS
    gone_on = move_case(transaction, found, stage, now=now)
    write_history(
        transaction,
        found.id,
        Happening.STAGE_CHANGED,
        by=by,
        at=now,
        stage=stage.value,
        waited=found.waiting_for or WaitingFor.THIRD_PARTY.value,
    )
    if found.party_id is None:
        raise_at_desk(transaction, found.id, DeskReason.NOBODY_RESPONSIBLE, details={}, now=now)
    return gone_on


_WAITED = text(
    """
    SELECT id, waiting_for, waits_until FROM defect_case
    WHERE stage = 'waiting' AND waits_until <= :today AND waiting_for = ANY(:stopping)
    ORDER BY waits_until, id
    """
)


def bring_back_what_waited(transaction: Transaction, *, now: datetime) -> int:
    """Put on the desk's list what waited until today for somebody else; return how many cases.

    Their clocks stand still, so nothing else would say that somebody has to look. What waits for
    material or the weather is late by its own clock.
    """
    rows = transaction.read(
        _WAITED,
        {
            "today": now.astimezone(LOCAL_ZONE).date(),
            "stopping": sorted(STOPS_THE_CLOCK),
        },
    )
    for row in rows:
        details = {"waiting": row.waiting_for, "until": row.waits_until.isoformat()}
        raise_at_desk(transaction, row.id, DeskReason.WAIT_OVER, details=details, now=now)
    return len(rows)
