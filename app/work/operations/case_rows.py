"""How a case is read from its row, with its party and what its category may show."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from app.foundation.database import Transaction
from app.work.model import Case, CaseStage
from app.work.weights import Priority

CASE_COLUMNS = """
    c.id, c.reference, c.category_code, c.category_group, c.stage, ST_X(c.spot) AS longitude,
    ST_Y(c.spot) AS latitude, c.asset_id, c.party_id, c.is_danger, c.report_count, c.received_at,
    c.due_at, c.at_risk_at, c.version, c.planned_on, c.waiting_for, c.waits_until,
    c.waiting_words, c.waiting_party, c.closed_at, c.closing_reason, c.closing_words,
    c.merged_into, c.is_demo, c.priority, c.cause, c.near_address, c.near_village,
    party.code AS party_code, party.name AS party_name, party.kind AS party_kind,
    category.public_visibility, category.is_checked
"""
CASE_TABLES = """
    defect_case AS c
    LEFT JOIN party ON party.id = c.party_id
    JOIN category ON category.code = c.category_code
"""


def case_of(row: Any) -> Case:  # noqa: ANN401  # columns by name
    """Return the case that a row with `CASE_COLUMNS` tells of."""
    return Case(
        id=row.id,
        reference=row.reference,
        category_code=row.category_code,
        category_group=row.category_group,
        stage=CaseStage(row.stage),
        longitude=row.longitude,
        latitude=row.latitude,
        asset_id=row.asset_id,
        party_id=row.party_id,
        is_danger=row.is_danger,
        report_count=row.report_count,
        received_at=row.received_at,
        due_at=row.due_at,
        at_risk_at=row.at_risk_at,
        version=row.version,
        planned_on=row.planned_on,
        waiting_for=row.waiting_for,
        waits_until=row.waits_until,
        waiting_words=row.waiting_words,
        closed_at=row.closed_at,
        closing_reason=row.closing_reason,
        closing_words=row.closing_words,
        merged_into=row.merged_into,
        party_code=row.party_code,
        party_name=row.party_name,
        party_kind=row.party_kind,
        public_visibility=row.public_visibility,
        is_checked=row.is_checked,
        is_demo=row.is_demo,
        priority=Priority(row.priority),
        cause=row.cause,
        waiting_party=row.waiting_party,
        near_address=row.near_address,
        near_village=row.near_village,
    )


def case_where(
    transaction: Transaction, condition: str, values: dict[str, object], *, lock: bool
) -> Case | None:
    """Return the one case of which this is true; with `lock`, nobody else changes it meanwhile."""
    # The conditions are written in these operations alone; what people type comes as `values`.
    statement = f"SELECT {CASE_COLUMNS} FROM {CASE_TABLES} WHERE {condition}"  # noqa: S608  # conditions of these operations alone
    if lock:
        statement += " FOR UPDATE OF c"
    row = transaction.connection.execute(text(statement), values).one_or_none()
    return case_of(row) if row is not None else None
