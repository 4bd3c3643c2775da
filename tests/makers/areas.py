"""Areas and assets for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from uuid import UUID, uuid4

from sqlalchemy import text

from app.foundation.database import Transaction

LONG_AGO = date(2020, 1, 1)

_numbers = count(1)


def a_rectangle(west: float, south: float, east: float, north: float) -> str:
    """Return a rectangle as well-known text."""
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON(({', '.join(f'{x} {y}' for x, y in corners)}))"


def an_area(
    transaction: Transaction,
    shape: str,
    *,
    kind: str = "village",
    code: str | None = None,
    name: str = "Kruisland",
    valid_from: date = LONG_AGO,
    valid_until: date | None = None,
) -> str:
    """Make an area of a polygon in well-known text; returns its code."""
    code = code or f"area-{next(_numbers)}"
    transaction.connection.execute(
        text(
            """
            INSERT INTO area (kind, code, name, shape, valid_from, valid_until, source)
            VALUES (:kind, :code, :name, ST_Multi(ST_GeomFromText(:shape, 4326)), :valid_from,
                    :valid_until, 'made for a test')
            """
        ),
        {
            "kind": kind,
            "code": code,
            "name": name,
            "shape": shape,
            "valid_from": valid_from,
            "valid_until": valid_until,
        },
    )
    return code


def an_asset(
    transaction: Transaction,
    at: tuple[float, float],
    *,
    kind: str = "lamp-post",
    number: str | None = None,
    removed_on: date | None = None,
) -> UUID:
    """Make an asset at (longitude, latitude); returns its id."""
    asset_id = uuid4()
    transaction.connection.execute(
        text(
            """
            INSERT INTO asset (id, kind, number, spot, removed_on)
            VALUES (:id, :kind, :number, ST_Point(:x, :y, 4326), :removed_on)
            """
        ),
        {
            "id": asset_id,
            "kind": kind,
            "number": number or f"A-{next(_numbers)}",
            "x": at[0],
            "y": at[1],
            "removed_on": removed_on,
        },
    )
    return asset_id
