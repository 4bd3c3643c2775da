"""Explains who would get a report at a place, without one: for people and for the what-if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.json_value import JSONValue
from app.geography.model import Located, Spot
from app.geography.operations import brought_inside, locate
from app.geography.outline import may_be_ours
from app.identity.model import PartyKind
from app.routing.calendar import WorkingCalendar, promise
from app.routing.model import Considered, Decision, Defect
from app.routing.operations.agreements import agreements_from
from app.routing.operations.deciding import decide_with_calendar, defect_at
from app.routing.operations.reading import COLUMNS, FROM_AGREEMENTS, IN_FORCE, agreement_of
from app.routing.rules import cannot_wait, why
from app.triage.answering import check_answers
from app.triage.model import Category, Norm, Question, QuestionKind, StricterNorm, Term
from app.triage.operations import category


@dataclass(frozen=True, slots=True)
class DueBy:
    """What would be promised: the term that ends first, and for what it is that.

    Without `stricter` it is the common norm of the category, or the one for danger.
    """

    at: datetime
    term: Term
    is_for_danger: bool = False
    stricter: StricterNorm | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """What would happen to a report: what was found at the place, the decision and the promise.

    `is_ours` is false outside the municipality, where the report would be refused.
    """

    category: Category
    located: Located
    defect: Defect
    decision: Decision
    due: DueBy
    is_ours: bool

    @property
    def is_passed_on(self) -> bool:
        """Whether it would go to another authority, which decides itself by when."""
        party = self.decision.party
        return party is not None and party.kind == PartyKind.AUTHORITY


def explain(
    transaction: Transaction,
    spot: Spot,
    *,
    category_code: str,
    at: datetime,
    municipality_code: str,
    asset_id: UUID | None = None,
    is_urgent: bool = False,
    answers: Mapping[str, frozenset[str]] | None = None,
) -> Explained:
    """Return who would get a report of this category here at the moment `at`, and why.

    The same statements and the same rules as for a report.

    Raises:
        AnswersRefused: an answer is to no question of the category, or is none to it.
        UnknownAsset, UnknownCategory, RetiredCategory: it names something that is not there.
    """
    on = at.astimezone(LOCAL_ZONE).date()
    found = locate(transaction, spot, asset_id=asset_id, on=on)
    located = brought_inside(transaction, found, municipality_code=municipality_code, on=on)
    named = category(transaction, category_code)
    given = answers_checked(named, answers or {})
    asset_kind = located.asset.kind if located.asset else None
    terms = named.norm.terms(danger=is_urgent, answers=given, asset_kind=asset_kind)
    defect = defect_at(
        located,
        named.code,
        at=at,
        is_urgent=cannot_wait(terms, danger=is_urgent),
        answers=given,
    )
    decision, calendar = decide_with_calendar(transaction, defect)
    return Explained(
        category=named,
        located=located,
        defect=defect,
        decision=decision,
        due=_due(named.norm, defect, calendar, danger=is_urgent),
        is_ours=municipality_code
        in {area.code for area in located.areas if area.kind == "municipality"}
        or may_be_ours(transaction, located, municipality_code=municipality_code, on=on),
    )


#: Besides those that could match; who wants all of them has the list of agreements.
_MOST_OTHERS = 50

_OTHERS = text(
    f"""
    SELECT {COLUMNS}, count(*) OVER () AS in_all
    FROM {FROM_AGREEMENTS}
    WHERE {IN_FORCE} AND agreement.code <> ALL(:considered)
      AND (agreement.category_code IS NULL
           OR agreement.category_code IN (:category_code, :main_category_code)
           OR agreement.area_kind || '/' || agreement.area_code = ANY(:areas)
           OR agreement.asset_owner_id = :asset_owner_id)
    ORDER BY CASE agreement.category_code
                 WHEN :category_code THEN 0 WHEN :main_category_code THEN 1 ELSE 2 END,
             agreement.category_code NULLS FIRST, agreement.code
    LIMIT :at_most
    """  # noqa: S608  # our own column lists
)


@dataclass(frozen=True, slots=True)
class OthersLookedAt:
    """Agreements that could not match, each with why: of this kind elsewhere, or of others here.

    `more` is how many are left out.
    """

    found: tuple[Considered, ...]
    more: int


def others_looked_at(
    transaction: Transaction, explained: Explained, *, at_most: int = _MOST_OTHERS
) -> OthersLookedAt:
    """Return the agreements near the question that the decision did not have to look at.

    A decision reads only those that could match, so that it stays as quick with a thousand of them;
    who asks why an agreement was not chosen wants to find that one too.
    """
    defect = explained.defect
    rows = transaction.connection.execute(
        _OTHERS,
        {
            "today": defect.moment.at.date(),
            "considered": [one.agreement for one in explained.decision.considered],
            "category_code": defect.category_code,
            "main_category_code": defect.main_category_code,
            "areas": [f"{area.kind}/{area.code}" for area in defect.areas],
            "asset_owner_id": defect.asset_owner_id,
            "at_most": at_most,
        },
    ).all()
    agreements = [agreement_of(row) for row in rows]
    return OthersLookedAt(
        tuple(
            Considered(one.code, one.party.code, matched=False, why=why(one, defect))
            for one in agreements
        ),
        rows[0].in_all - len(rows) if rows else 0,
    )


def answers_checked(
    named: Category, answers: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """Return answers as a report of this category would keep them.

    Raises:
        AnswersRefused: naming every answer to no question of it, or that is none to its question.
    """
    several = {one.code for one in named.all_questions if one.kind is QuestionKind.CHOICES}
    given: dict[str, JSONValue] = {}
    for question, some in answers.items():
        chosen: list[JSONValue] = [*sorted(some)]
        given[question] = chosen if question in several or len(chosen) != 1 else chosen[0]
    return check_answers(named.all_questions, given, language="nl").by_question


def questions_that_count(transaction: Transaction, named: Category, *, on: date) -> list[Question]:
    """Return the questions of a category whose answer can change who gets it, or by when."""
    agreed = {
        question
        for period in agreements_from(transaction, today=on)
        if period.agreement.category_code in {None, named.code, named.parent_code}
        for question in period.agreement.answers
    }
    counting = agreed | {one.question for one in named.norm.stricter}
    return [one for one in named.questions if one.code in counting and one.offered]


def _due(norm: Norm, defect: Defect, calendar: WorkingCalendar, *, danger: bool) -> DueBy:
    received_at = defect.moment.at

    def due(term: Term, *, for_danger: bool = False, stricter: StricterNorm | None = None) -> DueBy:
        at = promise(received_at, [term], calendar).due_at
        return DueBy(at, term, for_danger, stricter)

    found = [due(norm.term)]
    if danger:
        found.append(due(norm.for_danger, for_danger=True))
    found += [
        due(one.term, stricter=one)
        for one in norm.stricter
        if one.counts(answers=defect.answers, asset_kind=defect.asset_kind)
    ]
    return min(found, key=lambda one: one.at)
