"""The nouns of geography: a spot, the areas and the asset found there, an address."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.foundation.errors import DomainError, FieldError

#: The kind of area within which the municipality takes reports.
MUNICIPALITY = "municipality"
VILLAGE = "village"
NEIGHBOURHOOD = "neighbourhood"
TEAM_DISTRICT = "team-district"
LIGHTING_CONTRACT = "lighting-contract"
ROAD_AUTHORITY = "road-authority"
WATER_AUTHORITY = "water-authority"

#: The kinds that have a name of their own on pages; a municipality may make more, by any word.
AREA_KINDS = (
    VILLAGE,
    NEIGHBOURHOOD,
    TEAM_DISTRICT,
    LIGHTING_CONTRACT,
    ROAD_AUTHORITY,
    WATER_AUTHORITY,
    MUNICIPALITY,
)

#: So near to the border, a place outside counts as ours: outlines differ by as much.
BORDER_METRES = 50

#: An address further away than this says nothing about a spot.
NEAREST_ADDRESS_WITHIN_METRES = 200


class NotAPlace(DomainError):
    """The place is not a point on earth: longitude from -180 to 180, latitude from -90 to 90."""


class UnknownAsset(DomainError):
    """There is no asset with this id."""


class MapFileRefused(DomainError):
    """The file with areas or objects cannot be used; nothing was changed."""


class AreasRefused(MapFileRefused):
    """These areas cannot be used; nothing was changed."""


class AgreementsWouldEnd(AreasRefused):
    """Agreements speak of areas that would no longer be there; nothing was changed."""


class AssetsRefused(MapFileRefused):
    """These objects cannot be used; nothing was changed."""


class ImportNotFound(DomainError):
    """There is no such import, or it was taken back already."""


class ImportNotUndone(DomainError):
    """This import cannot be taken back any more."""


class ChangedSince(DomainError):
    """Somebody else changed this meanwhile; look at it again."""


class AreaTaken(DomainError):
    """There is an area of this kind with this code already; change that one, or choose another."""


class AssetTaken(DomainError):
    """There is an object of this kind with this street and number already."""


class ShapeFault(StrEnum):
    """What is wrong with a shape that was drawn or typed."""

    NOTHING_DRAWN = "nothing-drawn"
    NO_GEOJSON = "no-geojson"
    NOT_ONE_FEATURE = "not-one-feature"
    NO_POLYGON = "no-polygon"
    TOO_FEW_CORNERS = "too-few-corners"
    TOO_MANY_CORNERS = "too-many-corners"
    LINE_WITHOUT_TWO_NUMBERS = "line-without-two-numbers"
    NO_SURFACE = "no-surface"
    TANGLED = "tangled"
    NOT_IN_THE_NETHERLANDS = "not-in-the-netherlands"
    TOO_SMALL = "too-small"
    TOO_LARGE = "too-large"


class ShapeRefused(DomainError):
    """What was drawn is no shape of an area."""

    def __init__(self, fault: ShapeFault, *, place: int = 0) -> None:
        super().__init__()
        self.fault = fault
        #: The line it is about, where corners were typed.
        self.place = place


class RegisterAway(DomainError):
    """The national register of boundaries does not answer as it should; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle between two meridians and two parallels, in degrees of WGS 84."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse what is no rectangle on earth.

        Raises:
            NotAPlace: a side is no number, out of range, or the wrong way round.

        """
        if not (-180 <= self.west <= self.east <= 180 and -90 <= self.south <= self.north <= 90):
            raise NotAPlace(
                "A bbox is west,south,east,north in degrees, with west and south first.",
                errors=(
                    FieldError("bbox", "not-a-box", "west,south,east,north in degrees", "query"),
                ),
            )


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on earth, longitude first, in degrees of WGS 84."""

    longitude: float
    latitude: float

    def __post_init__(self) -> None:
        """Refuse what is no point on earth.

        Raises:
            NotAPlace: not finite, or out of range.

        """
        wrong = tuple(
            FieldError("location", "not-a-place", f"{name} must be from -{limit} to {limit}")
            for name, value, limit in (
                ("longitude", self.longitude, 180),
                ("latitude", self.latitude, 90),
            )
            if not (math.isfinite(value) and -limit <= value <= limit)
        )
        if wrong:
            raise NotAPlace(errors=wrong)

    def box_around(self, within_metres: float) -> Box:
        """Return the smallest box that holds everything within this distance.

        For a bounding-box condition that lets PostgreSQL use a spatial index.
        """
        up = within_metres / METRES_PER_DEGREE
        aside = up / max(math.cos(math.radians(self.latitude)), 0.01)
        return Box(
            max(self.longitude - aside, -180),
            max(self.latitude - up, -90),
            min(self.longitude + aside, 180),
            min(self.latitude + up, 90),
        )


#: One degree of a meridian, a little short so that a box is rather too large than too small.
METRES_PER_DEGREE = 110_500


@dataclass(frozen=True, slots=True)
class FoundArea:
    """An area that covers a spot."""

    kind: str
    code: str
    name: str
    square_metres: float = 0.0


class OutsideServiceArea(DomainError):
    """This place is outside the municipality, so we cannot take the report."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        areas: tuple[FoundArea, ...] = (),
    ) -> None:
        super().__init__(detail, errors=errors)
        #: The areas that are known there, such as another municipality.
        self.areas = areas

    @property
    def more(self) -> Mapping[str, object]:
        """That we are not the ones, and where it is as far as that is known."""
        areas = [{"kind": area.kind, "code": area.code, "name": area.name} for area in self.areas]
        return {"ours": False, "areas": areas}


@dataclass(frozen=True, slots=True)
class Asset:
    """A thing with a place and a number, such as a lamp post."""

    id: UUID
    kind: str
    number: str
    spot: Spot
    owner_party_id: UUID | None
    attributes: Mapping[str, object]
    #: Where numbers are unique per street; empty where it is not known.
    street: str = ""

    @property
    def number_and_street(self) -> str:
        """The number as people find it: with its street, where that is known."""
        return ", ".join(filter(None, (self.number, self.street)))


@dataclass(frozen=True, slots=True)
class NearAsset:
    """An asset and how far it stands from the spot that was asked about."""

    asset: Asset
    distance_metres: float


@dataclass(frozen=True, slots=True)
class Located:
    """What is known about the place of a report.

    With an asset named, the areas are those at the asset: a phone can be thirty metres off, the
    lamp post is not.
    """

    spot: Spot
    areas: tuple[FoundArea, ...]
    asset: Asset | None
    inside_municipality: bool
    #: Outside as given, but inside once longitude and latitude change places.
    inside_when_swapped: bool = False
    #: Municipalities that begin so near that a phone or a map may be wrong about it.
    at_border_of: tuple[FoundArea, ...] = ()
    #: A little outside, and taken as inside.
    is_at_border: bool = False

    @property
    def place(self) -> Spot:
        """Where the defect is: the asset's own spot, or else the spot that was given."""
        return self.asset.spot if self.asset else self.spot

    def area(self, kind: str) -> FoundArea | None:
        """Return the first area of this kind, if there is one."""
        return next((area for area in self.areas if area.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Address:
    """An address as people write it, and where it is."""

    street: str
    number: str
    postcode: str
    village: str
    spot: Spot

    @property
    def label(self) -> str:
        """The address on one line."""
        place = " ".join(part for part in (self.postcode, self.village) if part)
        return ", ".join(part for part in (f"{self.street} {self.number}".strip(), place) if part)
