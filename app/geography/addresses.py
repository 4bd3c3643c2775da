"""Who knows the addresses: the national register, the demo's own table, or nobody."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import httpx
from sqlalchemy import Row, text
from sqlalchemy.exc import SQLAlchemyError

from app.foundation.database import Database
from app.geography.model import Address, NotAPlace, Spot

log = logging.getLogger(__name__)

#: Nothing of ours waits longer than this for an address.
LONGEST_WAIT_SECONDS = 2.0

#: An address further away than this says nothing about a spot.
NEAREST_WITHIN_METRES = 200

PDOK_LOCATIESERVER = "https://api.pdok.nl/bzk/locatieserver/search/v3_1"


class AddressBook(Protocol):
    """Finds addresses of the municipality.

    It never raises: when it does not know, or cannot be reached within two seconds, the answer is
    empty and the log says why. No report waits for an address.
    """

    def search(self, text: str, *, at_most: int = 5) -> Sequence[Address]:
        """Return the addresses this text may mean, the likeliest first."""
        ...

    def nearest(self, spot: Spot) -> Address | None:
        """Return the address nearest to the spot, when there is one within 200 metres."""
        ...


class NoAddresses:
    """An address book for installations that go without."""

    def search(self, text: str, *, at_most: int = 5) -> Sequence[Address]:
        """Return nothing."""
        return []

    def nearest(self, spot: Spot) -> Address | None:
        """Return nothing."""
        return None


class DemoAddresses:
    """The addresses of the demo's own streets, in our own table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(self, text: str, *, at_most: int = 5) -> Sequence[Address]:
        """Return the addresses that hold every word of the text."""
        words = [word for word in re.split(r"[\s,]+", text.strip()) if word][:8]
        if not words:
            return []
        patterns = [f"%{_literally(word)}%" for word in words]
        return self._ask(_SEARCH, {"patterns": patterns, "at_most": at_most})

    def nearest(self, spot: Spot) -> Address | None:
        """Return the address nearest to the spot."""
        box = spot.box_around(NEAREST_WITHIN_METRES)
        found = self._ask(
            _NEAREST,
            {
                "longitude": spot.longitude,
                "latitude": spot.latitude,
                "west": box.west,
                "south": box.south,
                "east": box.east,
                "north": box.north,
                "within_metres": NEAREST_WITHIN_METRES,
            },
        )
        return found[0] if found else None

    def _ask(self, statement: str, values: dict[str, object]) -> list[Address]:
        try:
            with self._database.transaction() as transaction:
                return [
                    _own_address(row)
                    for row in transaction.connection.execute(text(statement), values)
                ]
        except SQLAlchemyError:
            log.warning("address_book_failed", exc_info=True)
            return []


