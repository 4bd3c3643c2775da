"""The demo's places: areas drawn by hand, and what stands along its made-up streets."""

from __future__ import annotations

import itertools
import json
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

_DATA = Path(__file__).with_name("data")

#: Every id of a demo asset follows from this and its number, so that it is the same everywhere.
_DEMO = UUID("8f6d1c9e-5a0b-4b57-9d55-3f1c27a4e0d2")

LAMP_POSTS_ON_STREETS = 292
LAMP_POSTS_OF_THE_PROVINCE = 8
BINS = 200

_METRES_PER_DEGREE = 111_200
_METRES_BETWEEN_HOUSES = 18


@dataclass(frozen=True, slots=True)
class DemoSpot:
    """A point beside a street, longitude and latitude in WGS 84, and which street it is."""

    longitude: float
    latitude: float
    village_code: str
    village: str
    street: str


@dataclass(frozen=True, slots=True)
class DemoAsset:
    """A lamp post or a bin of the demo."""

    id: UUID
    kind: str
    number: str
    spot: DemoSpot
    owner_code: str | None = None

    @property
    def number_and_street(self) -> str:
        """The number as people find it: it is unique in its street alone."""
        return f"{self.number}, {self.spot.street}"


@dataclass(frozen=True, slots=True)
class DemoAddress:
    """A house of the demo."""

    number: str
    postcode: str
    spot: DemoSpot


@dataclass(frozen=True, slots=True)
class Street:
    """A street of the demo: points in metres east and north of the village's centre."""

    name: str
    village_code: str
    village: str
    prefix: str
    postcode: str
    centre: tuple[float, float]
    points: tuple[tuple[float, float], ...]

    @property
    def length_metres(self) -> float:
        """How long the street is."""
        return sum(math.dist(one, other) for one, other in _legs(self.points))

    def spot(self, along_metres: float, aside_metres: float) -> DemoSpot:
        """Return the point so far along the street, and so far to its left (or right)."""
        left = along_metres
        for one, other in _legs(self.points):
            leg = math.dist(one, other)
            if left <= leg or other == self.points[-1]:
                east = (other[0] - one[0]) / leg
                north = (other[1] - one[1]) / leg
                return self._at(
                    one[0] + east * left - north * aside_metres,
                    one[1] + north * left + east * aside_metres,
                )
            left -= leg
        raise ValueError("a street has two points")

    def _at(self, east_metres: float, north_metres: float) -> DemoSpot:
        longitude, latitude = self.centre
        shrink = math.cos(math.radians(latitude))
        return DemoSpot(
            longitude=round(longitude + east_metres / (_METRES_PER_DEGREE * shrink), 6),
            latitude=round(latitude + north_metres / _METRES_PER_DEGREE, 6),
            village_code=self.village_code,
            village=self.village,
            street=self.name,
        )


def demo_areas() -> list[dict[str, Any]]:
    """Return the features of the demo's areas, as GeoJSON with `kind`, `code` and `name`."""
    features: list[dict[str, Any]] = json.loads(
        (_DATA / "areas.geojson").read_text(encoding="utf-8")
    )["features"]
    return features


@cache
def streets() -> tuple[Street, ...]:
    """Return the demo's streets, village by village."""
    with (_DATA / "streets.toml").open("rb") as file:
        villages = tomllib.load(file)["village"]
    return tuple(
        Street(
            name=street["name"],
            village_code=village["code"],
            village=village["name"],
            prefix=village["prefix"],
            postcode=f"{village['postcode']} {street['letters']}",
            centre=(village["centre"][0], village["centre"][1]),
            points=tuple((east, north) for east, north in street["points"]),
        )
        for village in villages
        for street in village["streets"]
    )


def lamp_posts() -> list[DemoAsset]:
    """Return 300 lamp posts: along the streets our own, along the N257 the province's."""
    ours = _numbered("lamp-post", "", LAMP_POSTS_ON_STREETS, aside_metres=3.5)
    return ours + [
        DemoAsset(
            id=uuid5(_DEMO, f"lamp-post N257-{place:02}"),
            kind="lamp-post",
            number=f"N257-{place:02}",
            spot=DemoSpot(
                longitude=round(4.2850 - 0.0009 * place, 6),
                latitude=round(51.5945 + 0.00045 * place, 6),
                village_code="de-heen",
                village="De Heen",
                street="N257",
            ),
            owner_code="provincie-noord-brabant",
        )
        for place in range(1, LAMP_POSTS_OF_THE_PROVINCE + 1)
    ]


def bins() -> list[DemoAsset]:
    """Return 200 bins along the streets."""
    return _numbered("bin", "B", BINS, aside_metres=-4.5)


def addresses() -> list[DemoAddress]:
    """Return the houses along the streets: odd numbers on one side, even ones on the other."""
    return [
        DemoAddress(
            number=str(place * 2 + (1 if aside_metres < 0 else 2)),
            postcode=street.postcode,
            spot=street.spot((place + 0.5) * _METRES_BETWEEN_HOUSES, aside_metres),
        )
        for street in streets()
        for place in range(int(street.length_metres // _METRES_BETWEEN_HOUSES))
        for aside_metres in (-10.0, 10.0)
    ]


def _numbered(kind: str, start: str, how_many: int, *, aside_metres: float) -> list[DemoAsset]:
    """Spread so many things evenly over all streets; a number is unique in its street alone."""
    step = sum(street.length_metres for street in streets()) / how_many
    made: list[DemoAsset] = []
    begins_at = 0.0
    for street in streets():
        ends_at = begins_at + street.length_metres
        number = 0
        while len(made) < how_many and (len(made) + 0.5) * step <= ends_at:
            number += 1
            made.append(
                DemoAsset(
                    id=uuid5(_DEMO, f"{kind} {street.village_code} {street.name} {number}"),
                    kind=kind,
                    number=f"{start}{number}",
                    spot=street.spot((len(made) + 0.5) * step - begins_at, aside_metres),
                )
            )
        begins_at = ends_at
    return made


def _legs(
    points: tuple[tuple[float, float], ...],
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    return itertools.pairwise(points)
