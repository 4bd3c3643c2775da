"""Writes what is left of a case when one of its reports becomes a case of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.work.model import ActedBy, Case, CaseMoved, DeskReason, Happening
from app.work.operations.cases import write_case
from app.work.operations.danger import calmed_by_leaving
from app.work.operations.desk_list import raise_at_desk
from app.work.operations.history import history_of_case, write_history

#: What the desk was asked because of this very report.
_SETTLE = text(
    """
    UPDATE desk_entry SET settled_at = :now
    WHERE case_id = :case_id AND settled_at IS NULL AND details ->> 'report' = :report
    RETURNING reason
    """
)


def let_report_go(
    transaction: Transaction,
    left: Case,
    own: Case,
    *,
    report_id: UUID,
    report_reference: str,
    by: ActedBy,
    now: datetime,
) -> Case:
    """Write that a report of `left` is the case `own` now; return what is left.

    The report was moved before, and the caller holds the lock of `left`. `own` is named in the
    history with the id of its report, so that its reporter's story begins with it. What the desk
    was asked about the report goes along.
    """
    told = {} if own.reference == report_reference else {"number": report_reference}
    reports = left.report_count - 1
    write_history(
        transaction,
        left.id,
        Happening.SPLIT_AGAIN,
        by=by,
        at=now,
        case=own.reference,
        reports=reports,
        **told,
    )
    write_history(
        transaction,
        own.id,
        Happening.SPLIT_AGAIN,
        by=by,
        at=now,
        **{"from": left.reference, "own": str(report_id)},
    )
    smaller = calmed_by_leaving(
        transaction,
        replace(left, report_count=reports, version=left.version + 1),
        by=by,
        now=now,
    )
    write_case(transaction, smaller, now=now)
    take_question_along(transaction, smaller, own, report_reference=report_reference, now=now)
    transaction.tell(CaseMoved(smaller, previous_stage=left.stage, at=now))
    return smaller


def take_question_along(
    transaction: Transaction, left: Case, own: Case, *, report_reference: str, now: datetime
) -> None:
    """Let a remark that nobody read yet be asked about at the case its report belongs to now."""
    settled = transaction.read(
        _SETTLE, {"case_id": left.id, "report": report_reference, "now": now}
    )
    if DeskReason.REMARK.value in {row.reason for row in settled}:
        details = {"report": report_reference}
        raise_at_desk(transaction, own.id, DeskReason.REMARK, details=details, now=now)


def was_taken_off(transaction: Transaction, own: Case, *, of_reference: str) -> bool:
    """Whether a case was split from, or made of a report of, the one with this reference."""
    return any(
        entry.happening is Happening.SPLIT_AGAIN and entry.details.get("from") == of_reference
        for entry in history_of_case(transaction, own.id)
    )
