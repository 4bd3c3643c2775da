"""Lists agreements with the names of what they are about, for the pages and for a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.foundation.windows import windows_written
from app.routing.model import Agreement, AgreementNotFound
from app.routing.operations.reading import COLUMNS, FROM_AGREEMENTS, agreement_of


class When(StrEnum):
    """Which agreements a list shows."""

    NOW = "now"
    COMING = "coming"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ListedAgreement:
    """An agreement with its period and the names it is read by.

    `area_is_there` is false where no area of today has its kind and code: then it covers nothing.
    """

    agreement: Agreement
    valid_from: date
    valid_until: date | None
    category_nl: str | None
    category_en: str | None
    area_name: str | None
    owner_code: str | None
    owner_name: str | None
    party_has_ended: bool

    @property
    def area_is_there(self) -> bool:
        """Whether its area is there today; true of one about an owner's assets."""
        return self.agreement.area is None or self.area_name is not None


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None is whatever."""

    when: When | None = None
    party: str | None = None
    category: str | None = None
    area: tuple[str, str] | None = None


_LISTED = f"""
    SELECT {COLUMNS}, agreement.valid_from, agreement.valid_until,
           category.name_nl AS category_nl, category.name_en AS category_en,
           here.name AS area_name, owner.code AS owner_code, owner.name AS owner_name,
           (party.ended_on IS NOT NULL AND party.ended_on <= :today) AS party_has_ended,
           count(*) OVER () AS in_all
    FROM {FROM_AGREEMENTS}
    LEFT JOIN category ON category.code = agreement.category_code
    LEFT JOIN party AS owner ON owner.id = agreement.asset_owner_id
    LEFT JOIN LATERAL (
        SELECT name FROM area
        WHERE area.kind = agreement.area_kind AND area.code = agreement.area_code
          AND area.valid_from <= :today AND (area.valid_until IS NULL OR area.valid_until > :today)
        LIMIT 1
    ) AS here ON true
"""  # noqa: S608  # our own column lists

_FILTERED = text(
    _LISTED
    + """
    WHERE (CAST(:party AS text) IS NULL OR party.code = :party)
      AND (CAST(:category AS text) IS NULL OR agreement.category_code = :category
           OR agreement.category_code LIKE :category || '.%')
      AND (CAST(:area_kind AS text) IS NULL
           OR (agreement.area_kind = :area_kind AND agreement.area_code = :area_code))
      AND CASE CAST(:when AS text)
            WHEN 'now' THEN agreement.valid_from <= :today
                 AND (agreement.valid_until IS NULL OR agreement.valid_until >= :today)
            WHEN 'coming' THEN agreement.valid_from > :today
                 AND (agreement.valid_until IS NULL
                      OR agreement.valid_until >= agreement.valid_from)
            WHEN 'ended' THEN agreement.valid_until < :today
                 OR agreement.valid_until < agreement.valid_from
            ELSE true END
    ORDER BY agreement.category_code NULLS LAST, here.name NULLS LAST, agreement.code
    LIMIT :at_most OFFSET :skip
    """
)

_ONE = text(_LISTED + " WHERE agreement.code = :code")


def agreements_listed(
    transaction: Transaction, asked: Filter, *, today: date, at_most: int = 100, skip: int = 0
) -> tuple[Sequence[ListedAgreement], int]:
    """Return the agreements that are asked for, and how many there are in all."""
    rows = transaction.connection.execute(
        _FILTERED,
        {
            "today": today,
            "party": asked.party,
            "category": asked.category,
            "area_kind": asked.area[0] if asked.area else None,
            "area_code": asked.area[1] if asked.area else None,
            "when": asked.when.value if asked.when else None,
            "at_most": at_most,
            "skip": skip,
        },
    ).all()
    return [_listed(row) for row in rows], rows[0].in_all if rows else 0


def agreement_named(transaction: Transaction, code: str, *, today: date) -> ListedAgreement:
    """Return one agreement.

    Raises:
        AgreementNotFound: there is none with this code.
    """
    row = transaction.connection.execute(_ONE, {"code": code, "today": today}).one_or_none()
    if row is None:
        raise AgreementNotFound(f"There is no agreement {code!r}.")
    return _listed(row)


def agreements_by_category(transaction: Transaction, *, on: date) -> dict[str, int]:
    """Return how many agreements of this day or later name each category; none is left out."""
    rows = transaction.connection.execute(
        text(
            "SELECT category_code, count(*) AS agreements FROM agreement"
            " WHERE category_code IS NOT NULL AND (valid_until IS NULL"
            " OR (valid_until >= :today AND valid_until >= valid_from)) GROUP BY category_code"
        ),
        {"today": on},
    )
    return {row.category_code: int(row.agreements) for row in rows}


def agreements_in_file(transaction: Transaction, *, today: date) -> list[dict[str, object]]:
    """Return all agreements that were in force on some day, as a file holds them."""
    listed, _ = agreements_listed(transaction, Filter(), today=today, at_most=1_000_000)
    return [
        {
            "code": one.agreement.code,
            "party": one.agreement.party.code,
            "category": one.agreement.category_code,
            "area_kind": one.agreement.area_kind,
            "area_code": one.agreement.area_code,
            "assets_of": one.owner_code,
            "priority": one.agreement.priority or None,
            "asset_kind": one.agreement.asset_kind,
            "windows": windows_written(one.agreement.windows),
            "answers": {question: sorted(some) for question, some in one.agreement.answers.items()},
            "valid_from": one.valid_from,
            "valid_until": one.valid_until,
        }
        for one in sorted(listed, key=lambda one: one.agreement.code)
        if one.valid_until is None or one.valid_until >= one.valid_from
    ]


def _listed(row: Row[Any]) -> ListedAgreement:
    return ListedAgreement(
        agreement=agreement_of(row),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        category_nl=row.category_nl,
        category_en=row.category_en,
        area_name=row.area_name,
        owner_code=row.owner_code,
        owner_name=row.owner_name,
        party_has_ended=row.party_has_ended,
    )
