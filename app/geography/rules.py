"""Decisions about places: how far apart they are, and what a file with areas may hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.geography.model import AreasRefused, Spot

#: Mean radius of the earth (IUGG).
EARTH_RADIUS_METRES = 6_371_008.8

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
    """An area as a file gives it: its geometry still as GeoJSON text, in the file's frame."""

    code: str
    name: str
    geometry: str


def require_kind(kind: str) -> None:
    """Let a word such as `team-district` pass.

    Raises:
        AreasRefused: it is none.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", kind):
        raise AreasRefused("A kind is a word in small letters, such as team-district.")


def areas_in(
    collection: Mapping[str, object], *, code_field: str, name_field: str
) -> list[AreaInFile]:
    """Return the areas of a GeoJSON FeatureCollection.

    Raises:
        AreasRefused: it is none, a feature is no polygon, a field is missing, a code occurs twice.

    """
    features = collection.get("features")
    if not isinstance(features, list) or not features:
        raise AreasRefused("The file is no GeoJSON FeatureCollection with features.")
    areas: dict[str, AreaInFile] = {}
    for place, feature in enumerate(features, start=1):
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(geometry, dict) or geometry.get("type") not in (
            "Polygon",
            "MultiPolygon",
        ):
            raise AreasRefused(f"Feature {place} is no Polygon or MultiPolygon.")
        properties = feature.get("properties") or {}
        for field in (code_field, name_field):
            if properties.get(field) in (None, ""):
                known = ", ".join(sorted(properties)) or "none"
                raise AreasRefused(f"Feature {place} has no field {field!r}; it has: {known}.")
        code = str(properties[code_field])
        if code in areas:
            raise AreasRefused(f"The code {code!r} occurs twice.")
        areas[code] = AreaInFile(code, str(properties[name_field]), json.dumps(geometry))
    return list(areas.values())
