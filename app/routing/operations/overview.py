"""Who gets what where, over all areas and categories at once: the grid, its gaps, the clashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.geography.model import MUNICIPALITY, Spot
from app.geography.sampling import SampledPlace, areas_that_meet, places_in_areas
from app.routing.conditions import defects_to_try
from app.routing.model import Agreement, AreaHere, Decision, Defect, LocalMoment
from app.routing.operations.agreements import agreements_from
from app.routing.rules import how_precise, responsible_party

#: A second's worth of areas to try places in; a municipality has some ten.
_QUICKLY_TRIED_AREAS = 50

#: As many areas of rivals are looked at beside that of the agreement itself.
_RIVALS_TRIED = 10


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
                decision = responsible_party(_about(agreed.at(defect.areas), defect), defect=defect)
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
    return clashes_in_part(
        transaction, categories, at=at, municipality_code=municipality_code, at_most=None
    )[0]


def clashes_in_part(
    transaction: Transaction,
    categories: Sequence[str],
    *,
    at: datetime,
    municipality_code: str,
    at_most: int | None,
    skip: int = 0,
) -> tuple[list[Clash], int]:
    """Return the clashes at some of the areas to try, and how many areas there are to try.

    Those at the objects of an owner come with the first areas.
    """
    moment = _moment(transaction, at)
    agreed = _in_force(transaction, moment)
    to_try = agreed.areas_of_rivals
    some = to_try[skip : None if at_most is None else skip + at_most]
    places = _ours_in(transaction, some, moment, municipality_code)
    found = _clashes_at(agreed, places, categories, moment, with_owners=skip == 0)
    return found, len(to_try)


def clashes_of(
    transaction: Transaction,
    code: str,
    categories: Sequence[str],
    *,
    at: datetime,
    municipality_code: str,
) -> list[Clash]:
    """Return the clashes of one agreement, in its area and in those of its rivals there.

    However many other agreements there are, it takes a moment.
    """
    moment = _moment(transaction, at)
    agreed = _in_force(transaction, moment)
    one = agreed.named(code)
    if one is None:
        return []
    places: list[SampledPlace] = []
    if one.area is not None:
        rivals = {rival.area for rival in agreed.rivals_of(one) if rival.area is not None}
        near = areas_that_meet(
            transaction, one.area, rivals, on=moment.at.date(), at_most=_RIVALS_TRIED
        )
        places = _ours_in(transaction, {one.area, *near}, moment, municipality_code)
    found = _clashes_at(agreed, places, categories, moment, with_owners=one.area is None)
    return [clash for clash in found if code in {clash.chosen, *clash.others}]


def _ours_in(
    transaction: Transaction,
    areas: Collection[tuple[str, str]],
    moment: LocalMoment,
    municipality_code: str,
) -> list[SampledPlace]:
    return [
        place
        for place in places_in_areas(transaction, areas, on=moment.at.date())
        if _is_ours(place, municipality_code)
    ]


def _clashes_at(
    agreed: _Agreed,
    places: Sequence[SampledPlace],
    categories: Sequence[str],
    moment: LocalMoment,
    *,
    with_owners: bool,
) -> list[Clash]:
    found: dict[tuple[str, tuple[str, ...], str], Clash] = {}
    #: What the same agreements are about is decided alike, whatever the kind or the place.
    decided: dict[tuple[str, ...], list[Decision]] = {}
    for place in [*places, None] if with_owners and agreed.owners else places:
        here = _here(place) if place else ()
        at_place = agreed.at(here)
        if len({agreement.party.id for agreement in at_place}) < 2:
            continue
        for category in categories:
            plain = Defect(category, here, moment)
            near = _about(at_place, plain)
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
                if key in found or (by_owner and not with_owners):
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


def _about(agreements: Iterable[Agreement], defect: Defect) -> list[Agreement]:
    categories = {None, defect.category_code, defect.main_category_code}
    return [one for one in agreements if one.category_code in categories]


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

    def named(self, code: str) -> Agreement | None:
        """Return the agreement with this code, if it is in force."""
        return next((one for one in self._all if one.code == code), None)

    def rivals_of(self, agreement: Agreement) -> list[Agreement]:
        """Return those of other parties that are as precise: only they can clash with it."""
        precision = how_precise(agreement)
        return [
            one
            for one in self._all
            if one.party.id != agreement.party.id and how_precise(one) == precision
        ]

    def at(self, areas: Iterable[AreaHere]) -> list[Agreement]:
        """Return those about one of these areas, or about the assets of any owner."""
        return [*(one for area in areas for one in self._by_area.get(area.key, ())), *self.owners]


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
