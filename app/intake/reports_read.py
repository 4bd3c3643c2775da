"""Reads the reports of a case together with what their reporters added afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.intake.model import KeptRemark, KeptReport
from app.intake.operations import REPORTS, kept_report

_REMARKS = """
    (SELECT coalesce(jsonb_agg(to_jsonb(remark)), '[]') FROM remark
     WHERE remark.report_id = report.id) AS remarks
"""
_WITH_REMARKS = text(
    REPORTS.replace("FROM report", f", {_REMARKS} FROM report")
    + " WHERE case_id = :case_id ORDER BY received_at, id"
)


def reports_with_remarks(
    transaction: Transaction, case_id: UUID
) -> tuple[Sequence[KeptReport], Sequence[KeptRemark]]:
    """Return the reports of a case, and what their reporters added afterwards. One statement."""
    rows = transaction.read(_WITH_REMARKS, {"case_id": case_id})
    remarks = [
        KeptRemark(row.id, one["text"], datetime.fromisoformat(one["written_at"]))
        for row in rows
        for one in row.remarks
    ]
    return [kept_report(row) for row in rows], sorted(remarks, key=lambda one: one.written_at)
