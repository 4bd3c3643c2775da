"""Makes whole outlines: repaired polygons, corridors along roads, areas united from others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
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


class Tangled(FeatureRefused):
    """An outline that crosses itself, or comes near itself, so often that nobody waits for it."""

    def __init__(self) -> None:
        super().__init__(Sentence("crosses itself or comes near itself too often to be read"))


HOLE_LEFT_OUT = Sentence("a hole lies outside the outline and was left out")

#: An outline that crosses itself more often is mended in no time that anybody waits for.
_MOST_CROSSINGS = 1_000

#: So few cannot cross each other so often.
_FEW_CORNERS = 45

#: So many pairs of sides may lie near each other, or so many for each side where that is more.
_MOST_NEAR = 250_000
_NEAR_FOR_EACH = 20

_SIDES_AT_ONCE = 64

_Corners: TypeAlias = "npt.NDArray[np.float64]"


def whole_polygon(shape: BaseGeometry) -> tuple[MultiPolygon, str | None]:
    """Return a polygon that does not cross itself, and what had to be repaired for that.

    What an outline goes around is inside it; a hole that lies outside it is left out. The time is
    bounded whatever is drawn.

    Raises:
        FeatureRefused: it is no polygon, crosses itself time and again, or nothing with a surface
            is left of it.
    """
    if not isinstance(shape, Polygon | MultiPolygon):
        raise FeatureRefused(
            Sentence("is a %(kind)s, not a Polygon or MultiPolygon", kind=shape.geom_type)
        )
    # Before anything else: even to find out whether it is whole takes minutes for a tangle.
    if _is_tangled(shape):
        raise Tangled
    if shape.is_valid:
        return _several(shape), None
    inside = MultiPolygon([_without_holes_outside(one) for one in shapely.get_parts(shape)])
    has_left_out = shapely.get_num_coordinates(inside) < shapely.get_num_coordinates(shape)
    why = HOLE_LEFT_OUT if has_left_out else _wrong_with(shape)
    mended = _surface(_mended(inside))
    if mended.is_empty:
        raise FeatureRefused(Sentence("has no surface (%(why)s)", why=why))
    return mended, why


def _mended(shape: BaseGeometry) -> BaseGeometry:
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _without_holes_outside(polygon: Polygon) -> Polygon:
    """Return a polygon without the holes that touch nothing of it: mending makes areas of those."""
    if not polygon.interiors:
        return polygon
    surface = _mended(Polygon(polygon.exterior))
    shapely.prepare(surface)
    holes = [hole for hole in polygon.interiors if surface.intersects(hole)]
    return Polygon(polygon.exterior, holes)


def _is_tangled(shape: Polygon | MultiPolygon) -> bool:
    """Whether it crosses itself so often that mending would take its square in time."""
    rings = shapely.get_rings(shape)
    if rings.size == 0 or shapely.get_num_coordinates(shape) <= _FEW_CORNERS:
        return False
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    begins, ends = corners[:-1][follows], corners[1:][follows]
    drawn: Any = shapely.linestrings(np.stack((begins, ends), axis=1))
    sides = list(drawn)
    tree = STRtree(sides)
    near, crossings = 0, 0
    for first in range(0, len(sides), _SIDES_AT_ONCE):
        one, other = tree.query(sides[first : first + _SIDES_AT_ONCE])
        one += first
        one, other = one[one < other], other[one < other]
        near += len(one)
        crossings += int(_cross(begins[one], ends[one], begins[other], ends[other]).sum())
        if crossings > _MOST_CROSSINGS or near > max(_MOST_NEAR, _NEAR_FOR_EACH * len(sides)):
            return True
    return False


def _cross(
    begins: _Corners, ends: _Corners, other_begins: _Corners, other_ends: _Corners
) -> npt.NDArray[np.bool_]:
    """Return which pairs of sides cross; those that only touch do not."""

    def turn(of: _Corners) -> npt.NDArray[np.float64]:
        return _turn(begins, ends, of)

    def turn_of_other(of: _Corners) -> npt.NDArray[np.float64]:
        return _turn(other_begins, other_ends, of)

    apart = turn(other_begins) * turn(other_ends) < 0
    crossed: npt.NDArray[np.bool_] = apart & (turn_of_other(begins) * turn_of_other(ends) < 0)
    return crossed


def _turn(begins: _Corners, ends: _Corners, of: _Corners) -> npt.NDArray[np.float64]:
    """Return the sign of the side of a line on which a corner lies."""
    along, towards = ends - begins, of - begins
    return np.sign(along[:, 0] * towards[:, 1] - along[:, 1] * towards[:, 0])


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
