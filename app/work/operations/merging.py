"""Lets one case become part of another, because they are one defect."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import text

from app.foundation.database import Transaction
from app.intake.kept_answers import answers_of_case
from app.intake.operations import reports_of_cases
from app.routing.calendar import Promise
from app.work.model import (
    ActedBy,
    Case,
    CaseStage,
    DeskReason,
    Happening,
)
from app.work.operations.answers_told import tell_where_they_differ
from app.work.operations.at_asset import check_alone_at_asset, lock_asset
from app.work.operations.cases import case_by_reference, check_version, grow_case, move_case
from app.work.operations.desk_list import raise_at_desk, settle_desk_entries
from app.work.operations.history import write_history
from app.work.operations.tasks import cancel_open_tasks
from app.work.refusals import CannotJoin, JoinObstacle


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

    The other becomes as urgent as the more urgent of the two, takes over the asset where it has
    none, and what a reporter remarked stays on the desk's list. It stays with its party: answers
    by which it would be another's are on that list too.

    Raises:
        CaseNotFound: one of the two is not there.
        CannotJoin: the same case, two different assets, or the other is not open.
        CaseOpenAtAsset: the asset it would take over has an open case.
        StageNotReachable: the one that is to join has closed.
        MovedOn: it is not at `expected_version` any more.
    """
    if reference == into_reference:
        raise CannotJoin("A case cannot join itself.", because=JoinObstacle.SAME_CASE)
    merged, into = both_locked(transaction, reference, into_reference)
    check_version(merged, expected_version)
    if not into.is_open:
        raise CannotJoin("The other case is not open any more.", because=JoinObstacle.CLOSED)
    if merged.asset_id and into.asset_id and merged.asset_id != into.asset_id:
        raise CannotJoin(
            "These are two different objects, so they are two different defects.",
            because=JoinObstacle.TWO_ASSETS,
        )
    cancel_open_tasks(transaction, merged, by=by, now=now)
    moved = move_case(
        transaction, merged, CaseStage.MERGED, now=now, merged_into=into.id, waiting_for=None
    )
    if into.asset_id is None and merged.asset_id is not None:
        check_alone_at_asset(transaction, replace(into, asset_id=merged.asset_id))
    reports = reports_of_cases(transaction, [merged.id]).get(merged.id, [])
    write_history(
        transaction,
        merged.id,
        Happening.MERGED,
        by=by,
        at=now,
        into=into.reference,
        # Were it a mistake, just these come back.
        moved=[str(one) for one in reports],
    )
    grown = grow_case(
        transaction,
        into,
        by_reports=merged.report_count,
        is_danger=merged.is_danger,
        promised=Promise(merged.due_at, merged.at_risk_at or merged.due_at),
        asset_id=merged.asset_id,
        now=now,
    )
    write_history(
        transaction,
        into.id,
        Happening.REPORT_JOINED,
        by=by,
        at=now,
        reports=grown.report_count,
        case=merged.reference,
        asset=into.asset_id is None and merged.asset_id is not None,
        danger=grown.is_danger and not into.is_danger,
    )
    tell_where_they_differ(
        transaction,
        grown,
        answers=answers_of_case(transaction, merged.id),
        report=merged.reference,
        now=now,
    )
    if settle_desk_entries(transaction, merged.id, now=now, reasons=(DeskReason.REMARK,)):
        raise_at_desk(transaction, into.id, DeskReason.REMARK, details={}, now=now)
    settle_desk_entries(transaction, merged.id, now=now)
    _settle_suspicion(transaction, into, merged.reference, now=now)
    return moved, grown


def both_locked(transaction: Transaction, reference: str, into_reference: str) -> tuple[Case, Case]:
    """Lock the assets first, then the cases, always in one order: nobody waits crosswise."""
    seen = [case_by_reference(transaction, one) for one in (reference, into_reference)]
    groups = {one.category_group for one in seen}
    assets = {one.asset_id for one in seen if one.asset_id is not None}
    for asset_id in sorted(assets):
        for group in sorted(groups):
            lock_asset(transaction, asset_id, category_group=group)
    both = {
        one: case_by_reference(transaction, one, lock=True)
        for one in sorted((reference, into_reference))
    }
    return both[reference], both[into_reference]


def _settle_suspicion(
    transaction: Transaction, into: Case, merged_reference: str, *, now: datetime
) -> None:
    """Answer the desk's question whether `into` is the same as the case that joined it now."""
    transaction.connection.execute(
        text(
            """
            UPDATE desk_entry SET settled_at = :now
            WHERE case_id = :case_id AND settled_at IS NULL AND reason = :reason
              AND details ->> 'case' = :merged
            """
        ),
        {
            "now": now,
            "case_id": into.id,
            "reason": DeskReason.POSSIBLE_DUPLICATE.value,
            "merged": merged_reference,
        },
    )
