"""Who gets what where, over all areas and categories at once: the grid, its gaps, the clashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.geography.model import MUNICIPALITY, Spot
from app.geography.sampling import SampledPlace, places_in_areas
from app.routing.conditions import defects_to_try
from app.routing.model import Agreement, AreaHere, Decision, Defect, LocalMoment
from app.routing.operations.agreements import agreements_from
from app.routing.rules import how_precise, responsible_party

#: A second's worth of areas to try places in; a municipality has some ten.
_QUICKLY_TRIED_AREAS = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """Who gets a category in an area: the names of all parties, the one for most places first.

    `has_gap` where at some place of the area nobody does.
    """

    parties: tuple[str, ...]
    has_gap: bool

    @property
    def is_gap(self) -> bool:
        """Whether nobody does, anywhere in the area."""
        return not self.parties


@dataclass(frozen=True, slots=True)
class Clash:
    """Agreements of several parties that cover a place just as precisely, and who gets it."""

    chosen: str
    chosen_party: str
    others: tuple[str, ...]
    category_code: str
    #: None where it is about the objects of an owner.
    spot: Spot | None
    #: The names of the areas in which their agreements hold.
    where: tuple[str, ...]


def grid(
    transaction: Transaction,
    areas: Sequence[tuple[str, str]],
    categories: Sequence[str],
    *,
    at: datetime,
    municipality_code: str,
) -> dict[tuple[str, tuple[str, str]], Cell]:
    """Return who gets each category in each area, for a defect without an object at this moment.

    Decided by the same rule as a report, at a place for each set of areas that meet in the area.
    """
    moment = _moment(transaction, at)
    agreed = _in_force(transaction, moment)
    cells: dict[tuple[str, tuple[str, str]], Cell] = {}
    by_area: dict[tuple[str, str], list[SampledPlace]] = defaultdict(list)
    for place in places_in_areas(transaction, areas, on=moment.at.date()):
        if _is_ours(place, municipality_code):
            by_area[place.of].append(place)
    for area, places in by_area.items():
        for category in categories:
            counted: dict[str, int] = defaultdict(int)
            has_gap = False
            for place in places:
                defect = Defect(category, _here(place), moment)
                decision = responsible_party(agreed.about(defect), defect=defect)
                if decision.party is None:
                    has_gap = True
                else:
                    counted[decision.party.name] += 1
            parties = sorted(counted, key=lambda name: (-counted[name], name))
            cells[category, area] = Cell(tuple(parties), has_gap)
    return cells


def are_quickly_tried(transaction: Transaction, *, at: datetime) -> bool:
    """Whether `clashes` answers while somebody waits for a page that is about something else."""
    agreed = _in_force(transaction, _moment(transaction, at))
    return len(agreed.areas_of_rivals) <= _QUICKLY_TRIED_AREAS


def clashes(
    transaction: Transaction,
    categories: Sequence[str],
    *,
    at: datetime,
    municipality_code: str,
) -> list[Clash]:
    """Return where two parties would get the same work just as precisely, by the rule itself.

    It is tried at places of every area that such agreements are about, with defects that meet the
    conditions of each agreement there.
    """
    moment = _moment(transaction, at)
    agreed = _in_force(transaction, moment)
    found: dict[tuple[str, tuple[str, ...], str], Clash] = {}
    places: list[SampledPlace | None] = [
        place
        for place in places_in_areas(transaction, agreed.areas_of_rivals, on=moment.at.date())
        if _is_ours(place, municipality_code)
    ]
    #: What the same agreements are about is decided alike, whatever the kind or the place.
    decided: dict[tuple[str, ...], list[Decision]] = {}
    for place in [*places, None] if agreed.owners else places:
        here = _here(place) if place else ()
        for category in categories:
            plain = Defect(category, here, moment)
            near = agreed.about(plain)
            if len({agreement.party.id for agreement in near}) < 2:
                continue
            together = tuple(agreement.code for agreement in near)
            if together not in decided:
                decided[together] = [
                    decision
                    for defect in defects_to_try(near, plain)
                    if (decision := responsible_party(near, defect=defect)).clashes_with
                ]
            for decision in decided[together]:
                assert decision.agreement is not None  # noqa: S101  # it clashes with others
                # One at the objects of an owner is the same one everywhere.
                by_owner = decision.agreement.asset_owner_id is not None
                key = (decision.agreement.code, decision.clashes_with, category)
                if key in found:
                    continue
                found[key] = Clash(
                    chosen=decision.agreement.code,
                    chosen_party=decision.agreement.party.name,
                    others=decision.clashes_with,
                    category_code=category,
                    spot=None if by_owner or place is None else place.spot,
                    where=()
                    if by_owner
                    else _names(near, (decision.agreement.code, *decision.clashes_with), here),
                )
    return sorted(found.values(), key=lambda one: (one.chosen, one.others, one.category_code))


class _Agreed:
    """The agreements of a day, found by what they are about."""

    def __init__(self, agreements: Iterable[Agreement]) -> None:
        self._by_area: dict[tuple[str, str], list[Agreement]] = defaultdict(list)
        self.owners: list[Agreement] = []
        self._all = list(agreements)
        for agreement in self._all:
            if agreement.area is not None:
                self._by_area[agreement.area].append(agreement)
            else:
                self.owners.append(agreement)

    @property
    def areas_of_rivals(self) -> list[tuple[str, str]]:
        """The areas of those that are as precise as one of another party: only they can clash."""
        alike: dict[tuple[object, ...], set[UUID]] = defaultdict(set)
        for one in self._all:
            alike[how_precise(one)].add(one.party.id)
        return sorted(
            area
            for area, agreements in self._by_area.items()
            if any(len(alike[how_precise(one)]) > 1 for one in agreements)
        )

    def about(self, defect: Defect) -> list[Agreement]:
        """Return those about an area and the category of a defect, or about any owner's assets."""
        categories = {None, defect.category_code, defect.main_category_code}
        here = [one for area in defect.areas for one in self._by_area.get(area.key, ())]
        return [one for one in [*here, *self.owners] if one.category_code in categories]


def _in_force(transaction: Transaction, moment: LocalMoment) -> _Agreed:
    today = moment.at.date()
    ended = frozenset(
        transaction.connection.scalars(
            text("SELECT id FROM party WHERE ended_on <= :today"), {"today": today}
        )
    )
    return _Agreed(
        period.agreement
        for period in agreements_from(transaction, today=today)
        if period.holds_on(today) and period.agreement.party.id not in ended
    )


def _moment(transaction: Transaction, at: datetime) -> LocalMoment:
    local = at.astimezone(LOCAL_ZONE)
    today = local.date()
    off = set(
        transaction.connection.scalars(
            text("SELECT on_day FROM day_off WHERE on_day IN (:today, :yesterday)"),
            {"today": today, "yesterday": today - timedelta(days=1)},
        )
    )
    return LocalMoment(local, today in off, today - timedelta(days=1) in off)


def _is_ours(place: SampledPlace, municipality_code: str) -> bool:
    return any(area.kind == MUNICIPALITY and area.code == municipality_code for area in place.areas)


def _here(place: SampledPlace) -> tuple[AreaHere, ...]:
    return tuple(
        AreaHere(area.kind, area.code, area.name, area.square_metres) for area in place.areas
    )


def _names(
    near: Iterable[Agreement], codes: tuple[str, ...], here: Iterable[AreaHere]
) -> tuple[str, ...]:
    keys = {one.area for one in near if one.code in codes}
    return tuple(sorted({area.name for area in here if area.key in keys}))
