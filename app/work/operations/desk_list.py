"""The desk's list: what a person must look at, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.json_value import JSONValue
from app.work.model import DeskReason

_RAISE = text(
    """
    WITH wanted AS (
        SELECT reason, details FROM jsonb_to_recordset(:entries) AS entry (
            reason text, details jsonb)
    ), known AS (
        UPDATE desk_entry SET details = wanted.details
        FROM wanted
        WHERE desk_entry.case_id = :case_id AND desk_entry.reason = wanted.reason
          AND desk_entry.settled_at IS NULL
        RETURNING desk_entry.reason
    )
    INSERT INTO desk_entry (id, case_id, reason, details, raised_at)
    SELECT gen_random_uuid(), CAST(:case_id AS uuid), reason, details, CAST(:now AS timestamptz)
    FROM wanted
    WHERE reason NOT IN (SELECT reason FROM known)
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
    raise_all_at_desk(transaction, case_id, {reason: details}, now=now)


def raise_all_at_desk(
    transaction: Transaction,
    case_id: UUID,
    reasons: Mapping[DeskReason, Mapping[str, JSONValue]],
    *,
    now: datetime,
) -> None:
    """Put a case on the desk's list for several reasons, each with its details, or for none."""
    if not reasons:
        return
    entries = [
        {"reason": reason.value, "details": dict(details)} for reason, details in reasons.items()
    ]
    transaction.write(_RAISE, {"case_id": case_id, "entries": Jsonb(entries), "now": now})


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
