"""What would become of a form if it were sent now: what is known there, who gets it, by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.foundation.database import Database, MapDatabase, Transaction
from app.geography.model import NearAsset, Spot
from app.planning.model import NearWork
from app.publishing.operations import PublicCase
from app.reception.authority import Authority, authority_found
from app.reception.joining import may_join_named
from app.reception.model import DraftContent
from app.reception.places import Place, cases_at, what_is_at
from app.reception.rules import sent_answers
from app.routing.calendar import promise
from app.triage.answering import check_answers
from app.triage.model import AnswersRefused, Category, CategoryDecision, Term
from app.triage.operations import choose_category
from app.work.model import Case
from app.work.operations.cases import case_by_reference
from app.work.refusals import CaseNotFound


@dataclass(frozen=True, slots=True)
class Preview:
    """A form with a kind and a place, held against what we know of them."""

    category: Category
    place: Place
    #: Open cases that could be the same, with their distance in metres, the nearest first.
    cases: Sequence[tuple[PublicCase, float]]
    #: The open case that the report would join: at its asset, or the one the reporter named.
    joins: Case | None
    due_at: datetime
    #: The term of the norm that the day comes from.
    term: Term
    is_rough: bool
    #: Who it would be passed on to, where it is not ours.
    authority: Authority | None = None

    @property
    def assets(self) -> Sequence[NearAsset]:
        """The things near by that the kind is about, the nearest first."""
        return self.place.assets if self.category.asset_kind and not self.is_rough else ()

    @property
    def works(self) -> Sequence[NearWork]:
        """The works that are planned here; where only the village is known nobody can say."""
        return () if self.is_rough else self.place.works

    def is_solved_by(self, near: NearWork) -> bool:
        """Whether a planned work takes care of what the kind is about."""
        return self.category.join_group in near.work.join_groups

    @property
    def party_name(self) -> str | None:
        """The name of the party that would get it."""
        if self.joins is not None:
            return self.joins.party_name
        decided = self.place.decision.party if self.place.decision else None
        return decided.name if decided else None


def preview(
    database: Database,
    map_database: MapDatabase,
    content: DraftContent,
    *,
    municipality_code: str,
    now: datetime,
) -> Preview:
    """Return what would become of a form that has a kind and a place. Nothing is changed.

    Raises:
        NotAPlace, OutsideServiceArea: no point on earth, or not ours.
        UnknownAsset, UnknownCategory, RetiredCategory: it names something that is not there.
    """
    with database.transaction() as transaction:
        found = known_so_far(transaction, content, municipality_code=municipality_code, now=now)
    cases = [] if content.is_rough else _could_be_the_same(map_database, content, found.place)
    return replace(found, cases=cases)


def known_so_far(
    transaction: Transaction,
    content: DraftContent,
    *,
    municipality_code: str,
    now: datetime,
    by_staff: bool = False,
) -> Preview:
    """Return the same in this transaction, without the cases near by.

    What staff say is the same defect is joined, whatever strangers may see of it.
    """
    # Whoever asks has looked that there is a place; this tells the types.
    assert content.longitude is not None  # noqa: S101  # see above
    assert content.latitude is not None  # noqa: S101  # see above
    decided = choose_category(transaction, code=content.category, words=content.words)
    category = decided.category
    answers = answers_so_far(category, content)
    place = what_is_at(
        transaction,
        Spot(content.longitude, content.latitude),
        category_code=category.code,
        asset_id=content.asset_id,
        municipality_code=municipality_code,
        now=now,
        is_urgent=bool(content.is_danger),
        answers=answers,
    )
    joins = _joined(transaction, content, place, decided, by_staff=by_staff)
    authority = (
        authority_found(transaction, place.decision)
        if place.decision is not None and joins is None
        else None
    )
    assert place.calendar is not None  # noqa: S101  # the category was named
    asset = place.located.asset
    terms = category.norm.terms(
        danger=bool(content.is_danger),
        answers=answers,
        asset_kind=asset.kind if asset else None,
    )
    ends = {term: promise(now, [term], place.calendar).due_at for term in terms}
    term = min(ends, key=ends.__getitem__)
    due = ends[term]
    if joins is not None:
        due = min(due, joins.due_at) if content.is_danger else joins.due_at
    return Preview(category, place, (), joins, due, term, content.is_rough, authority)


def answers_so_far(category: Category, content: DraftContent) -> dict[str, frozenset[str]]:
    """Return what was answered of the questions of this kind, for conditions and norms."""
    if content.answered_for != category.code:
        return {}
    try:
        checked = check_answers(category.all_questions, sent_answers(content), language="nl")
    except AnswersRefused:
        # A question changed since; it is asked again before the form is sent.
        return {}
    return checked.by_question


def _joined(
    transaction: Transaction,
    content: DraftContent,
    place: Place,
    decided: CategoryDecision,
    *,
    by_staff: bool,
) -> Case | None:
    at_asset = place.open_case_at(content.asset_id) if content.asset_id else None
    reference = at_asset or content.same_as
    if reference is None:
        return None
    try:
        found = case_by_reference(transaction, reference)
    except CaseNotFound:
        return None
    if at_asset is not None or by_staff:
        return found if found.is_open else None
    has_asset = content.asset_id is not None
    return found if may_join_named(found, decided, is_at_asset=has_asset) else None


def _could_be_the_same(
    map_database: MapDatabase, content: DraftContent, place: Place
) -> list[tuple[PublicCase, float]]:
    """Leave out cases at another asset than the one that was named: two never are one defect."""
    elsewhere = {
        known.reference for known in place.open_at_assets if known.asset_id != content.asset_id
    }
    return [
        (case, metres)
        for case, metres in cases_at(map_database, place)
        if content.asset_id is None or case.reference not in elsewhere
    ]
