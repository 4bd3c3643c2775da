"""Whatever agreements meet at a place: one answer in every order, the more precise one first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.clock import LOCAL_ZONE
from app.foundation.windows import Window
from app.routing.model import (
    Agreement,
    AreaHere,
    Defect,
    LocalMoment,
    PartyOfAgreement,
    StandIn,
    Why,
)
from app.routing.operations.comparing import Rules
from app.routing.rules import responsible_party

CATEGORIES = ("wegen.losse-tegel", "wegen", None, "groen.boom", "groen")
#: As the decision record has them, the most precise first; `park` is one of the own kinds.
KINDS_OF_AREA = (
    "park",
    "neighbourhood",
    "village",
    "team-district",
    "lighting-contract",
    "municipality",
)
AUTHORITIES = ("road-authority", "water-authority")
AREA_CODES = ("a", "b")
OWNERS = (UUID(int=901), UUID(int=902))
NIGHTS = (Window(frozenset({1, 2, 3, 4, 5, 6, 7}), time(17), time(8)),)
DAYS = (Window(frozenset({1, 2, 3, 4, 5}), time(8), time(17)),)
ON_CALL = StandIn(UUID(int=900), "on-call", "On call", "contractor")

parties = st.sampled_from(
    [
        PartyOfAgreement(UUID(int=1), "north", "Team North", "team"),
        PartyOfAgreement(UUID(int=2), "south", "Team South", "team"),
        PartyOfAgreement(UUID(int=3), "days", "Team of days", "team", hours=DAYS, stand_in=ON_CALL),
    ]
)
area_keys = st.sampled_from([*product((*KINDS_OF_AREA, *AUTHORITIES), AREA_CODES)])
answers = st.dictionaries(
    st.sampled_from(["where", "how-many"]),
    st.frozensets(st.sampled_from(["path", "road", "3"]), min_size=1, max_size=2),
    max_size=2,
)


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Draw an agreement; its code and id come from the list it is put into."""
    owner = draw(st.none() | st.sampled_from(OWNERS))
    kind, code = (None, None) if owner else draw(area_keys)
    return Agreement(
        id=UUID(int=0),
        code="",
        party=draw(parties),
        category_code=draw(st.sampled_from(CATEGORIES)),
        area_kind=kind,
        area_code=code,
        asset_owner_id=owner,
        priority=draw(st.integers(-1, 1)),
        asset_kind=draw(st.none() | st.sampled_from(["bin", "lamp-post"])),
        answers=draw(answers),
        windows=draw(st.sampled_from([(), (), DAYS, NIGHTS])),
    )


def with_codes(drawn: Sequence[Agreement]) -> list[Agreement]:
    return [
        replace(one, id=UUID(int=number), code=f"agreement-{number:02}")
        for number, one in enumerate(drawn, start=1)
    ]


some_agreements = st.lists(agreements(), max_size=12).map(with_codes)

#: Two areas of one kind and code lie here while one of them is redrawn; sizes are often the same.
areas_here = st.lists(
    st.builds(
        AreaHere,
        st.sampled_from((*KINDS_OF_AREA, *AUTHORITIES)),
        st.sampled_from(AREA_CODES),
        st.sampled_from(["Noord", "Zuid"]),
        st.sampled_from([100.0, 200.0]),
    ),
    max_size=8,
    unique=True,
)


@st.composite
def defects(draw: st.DrawFn) -> Defect:
    has_asset = draw(st.booleans())
    return Defect(
        category_code=draw(st.sampled_from(["wegen.losse-tegel", "groen.boom"])),
        areas=tuple(draw(areas_here)),
        moment=LocalMoment(
            datetime(2026, 3, draw(st.integers(1, 7)), draw(st.integers(0, 23)), tzinfo=LOCAL_ZONE),
            is_day_off=draw(st.booleans()),
        ),
        is_urgent=draw(st.booleans()),
        has_asset=has_asset,
        asset_number="L-1" if has_asset else None,
        asset_kind=draw(st.sampled_from(["bin", "lamp-post"])) if has_asset else None,
        asset_owner_id=draw(st.none() | st.sampled_from(OWNERS)) if has_asset else None,
        answers=draw(answers),
    )


@given(st.data(), some_agreements, defects())
def test_the_order_of_the_rows_changes_nothing_of_the_answer(
    data: st.DataObject, agreed: list[Agreement], defect: Defect
) -> None:
    other_order = data.draw(st.permutations(agreed))
    other_areas = tuple(data.draw(st.permutations(defect.areas)))

    # Clashes, what was passed over, and the area that is told are all part of it.
    assert responsible_party(agreed, defect=defect) == responsible_party(
        other_order, defect=replace(defect, areas=other_areas)
    )


