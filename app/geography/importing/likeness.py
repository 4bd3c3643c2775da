"""Tells a shape that changed from one that was only written down in another frame or format."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

from app.geography.importing.frames import in_metres

#: Outlines that lie nowhere further apart are one. See docs/decisions/shapes-that-are-alike.md.
ALIKE_WITHIN_METRES = 0.5


def are_alike(there: BaseGeometry, comes: BaseGeometry) -> bool:
    """Whether two outlines in WGS 84 differ by no more than frames and roundings do."""
    if shapely.to_wkb(there) == shapely.to_wkb(comes):
        return True
    first, second = in_metres(there), in_metres(comes)
    ends = zip(first.bounds, second.bounds, strict=True)
    if any(abs(one - other) > ALIKE_WITHIN_METRES for one, other in ends):
        return False
    # Each could run along the other and still leave out what lies between its lines.
    between = ALIKE_WITHIN_METRES * max(first.length, second.length)
    if abs(first.area - second.area) > between:
        return False
    return _runs_along(first.boundary, second.boundary) and _runs_along(
        second.boundary, first.boundary
    )


def _runs_along(line: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether every corner of a line lies at another: an index keeps that cheap for a coast."""
    shapely.prepare(other)
    corners = shapely.points(shapely.get_coordinates(line))
    return bool(shapely.dwithin(other, corners, ALIKE_WITHIN_METRES).all())
