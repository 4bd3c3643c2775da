"""What publishing can do: hear of a case that moved, and answer strangers from the public case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from app.foundation.database import MapDatabase, Transaction
from app.foundation.table_changes import table_version
from app.geography.model import Box, Spot
from app.publishing.records import PublicCaseRecord
from app.publishing.rules import is_public, public_spot
from app.triage.model import CategoryShownOtherwise
from app.work.model import OPEN_STAGES, CaseMoved, CaseStage
from app.work.operations.lists import cases_of_category

OPEN_WORDS = tuple(sorted(stage.value for stage in OPEN_STAGES))

_PUBLISH = text(
    """
    INSERT INTO public_case (
        reference, category_code, stage, spot, party_name, report_count, reported_at, due_at,
        changed_at)
    VALUES (
        :reference, :category_code, :stage, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326),
        :party_name, :report_count, :reported_at, :due_at, :changed_at)
    ON CONFLICT (reference) DO UPDATE SET
        category_code = excluded.category_code, stage = excluded.stage, spot = excluded.spot,
        party_name = excluded.party_name, report_count = excluded.report_count,
        due_at = excluded.due_at, changed_at = excluded.changed_at
    """
)


_HIDE = text("DELETE FROM public_case WHERE reference = :reference")


def publish_case(transaction: Transaction, fact: CaseMoved) -> None:
    """Let the public case follow its case, in the transaction in which it moved."""
    case = fact.case
    if not is_public(case):
        transaction.write(_HIDE, {"reference": case.reference})
        return
    longitude, latitude = public_spot(case)
    transaction.write(
        _PUBLISH,
        {
            "reference": case.reference,
            "category_code": case.category_code,
            "stage": case.stage.value,
            "longitude": longitude,
            "latitude": latitude,
            "party_name": case.party_name,
            "report_count": case.report_count,
            "reported_at": case.received_at,
            "due_at": case.due_at,
            "changed_at": fact.at,
        },
    )


def publish_category(transaction: Transaction, fact: CategoryShownOtherwise) -> None:
    """Let the public cases of a category show as much as they may now, in the same transaction."""
    for case in cases_of_category(transaction, fact.code):
        publish_case(transaction, CaseMoved(case, previous_stage=case.stage, at=fact.at))


@dataclass(frozen=True, slots=True)
class PublicCase:
    """A case as a stranger may see it; degrees in WGS 84."""

    reference: str
    category_code: str
    stage: CaseStage
    longitude: float
    latitude: float
    party_name: str | None
    report_count: int
    reported_at: datetime
    due_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which public cases are asked for; without stages, those that are open."""

    box: Box | None = None
    categories: tuple[str, ...] = ()
    stages: tuple[str, ...] = OPEN_WORDS


# A category asked for is an inner code, or a main code that stands for all below it.
_WHERE = """
    WHERE stage = ANY(:stages)
      AND (CAST(:west AS float8) IS NULL
           OR spot && ST_MakeEnvelope(:west, :south, :east, :north, 4326))
      AND (CAST(:categories AS text[]) IS NULL
           OR category_code = ANY(:categories)
           OR split_part(category_code, '.', 1) = ANY(:categories))
"""

_LIST = text(
    f"""
    SELECT reference, category_code, stage, ST_X(spot) AS longitude, ST_Y(spot) AS latitude,
           party_name, report_count, reported_at, due_at, changed_at
    FROM public_case {_WHERE}
    ORDER BY reported_at DESC, reference
    LIMIT :at_most OFFSET :skip
    """  # noqa: S608  # both halves stand in this module
)

_COUNT = text(f"SELECT count(*) FROM public_case {_WHERE}")  # noqa: S608  # both halves stand in this module

