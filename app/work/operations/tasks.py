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
    ActedBy,
    Case,
    CaseStage,
    ClosingReason,
    DeclineReason,
    DeskReason,
    Happening,
    Task,
    TaskStage,
    WaitingFor,
    WorkResult,
)
from app.work.operations.at_asset import locked_with_asset
from app.work.operations.cases import case, move_case
from app.work.operations.desk_list import raise_at_desk, settle_desk_entries
from app.work.operations.history import write_history
from app.work.operations.task_rows import TASK_COLUMNS, task_of, write_task
from app.work.refusals import CaseOpenAtAsset, MovedOn, TaskNotFound
from app.work.rules import STAGE_AFTER, check_task_move


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


def tasks_of_case(transaction: Transaction, case_id: UUID) -> Sequence[Task]:
    """Return the tasks of a case, oldest first."""
    rows = transaction.connection.execute(
        text(f"SELECT {TASK_COLUMNS} FROM task WHERE case_id = :id ORDER BY offered_at, id"),  # noqa: S608  # our own column list
        {"id": case_id},
    )
    return [task_of(row) for row in rows]


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
) -> Task:
    """Put a task on hold until a day, and say for what; the reporters read both.

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
        _bring_to_desk(
            transaction, of_case, DeskReason.NOT_SOLVED, now=now, party=of_case.party_name
        )
        return done
    nothing_found = ClosingReason.NOTHING_FOUND if result is WorkResult.NOTHING_FOUND else None
    move_case(
        transaction,
        of_case,
        STAGE_AFTER[result],
        now=now,
        closing_reason=nothing_found,
        closing_words=None,
        waiting_for=None,
    )
    # What a reporter remarked is read all the same; every other question is answered by the end.
    settle_desk_entries(
        transaction,
        of_case.id,
        now=now,
        reasons=tuple(reason for reason in DeskReason if reason is not DeskReason.REMARK),
    )
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
    """Let a party hand a task back, with the reason; the desk decides. Raises as `accept_task`."""
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
    _bring_to_desk(
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
        if open_task.stage in {
            TaskStage.OFFERED,
            TaskStage.ACCEPTED,
            TaskStage.STARTED,
            TaskStage.ON_HOLD,
        }:
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


def _bring_to_desk(
    transaction: Transaction,
    of_case: Case,
    reason: DeskReason,
    *,
    now: datetime,
    **details: JSONValue,
) -> None:
    if has_open_tasks(transaction, of_case.id) or of_case.stage is CaseStage.RECEIVED:
        raise_at_desk(transaction, of_case.id, reason, details=details, now=now)
        return
    try:
        move_case(
            transaction,
            of_case,
            CaseStage.RECEIVED,
            now=now,
            party_id=None,
            party_code=None,
            party_name=None,
            party_kind=None,
            waiting_for=None,
            planned_on=None,
        )
    except CaseOpenAtAsset as other:
        # It was passed on, and since then the asset has an open case of ours: the desk joins them.
        details["case"] = other.reference
    raise_at_desk(transaction, of_case.id, reason, details=details, now=now)


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
