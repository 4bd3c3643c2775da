"""What must hold of a case that a filter wants, in the words of the database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.foundation.clock import LOCAL_ZONE
from app.work.model import OPEN_STAGES, STOPS_THE_CLOCK, ClockState
from app.work.operations.office.case_filter import ALL, CLOSED, NOBODY_HAS, OPEN, CaseFilter
from app.work.operations.within import within

_OPEN = "c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')"

_STOPPED = "coalesce(c.stage = 'waiting' AND c.waiting_for = ANY(:stops), false)"

#: As `Case.clock` says it, in the words of the database.
_CLOCK = {
    ClockState.OVERDUE: f"{_OPEN} AND c.due_at < :now",
    ClockState.STOPPED: f"{_OPEN} AND c.due_at >= :now AND {_STOPPED}",
    ClockState.AT_RISK: (
        f"{_OPEN} AND c.due_at >= :now AND NOT {_STOPPED} AND c.at_risk_at <= :now"
    ),
    ClockState.ON_TIME: (
        f"{_OPEN} AND c.due_at >= :now AND NOT {_STOPPED}"
        " AND (c.at_risk_at IS NULL OR c.at_risk_at > :now)"
    ),
    ClockState.ENDED: f"NOT {_OPEN}",
}

#: Reports whose words fit, in either language.
HOLD_THE_WORDS = """
    SELECT report.case_id FROM report
    WHERE (to_tsvector('straatbeeld_dutch', report.description)
           || to_tsvector('straatbeeld_english', report.description))
          @@ (websearch_to_tsquery('straatbeeld_dutch', :words)
              || websearch_to_tsquery('straatbeeld_english', :words))
"""


def as_words(typed: str) -> str:
    """Return what was typed as it can be looked for: `-` before a word or a phrase leaves it out.

    Every other dash is a gap: a dashed line would be so many times "not" that PostgreSQL gives up.
    """
    return re.sub(r'-(?=-)|-(?![\w"])', " ", typed)


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of `c`, the values in it, and what stands before the statement with it."""

    condition: str
    values: dict[str, Any]
    before: str = ""


def condition_of(wanted: CaseFilter, *, now: datetime, are_words_common: bool = False) -> Condition:
    """Return what must hold of a case that is wanted. What people type comes as values."""
    limit, values = within(wanted.limits)
    parts: list[str] = [limit]
    before = ""
    if wanted.status == OPEN:
        parts.append(_OPEN)
    elif wanted.status == CLOSED:
        parts.append(f"NOT {_OPEN}")
    elif wanted.status != ALL:
        parts.append("c.stage = :stage")
        values["stage"] = wanted.status
        if wanted.status in OPEN_STAGES:
            # Said once more, so that the small indexes of what is open are used.
            parts.append(_OPEN)
    if wanted.category is not None:
        if "." in wanted.category:
            parts.append("c.category_code = :category")
        else:
            parts.append(
                "c.category_code = ANY(ARRAY("
                "SELECT code FROM category WHERE parent_code = :category))"
            )
        values["category"] = wanted.category
    if wanted.area is not None:
        parts.append("c.areas @> ARRAY[CAST(:area AS text)]")
        values["area"] = wanted.area
    if wanted.street is not None:
        parts.append("c.near_street IS NOT NULL AND lower(c.near_street) = lower(:street)")
        values["street"] = wanted.street
    if wanted.party == NOBODY_HAS:
        parts.append("c.party_id IS NULL")
    elif wanted.party is not None:
        parts.append("c.party_id = (SELECT id FROM party WHERE code = :party)")
        values["party"] = wanted.party
    if wanted.person is not None:
        parts.append(
            "c.id IN (SELECT task.case_id FROM task_worker"
            " JOIN task ON task.id = task_worker.task_id"
            " WHERE task_worker.account_id = :person"
            " AND task.stage NOT IN ('declined', 'cancelled'))"
        )
        values["person"] = wanted.person
    if wanted.channel is not None:
        parts.append(
            "EXISTS (SELECT FROM report WHERE report.case_id = c.id AND report.channel = :channel)"
        )
        values["channel"] = wanted.channel.value
    if wanted.since is not None:
        parts.append("c.received_at >= :since")
        values["since"] = datetime.combine(wanted.since, datetime.min.time(), LOCAL_ZONE)
    if wanted.until is not None:
        parts.append("c.received_at < :until")
        day_after = wanted.until + timedelta(days=1)
        values["until"] = datetime.combine(day_after, datetime.min.time(), LOCAL_ZONE)
    if wanted.clock is not None:
        parts.append(_CLOCK[wanted.clock])
        values["now"] = now
        if wanted.clock not in {ClockState.OVERDUE, ClockState.ENDED}:
            values["stops"] = list(STOPS_THE_CLOCK)
    if wanted.waiting_for is not None:
        parts.append(f"c.stage = 'waiting' AND c.waiting_for = :waiting_for AND {_OPEN}")
        values["waiting_for"] = wanted.waiting_for.value
    if wanted.priority is not None:
        parts.append("c.priority = :priority")
        values["priority"] = wanted.priority.value
    if wanted.is_danger:
        parts.append("c.is_danger")
    if wanted.has_photo:
        parts.append("c.has_photo")
    if wanted.words:
        # All that fit are looked up in the index of words first. Were it a join, a limit would
        # make reading every report look cheap. The cases of few are looked up then, one by one;
        # where there are many, cases are gone through in the order of the list until enough fit.
        if are_words_common:
            before = f"worded AS MATERIALIZED ({HOLD_THE_WORDS}),"
            parts.append("(c.id IN (SELECT case_id FROM worded)) IS TRUE")
        else:
            parts.append(f"c.id = ANY(ARRAY({HOLD_THE_WORDS}))")
        values["words"] = as_words(wanted.words)
    return Condition(" AND ".join(parts), values, before)
