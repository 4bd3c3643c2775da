"""Addresses, villages and neighbours for tests of the resident's form."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text

from app.foundation.database import Transaction
from tests.makers.places import LONG_AGO


def an_address(
    transaction: Transaction, street: str, number: str, spot: tuple[float, float]
) -> None:
    """Make an address of the demo's own table at a spot, longitude first."""
    transaction.connection.execute(
        text(
            """
            INSERT INTO address (id, street, number, postcode, village, spot)
            VALUES (:id, :street, :number, '4651 AA', 'Steenbergen',
                    ST_SetSRID(ST_MakePoint(:x, :y), 4326))
            """
        ),
        {"id": uuid4(), "street": street, "number": number, "x": spot[0], "y": spot[1]},
    )


def another_municipality(
    transaction: Transaction,
    *,
    kind: str = "municipality",
    code: str = "GM0344",
    name: str = "Utrecht",
) -> None:
    """Make an area: a municipality around 5 E 52 N, or a village inside our own."""
    west, south = (4.95, 51.95) if kind == "municipality" else (4.31, 51.6)
    transaction.connection.execute(
        text(
            """
            INSERT INTO area (kind, code, name, shape, valid_from, source, is_demo)
            VALUES (:kind, :code, :name,
                    ST_Multi(ST_MakeEnvelope(:west, :south, :west + 0.09, :south + 0.09, 4326)),
                    :since, 'made for a test', false)
            """
        ),
        {
            "kind": kind,
            "code": code,
            "name": name,
            "west": west,
            "south": south,
            "since": LONG_AGO,
        },
    )
