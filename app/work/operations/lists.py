"""The lists people work from: a party's tasks, the desk's cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.identity.model import NO_LIMITS, Limits
from app.work.model import OPEN_STAGES, Case, DeskCase, DeskEntry, DeskReason, ListedTask
from app.work.operations.case_rows import CASE_COLUMNS, CASE_TABLES, case_of
from app.work.operations.task_rows import TASK_COLUMNS, task_of
from app.work.operations.within import within

# Written in this module alone; what people type comes as values.
_LISTED = f"""
    SELECT {TASK_COLUMNS}, {CASE_COLUMNS}, asset.number AS asset_number,
           asset.street AS asset_street, asset.kind AS asset_kind,
           CASE WHEN CAST(:longitude AS float8) IS NULL THEN NULL
                ELSE ST_DistanceSphere(
                    c.spot, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326))
           END AS distance_metres
    FROM task
    JOIN {CASE_TABLES} ON c.id = task.case_id
    LEFT JOIN asset ON asset.id = c.asset_id
"""  # noqa: S608  # our own column lists


# Too late, at risk, and the rest; without a moment all are alike. What waits for somebody else has
# a clock that stands still.
_BY_CLOCK = """
    CASE WHEN c.due_at < CAST(:now AS timestamptz) THEN 0
         WHEN c.at_risk_at <= :now AND c.stage <> 'waiting' THEN 1 ELSE 2 END
"""


def open_tasks_of_party(
    transaction: Transaction,
    party_id: UUID,
    *,
    now: datetime | None = None,
    near: tuple[float, float] | None = None,
    at_most: int = 200,
    skip: int = 0,
) -> Sequence[ListedTask]:
    """Return the open tasks of a party: started first, then danger, then the nearest; without a
    place to be near, what is too late, what is at risk of it, and the rest by when it is due.

    `near` is (longitude, latitude) in WGS 84. One statement.
    """
    by_distance = "distance_metres," if near else f"{_BY_CLOCK},"
    rows = transaction.connection.execute(
        text(
            _LISTED
            + f"""
            WHERE task.party_id = :party_id
              AND task.stage IN ('offered', 'accepted', 'started', 'on-hold')
            ORDER BY (task.stage = 'started') DESC, c.is_danger DESC, {by_distance}
                     task.due_at, task.offered_at, task.id
            LIMIT :at_most OFFSET :skip
            """
        ),
        {
            "party_id": party_id,
            "now": now,
            "skip": skip,
            "longitude": near[0] if near else None,
            "latitude": near[1] if near else None,
            "at_most": at_most,
        },
    )
    return [_listed(row) for row in rows]


def count_open_tasks(transaction: Transaction, party_id: UUID) -> int:
    """Return how many tasks a party has to do."""
    return int(
        transaction.connection.execute(
            text(
                """
                SELECT count(*) FROM task
                WHERE party_id = :party_id
                  AND stage IN ('offered', 'accepted', 'started', 'on-hold')
                """
            ),
            {"party_id": party_id},
        ).scalar_one()
    )


def tasks_of_party_after(
    transaction: Transaction,
    party_id: UUID,
    *,
    after: tuple[datetime, UUID] | None,
    stages: Sequence[str] | None,
    at_most: int,
) -> Sequence[ListedTask]:
    """Return a page of a party's tasks in the order they were offered, for its programs."""
    rows = transaction.connection.execute(
        text(
            _LISTED
            + """
            WHERE task.party_id = :party_id
              AND (CAST(:after_at AS timestamptz) IS NULL
                   OR (task.offered_at, task.id) > (:after_at, CAST(:after_id AS uuid)))
              AND (CAST(:stages AS text[]) IS NULL OR task.stage = ANY(:stages))
            ORDER BY task.offered_at, task.id
            LIMIT :at_most
            """
        ),
        {
            "party_id": party_id,
            "after_at": after[0] if after else None,
            "after_id": after[1] if after else None,
            "stages": list(stages) if stages is not None else None,
            "longitude": None,
            "latitude": None,
            "at_most": at_most,
        },
    )
    return [_listed(row) for row in rows]


def listed_task(transaction: Transaction, task_id: UUID, *, party_id: UUID) -> ListedTask | None:
    """Return one task of a party with its case, or None where it is not this party's."""
    row = transaction.connection.execute(
        text(_LISTED + " WHERE task.id = :id AND task.party_id = :party_id"),
        {"id": task_id, "party_id": party_id, "longitude": None, "latitude": None},
    ).one_or_none()
    return _listed(row) if row is not None else None


