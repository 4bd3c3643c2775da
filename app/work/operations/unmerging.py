"""Lets a case that became part of another be a defect of its own again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.foundation.database import Transaction
from app.intake.moving_back import give_reports_back
from app.work.model import (
    NEXT_STAGES,
    ActedBy,
    Case,
    CaseMoved,
    CaseStage,
    DeskReason,
    Happening,
)
from app.work.operations.at_asset import alone_at_asset
from app.work.operations.cases import (
    ResponsibleParty,
    case,
    case_by_reference,
    check_version,
    move_case,
    of_party,
    write_case,
)
from app.work.operations.danger import calmed_by_leaving
from app.work.operations.desk import party_that_had_it
from app.work.operations.desk_list import raise_at_desk
from app.work.operations.history import history_of_case, write_history
from app.work.operations.merging import both_locked
from app.work.operations.offering import offer_task
from app.work.refusals import CaseIsClosed, NothingToSplit, StageNotReachable
from app.work.rules import stage_of_new_case


def undo_merge(
    transaction: Transaction,
    reference: str,
    *,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
    expected_version_of_other: int | None = None,
) -> tuple[Case, Case]:
    """Split a case from the one it became part of; return both. Its reports come back to it.

    It goes on with the party that had it, with a new task, or on the desk's list. What it was
    promised stays promised. The other case gives back an asset that it took over, and the danger
    that nobody speaks of any more.

    Raises:
        CaseNotFound: there is no such case.
        MovedOn: it, or the other, is not at the version that is expected any more.
        StageNotReachable: it is no part of another case.
        CaseIsClosed: the other one became part of a third by now; that is split first.
        NothingToSplit: its reports belong to others by now.
        CaseOpenAtAsset: at its asset another case is open.
    """
    seen = case_by_reference(transaction, reference)
    if seen.merged_into is None:
        raise _not_part_of_another(seen)
    merged, into = both_locked(
        transaction, reference, case(transaction, seen.merged_into).reference
    )
    check_version(merged, expected_version)
    check_version(into, expected_version_of_other)
    if merged.merged_into != into.id:
        raise _not_part_of_another(merged)
    if into.stage is CaseStage.MERGED:
        raise CaseIsClosed()
    reports = _reports_that_moved(transaction, merged)
    return _split(transaction, merged, into, reports=reports, by=by, now=now)


def begin_again_with_first(
    transaction: Transaction, merged: Case, into: Case, *, by: ActedBy, now: datetime
) -> tuple[Case, Case]:
    """Let a case be one of its own again with the report it began with alone; return both.

    `into` is where that report is now, maybe through a third case; the caller holds the locks of
    both and of their assets. Whoever says that the report is another defect is heard: where
    another case is open at its asset, it begins again without the asset.

    Raises:
        StageNotReachable: it is no part of another case.
    """
    if merged.merged_into is None:
        raise _not_part_of_another(merged)
    return _split(transaction, merged, into, reports=[], by=by, now=now, may_leave_asset=True)


def _not_part_of_another(found: Case) -> StageNotReachable:
    return StageNotReachable(found.stage, CaseStage.ASSIGNED, frozenset(NEXT_STAGES[found.stage]))


def _split(
    transaction: Transaction,
    merged: Case,
    into: Case,
    *,
    reports: list[UUID],
    by: ActedBy,
    now: datetime,
    may_leave_asset: bool = False,
) -> tuple[Case, Case]:
    took_asset = _took_asset(transaction, merged, into)
    moved = give_reports_back(
        transaction, reports, first_reference=merged.reference, from_case=into.id, to_case=merged.id
    )
    if moved == 0:
        raise NothingToSplit()
    write_history(
        transaction,
        into.id,
        Happening.SPLIT_AGAIN,
        by=by,
        at=now,
        case=merged.reference,
        reports=max(0, into.report_count - moved),
    )
    left = calmed_by_leaving(
        transaction,
        replace(
            into,
            report_count=max(0, into.report_count - moved),
            asset_id=None if took_asset else into.asset_id,
            version=into.version + 1,
        ),
        by=by,
        now=now,
    )
    write_case(transaction, left, now=now)
    party = party_that_had_it(transaction, merged, now=now)
    if may_leave_asset:
        merged = alone_at_asset(transaction, merged)
    split = _go_on(transaction, merged, into, party, reports=moved, by=by, now=now)
    transaction.tell(CaseMoved(left, previous_stage=into.stage, at=now))
    return split, left


def _go_on(
    transaction: Transaction,
    merged: Case,
    into: Case,
    party: ResponsibleParty | None,
    *,
    reports: int,
    by: ActedBy,
    now: datetime,
) -> Case:
    split = move_case(
        transaction,
        merged,
        stage_of_new_case(party.kind if party else None),
        now=now,
        **of_party(party),
        merged_into=None,
        report_count=reports,
    )
    write_history(
        transaction,
        merged.id,
        Happening.SPLIT_AGAIN,
        by=by,
        at=now,
        **{"from": into.reference},
    )
    if party is None:
        raise_at_desk(transaction, merged.id, DeskReason.NOBODY_RESPONSIBLE, details={}, now=now)
        return split
    offer_task(transaction, split, party_id=party.id, now=now)
    write_history(transaction, merged.id, Happening.TASK_OFFERED, by=by, at=now, party=party.name)
    return split


def _reports_that_moved(transaction: Transaction, merged: Case) -> list[UUID]:
    """Return which reports moved when a case joined another for the last time."""
    reports: list[UUID] = []
    for entry in history_of_case(transaction, merged.id):
        named = entry.details.get("moved")
        if entry.happening is Happening.MERGED and isinstance(named, list):
            reports = [UUID(str(one)) for one in named]
    return reports


def _took_asset(transaction: Transaction, merged: Case, into: Case) -> bool:
    """Return whether the other took over the asset that it has when they were joined."""
    took_asset = False
    for entry in history_of_case(transaction, into.id):
        if entry.details.get("case") == merged.reference:
            took_asset = entry.details.get("asset") is True
    return took_asset and into.asset_id == merged.asset_id
