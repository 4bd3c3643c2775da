"""The tasks of a party as its people work through them: whose they are, and which comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.work.driving_order import Stop, Turn, driving_order
from app.work.model import TaskStage

#: So many tasks, the most urgent and then the nearest, are put into a driving order; the others
#: come after them. Nobody does more in a day. They fill whole pages of the list.
TASKS_ON_A_PAGE = 40
MOST_STOPS = 2 * TASKS_ON_A_PAGE


class Whose(StrEnum):
    """Whose tasks a list holds; the word stands in its address."""

    TEAM = "ploeg"
    MINE = "mij"
    #: Of nobody yet.
    FREE = "vrij"


class Order(StrEnum):
    """Which task comes first, after what cannot wait; the word stands in the address."""

    DRIVING = "rijden"
    NEAREST = "dichtbij"
    DUE = "termijn"


class Begin(StrEnum):
    """From where distances are counted."""

    PHONE = "phone"
    LAST_TASK = "last-task"
    MIDDLE = "middle"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list somebody wants to see; `near` is (longitude, latitude) in WGS 84.

    `of` is the person whose tasks they are, where it is not `whose` list.
    """

    party_id: UUID
    account_id: UUID
    whose: Whose = Whose.TEAM
    of: UUID | None = None
    order: Order = Order.DRIVING
    near: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A task on the list, with its place and who does it."""

    task_id: UUID
    case_id: UUID
    category_code: str
    stage: TaskStage
    due_at: datetime
    longitude: float
    latitude: float
    turn: Turn
    is_high: bool
    worker_id: UUID | None
    worker_name: str | None
    near_address: str | None
    #: From where the phone is; none where nobody said that.
    metres: float | None


@dataclass(frozen=True, slots=True)
class CrewList:
    """The tasks in their order, as many as were asked for, and how many there are of each sort."""

    lines: tuple[Line, ...]
    begin: Begin
    of_team: int
    of_mine: int
    of_nobody: int
    #: How many this list holds in all.
    total: int


#: The open tasks of a party with their cases. What the order goes by is read from an index alone;
#: whatever is over has no open task.
_OPEN = """
    task
    JOIN defect_case AS c ON c.id = task.case_id
        AND c.stage NOT IN ('resolved', 'closed-without-work', 'merged')
"""
_ARE_OPEN = """
    task.party_id = :party_id AND task.stage IN ('offered', 'accepted', 'started', 'on-hold')
"""
#: Whoever left, or works for another party by now, has nothing to do here any more.
_WORKER = """
    LEFT JOIN task_worker ON task_worker.task_id = task.id
    LEFT JOIN account AS worker ON worker.id = task_worker.account_id
        AND worker.is_active AND worker.party_id = task.party_id
"""

# The middle of all tasks is worked out only where nothing else says where one begins.
_LIST = f"""
    WITH counted AS (
        SELECT count(*) AS of_team,
               count(*) FILTER (WHERE worker.id = :account_id) AS of_mine,
               count(*) FILTER (WHERE worker.id IS NULL) AS of_nobody,
               count(*) FILTER (WHERE worker.id = :of) AS of_one
        FROM task {_WORKER} WHERE {_ARE_OPEN}
    ), last_task AS MATERIALIZED (
        SELECT ST_X(c.spot) AS x, ST_Y(c.spot) AS y
        FROM task
        JOIN defect_case AS c ON c.id = task.case_id
        -- Theirs are looked up first: were it a join, a plan could go through all tasks there are.
        WHERE task.id = ANY(ARRAY(
            SELECT task_id FROM task_worker
            WHERE account_id = :account_id AND since >= CAST(:today AS date) - 30))
          AND task.party_id = :party_id
          AND task.stage IN ('started', 'done', 'on-hold')
          AND task.changed_at >= :morning
        ORDER BY task.changed_at DESC LIMIT 1
    ), begin AS MATERIALIZED (
        SELECT coalesce(CAST(:longitude AS float8), (SELECT x FROM last_task),
                        (SELECT avg(ST_X(c.spot)) FROM {_OPEN} WHERE {_ARE_OPEN})) AS begin_x,
               coalesce(CAST(:latitude AS float8), (SELECT y FROM last_task),
                        (SELECT avg(ST_Y(c.spot)) FROM {_OPEN} WHERE {_ARE_OPEN})) AS begin_y,
               CASE WHEN CAST(:longitude AS float8) IS NOT NULL THEN 'phone'
                    WHEN EXISTS (SELECT FROM last_task) THEN 'last-task'
                    ELSE 'middle' END AS said
    ), listed AS (
        SELECT open.*, asked.turn,
               -- In degrees of latitude; good enough to choose the nearest in a municipality.
               sqrt(power((open.x - begin_x) * cos(radians(begin_y)), 2)
                    + power(open.y - begin_y, 2)) AS distance
        FROM (
            SELECT task.id, task.case_id, task.stage, task.due_at, task.held_until,
                   task.offered_at, ST_X(c.spot) AS x, ST_Y(c.spot) AS y,
                   c.is_danger, c.due_at AS promised_at, c.priority, c.at_risk_at,
                   c.stage AS case_stage,
                   CASE WHEN c.stage = 'planned' THEN c.planned_on END AS planned_on,
                   worker.id AS worker_id
            FROM {_OPEN} {_WORKER} WHERE {_ARE_OPEN}
        ) AS open CROSS JOIN begin CROSS JOIN LATERAL (
            SELECT CASE WHEN open.worker_id <> :of THEN 5
                        WHEN open.stage = 'started' THEN 0
                        WHEN open.held_until > :today OR open.planned_on > :today
                            OR open.case_stage = 'waiting' THEN 4
                        WHEN open.is_danger THEN 1
                        WHEN open.promised_at < :now OR open.priority = 'high' THEN 2
                        ELSE 3 END AS turn
        ) AS asked
        WHERE CASE :whose WHEN 'ploeg' THEN true
                          WHEN 'vrij' THEN open.worker_id IS NULL
                          ELSE open.worker_id = :of END
        ORDER BY {{first}} LIMIT :at_most OFFSET :skip
    )
    SELECT counted.of_team, counted.of_mine, counted.of_nobody, counted.of_one, begin.*, listed.*,
           c.category_code, c.near_address, worker.name AS worker_name,
           CASE WHEN CAST(:longitude AS float8) IS NOT NULL THEN ST_DistanceSphere(
               c.spot, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326))
           END AS metres
    FROM counted CROSS JOIN begin LEFT JOIN (
        listed JOIN defect_case AS c ON c.id = listed.case_id
        LEFT JOIN account AS worker ON worker.id = listed.worker_id
    ) ON true
    ORDER BY {{again}}
