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
    VALUES (:case_id, :at, :happening, :actor_kind, :actor_id, :details)
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
    transaction.write(_WRITE, _values(case_id, happening, by, at, details))


def write_histories(
    transaction: Transaction,
    case_id: UUID,
    entries: Sequence[tuple[Happening, Mapping[str, JSONValue]]],
    *,
    by: ActedBy,
    at: datetime,
) -> None:
    """Write several things that happened at one moment."""
    for happening, details in entries:
        write_history(transaction, case_id, happening, by=by, at=at, **details)


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


def _values(
    case_id: UUID,
    happening: Happening,
    by: ActedBy,
    at: datetime,
    details: Mapping[str, JSONValue],
) -> dict[str, object]:
    return {
        "case_id": case_id,
        "at": at,
        "happening": happening.value,
        "actor_kind": by.kind,
        "actor_id": by.id,
        "details": Jsonb(dict(details)),
    }
