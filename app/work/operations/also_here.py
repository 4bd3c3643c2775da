"""Which other tasks of a party lie so near a task that they are done in the same go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.work.model import ListedTask

#: As far as one walks with the tools in one's hands.
WITHIN_METRES = 50

#: More than this nobody looks at one by one.
MOST_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class AlsoHere:
    """An open task of the same kind near by; `version` is the one that was shown."""

    task_id: UUID
    version: int
    reference: str
    distance_metres: float
    asset_number: str | None
    asset_kind: str | None
    near_address: str | None


_NEAR = text(
    """
    WITH here AS (
        SELECT ST_SetSRID(ST_MakePoint(CAST(:longitude AS float8), CAST(:latitude AS float8)),
                          4326) AS spot
    )
    SELECT task.id, task.version, c.reference, asset.number, asset.street, asset.kind,
           c.near_address, ST_DistanceSphere(c.spot, here.spot) AS metres
    FROM here
    JOIN defect_case AS c ON c.spot && ST_Expand(here.spot, :degrees_across, :degrees_along)
        AND c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')
        AND c.category_code = :category_code AND c.id <> :case_id
    JOIN task ON task.case_id = c.id AND task.party_id = :party_id
        AND task.stage IN ('offered', 'accepted', 'started', 'on-hold')
    LEFT JOIN asset ON asset.id = c.asset_id
    LEFT JOIN task_worker ON task_worker.task_id = task.id
    LEFT JOIN account AS worker ON worker.id = task_worker.account_id
        AND worker.is_active AND worker.party_id = task.party_id
    -- What a colleague has is theirs to close.
    WHERE (worker.id IS NULL OR worker.id = :account_id)
      AND ST_DistanceSphere(c.spot, here.spot) <= :metres
    ORDER BY metres, c.reference
    LIMIT :at_most
    """
)

#: A degree is this many metres and more: along a meridian anywhere, across one up to 60° north.
_METRES_ALONG = 110_000
_METRES_ACROSS = 55_000


def also_here(
    transaction: Transaction, done: ListedTask, *, account_id: UUID
) -> Sequence[AlsoHere]:
    """Return the open tasks of the same party and kind near a task, the nearest first."""
    rows = transaction.read(
        _NEAR,
        {
            "longitude": done.case.longitude,
            "latitude": done.case.latitude,
            "degrees_across": WITHIN_METRES / _METRES_ACROSS,
            "degrees_along": WITHIN_METRES / _METRES_ALONG,
            "category_code": done.case.category_code,
            "case_id": done.case.id,
            "party_id": done.task.party_id,
            "account_id": account_id,
            "metres": WITHIN_METRES,
            "at_most": MOST_AT_ONCE,
        },
    )
    return [
        AlsoHere(
            task_id=row.id,
            version=row.version,
            reference=row.reference,
            distance_metres=row.metres,
            asset_number=", ".join(filter(None, (row.number, row.street))) or None,
            asset_kind=row.kind,
            near_address=row.near_address,
        )
        for row in rows
    ]
