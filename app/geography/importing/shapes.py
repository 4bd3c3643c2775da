"""Makes whole outlines: repaired polygons, corridors along roads, areas united from others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import shapely
from shapely import STRtree
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from app.foundation.sentences import Sentence
from app.geography.importing.frames import from_metres, in_metres
from app.geography.importing.model import FeatureRefused

#: Points of one road further apart than this are not joined: the road leaves and comes back.
GAP_METRES = 500


def whole_polygon(shape: BaseGeometry) -> tuple[MultiPolygon, str | None]:
    """Return a polygon that does not cross itself, and what had to be repaired for that.

    Raises:
        FeatureRefused: it is no polygon, or nothing with a surface is left of it.
    """
    if not isinstance(shape, Polygon | MultiPolygon):
        raise FeatureRefused(
            Sentence("is a %(kind)s, not a Polygon or MultiPolygon", kind=shape.geom_type)
        )
    if shape.is_valid:
        return _several(shape), None
    why = _wrong_with(shape)
    mended = _surface(shapely.make_valid(shape))
    if mended.is_empty:
        raise FeatureRefused(Sentence("has no surface (%(why)s)", why=why))
    return mended, why


#: What GEOS says of an outline, as sentences that can be said in another language.
_GEOS_SAYS = (
    Sentence("self-intersection"),
    Sentence("ring self-intersection"),
    Sentence("hole lies outside shell"),
    Sentence("holes are nested"),
    Sentence("nested shells"),
    Sentence("interior is disconnected"),
    Sentence("duplicate rings"),
    Sentence("too few points in geometry component"),
)


def _wrong_with(shape: BaseGeometry) -> str:
    said = explain_validity(shape).partition("[")[0].strip().lower()
    return next((known for known in _GEOS_SAYS if known == said), said)


def corridor(
    pieces: Sequence[BaseGeometry], *, buffer_metres: float, gap_metres: float = GAP_METRES
) -> MultiPolygon:
    """Return the strip of `buffer_metres` to both sides of lines, or of a road given by points.

    All in WGS 84, measured in the national grid. Points are joined with their neighbours, so they
    need no order and a road may have several carriageways; what is further apart than `gap_metres`
    is not joined.
    """
    drawn = [in_metres(piece) for piece in pieces]
    points = [one for piece in drawn for one in _points(piece)]
    lines = [piece for piece in drawn if not _points(piece)]
    strips = shapely.buffer([*lines, *links(points, gap_metres), *points], buffer_metres)
    strip = from_metres(shapely.union_all(strips))
    return _surface(strip if strip.is_valid else shapely.make_valid(strip))


def links(points: Sequence[Point], gap_metres: float) -> list[LineString]:
    """Return the links between neighbours along a road, none longer than `gap_metres`.

    Two points are neighbours when no other lies in the circle of which they are the ends (a
    Gabriel graph): along each carriageway and across, but never past a point.
    """
    if len(points) < 2:
        return []
    tree = STRtree(points)
    pairs = [
        (int(one), int(other))
        for one, other in tree.query(points, predicate="dwithin", distance=gap_metres).T
        if one < other
    ]
    between = [LineString([points[one], points[other]]) for one, other in pairs]
    if not between:
        return []
    # The two ends themselves lie on the circle.
    inside, _ = tree.query(
        [link.interpolate(0.5, normalized=True) for link in between],
        predicate="dwithin",
        distance=[link.length / 2 * 0.999 for link in between],
    )
    past_a_point = set(inside.tolist())
    return [link for place, link in enumerate(between) if place not in past_a_point]


def united(shapes: Iterable[BaseGeometry]) -> MultiPolygon:
    """Return one outline around several that touch, without the borders between them."""
    return _surface(shapely.union_all(list(shapes)))


def _points(shape: BaseGeometry) -> list[Point]:
    parts = shapely.get_parts(shape)
    return list(parts) if shape.geom_type in {"Point", "MultiPoint"} else []


def _surface(shape: BaseGeometry) -> MultiPolygon:
    """Return what of a shape has a surface."""
    parts = shapely.get_parts(shape, return_index=False)
    inner = [polygon for part in parts for polygon in shapely.get_parts(part)]
    kept = shapely.union_all([one for one in inner if isinstance(one, Polygon)])
    return _several(kept) if isinstance(kept, Polygon | MultiPolygon) else MultiPolygon()


def _several(shape: Polygon | MultiPolygon) -> MultiPolygon:
    if isinstance(shape, MultiPolygon):
        return shape
    return MultiPolygon([] if shape.is_empty else [shape])
