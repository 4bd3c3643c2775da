"""Finds what is known about thousands of places at once, by the rules for a single one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.model import BORDER_METRES, MUNICIPALITY, FoundArea, Spot


@dataclass(frozen=True, slots=True)
class PlaceToFind:
    """A spot in WGS 84, and the asset that was named there."""

    spot: Spot
    asset_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """What is known about a place; `spot` is where its areas were looked up.

    That is the asset's own spot, or for a place just outside the border the nearest one on it.
    """

    spot: Spot
    areas: tuple[FoundArea, ...] = field(default=())
    is_at_border: bool = False
    asset_number: str | None = None
    asset_kind: str | None = None
    asset_owner_id: UUID | None = None

    @property
    def has_asset(self) -> bool:
        """Whether an asset was named."""
        return self.asset_number is not None


Thing = TypeVar("Thing")

#: So many places are looked up by one statement, which has a time of its own.
_AT_ONCE = 2_000


def in_portions(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    """Give so many at once as one statement looks up within its time."""
    for first in range(0, len(things), _AT_ONCE):
        yield things[first : first + _AT_ONCE]


#: An asset that was taken away since was there when it was named.
_PLACES = text(
    """
    SELECT place.number, ST_X(place.spot) AS longitude, ST_Y(place.spot) AS latitude,
           place.asset_number, place.asset_kind, place.owner_party_id
    FROM (
        SELECT given.number, asset.kind AS asset_kind,
               asset.number || coalesce(', ' || nullif(asset.street, ''), '') AS asset_number,
               asset.owner_party_id, coalesce(asset.spot,
                   ST_SetSRID(ST_MakePoint(given.longitude, given.latitude), 4326)) AS spot
        FROM unnest(CAST(:longitudes AS float8[]), CAST(:latitudes AS float8[]),
                    CAST(:assets AS uuid[])) WITH ORDINALITY
             AS given (longitude, latitude, asset_id, number)
        LEFT JOIN asset ON asset.id = given.asset_id
    ) AS place
    ORDER BY place.number
    """
)

_AREAS = text(
    """
    SELECT DISTINCT given.number, area.id AS area_id
    FROM unnest(CAST(:longitudes AS float8[]), CAST(:latitudes AS float8[])) WITH ORDINALITY
         AS given (longitude, latitude, number)
    JOIN area_part ON ST_Covers(
        area_part.shape, ST_SetSRID(ST_MakePoint(given.longitude, given.latitude), 4326))
    JOIN area ON area.id = area_part.area_id
    WHERE area.valid_from <= :on AND (area.valid_until IS NULL OR area.valid_until > :on)
    """
)

_NAMES = text(
    """
    SELECT id, kind, code, name, square_metres FROM area
    WHERE valid_from <= :on AND (valid_until IS NULL OR valid_until > :on)
    """
)

_ON_BORDER = text(
    """
    SELECT given.number, ST_X(nearest.spot) AS longitude, ST_Y(nearest.spot) AS latitude
    FROM unnest(CAST(:longitudes AS float8[]), CAST(:latitudes AS float8[])) WITH ORDINALITY
         AS given (longitude, latitude, number)
    CROSS JOIN LATERAL (
        SELECT ST_ClosestPoint(area_part.shape, place.spot) AS spot
        FROM area_part JOIN area ON area.id = area_part.area_id,
             (SELECT ST_SetSRID(ST_MakePoint(given.longitude, given.latitude), 4326) AS spot)
                 AS place
        WHERE area.kind = 'municipality' AND area.code = :code
          AND area.valid_from <= :on AND (area.valid_until IS NULL OR area.valid_until > :on)
          AND area_part.shape && ST_Expand(place.spot, :border_degrees)
          AND ST_DWithin(area_part.shape::geography, place.spot::geography, :border_metres)
        ORDER BY ST_Distance(area_part.shape, place.spot) LIMIT 1
    ) AS nearest
    """
)

#: A degree of longitude is never less than 65 km here.
_BORDER_DEGREES = BORDER_METRES / 65_000


def find_places(
    transaction: Transaction, places: Sequence[PlaceToFind], *, municipality_code: str, on: date
) -> list[FoundPlace]:
    """Return what is known about each place on this day, in their order.

    What a report's place is found by, for many at once: an asset's own spot, and places within
    `BORDER_METRES` outside the municipality taken as inside.
    """
    if not places:
        return []
    rows = transaction.read(
        _PLACES,
        {
            "longitudes": [place.spot.longitude for place in places],
            "latitudes": [place.spot.latitude for place in places],
            "assets": [place.asset_id for place in places],
        },
    )
    found = [
        FoundPlace(
            Spot(row.longitude, row.latitude),
            asset_number=row.asset_number,
            asset_kind=row.asset_kind,
            asset_owner_id=row.owner_party_id,
        )
        for row in rows
    ]
    areas = _areas(transaction, [place.spot for place in found], on=on)
    found = [replace(place, areas=here) for place, here in zip(found, areas, strict=True)]
    return _with_the_border(transaction, found, municipality_code=municipality_code, on=on)


def _areas(
    transaction: Transaction, spots: Sequence[Spot], *, on: date
) -> list[tuple[FoundArea, ...]]:
    named = {
        row.id: FoundArea(row.kind, row.code, row.name, row.square_metres)
        for row in transaction.read(_NAMES, {"on": on})
    }
    # A lamp post is reported time and again: each spot is looked up once, neighbours together.
    once = sorted(set(spots), key=lambda spot: (spot.longitude, spot.latitude))
    here: dict[Spot, list[FoundArea]] = defaultdict(list)
    for portion in in_portions(once):
        for row in transaction.read(
            _AREAS,
            {
                "longitudes": [spot.longitude for spot in portion],
                "latitudes": [spot.latitude for spot in portion],
                "on": on,
            },
        ):
            here[portion[row.number - 1]].append(named[row.area_id])
    found = {
        spot: tuple(sorted(areas, key=lambda area: (area.kind, area.code)))
        for spot, areas in here.items()
    }
    return [found.get(spot, ()) for spot in spots]


def _with_the_border(
    transaction: Transaction, found: list[FoundPlace], *, municipality_code: str, on: date
) -> list[FoundPlace]:
    """Return the places, those just outside the municipality with the areas on its border."""
    ours = (MUNICIPALITY, municipality_code)
    outside = [
        number
        for number, place in enumerate(found)
        if ours not in {(area.kind, area.code) for area in place.areas}
    ]
    if not outside:
        return found
    # The places just outside, each with the nearest one on the border.
    near = [
        (portion[row.number - 1], Spot(row.longitude, row.latitude))
        for portion in in_portions(outside)
        for row in transaction.read(
            _ON_BORDER,
            {
                "longitudes": [found[number].spot.longitude for number in portion],
                "latitudes": [found[number].spot.latitude for number in portion],
                "code": municipality_code,
                "on": on,
                "border_degrees": _BORDER_DEGREES,
                "border_metres": BORDER_METRES,
            },
        )
    ]
    if not near:
        return found
    municipality = next(
        FoundArea(row.kind, row.code, row.name, row.square_metres)
        for row in transaction.read(_NAMES, {"on": on})
        if (row.kind, row.code) == ours
    )
    brought = list(found)
    areas_there = _areas(transaction, [spot for _, spot in near], on=on)
    for (number, spot), areas in zip(near, areas_there, strict=True):
        others = (area for area in areas if area.kind != MUNICIPALITY)
        brought[number] = replace(
            found[number], spot=spot, areas=(municipality, *others), is_at_border=True
        )
    return brought
