"""Finds cases by what says just which one: a number, or the reports of a reporter."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.foundation.database import Transaction
from app.identity.model import NO_LIMITS, Limits
from app.intake.model import ReportNotFound
from app.intake.operations import case_of_report
from app.intake.rules import normal_reference
from app.work.model import Case, CaseStage
from app.work.operations.cases import case, case_by_reference
from app.work.operations.office.listing import CaseLine, cases_by_id
from app.work.operations.within import ids_within
from app.work.refusals import CaseNotFound


def case_with_number(
    transaction: Transaction, typed: str, *, limits: Limits = NO_LIMITS
) -> Case | None:
    """Return the case of this number: its own, or that of a report that joined it.

    A case keeps its number when the report it began with is taken off: it is found by it all the
    same, unless it became part of another. What lies outside the limits is not there.
    """
    reference = normal_reference(typed)
    if reference is None:
        return None
    found = _case_of_report(transaction, reference)
    if found is None or found.reference != reference:
        found = _case_that_stays(transaction, reference) or found
    return found if found and ids_within(transaction, [found.id], limits) else None


def _case_of_report(transaction: Transaction, reference: str) -> Case | None:
    try:
        return case(transaction, case_of_report(transaction, reference))
    except (CaseNotFound, ReportNotFound):
        return None


def _case_that_stays(transaction: Transaction, reference: str) -> Case | None:
    try:
        found = case_by_reference(transaction, reference)
    except CaseNotFound:
        return None
    return found if found.stage is not CaseStage.MERGED else None


def cases_of_reports(transaction: Transaction, case_ids: Sequence[UUID]) -> Sequence[CaseLine]:
    """Return the cases to which reports of a reporter belong, in this order. One statement."""
    return cases_by_id(transaction, case_ids) if case_ids else []
