"""A draft and what it would change, as the pages of the what-if read it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import format_date, get_locale, gettext

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.windows import windows_of, windows_written
from app.geography.words import area_kind_words
from app.identity.operations import parties
from app.maps.model import MovedMark
from app.routing.drafted import Draft, DraftedAgreement, Operation
from app.routing.model import PartyOfAgreement
from app.routing.operations.comparing import Comparison, Moved
from app.triage.operations import names_of_categories

NOBODY_SIGN = "nobody"
_SIGNS = 8

#: More marks than these hide one another and make a page slow; the list has them all.
MOST_MARKS = 1_000


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One agreement of a draft: how it was and how it would be, in words."""

    code: str
    what: str
    was: str
    becomes: str
    is_end: bool


@dataclass(frozen=True, slots=True)
class MovedShown:
    """A report of the list: who had it, who would get it."""

    reference: str
    day: str
    kind: str
    was: str
    becomes: str
    was_sign: str
    becomes_sign: str


@dataclass(frozen=True, slots=True)
class CountShown:
    """A row of the table of parties."""

    name: str
    sign: str
    before: int
    after: int
    difference: str


class ComparisonShown:
    """Words and signs for what was compared; a party has one sign in table, list and map."""

    def __init__(self, transaction: Transaction, found: Comparison) -> None:
        self._found = found
        self._kinds = names_of_categories(transaction, {one.category_code for one in found.moved})
        by_weight = sorted(
            (one for one in found.counts if one.code is not None),
            key=lambda one: (-abs(one.difference), -one.before, one.code or ""),
        )
        self._signs = {
            one.code: str(min(place, _SIGNS)) for place, one in enumerate(by_weight, start=1)
        }

    def counts(self) -> list[CountShown]:
        """Return the table of parties, nobody last."""
        return [
            CountShown(
                one.name or gettext("Nobody: the desk"),
                self._signs.get(one.code, NOBODY_SIGN),
                one.before,
                one.after,
                f"+{one.difference}"
                if one.difference > 0
                else str(one.difference).replace("-", "−"),
            )
            for one in self._found.counts
        ]

    def moved(self, page: int, on_a_page: int) -> list[MovedShown]:
        """Return one page of the list."""
        some = self._found.moved[(page - 1) * on_a_page : page * on_a_page]
        return [
            MovedShown(
                one.reference,
                _day(one),
                self._kind(one),
                _name(one.was),
                _name(one.becomes),
                self._sign(one.was),
                self._sign(one.becomes),
            )
            for one in some
        ]

    def marks(self) -> list[MovedMark]:
        """Return the marks of the map, the newest reports first."""
        return [
            MovedMark(
                one.spot.longitude,
                one.spot.latitude,
                f"{self._kind(one)}, {_day(one)}",
                _name(one.was),
                _name(one.becomes),
                self._sign(one.was),
                self._sign(one.becomes),
            )
            for one in self._found.moved[:MOST_MARKS]
        ]

    def _kind(self, one: Moved) -> str:
        name = self._kinds.get(one.category_code)
        return name.in_language(str(get_locale() or "nl")) if name else one.category_code

    def _sign(self, party: PartyOfAgreement | None) -> str:
        return self._signs.get(party.code, NOBODY_SIGN) if party else NOBODY_SIGN


def changes_shown(transaction: Transaction, draft: Draft) -> list[ChangeShown]:
    """Return the agreements of a draft in words."""
    names = {str(one.id): one.name for one in parties(transaction)}
    told = [one for of in draft.agreements for one in (of.based_on, of.content) if one]
    kinds = names_of_categories(transaction, {one["category"] for one in told if one["category"]})
    language = str(get_locale() or "nl")

    def words(one: Mapping[str, Any] | None) -> str:
        if one is None:
            return ""
        kind = kinds.get(one["category"]) if one["category"] else None
        where, _, code = (one["area"] or "").partition("/")
        parts = [
            names.get(one["party"], one["party"]),
            kind.in_language(language) if kind else one["category"] or gettext("everything"),
            f"{area_kind_words(where)} {code}"
            if where
            else gettext("objects of %(party)s", party=names.get(one["assetOwner"] or "", "?")),
            one["assetKind"] or "",
            *windows_written(windows_of(one["windows"]), language=language),
            *(f"{question} = {', '.join(some)}" for question, some in one["answers"].items()),
        ]
        if one["priority"]:
            parts.append(gettext("priority %(number)s", number=one["priority"]))
        return " · ".join(filter(None, parts))

    return [
        ChangeShown(
            one.code, _operation(one), words(one.based_on), words(one.content), one.content is None
        )
        for one in draft.agreements
    ]


def _operation(one: DraftedAgreement) -> str:
    said: dict[Operation, str] = {
        Operation.MAKE: gettext("New"),
        Operation.CHANGE: gettext("Changed"),
        Operation.END: gettext("Ends"),
    }
    return said[one.operation]


def _name(party: PartyOfAgreement | None) -> str:
    return party.name if party else str(gettext("Nobody: the desk"))


def _day(one: Moved) -> str:
    return str(format_date(one.received_at.astimezone(LOCAL_ZONE).date(), "d MMM y"))