# Ordered so that what is alike stands together: it travels in half the bytes.
_GEOJSON = text(
    f"""
    SELECT string_agg(
        '{{"type":"Feature","id":"' || reference || '","geometry":{{"type":"Point","coordinates":['
        || round(ST_X(spot)::numeric, 5) || ',' || round(ST_Y(spot)::numeric, 5)
        || ']}},"properties":{{"category":"' || category_code
        || '","main":"' || split_part(category_code, '.', 1)
        || '","status":"' || stage
        || '","party":' || coalesce(to_json(party_name)::text, 'null')
        || ',"reportedOn":"' || to_char(reported_at AT TIME ZONE 'Europe/Amsterdam', 'YYYY-MM-DD')
        || '","dueOn":"' || to_char(due_at AT TIME ZONE 'Europe/Amsterdam', 'YYYY-MM-DD')
        || '"}}}}',
        ',' ORDER BY category_code, stage, party_name, reported_at)
    FROM public_case {_WHERE}
    """  # noqa: S608  # both halves stand in this module
)


def cases_version(database: MapDatabase) -> str:
    """Return a word that changes whenever any public case does."""
    with database.transaction() as transaction:
        return table_version(transaction, PublicCaseRecord.__tablename__)


def cases_geojson(database: MapDatabase, wanted: CaseFilter) -> str:
    """Return the public cases as the text of a GeoJSON FeatureCollection, longitude first."""
    with database.transaction() as transaction:
        features = transaction.connection.execute(_GEOJSON, _values(wanted)).scalar_one()
    return f'{{"type":"FeatureCollection","features":[{features or ""}]}}'


def public_cases(
    database: MapDatabase, wanted: CaseFilter, *, at_most: int, skip: int = 0
) -> tuple[Sequence[PublicCase], int]:
    """Return a page of public cases, the newest first, and how many there are in all."""
    with database.transaction() as transaction:
        rows = transaction.connection.execute(
            _LIST, {**_values(wanted), "at_most": at_most, "skip": skip}
        ).all()
        total = transaction.connection.execute(_COUNT, _values(wanted)).scalar_one()
    return [_public_case(row) for row in rows], int(total)


_NEAR = text(
    """
    SELECT public_case.reference, public_case.category_code, public_case.stage,
           ST_X(public_case.spot) AS longitude, ST_Y(public_case.spot) AS latitude,
           public_case.party_name, public_case.report_count, public_case.reported_at,
           public_case.due_at, public_case.changed_at,
           ST_DistanceSphere(
               public_case.spot, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326)
           ) AS distance_metres
    FROM public_case
    WHERE public_case.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')
      AND public_case.spot && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
      AND ST_DistanceSphere(
              public_case.spot, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326)
          ) <= :within_metres
      AND (CAST(:categories AS text[]) IS NULL OR public_case.category_code = ANY(:categories))
    ORDER BY distance_metres, public_case.reference
    LIMIT :at_most
    """
)


def public_cases_near(
    database: MapDatabase,
    spot: Spot,
    *,
    within_metres: float,
    at_most: int,
    categories: Sequence[str] | None = None,
) -> Sequence[tuple[PublicCase, float]]:
    """Return the open public cases within this distance, each with its distance in metres.

    Nearest first; of these categories alone where they are given. Distances are to the public
    spot, which may be blurred.
    """
    box = spot.box_around(within_metres)
    with database.transaction() as transaction:
        rows = transaction.connection.execute(
            _NEAR,
            {
                "longitude": spot.longitude,
                "latitude": spot.latitude,
                "west": box.west,
                "south": box.south,
                "east": box.east,
                "north": box.north,
                "within_metres": within_metres,
                "at_most": at_most,
                "categories": None if categories is None else list(categories),
            },
        ).all()
    return [(_public_case(row), float(row.distance_metres)) for row in rows]


def _public_case(row: Row[Any]) -> PublicCase:
    return PublicCase(
        reference=row.reference,
        category_code=row.category_code,
        stage=CaseStage(row.stage),
        longitude=row.longitude,
        latitude=row.latitude,
        party_name=row.party_name,
        report_count=row.report_count,
        reported_at=row.reported_at,
        due_at=row.due_at,
        changed_at=row.changed_at,
    )


def _values(wanted: CaseFilter) -> dict[str, object]:
    box = wanted.box
    return {
        "stages": list(wanted.stages),
        "categories": list(wanted.categories) or None,
        "west": box.west if box else None,
        "south": box.south if box else None,
        "east": box.east if box else None,
        "north": box.north if box else None,
    }
