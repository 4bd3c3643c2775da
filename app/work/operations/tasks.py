"""What a party does with a task: accept, start, hold, complete, decline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.json_value import JSONValue
from app.work.model import (
    FOR_ANOTHER_PARTY,
    OPEN_TASK_STAGES,
    ActedBy,
    Case,
    CaseStage,
    DeclineReason,
    DeskReason,
    Happening,
    Task,
    TaskStage,
    WaitingFor,
    WorkResult,
)
from app.work.operations.after_a_task import ask_another, bring_to_desk, end_with, let_check
from app.work.operations.at_asset import locked_with_asset
from app.work.operations.cases import case, move_case
from app.work.operations.desk_list import raise_at_desk, settle_desk_entries
from app.work.operations.history import write_history
from app.work.operations.task_rows import (
    TASK_COLUMNS,
    has_open_tasks,
    task_of,
    tasks_of_case,
    write_task,
)
from app.work.refusals import MovedOn, TaskNotFound
from app.work.rules import check_task_move

__all__ = [
    "accept_task",
    "cancel_open_tasks",
    "complete_task",
    "decline_task",
    "has_open_tasks",
    "hold_task",
    "move_task",
    "start_task",
    "take_task",
    "task",
    "tasks_of_case",
]


def task(transaction: Transaction, task_id: UUID, *, party_id: UUID) -> Task:
    """Return a task of this party.

    Raises:
        TaskNotFound: there is none, or it is another party's.
    """
    row = transaction.connection.execute(
        text(f"SELECT {TASK_COLUMNS} FROM task WHERE id = :id AND party_id = :party_id"),  # noqa: S608  # our own column list
        {"id": task_id, "party_id": party_id},
    ).one_or_none()
    if row is None:
        raise TaskNotFound()
    return task_of(row)


def accept_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Task:
    """Let a party take on a task it was offered.

    Raises:
        TaskNotFound: not this party's.
        MovedOn: it is not at `expected_version` any more.
        StageNotReachable: it cannot be accepted from where it stands.
    """
    held, _ = take_task(transaction, task_id, party_id=party_id, expected_version=expected_version)
    return move_task(transaction, held, TaskStage.ACCEPTED, Happening.TASK_ACCEPTED, by=by, now=now)


def start_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Task:
    """Let a party begin; the case is in progress from now on. Raises as `accept_task`."""
    held, of_case = take_task(
        transaction, task_id, party_id=party_id, expected_version=expected_version
    )
    started = move_task(
        transaction,
        replace(held, held_until=None),
        TaskStage.STARTED,
        Happening.TASK_STARTED,
        by=by,
        now=now,
    )
    if of_case.stage not in {CaseStage.IN_PROGRESS, CaseStage.REFERRED}:
        move_case(transaction, of_case, CaseStage.IN_PROGRESS, now=now, waiting_for=None)
    settle_desk_entries(transaction, of_case.id, now=now, reasons=(DeskReason.DANGER_WAITS,))
    return started


def hold_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    until: date,
    remark: str,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
    waiting_for: WaitingFor = WaitingFor.THIRD_PARTY,
    waiting_party: str | None = None,
) -> Task:
    """Put a task on hold until a day, and say for what; the reporters read both.

    `waiting_party` is the third party that it waits for, by its name.

    Danger comes on the desk's list then: somebody sees to it that nobody gets hurt meanwhile.

    A program of a partner does not say for what: that counts as somebody else.

    Raises as `accept_task`.
    """
    held, of_case = take_task(
        transaction, task_id, party_id=party_id, expected_version=expected_version
    )
    on_hold = move_task(
        transaction,
        replace(held, held_until=until, remark=remark or held.remark),
        TaskStage.ON_HOLD,
        Happening.TASK_ON_HOLD,
        by=by,
        now=now,
        until=until.isoformat(),
        waiting=waiting_for.value,
    )
    if of_case.stage not in {CaseStage.WAITING, CaseStage.REFERRED}:
        move_case(
            transaction,
            of_case,
            CaseStage.WAITING,
            now=now,
            waiting_for=waiting_for.value,
            waits_until=until,
            waiting_party=waiting_party if waiting_for is WaitingFor.THIRD_PARTY else None,
            planned_on=None,
        )
    if of_case.is_danger and of_case.stage is not CaseStage.REFERRED:
        raise_at_desk(transaction, of_case.id, DeskReason.DANGER_WAITS, details={}, now=now)
    return on_hold


def complete_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    result: WorkResult,
    remark: str,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Task:
    """Let a party report a task done, and how it ended; the last one done ends the case.

    What was not solved goes to the desk. Raises as `accept_task`.
    """
    held, of_case = take_task(
        transaction,
        task_id,
        party_id=party_id,
        expected_version=expected_version,
        may_reopen=True,
    )
    done = move_task(
        transaction,
        replace(held, result=result, remark=remark or None),
        TaskStage.DONE,
        Happening.TASK_DONE,
        by=by,
        now=now,
        result=result.value,
    )
    if has_open_tasks(transaction, of_case.id):
        return done
    if result is WorkResult.NOT_SOLVED:
        bring_to_desk(
            transaction, of_case, DeskReason.NOT_SOLVED, now=now, party=of_case.party_name
        )
    elif of_case.is_checked and of_case.is_open:
        let_check(transaction, of_case, result, now=now)
    else:
        end_with(transaction, of_case, result, now=now)
    return done


def decline_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    reason: DeclineReason,
    remark: str,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Task:
    """Let a party hand a task back, with the reason.

    What is not theirs goes to whoever is responsible without them, in the same moment; where
    nobody is, or a person has to look, it comes on the desk's list. Raises as `accept_task`.
    """
    held, of_case = take_task(
        transaction,
        task_id,
        party_id=party_id,
        expected_version=expected_version,
        may_reopen=True,
    )
    declined = move_task(
        transaction,
        replace(held, decline_reason=reason, remark=remark or None),
        TaskStage.DECLINED,
        Happening.TASK_DECLINED,
        by=by,
        now=now,
        reason=reason.value,
    )
    if reason in FOR_ANOTHER_PARTY and ask_another(
        transaction, of_case, instead_of=party_id, now=now
    ):
        return declined
    bring_to_desk(
        transaction,
        of_case,
        DeskReason.DECLINED,
        now=now,
        why=reason.value,
        party=of_case.party_name,
    )
    return declined


def cancel_open_tasks(
    transaction: Transaction, of_case: Case, *, by: ActedBy, now: datetime
) -> Sequence[Task]:
    """Take back every open task of a case whose lock the caller holds."""
    cancelled = []
    for open_task in tasks_of_case(transaction, of_case.id):
        if open_task.stage in OPEN_TASK_STAGES:
            cancelled.append(
                move_task(
                    transaction,
                    open_task,
                    TaskStage.CANCELLED,
                    Happening.TASK_CANCELLED,
                    by=by,
                    now=now,
                )
            )
    return cancelled


def take_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    expected_version: int | None,
    may_reopen: bool = False,
) -> tuple[Task, Case]:
    """Return a task of this party and its case, both locked.

    The case is locked first, then the task is read: whoever changes either does so in this order.

    What another authority hands back to us becomes an open case again (`may_reopen`); then the
    lock of its asset comes before all.
    """
    case_id = task(transaction, task_id, party_id=party_id).case_id
    seen = case(transaction, case_id) if may_reopen else None
    if seen is not None and not seen.is_open:
        of_case = locked_with_asset(transaction, seen)
    else:
        of_case = case(transaction, case_id, lock=True)
    held = task(transaction, task_id, party_id=party_id)
    if expected_version is not None and held.version != expected_version:
        raise MovedOn(version=held.version, stage=held.stage)
    return held, of_case


def move_task(
    transaction: Transaction,
    moved: Task,
    stage: TaskStage,
    happening: Happening,
    *,
    by: ActedBy,
    now: datetime,
    **details: JSONValue,
) -> Task:
    """Bring a task to another stage, and note it. The caller holds the lock of its case.

    Raises:
        StageNotReachable: the table in `model.py` does not allow this move.
    """
    check_task_move(moved.stage, stage)
    changed = replace(moved, stage=stage, version=moved.version + 1, changed_at=now)
    write_task(transaction, changed)
    write_history(
        transaction, changed.case_id, happening, by=by, at=now, task=str(changed.id), **details
    )
    return changed
