"""Whether we know where the municipality ends: before its outline is there, nobody does."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.model import MUNICIPALITY, Located, Spot

#: West, south, east and north of the Netherlands in Europe, with some room.
_NETHERLANDS = (3.0, 50.6, 7.4, 53.8)

_KNOWN = text(
    """
    SELECT EXISTS (
        SELECT FROM area WHERE kind = :kind AND code = :code
          AND valid_from <= :on AND (valid_until IS NULL OR valid_until > :on))
    """
)


def outline_is_known(transaction: Transaction, *, municipality_code: str, on: date) -> bool:
    """Whether the municipality with this code is among the areas of this day."""
    values = {"kind": MUNICIPALITY, "code": municipality_code, "on": on}
    return bool(transaction.read(_KNOWN, values)[0][0])


def may_be_ours(
    transaction: Transaction, located: Located, *, municipality_code: str, on: date
) -> bool:
    """Whether a place may be ours because our outline is not there to say that it is not.

    What lies in another municipality that we know of is not, nor what is not in this country.
    """
    if located.inside_municipality or not _is_in_the_netherlands(located.place):
        return False
    return not outline_is_known(transaction, municipality_code=municipality_code, on=on)


def _is_in_the_netherlands(spot: Spot) -> bool:
    west, south, east, north = _NETHERLANDS
    return west <= spot.longitude <= east and south <= spot.latitude <= north