def desk_list(
    transaction: Transaction,
    *,
    now: datetime | None = None,
    reason: DeskReason | None = None,
    limits: Limits = NO_LIMITS,
    at_most: int = 100,
    skip: int = 0,
) -> Sequence[DeskCase]:
    """Return the cases on the desk's list, or those there for `reason`, each with all its reasons.

    Danger first, then what is too late, what is at risk of it, and the rest; of those whichever
    stands there longest. What lies outside the limits is left out. One statement.
    """
    condition, values = within(limits)
    rows = transaction.connection.execute(
        text(
            f"""
            SELECT listed.entries, {CASE_COLUMNS}
            FROM (
                SELECT case_id,
                       min(raised_at) FILTER (
                           WHERE reason = coalesce(CAST(:reason AS text), reason)) AS since,
                       jsonb_agg(
                           jsonb_build_object('id', id, 'reason', reason, 'details', details,
                                              'raised_at', raised_at)
                           ORDER BY raised_at, id) AS entries
                FROM desk_entry
                WHERE settled_at IS NULL
                GROUP BY case_id
            ) AS listed
            JOIN {CASE_TABLES} ON c.id = listed.case_id
            WHERE listed.since IS NOT NULL AND {condition}
            ORDER BY c.is_danger DESC, {_BY_CLOCK}, listed.since, c.id
            LIMIT :at_most OFFSET :skip
            """  # noqa: S608  # our own column lists
        ),
        {
            **values,
            "now": now,
            "skip": skip,
            "reason": reason.value if reason else None,
            "at_most": at_most,
        },
    )
    return [_desk_case(row) for row in rows]


def count_cases_at_desk(transaction: Transaction, *, limits: Limits = NO_LIMITS) -> int:
    """Return how many cases stand on the desk's list, each once however many its reasons."""
    limited, values = _desk_entries_within(limits)
    statement = f"SELECT count(DISTINCT case_id) FROM desk_entry WHERE settled_at IS NULL{limited}"  # noqa: S608  # our own condition
    return int(transaction.connection.execute(text(statement), values).scalar_one())


def desk_counts(transaction: Transaction, *, limits: Limits = NO_LIMITS) -> dict[DeskReason, int]:
    """Return how many cases stand on the desk's list, for each reason."""
    limited, values = _desk_entries_within(limits)
    rows = transaction.connection.execute(
        text(
            f"""
            SELECT reason, count(*) AS cases FROM desk_entry
            WHERE settled_at IS NULL{limited} GROUP BY reason
            """  # noqa: S608  # our own condition
        ),
        values,
    )
    counted = {DeskReason(row.reason): int(row.cases) for row in rows}
    return {reason: counted.get(reason, 0) for reason in DeskReason}


def _desk_entries_within(limits: Limits) -> tuple[str, dict[str, Any]]:
    """Return what else must hold of an entry of the desk's list; nothing without limits."""
    if not limits:
        return "", {}
    condition, values = within(limits)
    return f" AND case_id IN (SELECT c.id FROM defect_case AS c WHERE {condition})", values  # noqa: S608  # our own condition


def cases_of_category(transaction: Transaction, category_code: str) -> Sequence[Case]:
    """Return every case of a category, open or closed, for whoever shows them otherwise now."""
    rows = transaction.connection.execute(
        text(
            f"SELECT {CASE_COLUMNS} FROM {CASE_TABLES} WHERE c.category_code = :code"  # noqa: S608  # our own column lists
        ),
        {"code": category_code},
    )
    return [case_of(row) for row in rows]


def open_cases_by_category(transaction: Transaction) -> dict[str, int]:
    """Return how many open cases each category has; one without is left out."""
    rows = transaction.connection.execute(
        text(
            "SELECT category_code, count(*) AS cases FROM defect_case"
            " WHERE stage = ANY(:stages) GROUP BY category_code"
        ),
        {"stages": [stage.value for stage in OPEN_STAGES]},
    )
    return {row.category_code: int(row.cases) for row in rows}


def desk_entries_of_case(transaction: Transaction, case_id: UUID) -> Sequence[DeskEntry]:
    """Return why a case stands on the desk's list now."""
    rows = transaction.connection.execute(
        text(
            f"""
            SELECT desk_entry.id AS entry_id, desk_entry.reason, desk_entry.details,
                   desk_entry.raised_at, {CASE_COLUMNS}
            FROM desk_entry
            JOIN {CASE_TABLES} ON c.id = desk_entry.case_id
            WHERE desk_entry.settled_at IS NULL AND desk_entry.case_id = :case_id
            ORDER BY desk_entry.raised_at, desk_entry.id
            """  # noqa: S608  # our own column lists
        ),
        {"case_id": case_id},
    )
    return [_desk_entry(row) for row in rows]


def _listed(row: Row[Any]) -> ListedTask:
    return ListedTask(
        task_of(row),
        case_of(row),
        row.asset_number,
        row.distance_metres,
        row.asset_kind,
        row.asset_street or None,
    )


def _desk_case(row: Row[Any]) -> DeskCase:
    found = case_of(row)
    return DeskCase(
        found,
        tuple(
            DeskEntry(
                UUID(one["id"]),
                DeskReason(one["reason"]),
                one["details"],
                datetime.fromisoformat(one["raised_at"]),
                found,
            )
            for one in row.entries
        ),
    )


def _desk_entry(row: Row[Any]) -> DeskEntry:
    return DeskEntry(row.entry_id, DeskReason(row.reason), row.details, row.raised_at, case_of(row))
