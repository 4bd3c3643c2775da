"""Moves open cases to who is responsible by a draft of rules that holds now; only when asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.many_places import PlaceToFind, find_places
from app.geography.model import Spot
from app.intake.kept_answers import answers_of_cases
from app.routing.drafted import Draft
from app.routing.model import Decision, Defect
from app.routing.operations.calendar_days import working_calendar
from app.routing.operations.comparing import Rules, agreements_on, areas_here, local_moment
from app.routing.operations.deciding import keep_decision
from app.routing.rules import cannot_wait
from app.triage.norms import norms_of_categories
from app.work.model import ActedBy
from app.work.operations.cases import ResponsibleParty, case_by_reference
from app.work.operations.desk import hand_over, leave_with_nobody
from app.work.refusals import CasesMovedOn

#: More open cases than this are moved in several turns.
MOST_CASES = 5_000


@dataclass(frozen=True, slots=True)
class CaseElsewhere:
    """An open case that would go to another party now; `decision` is that of today's rules."""

    reference: str
    was_id: UUID
    was: str
    is_started: bool
    decision: Decision
    defect: Defect

    @property
    def becomes(self) -> str | None:
        """The name of who would get it; None is nobody."""
        return self.decision.party.name if self.decision.party else None


def digest_of(cases: Sequence[CaseElsewhere]) -> str:
    """Return a word for exactly these cases and where they go, by which a form says what it saw."""
    told = ((one.reference, one.was, one.becomes, one.is_started) for one in cases)
    return hashlib.sha256(repr(sorted(told, key=repr)).encode()).hexdigest()[:32]


_OPEN = text(
    """
    SELECT c.id, c.reference, c.category_code, ST_X(c.spot) AS longitude,
           ST_Y(c.spot) AS latitude, c.asset_id, c.is_danger, c.received_at, c.party_id,
           party.name AS party_name,
           EXISTS (SELECT FROM task WHERE task.case_id = c.id
                     AND task.stage IN ('started', 'on-hold')) AS is_started
    FROM defect_case AS c JOIN party ON party.id = c.party_id
    WHERE c.closed_at IS NULL
    ORDER BY c.received_at, c.id LIMIT :at_most
    """
)


def open_cases_elsewhere(
    transaction: Transaction, draft: Draft, *, municipality_code: str, today: date
) -> Sequence[CaseElsewhere]:
    """Return the open cases that went by the rules before a draft, and go elsewhere by today's.

    A case that somebody gave to another party by hand stays out of it. Nothing is returned while
    the draft does not hold.
    """
    begins = draft.in_force_from
    if not draft.is_put_in_force or begins is None or begins > today:
        return []
    before = begins - timedelta(days=1)
    rows = transaction.read(_OPEN, {"at_most": MOST_CASES})
    if not rows:
        return []
    places = [PlaceToFind(Spot(row.longitude, row.latitude), row.asset_id) for row in rows]
    then, now = (
        find_places(transaction, places, municipality_code=municipality_code, on=day)
        for day in (before, today)
    )
    old, new = (Rules(agreements_on(transaction, day)) for day in (before, today))
    calendar = working_calendar(transaction, since=rows[0].received_at)
    norms = norms_of_categories(transaction, {row.category_code for row in rows})
    answered = answers_of_cases(transaction, [row.id for row in rows])
    found = []
    for row, there, here in zip(rows, then, now, strict=True):
        answers = answered[row.id]
        terms = norms[row.category_code].terms(
            danger=row.is_danger, answers=answers, asset_kind=here.asset_kind
        )
        defect = Defect(
            category_code=row.category_code,
            areas=areas_here(here),
            moment=local_moment(row.received_at, calendar),
            is_urgent=cannot_wait(terms, danger=row.is_danger),
            has_asset=here.has_asset,
            asset_number=here.asset_number,
            asset_kind=here.asset_kind,
            asset_owner_id=here.asset_owner_id,
            answers=answers,
            is_at_border=here.is_at_border,
        )
        was = old.decide(replace(defect, areas=areas_here(there))).party
        decision = replace(new.decide(defect), asset_number=here.asset_number)
        becomes_id = decision.party.id if decision.party else None
        if was is not None and was.id == row.party_id != becomes_id:
            found.append(
                CaseElsewhere(
                    row.reference, was.id, row.party_name, row.is_started, decision, defect
                )
            )
    return found


def move_open_cases(
    transaction: Transaction,
    draft: Draft,
    *,
    municipality_code: str,
    with_started: bool,
    by: ActedBy,
    now: datetime,
    today: date,
    seen: str | None = None,
) -> int:
    """Move the open cases that go elsewhere by a draft; return how many that were.

    Those at which the work was started stay, unless `with_started`. The history of each names the
    draft. `seen` is the `digest_of` the cases that somebody looked at and said yes to.

    Raises:
        CasesMovedOn: by now it would be others than those that were seen.
    """
    moved = 0
    elsewhere = open_cases_elsewhere(
        transaction, draft, municipality_code=municipality_code, today=today
    )
    if seen is not None and seen != digest_of(elsewhere):
        raise CasesMovedOn()
    for one in elsewhere:
        if one.is_started and not with_started:
            continue
        found = case_by_reference(transaction, one.reference, lock=True)
        if not found.is_open or found.party_id != one.was_id:
            continue
        keep_decision(transaction, one.decision, case_id=found.id, defect=one.defect, now=now)
        party = one.decision.party
        if party is None:
            leave_with_nobody(transaction, found, by=by, now=now)
        else:
            to = ResponsibleParty(party.id, party.code, party.name, party.kind)
            hand_over(transaction, found, party=to, by=by, now=now, draft=draft.name)
        moved += 1
    return moved
