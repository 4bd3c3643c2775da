"""One area that somebody drew: read from what a page sends, looked at, made or given a shape."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, version_of
from app.geography.importing.areas import AreasToImport, import_areas, lock_kind
from app.geography.importing.frames import RD, WGS84, Frame
from app.geography.importing.model import AreaToImport, FeatureRefused
from app.geography.importing.shapes import Tangled, whole_polygon
from app.geography.model import AreaTaken, ChangedSince, ShapeFault, ShapeRefused
from app.geography.operations import GeoJSON
from app.geography.rules import require_kind

#: A smaller one is a slip of the hand: it holds no lamp post with its lawn.
AT_LEAST_SQUARE_METRES = 10

#: The largest water board has less.
AT_MOST_SQUARE_KILOMETRES = 5_000

#: An outline with more comes from a file.
AT_MOST_CORNERS = 10_000

#: A smaller overlap is how two hands draw one border.
_OVERLAP_SQUARE_METRES = 1

#: What is drawn says so as its source.
SOURCE = "drawn"

#: More than this, and the numbers are metres of the national grid.
_MOST_DEGREES = 1_000

_CORNER = re.compile(
    r"\s*(-?\d{1,7}(?:[.,]\d{1,15})?)(?:\s*[;\t]\s*|\s*,\s+|\s+|,(?=\d+\.))"
    r"(-?\d{1,7}(?:[.,]\d{1,15})?)\s*"
)


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """A shape that can be kept, in WGS 84, and what had to be repaired for that."""

    shape: MultiPolygon
    repaired: str | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """An area of the same kind that the drawn one lies over, and how much of it."""

    name: str
    code: str
    square_metres: float


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What somebody should see before a drawn area is kept."""

    square_metres: float
    overlaps: Sequence[Overlap]


@dataclass(frozen=True, slots=True)
class AreaToReshape:
    """An area as it stands, for somebody who changes its shape."""

    id: UUID
    kind: str
    code: str
    name: str
    shape: GeoJSON
    valid_from: date
    valid_until: date | None
    square_metres: float
    corners: int
    version: str


@dataclass(frozen=True, slots=True)
class AreaToDraw:
    """An area that was drawn, and the day from which it counts."""

    kind: str
    code: str
    name: str
    shape: MultiPolygon
    valid_from: date


def drawn_shape(written: str) -> DrawnShape:
    """Return the shape in what a form sent: GeoJSON, or a line with two numbers for each corner.

    Corners may be degrees of WGS 84, in either order since the two cannot be confused in the
    Netherlands, or metres of the national grid.

    Raises:
        ShapeRefused: nothing was drawn, it is no outline, or no place for one.
    """
    polygon = _read(written)
    corners = shapely.get_coordinates(polygon)
    if not corners.size:
        raise ShapeRefused(ShapeFault.NOTHING_DRAWN)
    if len(corners) > AT_MOST_CORNERS:
        raise ShapeRefused(ShapeFault.TOO_MANY_CORNERS)
    frame = Frame(RD if float(abs(corners).max()) > _MOST_DEGREES else WGS84)
    try:
        mended, repaired = whole_polygon(polygon)
    except Tangled:
        raise ShapeRefused(ShapeFault.TANGLED) from None
    except FeatureRefused:
        raise ShapeRefused(ShapeFault.NO_SURFACE) from None
    try:
        here, again = whole_polygon(frame.in_wgs84(mended))
    except FeatureRefused:
        raise ShapeRefused(ShapeFault.NOT_IN_THE_NETHERLANDS) from None
    return DrawnShape(here, repaired or again)


def _read(written: str) -> Polygon | MultiPolygon:
    if not written.strip():
        raise ShapeRefused(ShapeFault.NOTHING_DRAWN)
    if not written.lstrip().startswith(("{", "[")):
        return _outline_of_lines(written)
    try:
        held = json.loads(written)
    except (ValueError, RecursionError):
        raise ShapeRefused(ShapeFault.NO_GEOJSON) from None
    return _polygon(_geometry(held))


def _geometry(held: object) -> object:
    """Return the geometry in a GeoJSON object: itself, a feature's, or that of the only feature."""
    if isinstance(held, dict) and held.get("type") == "FeatureCollection":
        features = held.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise ShapeRefused(ShapeFault.NOT_ONE_FEATURE)
        held = features[0]
    return held.get("geometry", held) if isinstance(held, dict) else None


def _polygon(geometry: object) -> Polygon | MultiPolygon:
    kind: Any = geometry.get("type") if isinstance(geometry, dict) else None
    parts: Any = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(parts, list):
        raise ShapeRefused(ShapeFault.NO_POLYGON)
    try:
        polygons = [_part(part) for part in ([parts] if kind == "Polygon" else parts)]
        whole = [one for one in polygons if one is not None]
        return whole[0] if len(whole) == 1 else MultiPolygon(whole)
    except (TypeError, ValueError, LookupError, ArithmeticError, ShapelyError):
        raise ShapeRefused(ShapeFault.NO_POLYGON) from None


def _part(rings: list[Any]) -> Polygon | None:
    """Return a polygon of its rings, the first its outline; None for one without a corner."""
    corners = [[_corner(*corner[:2]) for corner in ring] for ring in rings]
    if not corners or not corners[0]:
        return None
    for ring in corners:
        if ring and len({*ring}) < 3:
            raise ShapeRefused(ShapeFault.TOO_FEW_CORNERS)
    return Polygon(corners[0], [ring for ring in corners[1:] if ring])


