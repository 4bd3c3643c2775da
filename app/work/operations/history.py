"""Writes and reads the history of a case; it only ever grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.json_value import JSONValue
from app.work.model import ActedBy, Happening, HistoryEntry

_WRITE = text(
    """
    INSERT INTO history_entry (case_id, at, happening, actor_kind, actor_id, details)
    SELECT CAST(:case_id AS uuid), CAST(:at AS timestamptz), happening, :actor_kind,
           CAST(:actor_id AS uuid), details
    FROM jsonb_to_recordset(:entries) AS entry (happening text, details jsonb)
    """
)


def write_history(
    transaction: Transaction,
    case_id: UUID,
    happening: Happening,
    *,
    by: ActedBy,
    at: datetime,
    **details: JSONValue,
) -> None:
    """Write that something happened. `details` holds words and references, nothing personal."""
    write_histories(transaction, case_id, [(happening, details)], by=by, at=at)


def write_histories(
    transaction: Transaction,
    case_id: UUID,
    entries: Sequence[tuple[Happening, Mapping[str, JSONValue]]],
    *,
    by: ActedBy,
    at: datetime,
) -> None:
    """Write several things that happened at one moment, in their order and in one statement."""
    transaction.write(
        _WRITE,
        {
            "case_id": case_id,
            "at": at,
            "actor_kind": by.kind,
            "actor_id": by.id,
            "entries": Jsonb(
                [
                    {"happening": happening.value, "details": dict(details)}
                    for happening, details in entries
                ]
            ),
        },
    )


def history_of_case(transaction: Transaction, case_id: UUID) -> Sequence[HistoryEntry]:
    """Return what happened to a case, oldest first."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT at, happening, actor_kind, actor_id, details FROM history_entry
            WHERE case_id = :case_id ORDER BY id
            """
        ),
        {"case_id": case_id},
    )
    return [
        HistoryEntry(row.at, Happening(row.happening), row.actor_kind, row.actor_id, row.details)
        for row in rows
    ]
