"""Who of a party has how much: for its team lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.identity.colleagues import team_members


@dataclass(frozen=True, slots=True)
class Load:
    """What a member of a team has: all that is to do, and what of it is begun, waits or is late."""

    id: UUID
    name: str
    to_do: int = 0
    begun: int = 0
    waits: int = 0
    late: int = 0
    done_today: int = 0


_LOADS = text(
    """
    SELECT task_worker.account_id,
           count(*) FILTER (WHERE task.stage <> 'done') AS to_do,
           count(*) FILTER (WHERE task.stage = 'started') AS begun,
           count(*) FILTER (WHERE task.stage = 'on-hold') AS waits,
           count(*) FILTER (WHERE task.stage <> 'done' AND task.due_at < :now) AS late,
           count(*) FILTER (WHERE task.stage = 'done') AS done_today
    FROM task_worker
    JOIN task ON task.id = task_worker.task_id
    WHERE task_worker.account_id = ANY(:members) AND task.party_id = :party_id
      AND (task.stage IN ('offered', 'accepted', 'started', 'on-hold')
           OR (task.stage = 'done' AND task.changed_at >= :morning))
    GROUP BY task_worker.account_id
    """
)


def loads_of_team(
    transaction: Transaction, party_id: UUID, *, now: datetime, morning: datetime
) -> Sequence[Load]:
    """Return the members of a party by name, each with what they have; in two statements."""
    members = team_members(transaction, party_id)
    rows = transaction.read(
        _LOADS,
        {
            "members": [one.id for one in members],
            "party_id": party_id,
            "now": now,
            "morning": morning,
        },
    )
    by_id = {row.account_id: row for row in rows}
    loads = []
    for one in members:
        row = by_id.get(one.id)
        if row is None:
            loads.append(Load(one.id, one.name))
        else:
            loads.append(
                Load(one.id, one.name, row.to_do, row.begun, row.waits, row.late, row.done_today)
            )
    return loads
