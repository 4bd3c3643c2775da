"""How much detail a background outline needs, and where its name stands."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from app.maps.model import JSON, GeoJSON

#: Outlines may be this far off, in degrees: about 20 metres, less than a line is wide.
LOOSENESS_DEGREES = 0.0002
#: Shown before any outline was loaded: the Netherlands, south-west to north-east.
NETHERLANDS = [[50.7, 3.3], [53.6, 7.3]]
#: Five decimals are one metre.
DECIMALS = 5


def drawn(shapes: GeoJSON) -> GeoJSON:
    """Return `shapes` as a feature collection light enough to put into a page."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": name},
                "geometry": _rounded(mapping(area.simplify(LOOSENESS_DEGREES))),
            }
            for name, area in named_areas(shapes)
        ],
    }


def named_areas(shapes: GeoJSON) -> Iterator[tuple[str, BaseGeometry]]:
    """Yield the name and the geometry of each feature; a bare geometry has no name."""
    kind = shapes.get("type")
    if kind == "FeatureCollection":
        features = shapes.get("features")
        for feature in features if isinstance(features, list) else []:
            if isinstance(feature, dict):
                yield from named_areas(feature)
    elif kind == "Feature":
        properties, geometry = shapes.get("properties"), shapes.get("geometry")
        name = properties.get("name") if isinstance(properties, dict) else None
        if isinstance(geometry, dict):
            yield str(name or ""), shape(geometry)
    else:
        yield "", shape(shapes)


def name_spots(shapes: GeoJSON) -> list[dict[str, JSON]]:
    """Return where each name is written: a point that is certainly inside its area."""
    return [
        {
            "name": name,
            "longitude": round(spot.x, DECIMALS),
            "latitude": round(spot.y, DECIMALS),
        }
        for name, area in named_areas(shapes)
        if name
        for spot in [area.centroid if area.contains(area.centroid) else area.point_on_surface()]
    ]


def corners(shapes: GeoJSON, *, margin: float = 0.0) -> list[list[float]]:
    """Return the south-west and north-east corner, latitude first as Leaflet wants them.

    `margin` widens the box by that share of its size on every side.
    """
    areas = [area for _, area in named_areas(shapes)]
    if not areas:
        return NETHERLANDS
    west, south, east, north = (float(side) for side in shapely.total_bounds(areas))
    wider, higher = (east - west) * margin, (north - south) * margin
    return [[south - higher, west - wider], [north + higher, east + wider]]


def _rounded(geometry: JSON) -> JSON:
    if isinstance(geometry, float):
        return round(geometry, DECIMALS)
    if isinstance(geometry, list | tuple):
        return [_rounded(part) for part in geometry]
    if isinstance(geometry, dict):
        return {key: _rounded(part) for key, part in geometry.items()}
    return geometry
