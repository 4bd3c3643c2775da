"""What answers make of a case, and telling the desk of those that nobody vouches for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.foundation.database import Transaction
from app.geography.model import Located
from app.intake.kept_answers import answers_of_case, with_answers
from app.routing.model import Decision, Defect
from app.routing.operations.deciding import decide, defect_at
from app.routing.rules import cannot_wait
from app.triage.model import Category, RetiredCategory, Term
from app.triage.operations import category
from app.work.model import Case, DeskReason
from app.work.operations.desk_list import raise_at_desk
from app.work.operations.promising import located_again

Answers = Mapping[str, frozenset[str]]


def tell_where_they_differ(
    transaction: Transaction, found: Case, *, answers: Answers, report: str, now: datetime
) -> None:
    """Tell the desk of answers that nobody vouches for, where by them a case would be otherwise.

    They move nothing and shorten no promise: anybody can say that a case is theirs. `answers` are
    those of the report with the reference `report`; the caller holds the lock of the case.
    """
    if not answers:
        return
    before = answers_of_case(transaction, found.id)
    after = with_answers(before, answers)
    if not found.is_open or after == before:
        return
    try:
        kind = category(transaction, found.category_code)
    except RetiredCategory:
        return
    located = located_again(transaction, found, now=now)
    (was, _), (decision, _) = (
        decided_by(transaction, found, kind, located, known) for known in (before, after)
    )
    had = was.party.id if was.party else None
    becomes = decision.party.id if decision.party else None
    stays = becomes in {had, found.party_id}
    if stays and terms_by(kind, found, located, after) == terms_by(kind, found, located, before):
        return
    tell_the_desk(transaction, found, report, now=now)


def tell_the_desk(transaction: Transaction, found: Case, report: str, *, now: datetime) -> None:
    """Put a case on the desk's list for the answers of the report with this reference."""
    raise_at_desk(
        transaction, found.id, DeskReason.OTHER_ANSWERS, details={"report": report}, now=now
    )


def terms_by(kind: Category, found: Case, located: Located, answers: Answers) -> tuple[Term, ...]:
    """Return every term that holds for a case with these answers."""
    return kind.norm.terms(
        danger=found.is_danger,
        answers=answers,
        asset_kind=located.asset.kind if located.asset else None,
    )


def decided_by(
    transaction: Transaction, found: Case, kind: Category, located: Located, answers: Answers
) -> tuple[Decision, Defect]:
    """Return who is responsible for a case with these answers, at the moment it came in."""
    terms = terms_by(kind, found, located, answers)
    defect = defect_at(
        located,
        found.category_code,
        at=found.received_at,
        is_urgent=cannot_wait(terms, danger=found.is_danger),
        answers=answers,
    )
    return decide(transaction, defect), defect
