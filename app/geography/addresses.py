"""Who knows the addresses: the national register, the demo's own table, or nobody."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Row, text
from sqlalchemy.exc import SQLAlchemyError

from app.foundation.database import Database
from app.foundation.texts import clean_text
from app.geography.address_register import PdokAddresses
from app.geography.model import NEAREST_ADDRESS_WITHIN_METRES, Address, Spot

log = logging.getLogger(__name__)

_MOST_WORDS = 8
_DIGITS_OF_A_POSTCODE = 4
_LONGEST_WORD = 200


class AddressBook(Protocol):
    """Finds addresses of the municipality.

    It never raises: when it does not know, or cannot be reached within two seconds, the answer is
    empty and the log says why. No report waits for an address. Ask it while no transaction is
    open, since it may take those two seconds or a connection of its own.
    """

    def search(self, text: str, *, at_most: int = 5) -> Sequence[Address]:
        """Return the addresses this text may mean, the likeliest first."""
        ...

    def nearest(self, spot: Spot) -> Address | None:
        """Return the address nearest to the spot, when there is one within 200 metres."""
        ...

    def is_away(self) -> bool:
        """Return whether nobody can be asked at this moment, so that "nothing" says nothing."""
        ...


class NoAddresses:
    """An address book for installations that go without."""

    def search(self, text: str, *, at_most: int = 5) -> Sequence[Address]:
        """Return nothing."""
        return []

    def nearest(self, spot: Spot) -> Address | None:
        """Return nothing."""
        return None

    def is_away(self) -> bool:
        """Return that nobody can be asked."""
        return True


class DemoAddresses:
    """The addresses of the demo's own streets, in our own table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._has_failed = False

    def search(self, text: str, *, at_most: int = 5) -> Sequence[Address]:
        """Return the addresses that hold every word of the text, with just this number first.

        A number is that of a house, or from four digits on the beginning of a postcode.
        """
        # "Kerkstraat5" is two words; "12a" is one.
        written = re.sub(r"([^\W\d_]{3})(?=\d)", r"\1 ", clean_text(text))
        words = [word[:_LONGEST_WORD] for word in re.split(r"[\s,]+", written) if word]
        words = words[:_MOST_WORDS]
        if not words:
            return []
        numbers = [word for word in words if word[0].isdigit()]
        return self._ask(
            _SEARCH,
            {
                "patterns": [f"%{_literally(word)}%" for word in words if word not in numbers],
                "begins": [f"{_literally(number)}%" for number in numbers],
                "long": [len(number) >= _DIGITS_OF_A_POSTCODE for number in numbers],
                "numbers": [number.lower() for number in numbers],
                "at_most": at_most,
            },
        )

    def nearest(self, spot: Spot) -> Address | None:
        """Return the address nearest to the spot."""
        box = spot.box_around(NEAREST_ADDRESS_WITHIN_METRES)
        found = self._ask(
            _NEAREST,
            {
                "longitude": spot.longitude,
                "latitude": spot.latitude,
                "west": box.west,
                "south": box.south,
                "east": box.east,
                "north": box.north,
                "within_metres": NEAREST_ADDRESS_WITHIN_METRES,
            },
        )
        return found[0] if found else None

    def is_away(self) -> bool:
        """Return whether the last question failed."""
        return self._has_failed

    def _ask(self, statement: str, values: dict[str, object]) -> list[Address]:
        try:
            with self._database.transaction() as transaction:
                found = [
                    _own_address(row)
                    for row in transaction.connection.execute(text(statement), values)
                ]
        except SQLAlchemyError:
            log.warning("address_book_failed", exc_info=True)
            self._has_failed = True
            return []
        self._has_failed = False
        return found


_SEARCH = """
    SELECT street, number, postcode, village, ST_X(spot) AS longitude, ST_Y(spot) AS latitude
    FROM address
    WHERE (street || ' ' || postcode || ' ' || village)
            ILIKE ALL (CAST(:patterns AS text[]))
      AND NOT EXISTS (
        SELECT FROM unnest(CAST(:begins AS text[]), CAST(:long AS boolean[]))
            AS typed (begins, is_long)
        WHERE NOT (number ILIKE typed.begins OR typed.is_long AND postcode ILIKE typed.begins
                   OR street ~ '[0-9]' AND street ILIKE '%' || typed.begins))
    ORDER BY (lower(number) = ANY(CAST(:numbers AS text[]))) DESC,
             substring(number FROM '^[0-9]{1,9}')::bigint NULLS LAST, number, street, village
    LIMIT :at_most
"""

_NEAREST = """
    WITH near AS (
        SELECT *, ST_DistanceSphere(
            spot, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326)) AS distance_metres
        FROM address
        WHERE spot && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
    )
    SELECT street, number, postcode, village, ST_X(spot) AS longitude, ST_Y(spot) AS latitude
    FROM near
    WHERE distance_metres <= :within_metres
    ORDER BY distance_metres
    LIMIT 1
"""


def _own_address(row: Row[Any]) -> Address:
    return Address(
        row.street, row.number, row.postcode, row.village, Spot(row.longitude, row.latitude)
    )


def _literally(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def address_book(service: str, *, database: Database, municipality_code: str) -> AddressBook:
    """Return the address book that the setting names: `pdok`, `demo` or `none`."""
    if service == "pdok":
        return PdokAddresses(municipality_code)
    if service == "demo":
        return DemoAddresses(database)
    return NoAddresses()
