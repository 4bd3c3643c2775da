"""What a draft would have changed, as a page, a map and a spreadsheet tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask_babel import format_date, get_locale, gettext

from app.foundation.clock import LOCAL_ZONE
from app.foundation.comma_lists import as_spreadsheet
from app.foundation.database import Transaction
from app.maps.model import MovedMark, MovedPair
from app.routing.model import PartyOfAgreement
from app.routing.operations.comparing import Comparison, Moved
from app.triage.operations import names_of_categories

NOBODY_SIGN = "nobody"
_SIGNS = 8

#: More marks than these make a page slow; the list and the spreadsheet have them all.
MOST_MARKS = 3_000

#: Who had a report and who would get it, by code; an empty code is nobody.
Pair = tuple[str, str]

_Key = TypeVar("_Key", str, str | None)


@dataclass(frozen=True, slots=True)
class MovedShown:
    """A report of the list: who had it, who would get it."""

    reference: str
    day: str
    kind: str
    village: str
    pair: MovedPair


@dataclass(frozen=True, slots=True)
class CountShown:
    """A row of the table of parties; the shares are those of the longest bar, in percent."""

    name: str
    sign: str
    before: int
    after: int
    difference: str
    before_share: float
    after_share: float


@dataclass(frozen=True, slots=True)
class PairShown:
    """A row of the table of who had reports and who would get them."""

    codes: Pair
    pair: MovedPair
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShareShown:
    """A row of the tables of kinds and villages: how many came in, how many would move."""

    name: str
    reports: int
    moved: int
    share: float


class ComparisonShown:
    """Words and signs for what was compared; a party has one sign in tables, list and map.

    With `only`, list, map and spreadsheet show the reports of that pair alone, and the tables of
    kinds and villages count those.
    """

    def __init__(
        self, transaction: Transaction, found: Comparison, *, only: Pair | None = None
    ) -> None:
        self._found = found
        self._kinds = names_of_categories(transaction, set(found.by_category))
        counted = Counter(one.pair for one in found.moved)
        #: The pair that alone is shown; none where no report would go so.
        self.only = only if only in counted else None
        self._shown = [one for one in found.moved if self.only in (None, one.pair)]
        self._signs = _signs_of(found, counted)
        self._names = {one.code or "": _name_or_nobody(one.name) for one in found.counts}
        self._pairs = sorted(counted, key=lambda pair: (-counted[pair], pair))
        self._counted = counted

    @property
    def count(self) -> int:
        """How many reports are in the list."""
        return len(self._shown)

    def counts(self) -> list[CountShown]:
        """Return the table of parties, nobody last."""
        longest = max((max(one.before, one.after) for one in self._found.counts), default=0) or 1
        return [
            CountShown(
                _name_or_nobody(one.name),
                self._sign(one.code or ""),
                one.before,
                one.after,
                signed(one.difference),
                round(100 * one.before / longest, 1),
                round(100 * one.after / longest, 1),
            )
            for one in self._found.counts
        ]

    def pairs(self) -> list[PairShown]:
        """Return who had reports and who would get them, the most reports first."""
        return [
            PairShown(pair, self._pair(pair), self._counted[pair], pair == self.only)
            for pair in self._pairs
        ]

    def moved(self, page: int, on_a_page: int) -> list[MovedShown]:
        """Return one page of the list."""
        some = self._shown[(page - 1) * on_a_page : page * on_a_page]
        return [
            MovedShown(
                one.reference,
                _day(one),
                self._kind(one.category_code),
                _village(one.village),
                self._pair(one.pair),
            )
            for one in some
        ]

    def marks(self) -> tuple[list[MovedMark], list[MovedPair]]:
        """Return the marks of the map, the newest reports first, and the pairs they name."""
        number = {pair: place for place, pair in enumerate(self._pairs)}
        marks = [
            MovedMark(
                one.spot.longitude,
                one.spot.latitude,
                one.reference,
                f"{self._kind(one.category_code)}, {_day(one)}",
                number[one.pair],
            )
            for one in self._shown[:MOST_MARKS]
        ]
        return marks, [self._pair(pair) for pair in self._pairs]

    def by_kind(self) -> list[ShareShown]:
        """Return the kinds of which reports would move, the most first."""
        moved = Counter(one.category_code for one in self._shown)
        return _shares(self._found.by_category, moved, self._kind)

    def by_village(self) -> list[ShareShown]:
        """Return the villages from which reports would move, the most first."""
        moved = Counter(one.village for one in self._shown)
        return _shares(self._found.by_village, moved, _village)

    def spreadsheet(self) -> bytes:
        """Return the list as a file for a spreadsheet; it says no more of a place than its village.

        The words of a report, its exact place and who reported it stay here.
        """
        heads = [
            gettext("Number"),
            gettext("Reported"),
            gettext("Code of the kind"),
            gettext("Kind of report"),
            gettext("Village"),
            gettext("Was"),
            gettext("Becomes"),
        ]
        return as_spreadsheet(
            heads,
            (
                (
                    one.reference,
                    _local_day(one).isoformat(),
                    one.category_code,
                    self._kind(one.category_code),
                    _village(one.village),
                    _name(one.was),
                    _name(one.becomes),
                )
                for one in self._shown
            ),
        )

    def _pair(self, pair: Pair) -> MovedPair:
        was, becomes = pair
        return MovedPair(
            self._names[was], self._names[becomes], self._sign(was), self._sign(becomes)
        )

    def _kind(self, code: str) -> str:
        name = self._kinds.get(code)
        return name.in_language(str(get_locale() or "nl")) if name else code

    def _sign(self, code: str) -> str:
        return self._signs.get(code, NOBODY_SIGN)


def signed(difference: int) -> str:
    """Return a difference with its sign, as people write it."""
    return f"+{difference}" if difference > 0 else str(difference).replace("-", "−")


def _signs_of(found: Comparison, counted: Mapping[Pair, int]) -> dict[str, str]:
    """Return the sign of each party: those that lose and get most have one of their own."""
    touched: Counter[str] = Counter()
    for (was, becomes), count in counted.items():
        touched[was] += count
        touched[becomes] += count
    by_weight = sorted(
        (one for one in found.counts if one.code is not None),
        key=lambda one: (-touched[one.code or ""], -one.before, one.code or ""),
    )
    return {one.code or "": str(min(place, _SIGNS)) for place, one in enumerate(by_weight, start=1)}


def _shares(
    reports: Mapping[_Key, int], moved: Mapping[_Key, int], name: Callable[[_Key], str]
) -> list[ShareShown]:
    rows: Iterable[ShareShown] = (
        ShareShown(name(key), reports[key], count, round(100 * count / reports[key], 1))
        for key, count in moved.items()
    )
    return sorted(rows, key=lambda row: (-row.moved, row.name))


def _name_or_nobody(name: str | None) -> str:
    return name or str(gettext("Nobody: the desk"))


def _name(party: PartyOfAgreement | None) -> str:
    return _name_or_nobody(party.name if party else None)


def _village(name: str | None) -> str:
    return name or str(gettext("Outside the villages"))


def _local_day(one: Moved) -> date:
    return one.received_at.astimezone(LOCAL_ZONE).date()


def _day(one: Moved) -> str:
    return str(format_date(_local_day(one), "d MMM y"))