_SEARCH = """
    SELECT street, number, postcode, village, ST_X(spot) AS longitude, ST_Y(spot) AS latitude
    FROM address
    WHERE (street || ' ' || number || ' ' || postcode || ' ' || village) ILIKE ALL (:patterns)
    ORDER BY length(number), number, street, village
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


class PdokAddresses:
    """The national register of addresses, through PDOK's Locatieserver.

    Limited to one municipality. Answers are kept for an hour; what failed is not asked again for
    some seconds, so that a hanging register costs one request its two seconds and not all of them.
    """

    #: What we ask the register to tell; it gives coordinates as "POINT(longitude latitude)".
    _FIELDS = "id,straatnaam,huis_nlt,postcode,woonplaatsnaam,centroide_ll"

    def __init__(
        self,
        municipality_code: str,
        *,
        url: str = PDOK_LOCATIESERVER,
        wait_seconds: float = LONGEST_WAIT_SECONDS,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._only_ours = f"gemeentecode:{municipality_code.removeprefix('GM')}"
        self._wait_seconds = wait_seconds
        self._client = httpx.Client(base_url=url, timeout=wait_seconds * 0.4)
        self._kept: _Kept[list[Address]] = _Kept(ticks)
        self._quiet_until = 0.0
        self._ticks = ticks

    def search(self, text: str, *, at_most: int = 5) -> Sequence[Address]:
        """Return the addresses the register proposes for this text."""
        asked = " ".join(text.split())[:200]
        if not asked:
            return []
        return self._answer(
            ("search", asked.lower(), at_most),
            "suggest",
            {"q": asked, "rows": str(at_most), "fl": self._FIELDS},
        )

    def nearest(self, spot: Spot) -> Address | None:
        """Return the register's address nearest to the spot."""
        # Five decimals are a metre: near enough, and more often found among what is kept.
        longitude, latitude = round(spot.longitude, 5), round(spot.latitude, 5)
        found = self._answer(
            ("nearest", longitude, latitude),
            "reverse",
            {
                "lon": str(longitude),
                "lat": str(latitude),
                "distance": str(NEAREST_WITHIN_METRES),
                "rows": "1",
                "type": "adres",
                "fl": self._FIELDS,
            },
        )
        return found[0] if found else None

    def _answer(self, key: object, service: str, asked: dict[str, str]) -> list[Address]:
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        if self._ticks() < self._quiet_until:
            return []
        # The last piece may still take its own time-out, so the rest ends before.
        deadline = self._ticks() + self._wait_seconds * 0.6
        try:
            documents = self._documents(service, asked, deadline)
            addresses = [
                address
                for document in documents
                if (address := self._address(document, deadline)) is not None
            ]
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as problem:
            log.warning("address_register_failed: %s: %s", service, type(problem).__name__)
            self._quiet_until = self._ticks() + _QUIET_SECONDS
            return []
        self._kept.put(key, addresses)
        return addresses

    def _documents(
        self, service: str, asked: dict[str, str], deadline: float
    ) -> list[dict[str, Any]]:
        limits: list[tuple[str, str]] = [("fq", self._only_ours)]
        if service == "suggest":
            limits.append(("fq", "type:adres"))
        whole = b""
        with self._client.stream("GET", service, params=[*asked.items(), *limits]) as answer:
            answer.raise_for_status()
            # The client's own time-out is for each piece; one that drips is stopped here.
            for piece in answer.iter_bytes():
                whole += piece
                if self._ticks() > deadline or len(whole) > _LONGEST_ANSWER_BYTES:
                    raise httpx.ReadTimeout("too slow or too long")
        documents: list[dict[str, Any]] = json.loads(whole)["response"]["docs"]
        return documents

    def _address(self, document: dict[str, Any], deadline: float) -> Address | None:
        """Return the address of a document; one without a place is looked up by its id."""
        if "centroide_ll" not in document:
            asked = {"id": document["id"], "fl": self._FIELDS}
            found = self._documents("lookup", asked, deadline)
            if not found:
                return None
            document = found[0]
        place = _POINT.fullmatch(document["centroide_ll"])
        if place is None:
            return None
        try:
            spot = Spot(float(place[1]), float(place[2]))
        except NotAPlace:
            return None
        return Address(
            street=document.get("straatnaam", ""),
            number=str(document.get("huis_nlt", "")),
            postcode=document.get("postcode", ""),
            village=document.get("woonplaatsnaam", ""),
            spot=spot,
        )


_POINT = re.compile(r"POINT\(([-\d.]+) ([-\d.]+)\)")

#: For so long the register is left alone after it failed.
_QUIET_SECONDS = 10.0

_LONGEST_ANSWER_BYTES = 500_000

_KEPT_SECONDS = 3600.0
_MOST_KEPT = 2000

T = TypeVar("T")


class _Kept(Generic[T]):
    """The last answers, for an hour at the most."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._answers: OrderedDict[object, tuple[float, T]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> T | None:
        with self._lock:
            kept = self._answers.get(key)
            if kept is None or kept[0] < self._ticks():
                return None
            self._answers.move_to_end(key)
            return kept[1]

    def put(self, key: object, answer: T) -> None:
        with self._lock:
            self._answers[key] = (self._ticks() + _KEPT_SECONDS, answer)
            while len(self._answers) > _MOST_KEPT:
                self._answers.popitem(last=False)


def address_book(service: str, *, database: Database, municipality_code: str) -> AddressBook:
    """Return the address book that the setting names: `pdok`, `demo` or `none`."""
    if service == "pdok":
        return PdokAddresses(municipality_code)
    if service == "demo":
        return DemoAddresses(database)
    return NoAddresses()