def _corner(one: object, other: object) -> tuple[float, float]:
    for number in (one, other):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise TypeError(number)
        if not math.isfinite(number):
            raise ValueError(number)
    return float(one), float(other)  # type: ignore[arg-type]  # looked at above


def _outline_of_lines(written: str) -> Polygon:
    corners = []
    for place, line in enumerate(filter(str.strip, written.splitlines()), start=1):
        found = _CORNER.fullmatch(line)
        if found is None:
            raise ShapeRefused(ShapeFault.LINE_WITHOUT_TWO_NUMBERS, place=place)
        one, other = (float(number.replace(",", ".")) for number in found.groups())
        # In the Netherlands a longitude is 3 to 8 and a latitude 50 to 54.
        corners.append((other, one) if 50 <= one <= 54 and 3 <= other <= 8 else (one, other))
    if len({*corners}) < 3:
        raise ShapeRefused(ShapeFault.TOO_FEW_CORNERS)
    return Polygon(corners)


_LOOK = text(
    """
    WITH drawn AS (SELECT ST_GeomFromWKB(:shape, 4326) AS shape), over AS (
        SELECT area.name, area.code,
               ST_Area(ST_Intersection(area.shape, drawn.shape)::geography) AS square_metres
        FROM area, drawn
        WHERE area.kind = :kind AND area.code <> :code
          AND (area.valid_until IS NULL OR area.valid_until > :on)
          AND ST_Intersects(area.shape, drawn.shape)
    )
    SELECT NULL AS name, NULL AS code, ST_Area(shape::geography) AS square_metres FROM drawn
    UNION ALL
    (SELECT name, code, square_metres FROM over WHERE square_metres > :at_least
     ORDER BY square_metres DESC, code)
    """
)


def look_at(transaction: Transaction, area: AreaToDraw) -> LookedAt:
    """Return how large a drawn area is, and which others of its kind it lies over.

    Raises:
        ShapeRefused: it is too small or too large to be meant.
    """
    own, *over = transaction.read(
        _LOOK,
        {
            "shape": shapely.to_wkb(area.shape),
            "kind": area.kind,
            "code": area.code,
            "on": area.valid_from,
            "at_least": _OVERLAP_SQUARE_METRES,
        },
    )
    if own.square_metres < AT_LEAST_SQUARE_METRES:
        raise ShapeRefused(ShapeFault.TOO_SMALL)
    if own.square_metres > AT_MOST_SQUARE_KILOMETRES * 1_000_000:
        raise ShapeRefused(ShapeFault.TOO_LARGE)
    return LookedAt(
        own.square_metres, [Overlap(row.name, row.code, row.square_metres) for row in over]
    )


_SEEN = text(
    """
    SELECT id, kind, code, name, ST_AsGeoJSON(shape, 15) AS shape, md5(ST_AsBinary(shape)) AS hash,
           valid_from, valid_until, square_metres, ST_NPoints(shape) AS corners
    FROM area WHERE id = :id
    """
)


def area_to_reshape(transaction: Transaction, area_id: UUID) -> AreaToReshape | None:
    """Return an area with its whole outline; None where there is none."""
    row = transaction.connection.execute(_SEEN, {"id": area_id}).one_or_none()
    if row is None:
        return None
    told = [row.hash, row.name, str(row.valid_from), str(row.valid_until)]
    return AreaToReshape(
        row.id,
        row.kind,
        row.code,
        row.name,
        json.loads(row.shape),
        row.valid_from,
        row.valid_until,
        row.square_metres,
        row.corners,
        version_of({"area": told}),
    )


def make_drawn_area(
    transaction: Transaction, area: AreaToDraw, *, by: ChangedBy, now: datetime
) -> None:
    """Make a new area beside the others of its kind.

    Raises:
        AreasRefused: the kind is no word.
        AreaTaken: there is one of this kind with this code.
    """
    require_kind(area.kind)
    lock_kind(transaction, area.kind)
    taken = transaction.connection.scalar(
        text(
            """
            SELECT name FROM area
            WHERE kind = :kind AND code = :code AND (valid_until IS NULL OR valid_until > :on)
            """
        ),
        {"kind": area.kind, "code": area.code, "on": area.valid_from},
    )
    if taken is not None:
        raise AreaTaken(f"{taken} has this code already.")
    _keep(transaction, area, by, now)


def reshape_area(
    transaction: Transaction,
    area_id: UUID,
    area: AreaToDraw,
    *,
    version: str,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Give an area another shape or name from a day on; until then it stays as it was.

    Raises:
        ChangedSince: somebody else changed or ended it meanwhile.
    """
    lock_kind(transaction, area.kind)
    seen = area_to_reshape(transaction, area_id)
    if (
        seen is None
        or seen.version != version
        or seen.valid_until is not None
        or seen.valid_from > area.valid_from
    ):
        raise ChangedSince()
    _keep(transaction, area, by, now)


def _keep(transaction: Transaction, area: AreaToDraw, by: ChangedBy, now: datetime) -> None:
    import_areas(
        transaction,
        AreasToImport(
            kind=area.kind,
            areas=[AreaToImport(area.code, area.name, area.shape)],
            source=SOURCE,
            valid_from=area.valid_from,
            keeps_others=True,
        ),
        by=by,
        now=now,
    )


def code_of(name: str) -> str:
    """Return a short code made of a name: small letters, digits and dashes."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
    return "-".join(filter(None, plain.split("-")))[:60]
