"""Gives reports back that became part of a case by mistake, to the one that they are about."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.intake.model import JoinedBy

# What staff said of them was wrong, so that they vouch for them is taken back too; the report that
# opened the case has its number.
_GIVE_BACK = text(
    """
    UPDATE report SET case_id = :to_case,
        joined_by = CASE WHEN reference = :first THEN :opened ELSE joined_by END
    WHERE case_id = :from_case AND (id = ANY(:ids) OR reference = :first)
    RETURNING id
    """
)


def give_reports_back(
    transaction: Transaction,
    report_ids: Collection[UUID],
    *,
    first_reference: str,
    from_case: UUID,
    to_case: UUID,
) -> int:
    """Let these reports, and the one with this reference, be of `to_case` again; return how many.

    Reports that were erased since, or went on to a third case, stay where they are.
    """
    moved = transaction.connection.execute(
        _GIVE_BACK,
        {
            "to_case": to_case,
            "from_case": from_case,
            "ids": list(report_ids),
            "first": first_reference,
            "opened": JoinedBy.OPENED.value,
        },
    )
    return len(moved.all())


def asset_of_report(transaction: Transaction, report_id: UUID) -> UUID | None:
    """Return the asset that a report named, where it named one."""
    found: UUID | None = transaction.connection.scalar(
        text("SELECT asset_id FROM report WHERE id = :id"), {"id": report_id}
    )
    return found
