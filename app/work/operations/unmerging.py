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
from app.work.operations.cases import (
    ResponsibleParty,
    case,
    case_by_reference,
    check_version,
    move_case,
    of_party,
    write_case,
)
from app.work.operations.desk import party_that_had_it
from app.work.operations.desk_list import raise_at_desk
from app.work.operations.history import history_of_case, write_history
from app.work.operations.merging import both_locked
from app.work.operations.offering import offer_task
from app.work.refusals import CaseIsClosed, StageNotReachable
from app.work.rules import stage_of_new_case


def undo_merge(
    transaction: Transaction,
    reference: str,
    *,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> tuple[Case, Case]:
    """Split a case from the one it became part of; return both. Its reports come back to it.

    It goes on with the party that had it, with a new task, or on the desk's list. What it was
    promised stays promised. The other case gives back an asset that it took over; a danger stays
    one there, until the desk takes it away.

    Raises:
        CaseNotFound: there is no such case.
        MovedOn: it is not at `expected_version` any more.
        StageNotReachable: it is no part of another case.
        CaseIsClosed: the other one became part of a third by now; that is split first.
        CaseOpenAtAsset: at its asset another case is open.
    """
    seen = case_by_reference(transaction, reference)
    if seen.merged_into is None:
        raise StageNotReachable(seen.stage, CaseStage.ASSIGNED, frozenset(NEXT_STAGES[seen.stage]))
    merged, into = both_locked(
        transaction, reference, case(transaction, seen.merged_into).reference
    )
    check_version(merged, expected_version)
    if merged.merged_into != into.id:
        raise StageNotReachable(
            merged.stage, CaseStage.ASSIGNED, frozenset(NEXT_STAGES[merged.stage])
        )
    if into.stage is CaseStage.MERGED:
        raise CaseIsClosed()
    kept, took_asset = _kept_of_the_merge(transaction, merged, into)
    moved = give_reports_back(
        transaction, kept, first_reference=merged.reference, from_case=into.id, to_case=merged.id
    )
    left = replace(
        into,
        report_count=max(0, into.report_count - moved),
        asset_id=None if took_asset else into.asset_id,
        version=into.version + 1,
    )
    write_case(transaction, left, now=now)
    party = party_that_had_it(transaction, merged, now=now)
    split = _go_on(transaction, merged, party, reports=moved, by=by, now=now)
    write_history(
        transaction,
        into.id,
        Happening.SPLIT_AGAIN,
        by=by,
        at=now,
        case=merged.reference,
        reports=left.report_count,
    )
    transaction.tell(CaseMoved(left, previous_stage=into.stage, at=now))
    return split, left


def _go_on(
    transaction: Transaction,
    merged: Case,
    party: ResponsibleParty | None,
    *,
    reports: int,
    by: ActedBy,
    now: datetime,
) -> Case:
    into = case(transaction, merged.merged_into) if merged.merged_into else merged
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


def _kept_of_the_merge(
    transaction: Transaction, merged: Case, into: Case
) -> tuple[list[UUID], bool]:
    """Return which reports moved when the two were joined, and whether an asset was taken over."""
    reports: list[UUID] = []
    for entry in history_of_case(transaction, merged.id):
        named = entry.details.get("moved")
        if entry.happening is Happening.MERGED and isinstance(named, list):
            reports = [UUID(str(one)) for one in named]
    took_asset = False
    for entry in history_of_case(transaction, into.id):
        if entry.details.get("case") == merged.reference:
            took_asset = entry.details.get("asset") is True
    return reports, took_asset and into.asset_id == merged.asset_id
