"""Lets a person say that finished work is good, where a category asks for that."""

from __future__ import annotations

from datetime import datetime

from app.foundation.database import Transaction
from app.work.model import OPEN_TASK_STAGES, ActedBy, Case, DeskReason, Happening, TaskStage
from app.work.operations.after_a_task import end_with
from app.work.operations.cases import case_by_reference, check_version
from app.work.operations.history import write_history
from app.work.operations.lists import desk_entries_of_case
from app.work.operations.task_rows import tasks_of_case
from app.work.refusals import NothingToCheck


def approve_work(
    transaction: Transaction,
    reference: str,
    *,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Case:
    """End a case as its last task said, now that a person has looked.

    Work that is not good is handed out again (`assign_case`).

    Raises:
        CaseNotFound: there is no such case.
        MovedOn: it is not at `expected_version` any more.
        NothingToCheck: it does not wait for a look: it is closed, somebody still works at it, or
            what was done was given back since.
    """
    found = case_by_reference(transaction, reference, lock=True)
    check_version(found, expected_version)
    tasks = tasks_of_case(transaction, found.id)
    done = [one for one in tasks if one.stage is TaskStage.DONE]
    is_worked_at = any(one.stage in OPEN_TASK_STAGES for one in tasks)
    result = max(done, key=lambda one: one.changed_at).result if done else None
    waits = desk_entries_of_case(transaction, found.id)
    is_to_check = any(one.reason is DeskReason.TO_CHECK for one in waits)
    if not found.is_open or is_worked_at or result is None or not is_to_check:
        raise NothingToCheck()
    ended = end_with(transaction, found, result, now=now)
    write_history(
        transaction,
        found.id,
        Happening.DESK_SETTLED,
        by=by,
        at=now,
        reason=DeskReason.TO_CHECK.value,
    )
    return ended
