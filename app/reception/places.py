"""What there is at a place, before anything is reported: whose it is, what is known or planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import MapDatabase, Transaction
from app.geography.model import Located, NearAsset, Spot
from app.geography.operations import assets_near
from app.planning.model import NearWork
from app.planning.operations import works_near
from app.publishing.operations import PublicCase, public_cases_near
from app.reception.operations import located_here
from app.routing.calendar import WorkingCalendar
from app.routing.model import Decision
from app.routing.operations.deciding import decide_with_calendar, defect_at
from app.routing.rules import cannot_wait
from app.triage.model import Category, CategoryTree, Name
from app.triage.operations import category, category_tree
from app.work.operations.open_at_assets import OpenAtAsset, open_at_assets

#: Lamps stand thirty to forty metres apart: the reporter sees some on both sides.
ASSETS_WITHIN_METRES = 75
ASSETS_AT_MOST = 20
#: Where no category says how far apart two reports of one defect can be.
CASES_WITHIN_METRES = 250
CASES_AT_MOST = 5
WORKS_WITHIN_METRES = 50
WORKS_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Place:
    """What there is at a spot of ours; with a category, also who would get a report of it."""

    spot: Spot
    located: Located
    categories: CategoryTree
    category: Category | None
    decision: Decision | None
    #: For promising a day; from the statement that decided.
    calendar: WorkingCalendar | None
    assets: Sequence[NearAsset]
    open_at_assets: Sequence[OpenAtAsset]
    works: Sequence[NearWork]

    def name_of(self, category_code: str) -> Name:
        """Return what a category is called; one no longer in use goes by its code."""
        known = _in_use(self.categories, category_code)
        return known.name if known else Name(category_code, category_code)

    def open_case_at(self, asset_id: UUID) -> str | None:
        """Return the reference of the open case that a report of this asset would join."""
        group = self.category.join_group if self.category else None
        return next(
            (
                known.reference
                for known in self.open_at_assets
                if known.asset_id == asset_id and group in {None, known.category_group}
            ),
            None,
        )


def what_is_at(
    transaction: Transaction,
    spot: Spot,
    *,
    category_code: str | None,
    asset_id: UUID | None,
    municipality_code: str,
    now: datetime,
    is_urgent: bool = False,
    answers: Mapping[str, frozenset[str]] | None = None,
) -> Place:
    """Return what there is at `spot`, for a report with these answers.

    Raises:
        OutsideServiceArea: it is not ours; the refusal names the municipality when it is known.
        UnknownAsset, UnknownCategory, RetiredCategory: it names something that is not there.
    """
    today = now.astimezone(LOCAL_ZONE).date()
    located = located_here(
        transaction, spot, asset_id=asset_id, municipality_code=municipality_code, now=now
    )
    tree = category_tree(transaction)
    named = _named_category(transaction, tree, category_code)
    near = assets_near(
        transaction,
        spot,
        within_metres=ASSETS_WITHIN_METRES,
        kind=named.asset_kind if named else None,
        at_most=ASSETS_AT_MOST,
    )
    decision, calendar = None, None
    if named:
        terms = named.norm.terms(
            danger=is_urgent,
            answers=answers or {},
            asset_kind=located.asset.kind if located.asset else None,
        )
        defect = defect_at(
            located,
            named.code,
            at=now,
            is_urgent=cannot_wait(terms, danger=is_urgent),
            answers=answers,
        )
        decision, calendar = decide_with_calendar(transaction, defect)
    return Place(
        spot=spot,
        located=located,
        categories=tree,
        category=named,
        decision=decision,
        calendar=calendar,
        assets=near,
        open_at_assets=open_at_assets(transaction, [one.asset.id for one in near]),
        works=works_near(
            transaction, spot, within_metres=WORKS_WITHIN_METRES, on=today, at_most=WORKS_AT_MOST
        ),
    )


def cases_at(database: MapDatabase, place: Place) -> Sequence[tuple[PublicCase, float]]:
    """Return the open cases near by, as strangers may know them, with their distance in metres.

    With a category, those that could be the same defect.
    """
    wanted = place.category
    return public_cases_near(
        database,
        place.spot,
        within_metres=wanted.join_within_metres if wanted else CASES_WITHIN_METRES,
        at_most=CASES_AT_MOST,
        categories=[
            one.code
            for main in place.categories.main_categories
            for one in main.categories
            if one.join_group == wanted.join_group
        ]
        if wanted
        else None,
    )


def _named_category(
    transaction: Transaction, tree: CategoryTree, code: str | None
) -> Category | None:
    if code is None:
        return None
    # One that is not in use is looked up, so that the refusal says what is the matter.
    return _in_use(tree, code) or category(transaction, code)


def _in_use(tree: CategoryTree, code: str) -> Category | None:
    return next(
        (one for main in tree.main_categories for one in main.categories if one.code == code), None
    )
