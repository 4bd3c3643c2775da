"""Who is responsible: the order of the rules, whatever order the agreements come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

from app.foundation.clock import LOCAL_ZONE
from app.foundation.windows import Window
from app.routing.model import (
    Agreement,
    AreaHere,
    Because,
    Defect,
    LocalMoment,
    PartyOfAgreement,
    StandIn,
)
from app.routing.rules import covers_moment, responsible_party

DISTRICT = ("team-district", "zuid")
ROAD = ("road-authority", "a4")
OWNER = uuid4()


def on(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL_ZONE)


#: A Tuesday afternoon, and the Sunday night before it.
TUESDAY = LocalMoment(on(3, 3, 14))
SUNDAY_NIGHT = LocalMoment(on(3, 1, 23, 30))

EVENINGS_AND_WEEKENDS = (
    Window(frozenset({1, 2, 3, 4, 5}), time(17), time(8)),
    Window(frozenset({6, 7}), on_days_off=True),
)
OFFICE_HOURS = (Window(frozenset({1, 2, 3, 4, 5}), time(8), time(17)),)


def a_party(code: str, **different: Any) -> PartyOfAgreement:  # noqa: ANN401  # its columns
    return replace(PartyOfAgreement(uuid4(), code, code.title(), "team"), **different)


def an_agreement(
    code: str,
    *,
    category: str | None = None,
    area: tuple[str, str] | None = DISTRICT,
    owner: UUID | None = None,
    **different: Any,  # noqa: ANN401  # columns of `Agreement`
) -> Agreement:
    made = Agreement(
        id=uuid4(),
        code=code,
        party=a_party(f"party-of-{code}"),
        category_code=category,
        area_kind=area[0] if area else None,
        area_code=area[1] if area else None,
        asset_owner_id=owner,
    )
    return replace(made, **different)


def a_defect(*areas: tuple[str, str], **different: Any) -> Defect:  # noqa: ANN401  # of `Defect`
    named = {DISTRICT: "Zuid", ROAD: "A4"}
    made = Defect(
        category_code="wegen.losse-tegel",
        areas=tuple(
            AreaHere(*area, name=named.get(area, area[1]), square_metres=1_000.0 * place)
            for place, area in enumerate(areas or (DISTRICT,), start=1)
        ),
        moment=TUESDAY,
    )
    return replace(made, **different)


class TestTheMostPreciseAgreement:
    def test_wins_in_every_order(self) -> None:
        agreements = [
            an_agreement("everything"),
            an_agreement("main", category="wegen"),
            an_agreement("inner", category="wegen.losse-tegel"),
            an_agreement("another", category="groen"),
        ]

        chosen = {
            responsible_party(order, defect=a_defect()).agreement
            for order in permutations(agreements)
        }

        assert chosen == {agreements[2]}

    def test_of_equal_ones_has_the_highest_priority_then_the_first_code(self) -> None:
        agreements = [
            an_agreement("b", priority=1),
            an_agreement("c", priority=1),
            an_agreement("a"),
        ]

        decision = responsible_party(agreements, defect=a_defect())

        assert decision.agreement is agreements[0]


class TestARoadOfAnotherAuthority:
    def test_takes_everything_on_it(self) -> None:
        ours = an_agreement("ours", category="wegen.losse-tegel")
        theirs = an_agreement("theirs", area=ROAD)

        decision = responsible_party([ours, theirs], defect=a_defect(DISTRICT, ROAD))

        assert decision.because is Because.ROAD_AUTHORITY
        assert decision.area_name == "A4"

    def test_leaves_an_asset_of_ours_to_us_and_says_so(self) -> None:
        ours = an_agreement("ours", category="wegen.losse-tegel")
        theirs = an_agreement("theirs", area=ROAD)

        decision = responsible_party(
            [ours, theirs], defect=a_defect(DISTRICT, ROAD, has_asset=True)
        )

        assert decision.agreement is ours
        assert [(looked.agreement, looked.why) for looked in decision.considered] == [
            ("theirs", "an-asset-of-ours-was-named"),
            ("ours", "covers-the-place-and-the-category"),
        ]


class TestTheOwnerOfAnAsset:
    def test_comes_before_the_road(self) -> None:
        owners = an_agreement("owners", area=None, owner=OWNER)
        theirs = an_agreement("theirs", area=ROAD)

        decision = responsible_party(
            [theirs, owners], defect=a_defect(ROAD, asset_owner_id=OWNER, has_asset=True)
        )

        assert decision.because is Because.ASSET_OWNER


class TestNobody:
    def test_is_an_answer_with_what_was_considered(self) -> None:
        decision = responsible_party(
            [an_agreement("elsewhere", area=("team-district", "noord"))], defect=a_defect()
        )

        assert decision.party is None
        assert [looked.why for looked in decision.considered] == ["another-area"]


class TestAnAreaDrawnForAPurpose:
    def test_comes_before_the_kinds_that_cover_all_of_the_municipality(self) -> None:
        market = ("market-square", "markt")
        agreements = [an_agreement("market", area=market), an_agreement("district", priority=9)]

        decision = responsible_party(agreements, defect=a_defect(DISTRICT, market))

        assert decision.agreement is agreements[0]
        assert decision.clashes_with == ()


class TestTwoThatAreAsPrecise:
    def test_are_told_as_a_clash_and_the_smaller_area_has_it_in_every_order(self) -> None:
        small, large = ("park", "small"), ("park", "large")
        agreements = [an_agreement("a", area=large), an_agreement("z", area=small)]

        decisions = [
            responsible_party(order, defect=a_defect(small, large))
            for order in permutations(agreements)
        ]

        assert {decision.agreement for decision in decisions} == {agreements[1]}
        assert {decision.clashes_with for decision in decisions} == {("a",)}

    def test_are_no_clash_when_one_party_has_both(self) -> None:
        party = a_party("both")
        agreements = [an_agreement("a", party=party), an_agreement("b", party=party)]

        decision = responsible_party(agreements, defect=a_defect())

        assert decision.clashes_with == ()


class TestACondition:
    def test_of_an_answer_counts_only_where_it_was_given(self) -> None:
        on_a_path = an_agreement("paths", answers={"where": frozenset({"path", "stairs"})})
        everywhere = an_agreement("everywhere", priority=9)

        chosen = [
            responsible_party([on_a_path, everywhere], defect=a_defect(answers=answers)).agreement
            for answers in ({"where": frozenset({"path"})}, {"where": frozenset({"road"})}, {})
        ]

        assert chosen == [on_a_path, everywhere, everywhere]

    def test_of_evenings_and_weekends_counts_then_only(self) -> None:
        on_call = an_agreement("on-call", windows=EVENINGS_AND_WEEKENDS)
        by_day = an_agreement("by-day")

        chosen = [
            responsible_party([on_call, by_day], defect=a_defect(moment=moment)).agreement
            for moment in (TUESDAY, SUNDAY_NIGHT)
        ]

        assert chosen == [by_day, on_call]

    def test_of_a_kind_of_object_wants_one_of_that_kind(self) -> None:
        bins = an_agreement("bins", asset_kind="bin")

        decision = responsible_party([bins], defect=a_defect(asset_kind="bench", has_asset=True))

        assert [looked.why for looked in decision.considered] == ["another-asset-kind"]


class TestAWindow:
    def test_that_ends_in_the_morning_belongs_to_the_day_it_began_on(self) -> None:
        friday_night = (Window(frozenset({5}), time(22), time(6)),)

        covered = [
            covers_moment(friday_night, LocalMoment(moment))
            for moment in (
                on(3, 6, 21, 59),
                on(3, 6, 22),
                on(3, 7, 5, 59),
                on(3, 7, 6),
                on(3, 6, 5),
            )
        ]

        assert covered == [False, True, True, False, False]

    def test_on_a_day_off_is_only_one_that_says_so(self) -> None:
        christmas = LocalMoment(on(12, 25, 12), is_day_off=True)

        assert not covers_moment(OFFICE_HOURS, christmas)
        assert covers_moment(EVENINGS_AND_WEEKENDS, christmas)

    def test_of_a_whole_day_covers_all_of_it(self) -> None:
        sunday = (
            Window(
                frozenset({7}),
            ),
        )

        assert covers_moment(sunday, LocalMoment(on(3, 1, 0)))
        assert covers_moment(sunday, LocalMoment(on(3, 1, 23, 59)))
        assert not covers_moment(sunday, LocalMoment(on(3, 2, 0)))


class TestAStandIn:
    ON_CALL = StandIn(uuid4(), "on-call", "On call", "contractor")

    def test_takes_what_is_urgent_outside_the_hours(self) -> None:
        party = a_party("team", hours=OFFICE_HOURS, stand_in=self.ON_CALL)

        decision = responsible_party(
            [an_agreement("all", party=party)],
            defect=a_defect(moment=SUNDAY_NIGHT, is_urgent=True),
        )

        assert decision.party is not None
        assert decision.party.code == "on-call"
        assert decision.stood_in is not None
        assert decision.stood_in.for_party == "Team"

    def test_leaves_alone_what_can_wait_and_what_comes_in_hours(self) -> None:
        party = a_party("team", hours=OFFICE_HOURS, stand_in=self.ON_CALL)

        decisions = [
            responsible_party([an_agreement("all", party=party)], defect=defect)
            for defect in (a_defect(moment=SUNDAY_NIGHT), a_defect(is_urgent=True))
        ]

        assert [decision.party for decision in decisions] == [party, party]
