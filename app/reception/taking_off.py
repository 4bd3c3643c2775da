"""Takes a report off the case that it joined by mistake: it walks its own way, as if it were new.

See `docs/decisions/what-is-joined-by-mistake-comes-apart.md`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.foundation.database import Transaction
from app.foundation.json_value import JSONValue
from app.geography.model import Located
from app.intake.model import KeptReport, ReportNotFound
from app.intake.moving_back import asset_of_report, give_reports_back
from app.intake.operations import report as report_with_id
from app.intake.operations import reports_of_case
from app.intake.rules import new_reference
from app.reception.operations import responsible
from app.routing.calendar import Promise, promise
from app.routing.operations.calendar_days import working_calendar
from app.routing.operations.deciding import decide, defect_at, keep_decision
from app.routing.rules import cannot_wait
from app.triage.model import ANYTHING_ELSE, Category, ChosenBy, RetiredCategory, Term
from app.triage.operations import category
from app.work.model import ActedBy, Case, CaseStage, DeskReason
from app.work.operations.at_asset import alone_at_asset, lock_asset
from app.work.operations.cases import case as case_with_id
from app.work.operations.cases import case_by_reference, check_version, open_case
from app.work.operations.merging import both_locked
from app.work.operations.promising import located_again
from app.work.operations.taking_off import let_report_go, take_question_along, was_taken_off
from app.work.operations.unmerging import begin_again_with_first
from app.work.refusals import CaseNotFound, OnlyReport


def take_off_report(
    transaction: Transaction,
    reference: str,
    report_id: UUID,
    *,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> tuple[Case, Case]:
    """Let a report be a case of its own; return that, and the case with this reference it was of.

    It is routed and promised anew, by its own kind, place and answers. A second time changes
    nothing.

    Raises:
        CaseNotFound: there is no such case.
        ReportNotFound: there is no such report of this case.
        MovedOn: the case is not at `expected_version` any more.
        OnlyReport: it is the only one; a case keeps at least one.
        RetiredCategory: neither its kind nor the one for anything else is in use any more.
    """
    seen = case_by_reference(transaction, reference)
    kept = report_with_id(transaction, report_id)
    if kept.case_id != seen.id:
        return _taken_off_before(transaction, kept, seen)
    began = _case_it_began(transaction, kept)
    if began is not None and began.stage is CaseStage.MERGED:
        return _begin_again(
            transaction, began, seen, kept, by=by, now=now, expected_version=expected_version
        )
    kind, is_its_own = _kind_of(transaction, kept)
    asset_id = asset_of_report(transaction, report_id)
    if asset_id is not None:
        # The asset first, then the case: as everywhere.
        lock_asset(transaction, asset_id, category_group=kind.join_group)
    of_case = case_by_reference(transaction, reference, lock=True)
    kept = report_with_id(transaction, report_id)
    if kept.case_id != of_case.id:
        return _taken_off_before(transaction, kept, of_case)
    _check(transaction, of_case, expected_version)
    own = _opened(
        transaction,
        of_case,
        kept,
        kind,
        asset_id=asset_id,
        reference=kept.reference if began is None else new_reference(),
        is_unsure=not is_its_own or _is_unsure(kept, kind),
        now=now,
    )
    give_reports_back(
        transaction, [], first_reference=kept.reference, from_case=of_case.id, to_case=own.id
    )
    left = let_report_go(
        transaction,
        of_case,
        own,
        report_id=report_id,
        report_reference=kept.reference,
        by=by,
        now=now,
    )
    return own, left


def _case_it_began(transaction: Transaction, kept: KeptReport) -> Case | None:
    """Return the case with the number of a report, which it opened, where there is one."""
    try:
        return case_by_reference(transaction, kept.reference)
    except CaseNotFound:
        return None


def _begin_again(
    transaction: Transaction,
    began: Case,
    seen: Case,
    kept: KeptReport,
    *,
    by: ActedBy,
    now: datetime,
    expected_version: int | None,
) -> tuple[Case, Case]:
    """Let the case that a report opened, and that became part of another, go on with it."""
    merged, of_case = both_locked(transaction, began.reference, seen.reference)
    kept = report_with_id(transaction, kept.id)
    if kept.case_id != of_case.id:
        return _taken_off_before(transaction, kept, of_case)
    _check(transaction, of_case, expected_version)
    own, left = begin_again_with_first(transaction, merged, of_case, by=by, now=now)
    take_question_along(transaction, left, own, report_reference=kept.reference, now=now)
    return own, left


def _taken_off_before(
    transaction: Transaction, kept: KeptReport, of_case: Case
) -> tuple[Case, Case]:
    """Return what came of it when somebody took the report off before.

    Raises:
        ReportNotFound: it never was of this case, or went elsewhere by another way.
    """
    own = case_with_id(transaction, kept.case_id)
    if not was_taken_off(transaction, own, of_reference=of_case.reference):
        raise ReportNotFound()
    return own, of_case


def _check(transaction: Transaction, of_case: Case, expected_version: int | None) -> None:
    """Refuse what may not be, now that the case is locked and has the report."""
    check_version(of_case, expected_version)
    if len(reports_of_case(transaction, of_case.id)) == 1:
        raise OnlyReport()


def _opened(
    transaction: Transaction,
    of_case: Case,
    kept: KeptReport,
    kind: Category,
    *,
    asset_id: UUID | None,
    reference: str,
    is_unsure: bool,
    now: datetime,
) -> Case:
    """Open a case for a report as if it came in by itself, with its decision and its task."""
    as_reported = replace(
        of_case,
        reference=reference,
        category_code=kind.code,
        category_group=kind.join_group,
        public_visibility=kind.public_visibility.value,
        longitude=kept.longitude,
        latitude=kept.latitude,
        asset_id=asset_id,
    )
    # What is known about the object says who is responsible, also where another case is open at it.
    located = located_again(transaction, as_reported, now=now)
    answers = {one.question: frozenset(one.values) for one in kept.answers}
    terms = kind.norm.terms(
        danger=kept.is_danger,
        answers=answers,
        asset_kind=located.asset.kind if located.asset else None,
    )
    defect = defect_at(
        located,
        kind.code,
        at=now,
        is_urgent=cannot_wait(terms, danger=kept.is_danger),
        answers=answers,
    )
    decision = decide(transaction, defect)
    promised = _promised(transaction, of_case, kept, terms, now=now)
    reasons: dict[DeskReason, dict[str, JSONValue]] = {}
    if is_unsure:
        reasons[DeskReason.UNSURE_CATEGORY] = {"certainty": kept.category_certainty}
    own = open_case(
        transaction,
        reference=reference,
        category_code=kind.code,
        category_group=kind.join_group,
        public_visibility=kind.public_visibility.value,
        longitude=located.place.longitude,
        latitude=located.place.latitude,
        asset_id=_asset_beside(transaction, as_reported, located),
        party=responsible(decision),
        is_danger=kept.is_danger,
        due_at=promised.due_at,
        at_risk_at=promised.at_risk_at,
        now=now,
        desk_reasons=reasons,
        is_demo=of_case.is_demo,
        received_at=kept.received_at,
    )
    keep_decision(transaction, decision, case_id=own.id, defect=defect, now=now)
    return own


def _promised(
    transaction: Transaction,
    of_case: Case,
    kept: KeptReport,
    terms: tuple[Term, ...],
    *,
    now: datetime,
) -> Promise:
    """Return by when a report is promised that is a case of its own now.

    Its norm counts from when it came in, as after a change of kind. Where the case it was of is
    over or was passed on, its reporter was promised nothing any more: it counts from now, as for
    what is opened again.
    """
    since = kept.received_at if of_case.is_open else now
    return promise(since, terms, working_calendar(transaction, since=since))


def _asset_beside(transaction: Transaction, as_reported: Case, located: Located) -> UUID | None:
    """Return the asset of a report, unless another case of its group is open there.

    That is what later reports at it join; this one must not be joined to it again by itself.
    """
    if located.asset is None:
        return None
    return alone_at_asset(transaction, replace(as_reported, id=_NO_CASE)).asset_id


#: No case has this id: a case that is still to be opened has none to be left out.
_NO_CASE = UUID(int=0)


def _kind_of(transaction: Transaction, kept: KeptReport) -> tuple[Category, bool]:
    """Return the kind of a report, and whether it is its own; where that went out of use, another.

    Raises:
        RetiredCategory: the kind for anything else is not in use either.
    """
    try:
        return category(transaction, kept.category_code), True
    except RetiredCategory:
        return category(transaction, ANYTHING_ELSE), False


def _is_unsure(kept: KeptReport, kind: Category) -> bool:
    """Whether nobody could tell the kind of a report, so that the desk should look at it."""
    return kept.category_chosen_by == ChosenBy.WORDS.value and kind.code == ANYTHING_ELSE
