"""The desk's list: what a person must look at, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.json_value import JSONValue
from app.work.model import DeskReason

_RAISE = text(
    """
    WITH known AS (
        UPDATE desk_entry SET details = CAST(:details AS jsonb)
        WHERE case_id = :case_id AND reason = :reason AND settled_at IS NULL
        RETURNING id
    )
    INSERT INTO desk_entry (id, case_id, reason, details, raised_at)
    SELECT CAST(:id AS uuid), CAST(:case_id AS uuid), :reason, CAST(:details AS jsonb),
           CAST(:now AS timestamptz)
    WHERE NOT EXISTS (SELECT 1 FROM known)
    """
)


def raise_at_desk(
    transaction: Transaction,
    case_id: UUID,
    reason: DeskReason,
    *,
    details: Mapping[str, JSONValue],
    now: datetime,
) -> None:
    """Put a case on the desk's list; it stands there once for each reason."""
    transaction.write(
        _RAISE,
        {
            "id": uuid4(),
            "case_id": case_id,
            "reason": reason.value,
            "details": Jsonb(dict(details)),
            "now": now,
        },
    )


def settle_desk_entries(
    transaction: Transaction,
    case_id: UUID,
    *,
    now: datetime,
    reasons: tuple[DeskReason, ...] | None = None,
) -> int:
    """Take a case off the desk's list, for all reasons or for these; return for how many."""
    settled = transaction.connection.execute(
        text(
            """
            UPDATE desk_entry SET settled_at = :now
            WHERE case_id = :case_id AND settled_at IS NULL
              AND (CAST(:reasons AS text[]) IS NULL OR reason = ANY(:reasons))
            RETURNING id
            """
        ),
        {
            "now": now,
            "case_id": case_id,
            "reasons": [reason.value for reason in reasons] if reasons is not None else None,
        },
    )
    return len(settled.all())
