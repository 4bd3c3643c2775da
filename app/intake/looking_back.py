"""Reads the reports of a past period in one statement, as far as a place and a party need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction


@dataclass(frozen=True, slots=True)
class PastReport:
    """A report as it came in, in WGS 84; `answers` are those that count, by the question's code."""

    id: UUID
    reference: str
    case_id: UUID
    longitude: float
    latitude: float
    asset_id: UUID | None
    category_code: str
    is_danger: bool
    answers: Mapping[str, frozenset[str]]
    received_at: datetime


_PAST = text(
    """
    SELECT id, reference, case_id, ST_X(spot) AS longitude, ST_Y(spot) AS latitude, asset_id,
           category_code, is_danger, answered, received_at
    FROM report
    WHERE received_at >= :since AND received_at < :until
    ORDER BY received_at DESC, id DESC LIMIT :at_most
    """
)


def past_reports(
    transaction: Transaction, *, since: datetime, until: datetime, at_most: int
) -> Sequence[PastReport]:
    """Return the reports that came in from `since` until, not including, `until`; newest first."""
    rows = transaction.read(_PAST, {"since": since, "until": until, "at_most": at_most})
    return [
        PastReport(
            row.id,
            row.reference,
            row.case_id,
            row.longitude,
            row.latitude,
            row.asset_id,
            row.category_code,
            row.is_danger,
            {one["question"]: frozenset(one["values"]) for one in row.answered},
            row.received_at,
        )
        for row in rows
    ]


def count_past_reports(transaction: Transaction, *, since: datetime, until: datetime) -> int:
    """Return how many reports came in from `since` until, not including, `until`."""
    return int(
        transaction.connection.scalar(
            text(
                "SELECT count(*) FROM report WHERE received_at >= :since AND received_at < :until"
            ),
            {"since": since, "until": until},
        )
        or 0
    )
