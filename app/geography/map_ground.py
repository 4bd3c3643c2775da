"""Reads what every map of ours lies on: the outline of the municipality and the villages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import from_json
from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.model import MUNICIPALITY, VILLAGE

_GROUND = text(
    """
    SELECT kind, code, name,
           ST_AsGeoJSON(ST_SimplifyPreserveTopology(shape, 0.0001), 5) AS geometry,
           ST_X(ST_PointOnSurface(shape)) AS label_longitude,
           ST_Y(ST_PointOnSurface(shape)) AS label_latitude
    FROM area, (SELECT (now() AT TIME ZONE 'Europe/Amsterdam')::date AS day) AS shown
    WHERE kind = ANY(:kinds)
      AND valid_from <= shown.day AND (valid_until IS NULL OR valid_until > shown.day)
    ORDER BY name
    """
)


def outline_and_villages(transaction: Transaction) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both as `area_shapes` does, those of today. One statement."""
    return _of(tuple(transaction.read(_GROUND, {"kinds": [MUNICIPALITY, VILLAGE]})))


@lru_cache(maxsize=4)
def _of(rows: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what these rows tell; those that were read last are the same most of the time."""
    outline, villages = (
        collected([row for row in rows if row.kind == kind]) for kind in (MUNICIPALITY, VILLAGE)
    )
    return outline, villages


def collected(rows: Sequence[Any]) -> dict[str, Any]:
    """Return rows with a code, a name, a shape and where its name stands as a FeatureCollection."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": from_json(row.geometry),
                "properties": {
                    "code": row.code,
                    "name": row.name,
                    "label": [row.label_longitude, row.label_latitude],
                },
            }
            for row in rows
        ],
    }
