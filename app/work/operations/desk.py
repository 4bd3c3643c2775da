"""What the desk does with a case: assign, close, reopen, settle what it was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.identity.operations import party_with_id
from app.routing.calendar import Promise
from app.triage.model import RetiredCategory
from app.triage.operations import category
from app.work.model import (
    NEXT_STAGES,
    ONLY_THE_DESK_HAS_IT,
    ActedBy,
    Case,
    CaseMoved,
    CaseStage,
    DeskReason,
    Happening,
)
from app.work.operations.at_asset import locked_with_asset
from app.work.operations.cases import (
    ResponsibleParty,
    case_by_reference,
    check_version,
    move_case,
    of_party,
    write_case,
)
from app.work.operations.clock import promise_of
from app.work.operations.desk_list import raise_at_desk, settle_desk_entries
from app.work.operations.history import write_history
from app.work.operations.merging import merge_case
from app.work.operations.offering import offer_task
from app.work.operations.promising import promised_from_now
from app.work.operations.tasks import cancel_open_tasks, has_open_tasks
from app.work.refusals import CaseIsClosed, StageNotReachable, StillWithNobody
from app.work.rules import stage_of_new_case

__all__ = [
    "assign_case",
    "close_without_work",
    "hand_over",
    "leave_with_nobody",
    "merge_case",
    "party_that_had_it",
    "refuse_closed",
    "reopen_case",
    "settle",
]


def assign_case(
    transaction: Transaction,
    reference: str,
    *,
    party: ResponsibleParty,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
    due_at: datetime | None = None,
) -> Case:
    """Hand a case to a party: what others had of it is cancelled, it gets a task.

    Raises:
        CaseNotFound: there is no such case.
        MovedOn: it is not at `expected_version` any more.
        CaseIsClosed: it must be reopened first.
        CaseOpenAtAsset: it was passed on, and since then there is another one of ours.
        StageNotReachable: it cannot be assigned from where it stands.
    """
    found = locked_with_asset(transaction, case_by_reference(transaction, reference))
    check_version(found, expected_version)
    refuse_closed(found)
    return hand_over(transaction, found, party=party, by=by, now=now, due_at=due_at)


def hand_over(
    transaction: Transaction,
    found: Case,
    *,
    party: ResponsibleParty,
    by: ActedBy,
    now: datetime,
    due_at: datetime | None = None,
    draft: str | None = None,
) -> Case:
    """As `assign_case`, for a case whose lock the caller holds.

    `draft` is the name of the changed rules by which it moves.
    """
    cancel_open_tasks(transaction, found, by=by, now=now)
    moved = move_case(
        transaction,
        found,
        stage_of_new_case(party.kind),
        now=now,
        **of_party(party),
        **({"due_at": due_at} if due_at else {}),
    )
    told = {"party": party.name, **({"draft": draft} if draft else {})}
    write_history(transaction, found.id, Happening.ASSIGNED, by=by, at=now, **told)
    offer_task(transaction, moved, party_id=party.id, now=now)
    answered = (*ONLY_THE_DESK_HAS_IT, DeskReason.DANGER_WAITS)
    settle_desk_entries(transaction, found.id, now=now, reasons=answered)
    return moved


def leave_with_nobody(transaction: Transaction, found: Case, *, by: ActedBy, now: datetime) -> Case:
    """Take a case, whose lock the caller holds, from its party; it stands on the desk's list."""
    cancel_open_tasks(transaction, found, by=by, now=now)
    settle_desk_entries(transaction, found.id, now=now, reasons=ONLY_THE_DESK_HAS_IT)
    raise_at_desk(transaction, found.id, DeskReason.NOBODY_RESPONSIBLE, details={}, now=now)
    if found.stage is not CaseStage.RECEIVED:
        return move_case(transaction, found, CaseStage.RECEIVED, now=now, **of_party(None))
    left = replace(found, version=found.version + 1, **of_party(None))
    write_case(transaction, left, now=now)
    transaction.tell(CaseMoved(left, previous_stage=found.stage, at=now))
    return left


