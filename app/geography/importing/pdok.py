"""Boundaries from the national services of PDOK (OGC API Features), page after page."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx

from app.foundation.sentences import Sentence
from app.geography.importing.model import Progress
from app.geography.model import Box, RegisterAway

PDOK = "https://api.pdok.nl"

#: Nothing waits longer than this for one page.
LONGEST_WAIT_SECONDS = 2.0
_TRIES = 3
_REST_SECONDS = 1.0
_PER_PAGE = 1000
#: The whole country has some fifteen thousand neighbourhoods.
_MOST_PAGES = 200
_LARGEST_PAGE_BYTES = 50_000_000


class Boundaries(StrEnum):
    """What the register keeps boundaries of."""

    MUNICIPALITY = "municipality"
    NEIGHBOURHOODS = "neighbourhoods"


class BoundaryRegister(Protocol):
    """Keeps the boundaries of the whole country, in WGS 84."""

    def pages(
        self, what: Boundaries, *, year: int, box: Box | None, tell: Progress
    ) -> Iterator[Sequence[Mapping[str, Any]]]:
        """Give the features of every page; only what touches the box, where there is one.

        Raises:
            RegisterAway: it does not answer in time, or not with features.
        """
        ...


#: Where each service keeps them, and the fields that hold their municipality, code and name.
_COLLECTIONS = {
    Boundaries.MUNICIPALITY: "/kadaster/brk-bestuurlijke-gebieden/ogc/v1/collections/{name}",
    Boundaries.NEIGHBOURHOODS: "/cbs/wijken-en-buurten-{year}/ogc/v1/collections/{name}",
}
_NAMES = {Boundaries.MUNICIPALITY: "gemeentegebied", Boundaries.NEIGHBOURHOODS: "buurten"}
_OF_MUNICIPALITY = ("gemeentecode", "identificatie", "gm_code", "code")
_CODE = {
    Boundaries.MUNICIPALITY: _OF_MUNICIPALITY,
    Boundaries.NEIGHBOURHOODS: ("buurtcode", "bu_code"),
}
_NAME = {
    Boundaries.MUNICIPALITY: ("naam", "gemeentenaam", "gm_naam"),
    Boundaries.NEIGHBOURHOODS: ("buurtnaam", "bu_naam"),
}


class PdokBoundaries:
    """The register as PDOK serves it."""

    def __init__(self, address: str = PDOK, *, rest: Callable[[float], None] = time.sleep) -> None:
        self._address = address
        self._rest = rest

    def pages(
        self, what: Boundaries, *, year: int, box: Box | None, tell: Progress
    ) -> Iterator[Sequence[Mapping[str, Any]]]:
        """Give the features of every page, following `next` as long as it stays with the host."""
        query = {"f": "json", "limit": str(_PER_PAGE)}
        if box is not None:
            query["bbox"] = f"{box.west},{box.south},{box.east},{box.north}"
        collection = _COLLECTIONS[what].format(year=year, name=_NAMES[what])
        address = f"{self._address}{collection}/items?{httpx.QueryParams(query)}"
        seen: set[str] = set()
        with httpx.Client(timeout=LONGEST_WAIT_SECONDS, follow_redirects=False) as client:
            while True:
                if address in seen or len(seen) == _MOST_PAGES:
                    raise RegisterAway(Sentence("Its pages lead to one another without an end."))
                seen.add(address)
                page = self._page(client, address, tell)
                features = page["features"]
                tell(f"Page {len(seen)}: {len(features)} boundaries")
                yield features
                further = _next(page)
                if further is None:
                    return
                address = urljoin(address, further)
                if urlsplit(address)[:2] != urlsplit(self._address)[:2]:
                    raise RegisterAway(Sentence("Its next page is on another host."))

    def _page(self, client: httpx.Client, address: str, tell: Progress) -> Mapping[str, Any]:
        for tried in range(1, _TRIES + 1):
            try:
                return _page_of(client, address)
            except (httpx.HTTPError, _Broken) as wrong:
                said = (
                    wrong.said if isinstance(wrong, _Broken) else str(wrong) or type(wrong).__name__
                )
                if tried == _TRIES or (isinstance(wrong, _Broken) and wrong.is_final):
                    raise RegisterAway(
                        Sentence("PDOK: %(said)s (%(address)s)", said=said, address=address)
                    ) from None
                tell(f"PDOK: {said}; try {tried + 1} of {_TRIES}")
                self._rest(_REST_SECONDS * tried)
        raise AssertionError("the last try returns or raises")


class _Broken(Exception):
    """An answer that is no page of features."""

    def __init__(self, said: str, *, is_final: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.is_final = is_final


def _page_of(client: httpx.Client, address: str) -> Mapping[str, Any]:
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    with client.stream("GET", address, headers={"Accept": "application/geo+json"}) as answer:
        if answer.status_code != httpx.codes.OK:
            raise _Broken(
                Sentence("it answered with %(status)s", status=int(answer.status_code)),
                is_final=answer.status_code < 500,
            )
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > _LARGEST_PAGE_BYTES:
                raise _Broken(Sentence("its page is too large"), is_final=True)
            # A page that drips in is as late as one that does not come.
            if time.monotonic() > until:
                raise _Broken(Sentence("its page did not come within 2 seconds"))
    try:
        page = json.loads(body)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise _Broken(Sentence("its page is no JSON")) from None
    if not isinstance(page, dict) or not isinstance(page.get("features"), list):
        raise _Broken(Sentence("its page holds no features"))
    if not all(isinstance(feature, dict) for feature in page["features"]):
        raise _Broken(Sentence("its page holds what are no features"))
    return page


def _next(page: Mapping[str, Any]) -> str | None:
    links = page.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next" and isinstance(link["href"], str):
            return str(link["href"])
    return None


class KeptBoundaries:
    """A register in memory, for trying and tests."""

    def __init__(self, pages: Mapping[Boundaries, Sequence[Sequence[Mapping[str, Any]]]]) -> None:
        self._pages = pages

    def pages(
        self, what: Boundaries, *, year: int, box: Box | None, tell: Progress
    ) -> Iterator[Sequence[Mapping[str, Any]]]:
        """Give the pages it was given."""
        for number, features in enumerate(self._pages.get(what, [[]]), start=1):
            tell(f"Page {number}: {len(features)} boundaries")
            yield features


def fetched(
    register: BoundaryRegister,
    what: Boundaries,
    *,
    code: str,
    year: int,
    box: Box | None,
    into: Path,
    tell: Progress,
) -> tuple[str, Path]:
    """Write what a municipality has into a GeoJSON file; return its source in words, and the file.

    Every feature has `code` and `name`; it is read as any other file is.

    Raises:
        RegisterAway: the register does not answer, or knows nothing of this municipality.
    """
    found: list[dict[str, Any]] = []
    for page in register.pages(what, year=year, box=box, tell=tell):
        for feature in page:
            told: object = feature.get("properties")
            if not isinstance(told, Mapping) or not _is_of(told, code):
                continue
            found.append(
                {
                    "type": "Feature",
                    "properties": {
                        "code": _first(told, _CODE[what]),
                        "name": _first(told, _NAME[what]),
                    },
                    "geometry": feature.get("geometry"),
                }
            )
    if not found:
        raise RegisterAway(
            Sentence("PDOK knows no %(what)s of %(code)s.", what=what.value, code=code)
        )
    if what is Boundaries.MUNICIPALITY:
        for feature in found:
            feature["properties"]["code"] = code
    path = into / f"pdok-{what.value}.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": found}, allow_nan=False),
        encoding="utf-8",
    )
    of = "BRK" if what is Boundaries.MUNICIPALITY else f"CBS {year}"
    return f"PDOK {of} {code}", path


def _is_of(told: Mapping[str, Any], code: str) -> bool:
    said = {str(told.get(field)) for field in _OF_MUNICIPALITY if told.get(field) is not None}
    return bool(said & {code, code.removeprefix("GM")})


def _first(told: Mapping[str, Any], fields: Sequence[str]) -> str | None:
    return next((str(told[field]) for field in fields if told.get(field)), None)
