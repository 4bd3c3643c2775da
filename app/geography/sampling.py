"""Places inside areas, with every area that covers each: to try rules on, without any report."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.model import FoundArea, Spot

#: Points in each area. What is so small that all of them miss it is seldom reported about.
_POINTS = 24


@dataclass(frozen=True, slots=True)
class SampledPlace:
    """A place inside the area `of` (kind and code), and all areas that cover it."""

    of: tuple[str, str]
    spot: Spot
    areas: tuple[FoundArea, ...]


_PLACES = text(
    """
    WITH current AS (
        SELECT id, kind, code, name, shape, square_metres FROM area
        WHERE valid_from <= :on AND (valid_until IS NULL OR valid_until > :on)
    ), wanted AS (
        SELECT * FROM current WHERE kind || '/' || code = ANY(:wanted)
    ), points AS (
        SELECT kind, code, (ST_Dump(ST_GeneratePoints(shape, :points, 1))).geom AS spot FROM wanted
        UNION ALL
        SELECT kind, code, ST_PointOnSurface(shape) FROM wanted
    ), found AS (
        SELECT points.kind, points.code, points.spot,
               array_agg(DISTINCT area_part.area_id ORDER BY area_part.area_id) AS ids
        FROM points
        JOIN area_part ON ST_Covers(area_part.shape, points.spot)
        JOIN current ON current.id = area_part.area_id
        GROUP BY points.kind, points.code, points.spot
    ), places AS (
        SELECT DISTINCT ON (kind, code, ids) kind, code, ids, spot FROM found
        ORDER BY kind, code, ids, spot
    )
    SELECT places.kind, places.code, ST_X(places.spot) AS longitude, ST_Y(places.spot) AS latitude,
           array_agg(current.kind ORDER BY current.kind, current.code) AS kinds,
           array_agg(current.code ORDER BY current.kind, current.code) AS codes,
           array_agg(current.name ORDER BY current.kind, current.code) AS names,
           array_agg(current.square_metres ORDER BY current.kind, current.code) AS sizes
    FROM places CROSS JOIN LATERAL unnest(places.ids) AS covering (id)
    JOIN current ON current.id = covering.id
    GROUP BY places.kind, places.code, places.ids, places.spot
    ORDER BY places.kind, places.code, places.ids
    """
)


def places_in_areas(
    transaction: Transaction, wanted: Collection[tuple[str, str]], *, on: date
) -> list[SampledPlace]:
    """Return places in these areas (kind and code), one for each set of areas that meet there.

    Always the same places for the same areas. One statement.
    """
    if not wanted:
        return []
    rows = transaction.connection.execute(
        _PLACES,
        {"on": on, "wanted": [f"{kind}/{code}" for kind, code in wanted], "points": _POINTS},
    )
    return [
        SampledPlace(
            of=(row.kind, row.code),
            spot=Spot(row.longitude, row.latitude),
            areas=tuple(
                FoundArea(*one)
                for one in zip(row.kinds, row.codes, row.names, row.sizes, strict=True)
            ),
        )
        for row in rows
    ]


_MEETING = text(
    """
    SELECT other.kind, other.code
    FROM area AS here JOIN area AS other
        ON ST_Intersects(here.shape, other.shape) AND NOT ST_Touches(here.shape, other.shape)
    WHERE here.kind = :kind AND here.code = :code
      AND here.valid_from <= :on AND (here.valid_until IS NULL OR here.valid_until > :on)
      AND other.valid_from <= :on AND (other.valid_until IS NULL OR other.valid_until > :on)
      AND other.kind || '/' || other.code = ANY(:among)
    ORDER BY other.kind, other.code LIMIT :at_most
    """
)


def areas_that_meet(
    transaction: Transaction,
    area: tuple[str, str],
    among: Collection[tuple[str, str]],
    *,
    on: date,
    at_most: int,
) -> list[tuple[str, str]]:
    """Return which of these areas (kind and code) overlap an area, `at_most` of them."""
    kind, code = area
    rows = transaction.connection.execute(
        _MEETING,
        {
            "on": on,
            "kind": kind,
            "code": code,
            "among": [f"{one}/{its_code}" for one, its_code in among],
            "at_most": at_most,
        },
    )
    return [(row.kind, row.code) for row in rows]


@dataclass(frozen=True, slots=True)
class NamedArea:
    """An area of a day, by kind, code and name."""

    kind: str
    code: str
    name: str


_NAMED = text(
    """
    SELECT kind, code, name FROM area
    WHERE valid_from <= :on AND (valid_until IS NULL OR valid_until > :on)
      AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    ORDER BY kind, name, code
    """
)


def named_areas(transaction: Transaction, *, on: date, kind: str | None = None) -> list[NamedArea]:
    """Return the areas of a day by kind and name; of one kind where it is given."""
    rows = transaction.connection.execute(_NAMED, {"on": on, "kind": kind})
    return [NamedArea(row.kind, row.code, row.name) for row in rows]


def asset_kinds(transaction: Transaction) -> list[str]:
    """Return the kinds of assets that are there, in the order of the alphabet."""
    # The index on kind and number is read a kind at a time: a hundred thousand assets have ten.
    return list(
        transaction.connection.scalars(
            text(
                """
                WITH RECURSIVE kinds AS (
                    (SELECT kind FROM asset WHERE removed_on IS NULL ORDER BY kind LIMIT 1)
                    UNION ALL
                    SELECT (SELECT kind FROM asset WHERE removed_on IS NULL AND kind > kinds.kind
                            ORDER BY kind LIMIT 1)
                    FROM kinds WHERE kinds.kind IS NOT NULL
                )
                SELECT kind FROM kinds WHERE kind IS NOT NULL
                """
            )
        )
    )
