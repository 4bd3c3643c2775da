"""Finds the place a caller names: an address, a corner of streets, a lamp post by its number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.foundation.database import Database
from app.geography.addresses import AddressBook
from app.geography.changing import AssetListed, assets_found
from app.geography.model import Address, Spot
from app.geography.named_places import has_number, object_named
from app.geography.rules import metres_between

PROPOSED = 6
#: So many addresses of each street are looked at for where two streets meet.
_OF_A_STREET = 100
#: Houses on both sides of a corner stand no further apart.
_CORNER_METRES = 120

#: "hoek Kade en Dorpsstraat", "Kade / Dorpsstraat", "corner of Kade and Dorpsstraat".
_CORNER = re.compile(
    r"^\s*(?:(?:op de |the )?(?:hoek|kruising|kruispunt|splitsing|corner|junction|crossing)"
    r"(?: van| of)?(?: de| het| the)?\s+)?"
    r"(?P<one>[^\d,/&]{3,60}?)\s*(?:/|&|\+|\ben\b|\bmet\b|\bhoek\b|\band\b|\bwith\b)\s*"
    r"(?P<other>[^\d,/&]{3,60}?)\s*(?:,\s*(?P<village>[^\d,/&]{2,60}))?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place that may be meant: an address, a corner, or an object with its number."""

    label: str
    spot: Spot
    asset_id: UUID | None = None
    #: Of an object: its kind.
    asset_kind: str | None = None
    #: What people type who mean just this one.
    names: frozenset[str] = frozenset()


def places_found(
    book: AddressBook, database: Database, typed: str, *, at_most: int = PROPOSED
) -> list[FoundPlace]:
    """Return the places these words may mean, the likeliest first; ask it outside a transaction."""
    corner = _CORNER.match(typed)
    if corner is not None and (found := _corner(book, corner)) is not None:
        return [found]
    kind, words = object_named(typed)
    if kind is not None and words:
        objects = _objects(database, kind, words, typed, at_most=at_most)
        if objects:
            return objects
    found_addresses = book.search(typed, at_most=at_most)
    if found_addresses:
        return [_at_address(one) for one in found_addresses]
    if has_number(typed):
        return _objects(database, None, typed, typed, at_most=at_most)
    return []


def one_meant(found: Sequence[FoundPlace], typed: str) -> FoundPlace | None:
    """Return the place that is plainly meant: the only one, or the only one called just so."""
    if len(found) == 1:
        return found[0]
    wanted = _plain(typed)
    meant = [one for one in found if wanted in one.names or wanted == _plain(one.label)]
    return meant[0] if len(meant) == 1 else None


def _at_address(one: Address) -> FoundPlace:
    at = f"{one.street} {one.number}"
    return FoundPlace(
        one.label, one.spot, names=frozenset({_plain(at), _plain(f"{at} {one.village}")})
    )


def _objects(
    database: Database, kind: str | None, words: str, typed: str, *, at_most: int
) -> list[FoundPlace]:
    with database.transaction() as transaction:
        found = assets_found(transaction, words=words, kind=kind, page=1)
    said = {word.casefold() for word in words.split()}
    # The number itself goes before numbers that only hold it.
    found.sort(key=lambda one: one.number.casefold() not in said)
    return [
        FoundPlace(
            _object_label(one),
            one.spot,
            asset_id=one.id,
            asset_kind=one.kind,
            names=frozenset({_plain(typed)} if one.number.casefold() in said else ()),
        )
        for one in found[:at_most]
    ]


def _object_label(one: AssetListed) -> str:
    return ", ".join(filter(None, (one.number, one.street)))


def _corner(book: AddressBook, named: re.Match[str]) -> FoundPlace | None:
    """Return the corner of two streets: between the two houses that stand nearest to each other."""
    village = named["village"] or ""
    sides = [
        _on_street(book, f"{named[side]} {village}".strip(), named[side])
        for side in ("one", "other")
    ]
    pairs = (
        (metres_between(one.spot, other.spot), one, other)
        for one in sides[0]
        for other in sides[1]
        if one.village == other.village and one.street != other.street
    )
    nearest = min(pairs, key=lambda pair: pair[0], default=None)
    if nearest is None or nearest[0] > _CORNER_METRES:
        return None
    _, one, other = nearest
    return FoundPlace(
        f"{one.street} / {other.street}, {one.village}",
        Spot(
            round((one.spot.longitude + other.spot.longitude) / 2, 6),
            round((one.spot.latitude + other.spot.latitude) / 2, 6),
        ),
    )


def _on_street(book: AddressBook, asked: str, street: str) -> list[Address]:
    wanted = _plain(street)
    return [one for one in book.search(asked, at_most=_OF_A_STREET) if wanted in _plain(one.street)]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())
