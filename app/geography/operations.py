"""What geography can do: locate a spot, find assets near it, draw the municipality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.geography.map_ground import collected
from app.geography.model import (
    BORDER_METRES,
    MUNICIPALITY,
    Asset,
    Box,
    FoundArea,
    Located,
    NearAsset,
    Spot,
    UnknownAsset,
)

#: A GeoJSON object, as `json` gives it.
GeoJSON = dict[str, Any]

#: A shape is only measured on the globe where it is a municipality that does not cover the place:
#: that costs more than all the rest.
_LOCATE = text(
    """
    WITH named AS (
        SELECT id, kind, number, street, spot, owner_party_id, attributes
        FROM asset
        WHERE id = :asset_id AND removed_on IS NULL
    ), place AS (
        SELECT coalesce(
            (SELECT spot FROM named), ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326)
        ) AS spot
    ), near AS (
        SELECT area.kind, area.code, area.name, area.square_metres,
               bool_or(ST_Covers(area_part.shape, place.spot)) AS covers,
               bool_or(
                   CASE
                       WHEN area.kind <> 'municipality' THEN false
                       WHEN ST_Covers(area_part.shape, place.spot) THEN false
                       ELSE ST_DWithin(
                           area_part.shape::geography, place.spot::geography, :border_metres
                       )
                   END
               ) AS is_at_border
        FROM place
        JOIN area_part ON area_part.shape && ST_Expand(place.spot, :border_degrees)
        JOIN area ON area.id = area_part.area_id
        WHERE area.valid_from <= :on AND (area.valid_until IS NULL OR area.valid_until > :on)
        GROUP BY area.id
    )
    SELECT CASE WHEN covers THEN 'area' ELSE 'border' END AS what, kind, code, name, square_metres,
           NULL::uuid AS id, NULL::uuid AS owner_party_id,
           NULL::float8 AS longitude, NULL::float8 AS latitude, NULL::jsonb AS attributes
    FROM near
    WHERE covers OR is_at_border
    UNION ALL
    SELECT 'asset', kind, number, street, NULL, id, owner_party_id, ST_X(spot), ST_Y(spot),
           attributes
    FROM named
    ORDER BY what, kind, code
    """
)

#: A degree of longitude is never less than 65 km here.
_BORDER_DEGREES = BORDER_METRES / 65_000


def locate(transaction: Transaction, spot: Spot, *, asset_id: UUID | None, on: date) -> Located:
    """Return the areas that cover the spot on this day, and the asset that was named.

    One statement, answered from the spatial index. With an asset, the areas are those at the
    asset's own spot.

    Raises:
        UnknownAsset: an asset is named and there is none with this id.

    """
    rows = transaction.read(
        _LOCATE,
        {
            "asset_id": asset_id,
            "longitude": spot.longitude,
            "latitude": spot.latitude,
            "on": on,
            "border_degrees": _BORDER_DEGREES,
            "border_metres": BORDER_METRES,
        },
    )
    areas = _areas(rows, "area")
    asset = next((_asset(row, row.code, row.name) for row in rows if row.what == "asset"), None)
    if asset_id is not None and asset is None:
        raise UnknownAsset(errors=(FieldError("asset", "unknown-asset", "see GET /api/v1/places"),))
    return Located(
        spot=spot,
        areas=areas,
        asset=asset,
        inside_municipality=any(area.kind == MUNICIPALITY for area in areas),
        at_border_of=_areas(rows, "border"),
    )


def _areas(rows: Sequence[Row[Any]], what: str) -> tuple[FoundArea, ...]:
    return tuple(
        FoundArea(row.kind, row.code, row.name, row.square_metres)
        for row in rows
        if row.what == what
    )


_IN_A_MUNICIPALITY = text(
    """
    SELECT 1 FROM area_part JOIN area ON area.id = area_part.area_id
    WHERE area.kind = 'municipality'
      AND ST_Covers(area_part.shape, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326))
      AND area.valid_from <= :on AND (area.valid_until IS NULL OR area.valid_until > :on)
    LIMIT 1
    """
)


_ON_BORDER = text(
    """
    SELECT ST_X(nearest.spot) AS longitude, ST_Y(nearest.spot) AS latitude
    FROM (
        SELECT ST_ClosestPoint(area_part.shape, place.spot) AS spot
        FROM area_part JOIN area ON area.id = area_part.area_id,
             (SELECT ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326) AS spot) AS place
        WHERE area.kind = 'municipality' AND area.code = :code
          AND area.valid_from <= :on AND (area.valid_until IS NULL OR area.valid_until > :on)
          AND area_part.shape && ST_Expand(place.spot, :border_degrees)
        ORDER BY ST_Distance(area_part.shape, place.spot) LIMIT 1
    ) AS nearest
    """
)


def brought_inside(
    transaction: Transaction, located: Located, *, municipality_code: str, on: date
) -> Located:
    """Return a place just outside the border with the areas of the spot on it that is nearest.

    What is less than `BORDER_METRES` outside counts as inside: outlines differ by as much, and so
    do phones. A place that is inside comes back as it is, and one that is further away with word of
    whether its coordinates changed places: what is accepted does not wait for that to be asked.
    """
    if municipality_code not in {area.code for area in located.at_border_of}:
        if located.inside_municipality:
            return located
        return _looked_at_swapped(transaction, located, on)
    rows = transaction.read(
        _ON_BORDER,
        {
            "longitude": located.place.longitude,
            "latitude": located.place.latitude,
            "code": municipality_code,
            "on": on,
            "border_degrees": _BORDER_DEGREES,
        },
    )
    if not rows:
        return located
    on_border = locate(transaction, Spot(rows[0].longitude, rows[0].latitude), asset_id=None, on=on)
    ours = next(area for area in located.at_border_of if area.code == municipality_code)
    others = (area for area in on_border.areas if area.kind != MUNICIPALITY)
    return replace(located, areas=(ours, *others), inside_municipality=True, is_at_border=True)


def _looked_at_swapped(transaction: Transaction, located: Located, on: date) -> Located:
    values = {
        "longitude": located.spot.latitude,
        "latitude": located.spot.longitude,
        "on": on,
    }
    return replace(located, inside_when_swapped=bool(transaction.read(_IN_A_MUNICIPALITY, values)))


_ASSETS_NEAR = text(
    """
    SELECT id, kind, number, street, owner_party_id, attributes,
           ST_X(spot) AS longitude, ST_Y(spot) AS latitude,
           ST_DistanceSphere(spot, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326))
               AS distance_metres
    FROM asset
    WHERE spot && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
      AND removed_on IS NULL
      AND (CAST(:kind AS text) IS NULL OR kind = :kind)
      AND ST_DistanceSphere(spot, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326))
          <= :within_metres
    ORDER BY distance_metres, number
    LIMIT :at_most
    """
)


def assets_near(
    transaction: Transaction,
    spot: Spot,
    *,
    within_metres: float,
    kind: str | None,
    at_most: int,
) -> list[NearAsset]:
    """Return the assets within this distance, nearest first; of one kind when it is given."""
    box = spot.box_around(within_metres)
    rows = transaction.read(
        _ASSETS_NEAR,
        {
            "longitude": spot.longitude,
            "latitude": spot.latitude,
            "west": box.west,
            "south": box.south,
            "east": box.east,
            "north": box.north,
            "kind": kind,
            "within_metres": within_metres,
            "at_most": at_most,
        },
    )
    return [NearAsset(_asset(row, row.number, row.street), row.distance_metres) for row in rows]


_AREA_SHAPES = text(
    """
    SELECT code, name,
           ST_AsGeoJSON(ST_SimplifyPreserveTopology(shape, :tolerance_degrees), 5) AS geometry,
           ST_X(ST_PointOnSurface(shape)) AS label_longitude,
           ST_Y(ST_PointOnSurface(shape)) AS label_latitude
    FROM area, (
        SELECT coalesce(CAST(:on AS date), (now() AT TIME ZONE 'Europe/Amsterdam')::date) AS day
    ) AS shown
    WHERE kind = :kind
      -- What is shown is that of one day, whatever was brought in for later.
      AND valid_from <= shown.day AND (valid_until IS NULL OR valid_until > shown.day)
    ORDER BY name
    """
)


def area_shapes(
    transaction: Transaction,
    *,
    kind: str,
    on: date | None = None,
    tolerance_degrees: float = 0.0001,
) -> GeoJSON:
    """Return the areas of a kind on a day, or today, as a FeatureCollection simplified for a map.

    Every feature has `code`, `name` and `label` ([longitude, latitude], surely inside).
    """
    values = {"kind": kind, "on": on, "tolerance_degrees": tolerance_degrees}
    return collected(transaction.read(_AREA_SHAPES, values))


def bounds_of(transaction: Transaction, *, kind: str, code: str) -> Box | None:
    """Return the box around an area as it is now; None where there is no such area."""
    row = transaction.connection.execute(
        text(
            """
            SELECT ST_XMin(shape) AS west, ST_YMin(shape) AS south,
                   ST_XMax(shape) AS east, ST_YMax(shape) AS north
            FROM area WHERE kind = :kind AND code = :code AND valid_until IS NULL
            """
        ),
        {"kind": kind, "code": code},
    ).one_or_none()
    return Box(row.west, row.south, row.east, row.north) if row else None


def municipality_outline(transaction: Transaction) -> GeoJSON:
    """Return the outline of the municipality as a FeatureCollection; empty before any import."""
    return area_shapes(transaction, kind="municipality")


def villages(transaction: Transaction) -> GeoJSON:
    """Return the villages as a FeatureCollection."""
    return area_shapes(transaction, kind="village")


def areas_on(transaction: Transaction, *, on: date) -> frozenset[tuple[str, str]]:
    """Return the areas of this day, as kind and code."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT kind, code FROM area
            WHERE valid_from <= :on AND (valid_until IS NULL OR valid_until > :on)
            """
        ),
        {"on": on},
    )
    return frozenset((row.kind, row.code) for row in rows)


def _asset(row: Row[Any], number: str, street: str) -> Asset:
    return Asset(
        id=row.id,
        kind=row.kind,
        number=number,
        spot=Spot(row.longitude, row.latitude),
        owner_party_id=row.owner_party_id,
        attributes=cast("dict[str, object]", row.attributes),
        street=street,
    )
