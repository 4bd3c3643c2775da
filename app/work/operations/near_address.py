"""The nearest address of a case: what is not asked yet, and keeping what the register tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.geography.model import Address, Spot

#: The job that finds the address of one case.
FIND_ADDRESS = "work.find_address"


@dataclass(frozen=True, slots=True)
class Unasked:
    """A case of which nobody asked yet which address is nearest, and where it lies."""

    case_id: UUID
    spot: Spot


_ONE = text(
    """
    SELECT id, ST_X(spot) AS longitude, ST_Y(spot) AS latitude
    FROM defect_case WHERE id = :id AND near_asked_at IS NULL
    """
)

_MANY = text(
    """
    SELECT id, ST_X(spot) AS longitude, ST_Y(spot) AS latitude
    FROM defect_case WHERE near_asked_at IS NULL
    ORDER BY closed_at DESC NULLS FIRST, received_at DESC LIMIT :at_most
    """
)


def without_address(transaction: Transaction, case_id: UUID) -> Unasked | None:
    """Return the case when its address is still to be asked for."""
    rows = transaction.read(_ONE, {"id": case_id})
    return _unasked(rows[0]) if rows else None


def cases_without_address(transaction: Transaction, *, at_most: int) -> Sequence[Unasked]:
    """Return cases whose address is still to be asked for: open ones first, then the newest."""
    return [_unasked(row) for row in transaction.read(_MANY, {"at_most": at_most})]


# Whoever moved the pin meanwhile asked for an address of their own.
_KEEP = text(
    """
    UPDATE defect_case
    SET near_address = :address, near_street = :street, near_village = :village,
        near_asked_at = :now
    WHERE id = :id AND ST_X(spot) = :longitude AND ST_Y(spot) = :latitude
    """
)


def keep_address(
    transaction: Transaction, of: Unasked, address: Address | None, *, now: datetime
) -> None:
    """Keep the nearest address of a case, or that there is none, while it still lies there.

    It is no change that somebody made: the version stays as it is, so no step is refused for it.
    """
    is_told = address is not None and bool(address.street)
    transaction.write(
        _KEEP,
        {
            "id": of.case_id,
            "longitude": of.spot.longitude,
            "latitude": of.spot.latitude,
            "address": f"{address.street} {address.number}".strip()
            if address and is_told
            else None,
            "street": address.street if address and is_told else None,
            "village": address.village if address and is_told else None,
            "now": now,
        },
    )


def _unasked(row: Row[Any]) -> Unasked:
    return Unasked(row.id, Spot(row.longitude, row.latitude))
