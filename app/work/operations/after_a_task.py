"""What becomes of a case when nobody works at it any more: it ends, is checked, or goes on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.foundation.database import Transaction
from app.foundation.json_value import JSONValue
from app.work.model import (
    FOR_ANOTHER_PARTY,
    OPEN_TASK_STAGES,
    SYSTEM,
    Case,
    CaseStage,
    ClosingReason,
    DeskReason,
    Happening,
    TaskStage,
    WorkResult,
)
from app.work.operations.cases import move_case, of_party
from app.work.operations.desk_list import raise_at_desk, settle_desk_entries
from app.work.operations.finding_party import party_after_declining
from app.work.operations.history import write_history
from app.work.operations.offering import offer_task
from app.work.operations.task_rows import has_open_tasks, tasks_of_case
from app.work.refusals import CaseOpenAtAsset
from app.work.rules import STAGE_AFTER, stage_of_new_case


def end_with(transaction: Transaction, of_case: Case, result: WorkResult, *, now: datetime) -> Case:
    """End a case, whose lock the caller holds, with what its last task came to."""
    nothing_found = ClosingReason.NOTHING_FOUND if result is WorkResult.NOTHING_FOUND else None
    ended = move_case(
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
    return ended


def let_check(
    transaction: Transaction, of_case: Case, result: WorkResult, *, now: datetime
) -> None:
    """Put a case on the desk's list whose work is done; until then it counts as going on."""
    if of_case.stage is not CaseStage.IN_PROGRESS:
        move_case(transaction, of_case, CaseStage.IN_PROGRESS, now=now, waiting_for=None)
    details: dict[str, JSONValue] = {"party": of_case.party_name, "result": result.value}
    raise_at_desk(transaction, of_case.id, DeskReason.TO_CHECK, details=details, now=now)


def ask_another(
    transaction: Transaction, of_case: Case, *, instead_of: UUID, now: datetime
) -> bool:
    """Hand a case that its party gave back to who is responsible otherwise; tell whether it was.

    Where somebody still works at it, did a part, or had no more than a part, a person decides.
    """
    tasks = tasks_of_case(transaction, of_case.id)
    has_begun = any(one.stage in {*OPEN_TASK_STAGES, TaskStage.DONE} for one in tasks)
    if not of_case.is_open or of_case.party_id != instead_of or has_begun:
        return False
    given_back_by = {one.party_id for one in tasks if one.decline_reason in FOR_ANOTHER_PARTY}
    party = party_after_declining(transaction, of_case, given_back_by=given_back_by, now=now)
    if party is None:
        return False
    stage = stage_of_new_case(party.kind)
    moved = move_case(transaction, of_case, stage, now=now, **of_party(party))
    write_history(transaction, of_case.id, Happening.ASSIGNED, by=SYSTEM, at=now, party=party.name)
    offer_task(transaction, moved, party_id=party.id, now=now)
    return True


def bring_to_desk(
    transaction: Transaction,
    of_case: Case,
    reason: DeskReason,
    *,
    now: datetime,
    **details: JSONValue,
) -> None:
    """Put a case that came back from a party on the desk's list, without one if nobody has it."""
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
