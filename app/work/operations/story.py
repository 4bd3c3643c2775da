"""What happened to one report: in the case it began, and on in those that this became part of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.work.model import Happening, HistoryEntry


@dataclass(frozen=True, slots=True)
class _Part:
    """A case that is, or became part of, the one a report belongs to now."""

    id: UUID
    reference: str
    merged_into: UUID | None
    history: list[HistoryEntry]


#: The case and all that became part of it, however often, with their histories.
_PARTS = text(
    """
    WITH RECURSIVE part AS (
        SELECT id, reference, CAST(NULL AS uuid) AS merged_into
        FROM defect_case WHERE id = :case_id
        UNION
        SELECT joined.id, joined.reference, joined.merged_into
        FROM defect_case AS joined JOIN part ON joined.merged_into = part.id
    )
    SELECT part.id, part.reference, part.merged_into, entry.at, entry.happening,
           entry.actor_kind, entry.actor_id, entry.details
    FROM part JOIN history_entry AS entry ON entry.case_id = part.id
    ORDER BY entry.id
    """
)


def story_of_report(
    transaction: Transaction,
    case_id: UUID,
    *,
    report_id: UUID,
    reference: str,
    received_at: datetime,
) -> Sequence[HistoryEntry]:
    """Return what happened to a report of this case since it came in, oldest first.

    What happened to a case before the report came to it is somebody else's story and is left out.
    One statement.
    """
    parts = _parts(transaction, case_id)
    if not parts:
        return []
    part = _where_it_began(parts, case_id, report_id=report_id, reference=reference)
    story: list[HistoryEntry] = []
    entries = _since_it_came(part.history, report_id=report_id, received_at=received_at)
    while part.merged_into is not None:
        # What is written about a case after it became part of another happened to that one.
        # It may have been split from one before: the last joining holds.
        ends = [n for n, one in enumerate(entries) if one.happening is Happening.MERGED]
        story += entries[: ends[-1] + 1] if ends else entries
        joined, part = part, parts[part.merged_into]
        entries = _since_it_joined(part.history, joined.reference)
    return story + entries


def _parts(transaction: Transaction, case_id: UUID) -> dict[UUID, _Part]:
    parts: dict[UUID, _Part] = {}
    for row in transaction.read(_PARTS, {"case_id": case_id}):
        part = parts.setdefault(row.id, _Part(row.id, row.reference, row.merged_into, []))
        part.history.append(
            HistoryEntry(
                row.at, Happening(row.happening), row.actor_kind, row.actor_id, row.details
            )
        )
    return parts


def _where_it_began(
    parts: dict[UUID, _Part], case_id: UUID, *, report_id: UUID, reference: str
) -> _Part:
    for part in parts.values():
        if part.reference == reference or _began_with(part.history, report_id):
            return part
    for part in parts.values():
        if _joining_of(part.history, report_id) is not None:
            return part
    # It joined before the history named the reports.
    return parts[case_id]


def _began_with(history: list[HistoryEntry], report_id: UUID) -> bool:
    """Whether a case was made of this report when that was taken off another."""
    return any(one.details.get("own") == str(report_id) for one in history)


def _joining_of(history: list[HistoryEntry], report_id: UUID) -> int | None:
    return next(
        (n for n, one in enumerate(history) if one.details.get("report") == str(report_id)), None
    )


def _since_it_came(
    history: list[HistoryEntry], *, report_id: UUID, received_at: datetime
) -> list[HistoryEntry]:
    joining = _joining_of(history, report_id)
    if joining is not None:
        return history[joining:]
    return [one for one in history if one.at >= received_at]


def _since_it_joined(history: list[HistoryEntry], reference: str) -> list[HistoryEntry]:
    """Return what happened after the case of this reference had joined."""
    joinings = [
        number
        for number, one in enumerate(history)
        if one.happening is Happening.REPORT_JOINED and one.details.get("case") == reference
    ]
    return history[joinings[-1] + 1 :] if joinings else history
