"""Lets a party say on which day it comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from app.foundation.database import Transaction
from app.work.model import (
    ActedBy,
    Case,
    CaseMoved,
    CaseStage,
    DeskReason,
    Happening,
    Task,
    TaskStage,
)
from app.work.operations.cases import move_case, write_case
from app.work.operations.desk_list import settle_desk_entries
from app.work.operations.history import write_history
from app.work.operations.task_rows import write_task
from app.work.operations.tasks import move_task, take_task
from app.work.rules import BEFORE_THE_WORK, is_after_promise


def plan_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    on: date,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Task:
    """Let a party plan a task for a day; that takes it on. Another day can be said later.

    The reporters read the day, unless somebody is at work on the case already, or it was passed
    on. Raises as `accept_task`.
    """
    held, of_case = take_task(
        transaction, task_id, party_id=party_id, expected_version=expected_version
    )
    if held.stage is TaskStage.ACCEPTED:
        planned = replace(held, version=held.version + 1, changed_at=now)
        write_task(transaction, planned)
    else:
        planned = move_task(
            transaction, held, TaskStage.ACCEPTED, Happening.TASK_ACCEPTED, by=by, now=now
        )
    if of_case.stage in BEFORE_THE_WORK:
        _plan_case(transaction, of_case, on=on, now=now)
        if not is_after_promise(on, of_case.due_at):
            settle_desk_entries(
                transaction, of_case.id, now=now, reasons=(DeskReason.DANGER_WAITS,)
            )
    write_history(
        transaction,
        of_case.id,
        Happening.STAGE_CHANGED,
        by=by,
        at=now,
        stage=CaseStage.PLANNED.value,
        on=on.isoformat(),
    )
    return planned


def _plan_case(transaction: Transaction, of_case: Case, *, on: date, now: datetime) -> None:
    if of_case.stage is not CaseStage.PLANNED:
        move_case(transaction, of_case, CaseStage.PLANNED, now=now, planned_on=on, waiting_for=None)
        return
    changed = replace(of_case, planned_on=on, version=of_case.version + 1)
    write_case(transaction, changed, now=now)
    transaction.tell(CaseMoved(changed, previous_stage=of_case.stage, at=now))
