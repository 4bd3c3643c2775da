"""How a task is read from its row, and written into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.work.model import Case, DeclineReason, Task, TaskStage, WorkResult

TASK_COLUMNS = """
    task.id AS task_id, task.case_id, task.party_id AS task_party_id, task.stage AS task_stage,
    task.version AS task_version, task.offered_at, task.due_at AS task_due_at,
    task.changed_at AS task_changed_at, task.held_until, task.result, task.remark,
    task.decline_reason, task.request
"""


def task_of(row: Row[Any]) -> Task:
    """Return the task that a row with `TASK_COLUMNS` tells of."""
    return Task(
        id=row.task_id,
        case_id=row.case_id,
        party_id=row.task_party_id,
        stage=TaskStage(row.task_stage),
        version=row.task_version,
        offered_at=row.offered_at,
        due_at=row.task_due_at,
        changed_at=row.task_changed_at,
        result=WorkResult(row.result) if row.result else None,
        remark=row.remark,
        decline_reason=DeclineReason(row.decline_reason) if row.decline_reason else None,
        held_until=row.held_until,
        request=row.request,
    )


def write_task(transaction: Transaction, changed: Task) -> None:
    """Write all columns of a task that can change."""
    transaction.connection.execute(
        _CHANGE_TASK,
        {
            "id": changed.id,
            "stage": changed.stage.value,
            "version": changed.version,
            "now": changed.changed_at,
            "held_until": changed.held_until,
            "result": changed.result.value if changed.result else None,
            "remark": changed.remark,
            "decline_reason": changed.decline_reason.value if changed.decline_reason else None,
        },
    )


_CHANGE_TASK = text(
    """
    UPDATE task SET
        stage = :stage, version = :version, changed_at = :now, held_until = :held_until,
        result = :result, remark = :remark, decline_reason = :decline_reason
    WHERE id = :id
    """
)


def give_tasks_due_date(transaction: Transaction, changed: Case, *, now: datetime) -> None:
    """Let the open tasks of a case be due when the case is; each is changed by that."""
    transaction.connection.execute(
        text(
            """
            UPDATE task SET due_at = :due_at, version = version + 1, changed_at = :now
            WHERE case_id = :case_id
              AND stage IN ('offered', 'accepted', 'started', 'on-hold')
            """
        ),
        {"due_at": changed.due_at, "now": now, "case_id": changed.id},
    )


def tasks_of_case(transaction: Transaction, case_id: UUID) -> Sequence[Task]:
    """Return the tasks of a case, oldest first."""
    rows = transaction.connection.execute(
        text(f"SELECT {TASK_COLUMNS} FROM task WHERE case_id = :id ORDER BY offered_at, id"),  # noqa: S608  # our own column list
        {"id": case_id},
    )
    return [task_of(row) for row in rows]


def has_open_tasks(transaction: Transaction, case_id: UUID) -> bool:
    """Whether somebody still has work on this case."""
    return bool(
        transaction.connection.scalar(
            text(
                """
                SELECT EXISTS (
                    SELECT 1 FROM task WHERE case_id = :case_id
                      AND stage IN ('offered', 'accepted', 'started', 'on-hold'))
                """
            ),
            {"case_id": case_id},
        )
    )
