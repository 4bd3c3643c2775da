"""Finds the open cases near a place."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from app.foundation.database import Transaction
from app.work.model import CaseStage, NearCase


def cases_near(
    transaction: Transaction,
    *,
    longitude: float,
    latitude: float,
    within_metres: float,
    category_group: str | None = None,
    without_asset: bool = False,
    at_most: int = 5,
) -> Sequence[NearCase]:
    """Return the open cases within this distance, nearest first; degrees in WGS 84."""
    rows = transaction.read(
        _NEAR,
        {
            "longitude": longitude,
            "latitude": latitude,
            "within_metres": within_metres,
            # A degree of latitude is never less than 110,500 m; longitudes shrink towards 54° N.
            "within_degrees_east": within_metres / 65_000,
            "within_degrees_north": within_metres / 110_500,
            "category_group": category_group,
            "without_asset": without_asset,
            "at_most": at_most,
        },
    )
    return [
        NearCase(
            reference=row.reference,
            category_code=row.category_code,
            stage=CaseStage(row.stage),
            longitude=row.longitude,
            latitude=row.latitude,
            asset_id=row.asset_id,
            report_count=row.report_count,
            received_at=row.received_at,
            due_at=row.due_at,
            distance_metres=row.distance_metres,
        )
        for row in rows
    ]


_NEAR = text(
    """
    SELECT c.reference, c.category_code, c.stage, ST_X(c.spot) AS longitude,
           ST_Y(c.spot) AS latitude, c.asset_id, c.report_count, c.received_at, c.due_at,
           ST_DistanceSphere(c.spot, here.spot) AS distance_metres
    FROM defect_case AS c,
         (SELECT ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326) AS spot) AS here
    WHERE c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')
      AND c.spot && ST_Expand(here.spot, :within_degrees_east, :within_degrees_north)
      AND ST_DistanceSphere(c.spot, here.spot) <= :within_metres
      AND (CAST(:category_group AS text) IS NULL OR c.category_group = :category_group)
      AND (NOT :without_asset OR c.asset_id IS NULL)
    ORDER BY distance_metres, c.reference
    LIMIT :at_most
    """
)
