"""The log of who opened contact details: read for who must account for it, never changed by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction

OPENINGS_ON_A_PAGE = 50


class OpenedOn(StrEnum):
    """On which page contact details were opened."""

    #: The page of the case, by the button of one report.
    CASE = "case"
    #: The search for a reporter by a name, an address or a number.
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Opening:
    """One time that somebody opened the contact details of a report.

    The report is known by its reference as long as it is kept.
    """

    opened_at: datetime
    account_id: UUID
    reference: str | None
    opened_on: OpenedOn


@dataclass(frozen=True, slots=True)
class OpeningFilter:
    """Which openings are asked for; the days are included."""

    account_id: UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """A page of the log, newest first, and how many openings there are on all of them."""

    lines: Sequence[Opening]
    count: int


def list_openings(transaction: Transaction, wanted: OpeningFilter, *, page: int = 1) -> OpeningPage:
    """Return a page of the log. One statement; nobody's contact details are read."""
    parts: list[str] = ["true"]
    values: dict[str, Any] = {
        "at_most": OPENINGS_ON_A_PAGE,
        "skip": (page - 1) * OPENINGS_ON_A_PAGE,
    }
    if wanted.account_id is not None:
        parts.append("opening.account_id = :account_id")
        values["account_id"] = wanted.account_id
    if wanted.since is not None:
        parts.append("opening.opened_at >= :since")
        values["since"] = _begin_of(wanted.since)
    if wanted.until is not None:
        parts.append("opening.opened_at < :until")
        values["until"] = _begin_of(wanted.until + timedelta(days=1))
    condition = " AND ".join(parts)
    rows = transaction.connection.execute(
        text(
            f"""
            SELECT counted.openings, shown.*
            FROM (
                SELECT count(*) AS openings FROM contact_opening AS opening WHERE {condition}
            ) AS counted
            LEFT JOIN (
                SELECT opening.id, opening.opened_at, opening.account_id, opening.opened_on,
                       report.reference
                FROM contact_opening AS opening
                LEFT JOIN report ON report.id = opening.report_id
                WHERE {condition}
                ORDER BY opening.opened_at DESC, opening.id
                LIMIT :at_most OFFSET :skip
            ) AS shown ON true
            ORDER BY shown.opened_at DESC, shown.id
            """  # noqa: S608  # our own conditions; what was asked comes as values
        ),
        values,
    ).all()
    return OpeningPage(
        [
            Opening(row.opened_at, row.account_id, row.reference, OpenedOn(row.opened_on))
            for row in rows
            if row.id is not None
        ],
        int(rows[0].openings),
    )


def who_opened(transaction: Transaction) -> Sequence[UUID]:
    """Return the accounts that stand in the log."""
    return transaction.connection.scalars(
        text("SELECT DISTINCT account_id FROM contact_opening")
    ).all()


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), LOCAL_ZONE)