@given(some_agreements, defects())
def test_nothing_that_covers_the_defect_is_more_precise_than_what_was_chosen(
    agreed: list[Agreement], defect: Defect
) -> None:
    decision = responsible_party(agreed, defect=defect)

    by_code = {one.code: one for one in agreed}
    passed_over = [
        by_code[one.agreement] for one in decision.considered if one.why == Why.PASSED_OVER
    ]
    if decision.agreement is None:
        assert passed_over == []
        return
    chosen = as_the_record_has_it(decision.agreement, defect)
    assert all(chosen <= as_the_record_has_it(other, defect) for other in passed_over)
    assert set(decision.clashes_with) == {
        other.code
        for other in passed_over
        if as_the_record_has_it(other, defect)[:6] == chosen[:6]
        and other.party.id != decision.agreement.party.id
    }


@given(some_agreements, st.lists(defects(), min_size=1, max_size=4))
def test_thousands_at_once_are_decided_as_each_is_alone(
    agreed: list[Agreement], several: list[Defect]
) -> None:
    rules = Rules(agreed)

    for defect in several:
        alone, among_many = responsible_party(agreed, defect=defect), rules.decide(defect)

        assert among_many.agreement == alone.agreement
        assert among_many.party == alone.party
        assert among_many.clashes_with == alone.clashes_with


def as_the_record_has_it(one: Agreement, defect: Defect) -> tuple[object, ...]:
    """Return the place of an agreement as `docs/decisions/the-order-of-agreements.md` tells it."""
    if one.asset_owner_id is not None:
        ground = 1
    elif one.area_kind in AUTHORITIES:
        ground = 2
    else:
        ground = 3
    if one.category_code is None:
        category = 3
    elif "." not in one.category_code:
        category = 2
    else:
        category = 1
    kind = KINDS_OF_AREA.index(one.area_kind) if one.area_kind in KINDS_OF_AREA else 0
    conditions = len(one.answers) + bool(one.asset_kind) + bool(one.windows)
    sizes = [here.square_metres for here in defect.areas if (here.kind, here.code) == one.area]
    return ground, category, kind, -conditions, -one.priority, 0, min(sizes, default=0.0), one.code


#: Each pair: what is more precise, and what is less, whatever else speaks for the latter.
OWNED = {"area_kind": None, "area_code": None, "asset_owner_id": OWNERS[0]}
PAIRS = [
    ("the owner before the road", OWNED, {"area_kind": "road-authority"}),
    ("the road before one kind", {"area_kind": "road-authority"}, {"category_code": CATEGORIES[0]}),
    ("one kind before a main kind", {"category_code": CATEGORIES[0]}, {"category_code": "wegen"}),
    ("a main kind before everything", {"category_code": "wegen"}, {"category_code": None}),
    *(
        (f"{small} before {large}", {"area_kind": small}, {"area_kind": large})
        for place, small in enumerate(KINDS_OF_AREA)
        for large in KINDS_OF_AREA[place + 1 :]
    ),
    ("a condition before none", {"windows": NIGHTS}, {}),
    ("the higher priority", {"priority": 1}, {"priority": 0}),
]


@pytest.mark.parametrize(
    ("more", "less"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS]
)
@given(st.data())
def test_the_more_precise_one_comes_first(
    more: dict[str, object], less: dict[str, object], data: st.DataObject
) -> None:
    plain = Agreement(UUID(int=1), "z", data.draw(parties), None, "village", "a", None, priority=0)
    precise = replace(plain, **more)  # type: ignore[arg-type]  # columns of `Agreement`
    coarse = replace(plain, id=UUID(int=2), code="a", party=data.draw(parties), **less)  # type: ignore[arg-type]  # the same
    # The size of an area and its place in the list speak for the coarse one.
    here = [
        AreaHere(kind, "a", kind, 2.0 if kind == precise.area_kind else 1.0)
        for kind in (*KINDS_OF_AREA, *AUTHORITIES)
    ]
    defect = Defect(
        category_code=CATEGORIES[0] or "",
        areas=tuple(data.draw(st.permutations(here))),
        moment=LocalMoment(datetime(2026, 3, 3, 22, tzinfo=LOCAL_ZONE)),
        asset_owner_id=OWNERS[0],
        has_asset=True,
    )

    decision = responsible_party(data.draw(st.permutations([coarse, precise])), defect=defect)

    assert decision.agreement is precise
    assert decision.clashes_with == ()
