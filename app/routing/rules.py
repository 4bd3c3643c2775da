"""The decision who is responsible, in one documented order. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from app.foundation.windows import Window
from app.geography.model import (
    LIGHTING_CONTRACT,
    MUNICIPALITY,
    NEIGHBOURHOOD,
    TEAM_DISTRICT,
    VILLAGE,
)
from app.routing.model import (
    AUTHORITY_AREAS,
    Agreement,
    Because,
    BetweenRivals,
    Considered,
    Decision,
    Defect,
    LocalMoment,
    PartyOfAgreement,
    StoodIn,
    Why,
)
from app.triage.model import Term

#: The smaller the area, the more its agreement says about this place. A kind that is not here was
#: drawn for a purpose, so it stands before all of them.
_MOST_PRECISE_FIRST = (
    NEIGHBOURHOOD,
    VILLAGE,
    TEAM_DISTRICT,
    LIGHTING_CONTRACT,
    MUNICIPALITY,
)

#: What two agreements are alike in when only the size of an area, or a code, comes between them.
_Precision = tuple[int, int, int, int, int]


def responsible_party(agreements: Iterable[Agreement], *, defect: Defect) -> Decision:
    """Return the party whose agreement covers the defect, with the reason.

    The order, whatever order the agreements come in:

    1. an agreement with the owner of the asset that was named;
    2. the authority of a road or of water that covers the place, unless an asset of ours was named;
    3. the most precise category (inner, main, everything);
    4. the most precise kind of area (drawn for a purpose, neighbourhood, village, team district,
       lighting contract, municipality);
    5. the one with the most conditions, such as evenings only;
    6. the highest priority;
    7. what is left is a clash, told as such: the smallest area, then the agreement's code.

    What is urgent goes to a party's stand-in outside its hours. Nobody is an answer too: then a
    person must decide.
    """
    in_order = sorted(
        agreements,
        key=lambda agreement: (
            _precision(agreement, defect),
            _square_metres(agreement, defect),
            agreement.code,
        ),
    )
    found = [(agreement, why(agreement, defect)) for agreement in in_order]
    covering = [agreement for agreement, said in found if said is Why.COVERS]
    chosen = covering[0] if covering else None
    considered = tuple(
        Considered(
            agreement=agreement.code,
            party=agreement.party.code,
            matched=agreement is chosen,
            why=Why.PASSED_OVER if said is Why.COVERS and agreement is not chosen else said,
        )
        for agreement, said in found
    )
    if chosen is None:
        return Decision(None, None, Because.NOBODY, considered=considered)
    party, stood_in = at_work(chosen.party, defect)
    rivals = _rivals(chosen, covering, defect)
    return Decision(
        party=party,
        agreement=chosen,
        because=_because(chosen),
        area=defect.area(chosen.area),
        asset_number=defect.asset_number,
        considered=considered,
        stood_in=stood_in,
        clashes_with=tuple(rival.code for rival in rivals),
        between_rivals=_between(chosen, rivals, defect),
    )


def at_work(party: PartyOfAgreement, defect: Defect) -> tuple[PartyOfAgreement, StoodIn | None]:
    """Return who takes it now: the party, or for what is urgent outside its hours its stand-in."""
    if (
        not defect.is_urgent
        or party.stand_in is None
        or party.stand_in.id in defect.given_back_by
        or not party.hours
        or covers_moment(party.hours, defect.moment)
    ):
        return party, None
    stand_in = party.stand_in
    taking_over = replace(
        party,
        id=stand_in.id,
        code=stand_in.code,
        name=stand_in.name,
        kind=stand_in.kind,
        hours=(),
        stand_in=None,
    )
    return taking_over, StoodIn(for_party=party.name)


def cannot_wait(terms: Iterable[Term], *, danger: bool) -> bool:
    """Whether it is urgent: dangerous, or with a norm that is over within a working day.

    What has a norm of hours cannot wait until a team is back at work either.
    """
    return danger or any(term.is_short for term in terms)


def covers_moment(windows: Iterable[Window], moment: LocalMoment) -> bool:
    """Whether a moment lies in one of these windows."""
    return any(_covers(window, moment) for window in windows)


def _covers(window: Window, moment: LocalMoment) -> bool:
    clock = moment.at.time()
    ends_next_day = window.ends <= window.begins
    before = moment.at.date() - timedelta(days=1)
    began_today = _begins_on(window, moment.at.isoweekday(), is_day_off=moment.is_day_off)
    began_before = _begins_on(window, before.isoweekday(), is_day_off=moment.is_day_off_before)
    if not ends_next_day:
        return began_today and window.begins <= clock < window.ends
    return (began_today and clock >= window.begins) or (began_before and clock < window.ends)


def _begins_on(window: Window, day: int, *, is_day_off: bool) -> bool:
    return window.on_days_off if is_day_off else day in window.days


def _because(agreement: Agreement) -> Because:
    if agreement.asset_owner_id is not None:
        return Because.ASSET_OWNER
    if agreement.area_kind in AUTHORITY_AREAS:
        return Because(agreement.area_kind)
    return Because.CATEGORY_IN_AREA


def why(agreement: Agreement, defect: Defect) -> Why:
    """Return what keeps this agreement from covering the defect, or that it does."""
    if agreement.category_code not in {None, defect.main_category_code, defect.category_code}:
        return Why.ANOTHER_CATEGORY
    if agreement.asset_owner_id is not None:
        if agreement.asset_owner_id != defect.asset_owner_id:
            return Why.ANOTHER_OWNER
    elif defect.area(agreement.area) is None:
        return Why.ANOTHER_AREA
    if agreement.area_kind in AUTHORITY_AREAS and _names_an_asset_of_ours(defect):
        return Why.ASSET_OF_OURS
    if agreement.asset_kind is not None and agreement.asset_kind != defect.asset_kind:
        return Why.ANOTHER_ASSET_KIND
    for question, wanted in agreement.answers.items():
        if not wanted & defect.answers.get(question, frozenset()):
            return Why.ANOTHER_ANSWER
    if agreement.windows and not covers_moment(agreement.windows, defect.moment):
        return Why.ANOTHER_TIME
    if agreement.party.id in defect.given_back_by:
        return Why.GAVE_IT_BACK
    return Why.COVERS


def _names_an_asset_of_ours(defect: Defect) -> bool:
    # An asset without an owner is the municipality's own.
    return defect.has_asset and defect.asset_owner_id is None


def how_precise(agreement: Agreement) -> tuple[object, ...]:
    """Return what two agreements are alike in when they are as precise as each other, anywhere."""
    return (
        _because(agreement),
        agreement.category_code,
        _kind_of_area(agreement.area_kind),
        agreement.conditions,
        agreement.priority,
    )


def _precision(agreement: Agreement, defect: Defect) -> _Precision:
    """Return the place of an agreement in the order, but for size and code; the lowest is first."""
    because = _because(agreement)
    by_ground = {Because.ASSET_OWNER: 0, Because.CATEGORY_IN_AREA: 2}
    by_category = {defect.category_code: 0, defect.main_category_code: 1, None: 2}
    return (
        by_ground.get(because, 1),
        by_category.get(agreement.category_code, 3),
        _kind_of_area(agreement.area_kind),
        -agreement.conditions,
        -agreement.priority,
    )


def _kind_of_area(kind: str | None) -> int:
    return _MOST_PRECISE_FIRST.index(kind) + 1 if kind in _MOST_PRECISE_FIRST else 0


def _square_metres(agreement: Agreement, defect: Defect) -> float:
    area = defect.area(agreement.area)
    return area.square_metres if area else 0.0


def _rivals(chosen: Agreement, covering: Sequence[Agreement], defect: Defect) -> list[Agreement]:
    """Return the agreements with another party that cover the defect just as precisely."""
    precision = _precision(chosen, defect)
    return [
        other
        for other in covering
        if other.party.id != chosen.party.id and _precision(other, defect) == precision
    ]


def _between(
    chosen: Agreement, rivals: Sequence[Agreement], defect: Defect
) -> BetweenRivals | None:
    """Return what decided: the code as soon as one rival's area is just as small."""
    if not rivals:
        return None
    size = _square_metres(chosen, defect)
    if any(_square_metres(rival, defect) == size for rival in rivals):
        return BetweenRivals.CODE
    return BetweenRivals.SMALLEST_AREA
