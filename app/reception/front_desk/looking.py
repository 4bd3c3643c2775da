"""Holds a call against what we know: kinds, places, what is known near by, who gets it and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.foundation.database import Database, Transaction
from app.geography.addresses import AddressBook
from app.geography.model import MUNICIPALITY, NotAPlace, OutsideServiceArea, UnknownAsset
from app.geography.operations import villages
from app.identity.model import Limits
from app.intake.operations import descriptions_of
from app.reception.front_desk.places import FoundPlace, one_meant, places_found
from app.reception.front_desk.reading import BETWEEN, at_choice
from app.reception.model import DraftContent
from app.reception.places import CASES_AT_MOST
from app.reception.preview import Preview, known_so_far
from app.reception.rules import ROUGH_METRES
from app.triage.model import (
    ANYTHING_ELSE,
    Category,
    CategoryTree,
    RetiredCategory,
    Suggestion,
    UnknownCategory,
)
from app.triage.operations import suggest
from app.triage.rules import CERTAIN_ENOUGH
from app.work.model import NearCase
from app.work.operations.nearby import cases_near
from app.work.operations.within import references_within

PROPOSED = 3


@dataclass(frozen=True, slots=True)
class Village:
    """A village to go by where nobody finds the place, with a spot in it."""

    code: str
    name: str
    spot: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known about a call so far."""

    tree: CategoryTree
    proposals: Sequence[Suggestion]
    #: What may be meant by the place that was typed, where that is not plain.
    choices: Sequence[FoundPlace] = ()
    #: Nothing was found by the words of the place, so a village has to do.
    villages: Sequence[Village] = ()
    #: Nobody can look up addresses now.
    is_away: bool = False
    #: The place is not ours; the name of the municipality it is in, where that is known.
    is_outside: bool = False
    outside_in: str | None = None
    #: With a kind and a place of ours.
    preview: Preview | None = None
    #: Open cases that may be the same, the nearest first; staff see them all.
    near: Sequence[NearCase] = ()
    #: What the first reporter of each wrote, by its reference.
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, Category]:
        """The kinds in use, by their code."""
        return kinds_of(self.tree)

    @property
    def joins_at_asset(self) -> bool:
        """Whether it joins the open case of its object, whatever is answered."""
        found = self.preview
        return found is not None and found.joins is not None and not self.near


def kinds_of(tree: CategoryTree) -> dict[str, Category]:
    """Return the kinds in use, by their code."""
    return {one.code: one for main in tree.main_categories for one in main.categories}


def proposed_kind(proposals: Sequence[Suggestion]) -> str | None:
    """Return the kind that the words decide on, or None where they are not certain enough."""
    best = next((one for one in proposals if one.code != ANYTHING_ELSE), None)
    return best.code if best is not None and best.certainty >= CERTAIN_ENOUGH else None


def placed(
    content: DraftContent, book: AddressBook, database: Database
) -> tuple[DraftContent, Sequence[FoundPlace]]:
    """Return the content at the place that is plainly meant, and else the places to choose from.

    Asked while no transaction is open: the register of addresses may take its time.
    """
    if not content.address or content.spot is not None:
        return content, ()
    found = places_found(book, database, content.address)
    meant = one_meant(found, content.address)
    if meant is None:
        return content, found
    return at_choice(content, choice_of(meant)), ()


def choice_of(place: FoundPlace) -> str:
    """Return a place as a choice of the form."""
    return BETWEEN.join(
        (
            f"{place.spot.longitude:.6f}",
            f"{place.spot.latitude:.6f}",
            str(place.asset_id or ""),
            place.label,
        )
    )


def in_village(content: DraftContent, code: str, known: Sequence[Village]) -> DraftContent:
    """Return the content somewhere in a village: a person finds the place by the words."""
    village = next((one for one in known if one.code == code), None)
    if village is None or content.spot is not None:
        return content
    return replace(
        content,
        longitude=village.spot[0],
        latitude=village.spot[1],
        is_rough=True,
        accuracy_metres=ROUGH_METRES,
        place_name=village.name,
    )


def villages_known(transaction: Transaction) -> list[Village]:
    """Return the villages of the municipality."""
    return [
        Village(one["code"], one["name"], (round(one["label"][0], 6), round(one["label"][1], 6)))
        for one in (_properties(feature) for feature in villages(transaction)["features"])
    ]


def looked_at(
    transaction: Transaction,
    content: DraftContent,
    looked: Looked,
    *,
    code: str,
    limits: Limits,
    now: datetime,
) -> tuple[DraftContent, Looked]:
    """Return what is known about a call in the municipality with this code. Nothing is changed.

    An object that is gone, or that the kind is not about, is left out of the content; so is a
    report to join that is not among those near by, or not within the limits of whoever looks.
    """
    if content.spot is None or content.category is None:
        return content, looked
    for tried in (content, replace(content, asset_id=None)):
        try:
            found = known_so_far(transaction, tried, municipality_code=code, now=now, by_staff=True)
        except UnknownAsset:
            continue
        except OutsideServiceArea as refused:
            inside = (area.name for area in refused.areas if area.kind == MUNICIPALITY)
            return content, replace(looked, is_outside=True, outside_in=next(inside, None))
        except (NotAPlace, RetiredCategory, UnknownCategory):
            return content, looked
        asset = found.place.located.asset
        # A loose tile next to a lamp post is not about the lamp post.
        if asset is not None and asset.kind != found.category.asset_kind:
            continue
        found = _within_limits(transaction, found, limits)
        near = _near(transaction, tried, found, limits)
        said = descriptions_of(transaction, [one.reference for one in near]) if near else {}
        fitting, found = _without_what_is_not_near(tried, found, near)
        return fitting, replace(looked, preview=found, near=near, said=said)
    return content, looked


def proposed(transaction: Transaction, words: str) -> list[Suggestion]:
    """Return the kinds that the words point to, the most certain first."""
    return suggest(transaction, words, at_most=PROPOSED) if words else []


def _without_what_is_not_near(
    content: DraftContent, found: Preview, near: Sequence[NearCase]
) -> tuple[DraftContent, Preview]:
    if content.same_as is None or content.same_as in {one.reference for one in near}:
        return content, found
    if found.joins is not None and found.joins.reference == content.same_as:
        found = replace(found, joins=None)
    return replace(content, same_as=None, has_answered_known=False), found


def _within_limits(transaction: Transaction, found: Preview, limits: Limits) -> Preview:
    """Return what is known without the case that whoever looks may not see.

    The report joins it all the same: whoever may see it has it on their list.
    """
    joins = found.joins
    if joins is None or references_within(transaction, [joins.reference], limits):
        return found
    return replace(found, joins=None)


def _near(
    transaction: Transaction, content: DraftContent, found: Preview, limits: Limits
) -> Sequence[NearCase]:
    """Return the open cases that may be the same; at another object it never is."""
    if content.is_rough or (found.joins is not None and found.joins.reference != content.same_as):
        return ()
    place = found.place.located.place
    near = cases_near(
        transaction,
        longitude=place.longitude,
        latitude=place.latitude,
        within_metres=found.category.join_within_metres,
        category_group=found.category.join_group,
        at_most=CASES_AT_MOST,
    )
    seen = references_within(transaction, [one.reference for one in near], limits)
    return [
        one
        for one in near
        if one.reference in seen
        and (content.asset_id is None or one.asset_id in {None, content.asset_id})
    ]


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    return dict(feature["properties"])
