"""Reads what there is to tell somebody, from the tasks, cases and the history themselves.

Nothing is written when a promise comes at risk: the moment is a column of the case. So there is no
job that can be late, and a notice is gone when what it tells is over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.identity.model import Actor
from app.identity.permissions import Permission, Role
from app.work.notices.model import MOST_NOTICES, TOLD_FOR, Notice, NoticeKind, Notices
from app.work.operations.within import within

_OPEN = "c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')"
_RUNS = "NOT (c.stage = 'waiting' AND c.waiting_for IN ('third-party', 'reporter'))"
_COLUMNS = (
    "c.id AS case_id, c.reference, c.category_code, c.is_danger, c.due_at,"
    " c.near_address, c.near_village"
)

_NEW, _REOPENED = f"'{NoticeKind.NEW}'", f"'{NoticeKind.REOPENED}'"
_AT_RISK, _OVERDUE = f"'{NoticeKind.AT_RISK}'", f"'{NoticeKind.OVERDUE}'"

#: The tasks of a party: those that nobody took, and one's own; who leads sees those of all. A task
#: is new when it was offered, or when somebody else gave it to this person.
_TOLD_TO_A_PARTY = f"""
    WITH mine AS (
        SELECT {_COLUMNS}, c.at_risk_at, {_RUNS} AS runs, task.id AS task_id,
               CASE WHEN given.at IS NULL THEN task.offered_at ELSE given.at END AS came_at
        FROM task JOIN defect_case AS c ON c.id = task.case_id
        LEFT JOIN task_worker AS worker ON worker.task_id = task.id
        LEFT JOIN LATERAL (
            SELECT history_entry.at FROM history_entry
            WHERE history_entry.case_id = c.id AND history_entry.happening = 'task-given'
              AND worker.account_id = :account_id AND history_entry.at = worker.since
              AND history_entry.actor_id IS DISTINCT FROM worker.account_id
            LIMIT 1
        ) AS given ON true
        WHERE task.party_id = :party_id
          AND task.stage IN ('offered', 'accepted', 'started', 'on-hold')
          AND (:is_lead OR worker.account_id IS NULL OR worker.account_id = :account_id)
    ), told AS (
        SELECT {_NEW} AS kind, 0 AS weight, came_at AS since, mine.* FROM mine
        UNION ALL
        SELECT {_REOPENED}, 1, reopened.at, mine.* FROM mine
        JOIN history_entry AS reopened
          ON reopened.case_id = mine.case_id AND reopened.happening = 'reopened'
        UNION ALL
        SELECT {_AT_RISK}, 2, at_risk_at, mine.* FROM mine
        WHERE at_risk_at <= :now AND due_at > :now AND runs
        UNION ALL
        SELECT {_OVERDUE}, 3, due_at, mine.* FROM mine WHERE due_at <= :now
    ), last AS (
        SELECT DISTINCT ON (task_id) *, NULL::text AS desk_reason FROM told
        WHERE since > :told_from AND since <= :now
        ORDER BY task_id, since DESC, weight DESC
    )
"""  # noqa: S608  # words of our own

#: What the desk has on its list, and every open case whose promise or peace ended.
_TOLD_TO_THE_DESK = f"""
    WITH told AS (
        SELECT {_NEW} AS kind, 0 AS weight, entry.raised_at AS since, {_COLUMNS},
               entry.reason AS desk_reason
        FROM desk_entry AS entry JOIN defect_case AS c ON c.id = entry.case_id
        WHERE entry.settled_at IS NULL AND entry.raised_at > :told_from AND {{within}}
        UNION ALL
        SELECT {_REOPENED}, 1, reopened.at, {_COLUMNS}, NULL
        FROM history_entry AS reopened JOIN defect_case AS c ON c.id = reopened.case_id
        WHERE reopened.happening = 'reopened' AND reopened.at > :told_from AND {_OPEN}
          AND {{within}}
        UNION ALL
        SELECT {_AT_RISK}, 2, c.at_risk_at, {_COLUMNS}, NULL FROM defect_case AS c
        WHERE {_OPEN} AND c.at_risk_at <= :now AND c.due_at > :now AND {_RUNS}
          AND c.at_risk_at > :told_from AND {{within}}
        UNION ALL
        SELECT {_OVERDUE}, 3, c.due_at, {_COLUMNS}, NULL FROM defect_case AS c
        WHERE {_OPEN} AND c.due_at <= :now AND c.due_at > :told_from AND {{within}}
    ), last AS (
        SELECT DISTINCT ON (case_id) *, NULL::uuid AS task_id FROM told
        WHERE since <= :now
        ORDER BY case_id, since DESC, weight DESC
    )
"""  # noqa: S608  # words of our own; what is within the limits comes as values

_THE_LAST_ONES = """
    SELECT last.*, seen.seen_until
    FROM (SELECT seen_until FROM notices_seen WHERE account_id = :account_id
          UNION ALL SELECT NULL ORDER BY seen_until NULLS LAST LIMIT 1) AS seen
    LEFT JOIN (SELECT * FROM last ORDER BY since DESC, case_id LIMIT :at_most) AS last ON true
    ORDER BY last.since DESC, last.case_id
"""


def notices_of(transaction: Transaction, actor: Actor, *, now: datetime) -> Notices:
    """Return what there is to tell this account, the last first. One statement, or none.

    Who does the work hears of the tasks of their party, but for those that a colleague took; who
    sees the desk hears of its list and of all open cases within their limits. Everyone else hears
    nothing.
    """
    values: dict[str, Any] = {
        "account_id": actor.id,
        "now": now,
        "told_from": now - TOLD_FOR,
        "at_most": MOST_NOTICES + 1,
    }
    if actor.may(Permission.WORK_TASKS) and actor.party_id is not None:
        statement = _TOLD_TO_A_PARTY
        values |= {"party_id": actor.party_id, "is_lead": actor.role is Role.TEAM_LEAD}
    elif actor.may(Permission.SEE_DESK):
        condition, inside = within(actor.limits)
        statement = _TOLD_TO_THE_DESK.format(within=condition)
        values |= inside
    else:
        return Notices((), None, is_more=False)
    rows = transaction.connection.execute(text(statement + _THE_LAST_ONES), values).all()
    told = [_notice(row) for row in rows if row.case_id is not None]
    return Notices(
        told[:MOST_NOTICES],
        seen_until=rows[0].seen_until if rows else None,
        is_more=len(told) > MOST_NOTICES,
    )


_SEEN = text(
    """
    INSERT INTO notices_seen (account_id, seen_until) VALUES (:account_id, :until)
    ON CONFLICT (account_id)
    DO UPDATE SET seen_until = greatest(notices_seen.seen_until, excluded.seen_until)
    """
)


def see_notices(
    transaction: Transaction, account_id: UUID, *, until: datetime, now: datetime
) -> None:
    """Note that an account saw what there was to tell until this moment; it never goes back."""
    transaction.connection.execute(_SEEN, {"account_id": account_id, "until": min(until, now)})


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        kind=NoticeKind(row.kind),
        since=row.since,
        case_id=row.case_id,
        reference=row.reference,
        category_code=row.category_code,
        is_danger=row.is_danger,
        due_at=row.due_at,
        task_id=row.task_id,
        desk_reason=row.desk_reason,
        near_address=row.near_address,
        near_village=row.near_village,
    )
