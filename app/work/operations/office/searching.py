"""Finds cases by what says just which one: a number, or the reports of a reporter."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.foundation.database import Transaction
from app.identity.model import NO_LIMITS, Limits
from app.intake.model import ReportNotFound
from app.intake.operations import case_of_report
from app.intake.rules import normal_reference
from app.work.model import Case
from app.work.operations.cases import case
from app.work.operations.office.listing import CaseLine, cases_by_id
from app.work.operations.within import ids_within
from app.work.refusals import CaseNotFound

def case_with_number(
    transaction: Transaction, typed: str, *, limits: Limits = NO_LIMITS
) -> Case | None:
    """Return the case of this number: its own, or that of a report that joined it.

    What lies outside the limits is not there.
    """
    reference = normal_reference(typed)
    if reference is None:
        return None
    try:
        found = case_of_report(transaction, reference)
        return case(transaction, found) if ids_within(transaction, [found], limits) else None
    except (CaseNotFound, ReportNotFound):
        return None


def cases_of_reports(transaction: Transaction, case_ids: Sequence[UUID]) -> Sequence[CaseLine]:
    """Return the cases to which reports of a reporter belong, in this order. One statement."""
    return cases_by_id(transaction, case_ids) if case_ids else []
