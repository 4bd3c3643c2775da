"""Looks at a case again when its reporter answers a question that was left open."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.geography.model import Located
from app.identity.operations import party_with_id
from app.intake.kept_answers import answers_of_case
from app.routing.model import Decision
from app.routing.operations.deciding import keep_decision
from app.triage.model import Category, RetiredCategory
from app.triage.operations import category
from app.work.model import SYSTEM, Case, CaseMoved, TaskStage
from app.work.operations.answers_told import Answers, decided_by, tell_the_desk, terms_by
from app.work.operations.cases import ResponsibleParty, write_case
from app.work.operations.desk import hand_over, leave_with_nobody
from app.work.operations.promising import located_again, promised_from_the_start
from app.work.operations.task_rows import give_tasks_due_date
from app.work.operations.tasks import tasks_of_case

_BEGUN = frozenset({TaskStage.STARTED, TaskStage.ON_HOLD})


def look_again(
    transaction: Transaction, found: Case, *, before: Answers, report: str, now: datetime
) -> Case:
    """Let a case, whose lock the caller holds, follow the answers that came; return it.

    `before` are the answers it had, `report` the reference of the report that was answered. Both
    decisions are made for the moment the case came in, so that the answers alone make the
    difference. A norm that is stricter by them counts from that moment; none becomes looser. The
    case moves to who is responsible by the answers, unless a person gave it to somebody else or
    the work has begun: of that the desk is told.
    """
    if not found.is_open:
        return found
    try:
        kind = category(transaction, found.category_code)
    except RetiredCategory:
        return found
    located = located_again(transaction, found, now=now)
    after = answers_of_case(transaction, found.id)
    terms = terms_by(kind, found, located, after)
    if terms != terms_by(kind, found, located, before):
        found = _promised_earlier(transaction, found, kind, located, now=now)
    (was, _), (decision, defect) = (
        decided_by(transaction, found, kind, located, answers) for answers in (before, after)
    )
    had = was.party.id if was.party else None
    becomes = decision.party.id if decision.party else None
    if had == becomes or found.party_id != had:
        return found
    if _has_begun(transaction, found) or _has_ended(transaction, decision, now=now):
        tell_the_desk(transaction, found, report, now=now)
        return found
    keep_decision(transaction, decision, case_id=found.id, defect=defect, now=now)
    if decision.party is None:
        return leave_with_nobody(transaction, found, by=SYSTEM, now=now)
    to = decision.party
    party = ResponsibleParty(to.id, to.code, to.name, to.kind)
    return hand_over(transaction, found, party=party, by=SYSTEM, now=now)


def _promised_earlier(
    transaction: Transaction, found: Case, kind: Category, located: Located, *, now: datetime
) -> Case:
    promised = promised_from_the_start(
        transaction, found, kind, located=located, danger=found.is_danger
    )
    if promised.due_at >= found.due_at:
        return found
    changed = replace(
        found,
        due_at=promised.due_at,
        at_risk_at=promised.at_risk_at,
        version=found.version + 1,
    )
    write_case(transaction, changed, now=now)
    give_tasks_due_date(transaction, changed, now=now)
    transaction.tell(CaseMoved(changed, previous_stage=found.stage, at=now))
    return changed


def _has_begun(transaction: Transaction, found: Case) -> bool:
    return any(task.stage in _BEGUN for task in tasks_of_case(transaction, found.id))


def _has_ended(transaction: Transaction, decision: Decision, *, now: datetime) -> bool:
    if decision.party is None:
        return False
    ended_on = party_with_id(transaction, decision.party.id).ended_on
    return ended_on is not None and ended_on <= now.astimezone(LOCAL_ZONE).date()
