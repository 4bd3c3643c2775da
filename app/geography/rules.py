"""Decisions about places: how far apart they are, and what a file with areas may hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shapely import make_valid
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.ops import unary_union
from shapely.validation import explain_validity

from app.foundation.texts import is_plain_line
from app.geography.model import AreasRefused, Spot

#: Mean radius of the earth (IUGG).
EARTH_RADIUS_METRES = 6_371_008.8

#: Longitude and latitude, as GeoJSON has them and as we keep them.
WGS84 = 4326

_POLYGONS = ("Polygon", "MultiPolygon")


def metres_between(one: Spot, other: Spot) -> float:
    """Return the distance over a round earth (haversine), within 0.5 % of the real one."""
    south, north = math.radians(one.latitude), math.radians(other.latitude)
    up = math.sin((north - south) / 2) ** 2
    aside = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    return (
        2
        * EARTH_RADIUS_METRES
        * math.asin(math.sqrt(min(1.0, up + math.cos(south) * math.cos(north) * aside)))
    )


@dataclass(frozen=True, slots=True)
class AreaInFile:
    """An area as a file gives it: its geometry as GeoJSON text, still in the file's frame."""

    code: str
    name: str
    geometry: str
    #: What was wrong with its outline and is repaired, such as a line that crosses itself.
    repaired: str | None = None


@dataclass(frozen=True, slots=True)
class AreaFields:
    """Where a file keeps what an area is called."""

    #: The property with each area's code; without one, `code` is that of the only area.
    code_field: str | None = None
    name_field: str | None = None
    code: str | None = None
    name: str | None = None
    #: Codes of the file that are called otherwise here.
    code_for: Mapping[str, str] = field(default_factory=dict)
    #: A regular expression whose first group is the part of the name to keep.
    name_pattern: str | None = None


def require_kind(kind: str) -> None:
    """Let a word such as `team-district` pass.

    Raises:
        AreasRefused: it is none.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", kind):
        raise AreasRefused("A kind is a word in small letters, such as team-district.")


def frame_of(collection: object) -> int | None:
    """Return the EPSG code that a GeoJSON file names itself; None where it names none.

    Raises:
        AreasRefused: it names one in words that nobody knows.
    """
    named = collection.get("crs") if isinstance(collection, dict) else None
    if named is None:
        return None
    properties = named.get("properties") if isinstance(named, dict) else None
    name = str(properties.get("name")) if isinstance(properties, dict) else ""
    if re.fullmatch(r"urn:ogc:def:crs:OGC:(1\.3)?:CRS84", name):
        return WGS84
    if found := re.fullmatch(r"(?:urn:ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{4,6})", name):
        return int(found[1])
    raise AreasRefused(f"The file is in a frame that is not known: {name[:80]!r}.")


def areas_in(collection: object, fields: AreaFields) -> list[AreaInFile]:
    """Return the areas of a GeoJSON FeatureCollection, each outline whole and not crossing itself.

    Raises:
        AreasRefused: it is none, a feature is no polygon, a field is missing, a code occurs twice.

    """
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not features:
        raise AreasRefused("The file is no GeoJSON FeatureCollection with features.")
    if (fields.code or fields.name) and len(features) > 1:
        raise AreasRefused(
            f"One code and name for {len(features)} areas is not possible: name their fields."
        )
    for typed in (fields.code, fields.name, *fields.code_for.values()):
        if typed is not None and not is_plain_line(typed):
            raise AreasRefused(
                "A code or a name that was typed holds a sign that no keyboard writes, or nothing"
                " that can be seen."
            )
    areas: dict[str, AreaInFile] = {}
    for place, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        told = properties if isinstance(properties, dict) else {}
        code = fields.code or _told(told, fields.code_field, place)
        code = fields.code_for.get(code, code)
        name = fields.name or _told(told, fields.name_field, place)
        if fields.name_pattern and (kept := re.fullmatch(fields.name_pattern, name)):
            name = kept[1]
        if code in areas:
            raise AreasRefused(f"The code {code!r} occurs twice.")
        outline, repaired = _outline(
            feature.get("geometry") if isinstance(feature, dict) else None,
            f"Feature {place} ({name})",
        )
        areas[code] = AreaInFile(code, name, outline, repaired)
    return list(areas.values())


def _told(properties: Mapping[str, object], wanted: str | None, place: int) -> str:
    value = properties.get(wanted) if wanted else None
    if value is None or str(value).strip() == "":
        known = ", ".join(sorted(properties)) or "none"
        raise AreasRefused(f"Feature {place} has no field {wanted!r}; it has: {known}.")
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise AreasRefused(f"Feature {place}: its {wanted} is no text.")
    written = str(value).strip()
    if not is_plain_line(written):
        raise AreasRefused(
            f"Feature {place}: its {wanted} holds a sign that no keyboard writes, or nothing that"
            " can be seen."
        )
    return written


def _outline(geometry: object, what: str) -> tuple[str, str | None]:
    """Return a polygon as GeoJSON text, and what had to be repaired."""
    if not isinstance(geometry, dict) or geometry.get("type") not in _POLYGONS:
        raise AreasRefused(f"{what} is no Polygon or MultiPolygon.")
    try:
        if not _are_finite(geometry["coordinates"]):
            raise ValueError("not every coordinate is a number")
        polygon = shape(geometry)
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
        ShapelyError,
    ):
        raise AreasRefused(f"{what} has coordinates that are no polygon.") from None
    if polygon.is_empty:
        raise AreasRefused(f"{what} has coordinates that are no polygon.")
    if polygon.is_valid:
        return json.dumps(mapping(polygon)), None
    why = explain_validity(polygon).partition("[")[0].lower()
    whole = [
        part
        for part in getattr(make_valid(polygon), "geoms", [make_valid(polygon)])
        if part.geom_type in _POLYGONS
    ]
    mended = unary_union(whole)
    if mended.is_empty:
        raise AreasRefused(f"{what} has no surface ({why}).")
    return json.dumps(mapping(mended)), why


def _are_finite(coordinates: object) -> bool:
    if isinstance(coordinates, list):
        return all(map(_are_finite, coordinates))
    return isinstance(coordinates, int | float) and math.isfinite(coordinates)
