"""What the desk does with a case: assign, change its category, join, close, reopen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.work.model import (
    ActedBy,
    CannotJoin,
    Case,
    CaseMoved,
    CaseStage,
    DeskReason,
    Happening,
)
from app.work.operations.cases import (
    ResponsibleParty,
    case_by_reference,
    check_version,
    move_case,
)
from app.work.operations.desk_list import settle_desk_entries
from app.work.operations.history import write_history
from app.work.operations.offering import offer_task
from app.work.operations.tasks import cancel_open_tasks
from app.work.rules import stage_of_new_case


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
        StageNotReachable: it cannot be assigned from where it stands.
    """
    found = case_by_reference(transaction, reference, lock=True)
    check_version(found, expected_version)
    return hand_over(transaction, found, party=party, by=by, now=now, due_at=due_at)


def hand_over(
    transaction: Transaction,
    found: Case,
    *,
    party: ResponsibleParty,
    by: ActedBy,
    now: datetime,
    due_at: datetime | None = None,
) -> Case:
    """As `assign_case`, for a case whose lock the caller holds."""
    cancel_open_tasks(transaction, found, by=by, now=now)
    stage = stage_of_new_case(party.kind)
    moved = move_case(
        transaction,
        found,
        stage,
        now=now,
        party_id=party.id,
        party_code=party.code,
        party_name=party.name,
        party_kind=party.kind,
        waiting_for=None,
        closing_reason=None,
        due_at=due_at or found.due_at,
    )
    write_history(transaction, found.id, Happening.ASSIGNED, by=by, at=now, party=party.name)
    offer_task(transaction, moved, party_id=party.id, now=now)
    settle_desk_entries(
        transaction,
        found.id,
        now=now,
        reasons=(DeskReason.NOBODY_RESPONSIBLE, DeskReason.DECLINED, DeskReason.NOT_SOLVED),
    )
    return moved


def change_category(
    transaction: Transaction,
    found: Case,
    *,
    category_code: str,
    category_group: str,
    public_visibility: str,
    due_at: datetime,
    by: ActedBy,
    now: datetime,
) -> Case:
    """Let a case, whose lock the caller holds, be of another category; routing follows after."""
    changed = replace(
        found,
        category_code=category_code,
        category_group=category_group,
        public_visibility=public_visibility,
        due_at=due_at,
    )
    transaction.connection.execute(
        text(
            """
            UPDATE defect_case SET category_code = :category_code,
                   category_group = :category_group, due_at = :due_at WHERE id = :id
            """
        ),
        {
            "category_code": category_code,
            "category_group": category_group,
            "due_at": due_at,
            "id": found.id,
        },
    )
    write_history(
        transaction,
        found.id,
        Happening.CATEGORY_CHANGED,
        by=by,
        at=now,
        was=found.category_code,
        category=category_code,
    )
    settle_desk_entries(transaction, found.id, now=now, reasons=(DeskReason.UNSURE_CATEGORY,))
    return changed


def merge_case(
    transaction: Transaction,
    reference: str,
    into_reference: str,
    *,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> tuple[Case, Case]:
    """Let one case become part of another; return both. Its reports are moved by the caller.

    Raises:
        CaseNotFound: one of the two is not there.
        CannotJoin: the same case, two different assets, or the other is not open.
        MovedOn: it is not at `expected_version` any more.
    """
    if reference == into_reference:
        raise CannotJoin("A case cannot join itself.")
    # Always in the same order, so that two desks joining crosswise do not wait for each other.
    both = {
        one: case_by_reference(transaction, one, lock=True)
        for one in sorted((reference, into_reference))
    }
    merged, into = both[reference], both[into_reference]
    check_version(merged, expected_version)
    if not into.is_open:
        raise CannotJoin("The other case is not open any more.")
    if merged.asset_id and into.asset_id and merged.asset_id != into.asset_id:
        raise CannotJoin("These are two different objects, so they are two different defects.")
    cancel_open_tasks(transaction, merged, by=by, now=now)
    moved = move_case(
        transaction, merged, CaseStage.MERGED, now=now, merged_into=into.id, waiting_for=None
    )
    write_history(transaction, merged.id, Happening.MERGED, by=by, at=now, into=into.reference)
    grown = _grow(transaction, into, by_reports=merged.report_count, now=now)
    write_history(
        transaction,
        into.id,
        Happening.REPORT_JOINED,
        by=by,
        at=now,
        reports=grown.report_count,
        case=merged.reference,
    )
    settle_desk_entries(transaction, merged.id, now=now)
    return moved, grown


def close_without_work(
    transaction: Transaction,
    reference: str,
    *,
    reason: str,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Case:
    """Close a case at which nothing will be done, with the reason. Raises as `assign_case`."""
    found = case_by_reference(transaction, reference, lock=True)
    check_version(found, expected_version)
    cancel_open_tasks(transaction, found, by=by, now=now)
    closed = move_case(
        transaction,
        found,
        CaseStage.CLOSED_WITHOUT_WORK,
        now=now,
        closing_reason=reason,
        waiting_for=None,
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


def leave_with_nobody(transaction: Transaction, found: Case, *, by: ActedBy, now: datetime) -> Case:
    """Take a case, whose lock the caller holds, from its party; it stands on the desk's list."""
    cancel_open_tasks(transaction, found, by=by, now=now)
    if found.stage is CaseStage.RECEIVED:
        return found
    return move_case(
        transaction,
        found,
        CaseStage.RECEIVED,
        now=now,
        party_id=None,
        party_code=None,
        party_name=None,
        party_kind=None,
        waiting_for=None,
    )


def settle(
    transaction: Transaction, case_id: UUID, *, reason: DeskReason, by: ActedBy, now: datetime
) -> None:
    """Take a case off the desk's list for one reason, where nothing needs to be done."""
    if settle_desk_entries(transaction, case_id, now=now, reasons=(reason,)):
        write_history(
            transaction, case_id, Happening.DESK_SETTLED, by=by, at=now, reason=reason.value
        )


def _grow(transaction: Transaction, into: Case, *, by_reports: int, now: datetime) -> Case:
    grown = replace(into, report_count=into.report_count + by_reports, version=into.version + 1)
    transaction.connection.execute(
        text(
            """
            UPDATE defect_case SET report_count = :reports, version = :version, changed_at = :now
            WHERE id = :id
            """
        ),
        {"reports": grown.report_count, "version": grown.version, "now": now, "id": into.id},
    )
    transaction.tell(CaseMoved(grown, previous_stage=into.stage, at=now))
    return grown
