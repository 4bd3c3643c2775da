"""What planning can do: keep planned works, find those near a spot, write them for the map."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.foundation.table_changes import table_version
from app.geography.model import Box, Spot
from app.planning.model import Hindrance, NearWork, PlannedWork, WorkWithoutPlace
from app.planning.records import PlannedWorkRecord

# The public columns alone: the map's reader may read no other.
_COLUMNS = """
    reference, title_nl, title_en, description_nl, description_en, kind, hindrance, join_groups,
    starts_on, ends_on, carried_out_by, ST_AsGeoJSON(shape, 6) AS geometry
"""

_NEAR = text(
    f"""
    SELECT {_COLUMNS},
           ST_Distance(shape::geography, ST_MakePoint(:longitude, :latitude)::geography, false)
               AS distance_metres
    FROM planned_work
    WHERE shape && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
      AND ends_on >= :on
      AND ST_Distance(shape::geography, ST_MakePoint(:longitude, :latitude)::geography, false)
          <= :within_metres
    ORDER BY distance_metres, reference
    LIMIT :at_most
    """  # noqa: S608  # our own column list
)


def works_near(
    transaction: Transaction,
    spot: Spot,
    *,
    within_metres: float,
    on: date,
    at_most: int = 20,
) -> list[NearWork]:
    """Return the works under way or still to come within this distance, nearest first.

    The distance of a line or an area is that of its nearest part; inside an area it is nought.
    """
    box = spot.box_around(within_metres)
    rows = transaction.read(
        _NEAR,
        {
            "longitude": spot.longitude,
            "latitude": spot.latitude,
            "west": box.west,
            "south": box.south,
            "east": box.east,
            "north": box.north,
            "on": on,
            "within_metres": within_metres,
            "at_most": at_most,
        },
    )
    return [NearWork(_work(row), row.distance_metres) for row in rows]


_WITHIN = """
    WHERE ends_on >= :on
      AND (CAST(:west AS float8) IS NULL
           OR shape && ST_MakeEnvelope(:west, :south, :east, :north, 4326))
"""

_CURRENT = text(
    f"""
    SELECT {_COLUMNS} FROM planned_work {_WITHIN}
    ORDER BY starts_on, reference
    LIMIT :at_most
    """  # noqa: S608  # our own column list
)


def current_works(
    transaction: Transaction, *, box: Box | None, today: date, at_most: int | None = None
) -> list[PlannedWork]:
    """Return the works under way or still to come, soonest first; within `box` if there is one."""
    rows = transaction.connection.execute(
        _CURRENT, {**_box_and_day(box, today), "at_most": at_most}
    )
    return [_work(row) for row in rows]


_GEOJSON = text(
    f"""
    SELECT string_agg(
        '{{"type":"Feature","id":' || to_json(reference)
        || ',"geometry":' || ST_AsGeoJSON(shape, 5)
        || ',"properties":' || json_build_object(
            'title', json_build_object('nl', title_nl, 'en', title_en),
            'description', json_build_object('nl', description_nl, 'en', description_en),
            'kind', kind, 'hindrance', hindrance,
            'startsOn', starts_on, 'endsOn', ends_on,
            'underWay', starts_on <= :on,
            'carriedOutBy', carried_out_by) || '}}',
        ',' ORDER BY starts_on, reference)
    FROM planned_work {_WITHIN}
    """  # noqa: S608  # our own condition
)


def works_geojson(transaction: Transaction, *, box: Box | None, today: date) -> str:
    """Return the works under way or still to come as the text of a GeoJSON FeatureCollection.

    A feature's `id` is the work's reference. Reads public columns alone, so that the map's own
    role is enough.
    """
    features = transaction.connection.execute(_GEOJSON, _box_and_day(box, today)).scalar_one()
    return f'{{"type":"FeatureCollection","features":[{features or ""}]}}'


def works_version(transaction: Transaction, *, today: date) -> str:
    """Return a word that changes whenever a work does, and every day: for an ETag."""
    return f"{today.isoformat()}-{table_version(transaction, PlannedWorkRecord.__tablename__)}"


_IS_NOWHERE = text(
    """
    SELECT bool_or(ST_IsEmpty(ST_GeomFromGeoJSON(shape)))
    FROM unnest(CAST(:shapes AS text[])) AS shape
    """
)

_PLAN = text(
    """
    INSERT INTO planned_work (
        reference, title_nl, title_en, description_nl, description_en, shape, kind, hindrance,
        join_groups, starts_on, ends_on, carried_out_by, party_id, updated_at, is_demo
    ) VALUES (
        :reference, :title_nl, :title_en, :description_nl, :description_en,
        ST_SetSRID(ST_GeomFromGeoJSON(:geometry), 4326), :kind, :hindrance,
        :join_groups, :starts_on, :ends_on, :carried_out_by, :party_id, :now, :is_demo
    )
    ON CONFLICT (reference) DO UPDATE SET
        title_nl = EXCLUDED.title_nl, title_en = EXCLUDED.title_en,
        description_nl = EXCLUDED.description_nl, description_en = EXCLUDED.description_en,
        shape = EXCLUDED.shape, kind = EXCLUDED.kind, hindrance = EXCLUDED.hindrance,
        join_groups = EXCLUDED.join_groups, starts_on = EXCLUDED.starts_on,
        ends_on = EXCLUDED.ends_on, carried_out_by = EXCLUDED.carried_out_by,
        party_id = EXCLUDED.party_id, updated_at = EXCLUDED.updated_at
    """
)


def plan_works(
    transaction: Transaction,
    works: Sequence[tuple[PlannedWork, UUID | None]],
    *,
    now: datetime,
    is_demo: bool = False,
) -> None:
    """Keep these works, each with the party that does it; one with a known reference is renewed.

    Raises:
        WorkWithoutPlace: one of them is nowhere, such as at an empty point.
    """
    if not works:
        return
    shapes = [work.geometry for work, _ in works]
    if transaction.connection.scalar(_IS_NOWHERE, {"shapes": shapes}):
        raise WorkWithoutPlace()
    transaction.connection.execute(
        _PLAN,
        [
            {
                "reference": work.reference,
                "title_nl": work.title_nl,
                "title_en": work.title_en,
                "description_nl": work.description_nl,
                "description_en": work.description_en,
                "geometry": work.geometry,
                "kind": work.kind,
                "hindrance": work.hindrance.value,
                "join_groups": list(work.join_groups),
                "starts_on": work.starts_on,
                "ends_on": work.ends_on,
                "carried_out_by": work.carried_out_by,
                "party_id": party_id,
                "now": now,
                "is_demo": is_demo,
            }
            for work, party_id in works
        ],
    )


def _box_and_day(box: Box | None, on: date) -> dict[str, object]:
    return {
        "on": on,
        "west": box.west if box else None,
        "south": box.south if box else None,
        "east": box.east if box else None,
        "north": box.north if box else None,
    }


def _work(row: Row[Any]) -> PlannedWork:
    return PlannedWork(
        reference=row.reference,
        title_nl=row.title_nl,
        title_en=row.title_en,
        description_nl=row.description_nl,
        description_en=row.description_en,
        kind=row.kind,
        hindrance=Hindrance(row.hindrance),
        join_groups=tuple(row.join_groups),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        carried_out_by=row.carried_out_by,
        geometry=row.geometry,
    )