"""  # noqa: S608  # our own conditions

_BY_DUE = """
    CASE WHEN open.promised_at < :now THEN 0
         WHEN open.at_risk_at <= :now AND open.case_stage <> 'waiting' THEN 1 ELSE 2 END,
    open.due_at, open.offered_at, open.id
"""

#: By which tasks are chosen and put in order. Of a driving order that is which tasks are in it.
#: Whoever wants the nearest first has what is too late among the rest.
_FIRST = {
    Order.DRIVING: "turn, distance, open.id",
    Order.NEAREST: "CASE turn WHEN 2 THEN 3 ELSE turn END, distance, open.id",
    Order.DUE: f"turn, {_BY_DUE}",
}
_STATEMENTS = {
    order: text(_LIST.format(first=first, again=first.replace("open.", "listed.")))
    for order, first in _FIRST.items()
}


def crew_list(
    transaction: Transaction,
    asked: Asked,
    *,
    now: datetime,
    morning: datetime,
    today: date,
    at_most: int,
    skip: int = 0,
) -> CrewList:
    """Return a part of a crew's list, in one statement.

    What was begun comes first, then danger, then what is too late or has a high priority, then
    the rest; what waits for a later day, and what a colleague has, stand at the end. A driving
    order is made of the first `MOST_STOPS`. It begins where the phone is; without that, where
    one's last task of today is (`morning` is when the day began), or in the middle of all tasks.
    """
    is_driven = asked.order is Order.DRIVING and skip < MOST_STOPS
    rows = transaction.read(
        _STATEMENTS[asked.order],
        {
            "party_id": asked.party_id,
            "account_id": asked.account_id,
            "whose": "" if asked.of else asked.whose.value,
            "of": asked.of or asked.account_id,
            "longitude": asked.near[0] if asked.near else None,
            "latitude": asked.near[1] if asked.near else None,
            "now": now,
            "morning": morning,
            "today": today,
            "at_most": MOST_STOPS if is_driven else at_most,
            "skip": 0 if is_driven else skip,
        },
    )
    first = rows[0]
    lines = [_line(row) for row in rows if row.id is not None]
    if is_driven and lines:
        stops = [Stop(line.longitude, line.latitude, line.turn) for line in lines]
        order = driving_order(stops, start=(first.begin_x, first.begin_y))
        lines = [lines[number] for number in order][skip : skip + at_most]
    return CrewList(
        lines=tuple(lines),
        begin=Begin(first.said),
        of_team=first.of_team,
        of_mine=first.of_mine,
        of_nobody=first.of_nobody,
        total=_total(asked, first),
    )


def _total(asked: Asked, row: Any) -> int:  # noqa: ANN401  # columns by name
    if asked.of is not None:
        return int(row.of_one)
    counted = {Whose.TEAM: row.of_team, Whose.FREE: row.of_nobody, Whose.MINE: row.of_mine}
    return int(counted[asked.whose])


def _line(row: Any) -> Line:  # noqa: ANN401  # columns by name
    return Line(
        task_id=row.id,
        case_id=row.case_id,
        category_code=row.category_code,
        stage=TaskStage(row.stage),
        due_at=row.due_at,
        longitude=row.x,
        latitude=row.y,
        turn=Turn(row.turn),
        is_high=row.priority == "high",
        worker_id=row.worker_id,
        worker_name=row.worker_name,
        near_address=row.near_address,
        metres=row.metres,
    )
