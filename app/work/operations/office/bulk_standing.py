"""How a case stands, with its tasks, questions and reports: kept before and after a bulk action."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction

Standing = dict[str, Any]

_STANDING = text(
    """
    SELECT jsonb_build_object(
        'case', to_jsonb(c) - 'spot' - 'areas',
        'tasks', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'id', task.id, 'stage', task.stage, 'version', task.version,
                'due_at', task.due_at, 'held_until', task.held_until) ORDER BY task.id)
            FROM task WHERE task.case_id = c.id), '[]'),
        'questions', coalesce((
            SELECT jsonb_agg(desk_entry.id ORDER BY desk_entry.id) FROM desk_entry
            WHERE desk_entry.case_id = c.id AND desk_entry.settled_at IS NULL), '[]'),
        'stop', (SELECT clock_stop.id FROM clock_stop
                 WHERE clock_stop.case_id = c.id AND clock_stop.ran_on_at IS NULL),
        'reports', coalesce((
            SELECT jsonb_agg(jsonb_build_object('id', report.id, 'joined_by', report.joined_by)
                ORDER BY report.id)
            FROM report WHERE report.case_id = c.id), '[]')
    ) AS standing
    FROM defect_case AS c WHERE c.id = :id
    """
)


def standing_of(transaction: Transaction, case_id: UUID) -> Standing:
    """Return how a case stands now. One statement."""
    standing: Standing = transaction.read(_STANDING, {"id": case_id})[0].standing
    return standing


def is_the_same(one: Standing, other: Standing) -> bool:
    """Whether nobody changed the case, a task, a question or its reports between the two."""
    return _marks(one) == _marks(other)


def began_alike(was: Standing, became: Standing) -> bool:
    """Whether no task was moved by somebody else while one action was done with the case.

    Each task that the action moved has the version after the one it was seen at.
    """
    seen = {task["id"]: task["version"] for task in was["tasks"]}
    return all(task["version"] - seen.get(task["id"], 0) <= 1 for task in became["tasks"])


def _marks(standing: Standing) -> tuple[Any, ...]:
    return (
        standing["case"]["version"],
        sorted((task["id"], task["version"]) for task in standing["tasks"]),
        sorted(standing["questions"]),
        sorted(report["id"] for report in standing["reports"]),
    )