def close_without_work(
    transaction: Transaction,
    reference: str,
    *,
    reason: str,
    by: ActedBy,
    now: datetime,
    words: str | None = None,
    expected_version: int | None = None,
) -> Case:
    """Close a case at which nothing will be done, with the reason.

    `reason` is a `ClosingReason`, or a sentence of an older day; `words` is what the reporters
    read beside it, and is no part of the history.

    Raises:
        CaseNotFound, MovedOn: as `assign_case`.
        StageNotReachable: it is closed already.
    """
    found = case_by_reference(transaction, reference, lock=True)
    check_version(found, expected_version)
    cancel_open_tasks(transaction, found, by=by, now=now)
    closed = move_case(
        transaction,
        found,
        CaseStage.CLOSED_WITHOUT_WORK,
        now=now,
        closing_reason=reason,
        closing_words=words or None,
        waiting_for=None,
        planned_on=None,
    )
    write_history(
        transaction,
        found.id,
        Happening.STAGE_CHANGED,
        by=by,
        at=now,
        stage=closed.stage.value,
        reason=reason,
    )
    settle_desk_entries(transaction, found.id, now=now)
    return closed


def reopen_case(
    transaction: Transaction,
    reference: str,
    *,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Case:
    """Open a closed case again: a new task for the party that had it, or the desk's list.

    The norm of its category counts from now.

    Raises:
        CaseNotFound, MovedOn: as `assign_case`.
        StageNotReachable: it is not closed.
        CaseOpenAtAsset: since it closed, there is another one at its asset.
    """
    found = locked_with_asset(transaction, case_by_reference(transaction, reference))
    check_version(found, expected_version)
    if found.stage not in {CaseStage.RESOLVED, CaseStage.CLOSED_WITHOUT_WORK}:
        raise StageNotReachable(
            found.stage, CaseStage.ASSIGNED, frozenset(NEXT_STAGES[found.stage])
        )
    party = party_that_had_it(transaction, found, now=now)
    promised = _promised_again(transaction, found, now=now)
    reopened = move_case(
        transaction,
        found,
        stage_of_new_case(party.kind if party else None),
        now=now,
        **of_party(party),
        due_at=promised.due_at,
        at_risk_at=promised.at_risk_at,
    )
    write_history(transaction, found.id, Happening.REOPENED, by=by, at=now)
    if party is None:
        raise_at_desk(transaction, found.id, DeskReason.NOBODY_RESPONSIBLE, details={}, now=now)
        return reopened
    offer_task(transaction, reopened, party_id=party.id, now=now)
    write_history(transaction, found.id, Happening.TASK_OFFERED, by=by, at=now, party=party.name)
    return reopened


def settle(
    transaction: Transaction,
    reference: str,
    *,
    reason: DeskReason,
    by: ActedBy,
    now: datetime,
) -> None:
    """Take a case off the desk's list for one reason; a second time changes nothing.

    Raises:
        CaseNotFound: there is no such case.
        StillWithNobody: the entry says that nobody has it, and that is still so.
    """
    found = case_by_reference(transaction, reference, lock=True)
    if (
        reason in ONLY_THE_DESK_HAS_IT
        and found.is_open
        and not has_open_tasks(transaction, found.id)
    ):
        raise StillWithNobody()
    if settle_desk_entries(transaction, found.id, now=now, reasons=(reason,)):
        write_history(
            transaction, found.id, Happening.DESK_SETTLED, by=by, at=now, reason=reason.value
        )


def refuse_closed(found: Case) -> None:
    """Refuse to direct a case that is closed; one that was passed on can still be directed.

    Raises:
        CaseIsClosed: it must be reopened first.
    """
    if not found.is_open and found.stage is not CaseStage.REFERRED:
        raise CaseIsClosed()


def party_that_had_it(
    transaction: Transaction, found: Case, *, now: datetime
) -> ResponsibleParty | None:
    """Return the party of a closed case, unless work comes to it no more."""
    if found.party_id is None:
        return None
    had_it = party_with_id(transaction, found.party_id)
    if had_it.ended_on is not None and had_it.ended_on <= now.astimezone(LOCAL_ZONE).date():
        return None
    return ResponsibleParty(had_it.id, had_it.code, had_it.name, had_it.kind)


def _promised_again(transaction: Transaction, found: Case, *, now: datetime) -> Promise:
    try:
        kind = category(transaction, found.category_code)
    except RetiredCategory:
        return promise_of(found)
    return promised_from_now(transaction, found, kind, now=now)
