"""The national register of addresses, through PDOK's Locatieserver, asked so that nobody waits."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

import httpx

from app.foundation.texts import clean_text
from app.geography.model import NEAREST_ADDRESS_WITHIN_METRES, Address, NotAPlace, Spot

log = logging.getLogger(__name__)

PDOK_LOCATIESERVER = "https://api.pdok.nl/bzk/locatieserver/search/v3_1"

#: Nothing of ours waits longer than this for an address.
LONGEST_WAIT_SECONDS = 2.0

#: For so long the register is left alone after it failed.
REST_SECONDS = 10.0

#: So many questions may be out at the same moment; the next one is answered with nothing.
_MOST_AT_ONCE = 8

_LONGEST_ANSWER_BYTES = 500_000
_LONGEST_QUESTION = 200

_KEPT_SECONDS = 3600.0
_MOST_KEPT = 2000

_POINT = re.compile(r"POINT\((-?\d{1,3}(?:\.\d+)?) (-?\d{1,3}(?:\.\d+)?)\)", re.ASCII)

T = TypeVar("T")


class PdokAddresses:
    """The national register of addresses, limited to one municipality.

    Answers are kept for an hour. The question itself is asked beside the request, which goes on
    after two seconds whatever hangs: the name server, the connection, or an answer that drips.
    After it failed the register is left alone for some seconds, so that a hanging one costs one
    request its two seconds and not all of them. What it says no to (a question it does not
    understand) is no failure.
    """

    #: What we ask the register to tell; it gives coordinates as "POINT(longitude latitude)".
    _FIELDS = "id,straatnaam,huis_nlt,postcode,woonplaatsnaam,gemeentecode,centroide_ll"

    def __init__(
        self,
        municipality_code: str,
        *,
        url: str = PDOK_LOCATIESERVER,
        wait_seconds: float = LONGEST_WAIT_SECONDS,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._municipality = municipality_code.removeprefix("GM")
        self._wait_seconds = wait_seconds
        self._client = httpx.Client(
            base_url=url,
            timeout=wait_seconds,
            # A small answer could unpack into one that fills the memory.
            headers={"Accept-Encoding": "identity"},
        )
        self._kept: _Kept[tuple[Address, ...]] = _Kept(ticks)
        self._rests_until = 0.0
        self._ticks = ticks
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def search(self, text: str, *, at_most: int = 5) -> Sequence[Address]:
        """Return the addresses the register proposes for this text."""
        asked = " ".join(clean_text(text).split())[:_LONGEST_QUESTION]
        if not asked:
            return ()
        found = self._answer(
            ("search", asked.lower(), at_most),
            "suggest",
            {"q": asked, "rows": str(at_most), "fl": self._FIELDS},
        )
        return found[:at_most]

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
                "distance": str(NEAREST_ADDRESS_WITHIN_METRES),
                "rows": "1",
                "type": "adres",
                "fl": self._FIELDS,
            },
        )
        return found[0] if found else None

    def is_away(self) -> bool:
        """Return whether the register rests after a failure, or has all it can take."""
        if self._ticks() < self._rests_until or not self._free.acquire(blocking=False):
            return True
        self._free.release()
        return False

    def close(self) -> None:
        """Close the connections to the register."""
        self._client.close()

    def _answer(self, key: object, service: str, asked: dict[str, str]) -> tuple[Address, ...]:
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        if self._ticks() < self._rests_until or not self._free.acquire(blocking=False):
            return ()
        answer: Future[tuple[Address, ...]] = Future()
        threading.Thread(
            target=self._ask, args=(answer, key, service, asked), name="addresses", daemon=True
        ).start()
        try:
            return answer.result(timeout=self._wait_seconds)
        except Exception as problem:  # the promise is that nothing is raised, whatever it was
            log.warning("address_register_failed: %s: %s", service, type(problem).__name__)
            if not _is_a_no(problem):
                self._rests_until = self._ticks() + REST_SECONDS
            return ()

    def _ask(
        self,
        answer: Future[tuple[Address, ...]],
        key: object,
        service: str,
        asked: dict[str, str],
    ) -> None:
        deadline = time.monotonic() + self._wait_seconds
        try:
            documents = self._documents(service, asked, deadline)
            found = (self._address(document, deadline) for document in documents)
            addresses = tuple(address for address in found if address is not None)
            self._kept.put(key, addresses)
            answer.set_result(addresses)
        except Exception as problem:  # handed to the request that waits
            answer.set_exception(problem)
        finally:
            self._free.release()

    def _documents(
        self, service: str, asked: Mapping[str, str], deadline: float
    ) -> Sequence[object]:
        limits: list[tuple[str, str]] = [("fq", f"gemeentecode:{self._municipality}")]
        if service == "suggest":
            limits.append(("fq", "type:adres"))
        whole = b""
        with self._client.stream("GET", service, params=[*asked.items(), *limits]) as answer:
            answer.raise_for_status()
            # The client's own time-out is for each piece; one that drips is stopped here.
            for piece in answer.iter_bytes():
                whole += piece
                if time.monotonic() > deadline or len(whole) > _LONGEST_ANSWER_BYTES:
                    raise httpx.ReadTimeout("too slow or too long")
        documents: Sequence[object] = json.loads(whole)["response"]["docs"]
        return documents

    def _address(self, document: object, deadline: float) -> Address | None:
        """Return the address of a document; one without a place is looked up by its id.

        A document that cannot be used is left out, and so is one of another municipality.
        """
        if isinstance(document, dict) and "id" in document and "centroide_ll" not in document:
            asked = {"id": str(document["id"]), "fl": self._FIELDS}
            document = next(iter(self._documents("lookup", asked, deadline)), None)
        if not isinstance(document, dict):
            return None
        if document.get("gemeentecode", self._municipality) != self._municipality:
            return None
        spot = _spot(document.get("centroide_ll"))
        if spot is None:
            return None
        street, number, postcode, village = (
            clean_text(str(document.get(field) or ""))
            for field in ("straatnaam", "huis_nlt", "postcode", "woonplaatsnaam")
        )
        return Address(street, number, postcode, village, spot)


def _is_a_no(problem: Exception) -> bool:
    """Whether the register answered that it does not take this question."""
    return (
        isinstance(problem, httpx.HTTPStatusError)
        and 400 <= problem.response.status_code < 500
        and problem.response.status_code not in {408, 429}
    )


def _spot(point: Any) -> Spot | None:  # noqa: ANN401  # whatever stood in the JSON
    place = _POINT.fullmatch(point) if isinstance(point, str) else None
    if place is None:
        return None
    try:
        return Spot(float(place[1]), float(place[2]))
    except NotAPlace:
        return None


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
