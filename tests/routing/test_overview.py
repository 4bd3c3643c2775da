"""The grid of who gets what where, with its gaps, and the clashes: by the rule of every report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND
from app.foundation.windows import Window
from app.geography.sampling import asset_kinds, named_areas, places_in_areas
from app.identity.operations import party
from app.routing.operations.agreements import AgreementToMake, make_agreement
from app.routing.operations.overview import (
    Cell,
    Clash,
    clashes,
    clashes_in_part,
    clashes_of,
    grid,
)
from tests.makers.areas import a_rectangle, an_area, an_asset
from tests.makers.categories import a_question
from tests.makers.people import a_party
from tests.makers.places import a_small_municipality

#: A Tuesday morning.
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = NOW.date()
LAMP, TILE = "verlichting.lamp-brandt-niet", "wegen.losse-tegel"
KRUISLAND, WELBERG, HALF = ("village", "kruisland"), ("village", "welberg"), ("village", "half")
OURS = "GM0851"


@pytest.fixture(autouse=True)
def _municipality(transaction: Transaction) -> None:
    a_small_municipality(transaction)
    an_area(transaction, a_rectangle(4.31, 51.55, 4.36, 51.6), code="kruisland")
    an_area(transaction, a_rectangle(4.42, 51.55, 4.46, 51.6), code="welberg")
    an_area(transaction, a_rectangle(4.35, 51.61, 4.45, 51.62), code="half")
    an_area(transaction, a_rectangle(4.9, 51.5, 5.0, 51.6), code="elders")
    a_question(transaction, TILE)


def agreed(transaction: Transaction, code: str, of: str, **different: object) -> None:
    wanted = AgreementToMake(
        code=code,
        party_id=party(transaction, of).id,
        category_code="wegen",
        area=KRUISLAND,
        asset_owner_id=None,
        valid_from=date(2020, 1, 1),
    )
    make_agreement(
        transaction,
        replace(wanted, **different),  # type: ignore[arg-type]  # columns by name
        by=BY_COMMAND,
        now=NOW,
    )


def cells(transaction: Transaction, at: datetime = NOW) -> dict[tuple[str, str], Cell]:
    found = grid(
        transaction, [KRUISLAND, WELBERG, HALF], [LAMP, TILE], at=at, municipality_code=OURS
    )
    return {(category, code): cell for (category, (_, code)), cell in found.items()}


def found(transaction: Transaction) -> list[Clash]:
    return clashes(transaction, [LAMP, TILE], at=NOW, municipality_code=OURS)


class TestTheGrid:
    def test_says_who_gets_it(self, transaction: Transaction) -> None:
        assert cells(transaction)[LAMP, "kruisland"] == Cell(("Lux Verlichting",), has_gap=False)
        assert cells(transaction)[TILE, "kruisland"] == Cell(("Team Zuid",), has_gap=False)

    def test_marks_what_nobody_does(self, transaction: Transaction) -> None:
        cell = cells(transaction)[TILE, "welberg"]

        assert cell.is_gap
        assert cell.has_gap

    def test_marks_an_area_that_is_covered_in_part(self, transaction: Transaction) -> None:
        cell = cells(transaction)[TILE, "half"]

        assert set(cell.parties) == {"Team Zuid", "Rijkswaterstaat"}
        assert cell.has_gap
        assert not cell.is_gap

    def test_is_that_of_its_moment(self, transaction: Transaction) -> None:
        a_party(transaction, code="piket", name="Piket")
        night = (Window(frozenset({1, 2, 3, 4, 5}), time(17), time(8)),)
        agreed(transaction, "nacht", "piket", windows=night)

        by_day = cells(transaction)[TILE, "kruisland"]
        by_night = cells(transaction, NOW.replace(hour=22))[TILE, "kruisland"]

        assert (by_day.parties, by_night.parties) == (("Team Zuid",), ("Piket",))

    def test_leaves_out_what_has_ended(self, transaction: Transaction) -> None:
        gone = a_party(transaction, code="weg", name="Weg")
        agreed(transaction, "voorbij", "lux", valid_until=date(2026, 11, 23))
        agreed(transaction, "van-wie-weg-is", "weg")
        gone.ended_on = TODAY
        transaction.session.flush()

        assert cells(transaction)[TILE, "kruisland"].parties == ("Team Zuid",)


class TestAClash:
    def test_is_said_with_place_and_category(self, transaction: Transaction) -> None:
        agreed(transaction, "a", "team")
        agreed(transaction, "b", "lux")

        (clash,) = found(transaction)

        assert (clash.chosen, clash.others, clash.category_code) == ("a", ("b",), TILE)
        assert clash.where == ("Kruisland",)
        assert clash.spot is not None
        assert 4.31 < clash.spot.longitude < 4.36

    def test_is_none_where_something_decides_between_them(self, transaction: Transaction) -> None:
        agreed(transaction, "a", "team")
        agreed(transaction, "b", "lux", priority=1)
        agreed(transaction, "c", "rws", category_code=TILE, priority=1)
        agreed(transaction, "d", "team", category_code="verlichting", area=WELBERG)

        assert found(transaction) == []

    def test_is_none_with_oneself(self, transaction: Transaction) -> None:
        agreed(transaction, "a", "team")
        agreed(transaction, "b", "team")

        assert found(transaction) == []

    def test_is_none_where_a_third_comes_before_both(self, transaction: Transaction) -> None:
        agreed(transaction, "a", "team")
        agreed(transaction, "b", "lux")
        agreed(transaction, "c", "rws", category_code=TILE)

        assert found(transaction) == []

    def test_comes_up_where_two_have_the_same_condition(self, transaction: Transaction) -> None:
        night = (Window(frozenset({6, 7}), on_days_off=True),)
        agreed(transaction, "a", "team", windows=night, answers={"waar": frozenset({"stoep"})})
        agreed(transaction, "b", "lux", windows=night, answers={"waar": frozenset({"stoep"})})
        agreed(transaction, "c", "rws")

        (clash,) = found(transaction)

        assert (clash.chosen, clash.others) == ("a", ("b",))

    def test_at_the_objects_of_an_owner_has_no_place(self, transaction: Transaction) -> None:
        owner = party(transaction, "rws").id
        agreed(transaction, "a", "team", area=None, asset_owner_id=owner)
        agreed(transaction, "b", "lux", area=None, asset_owner_id=owner)

        (clash,) = found(transaction)

        assert (clash.spot, clash.where) == (None, ())


class TestTheClashesOfOneAgreement:
    def of(self, transaction: Transaction, code: str) -> list[Clash]:
        return clashes_of(transaction, code, [LAMP, TILE], at=NOW, municipality_code=OURS)

    def test_are_those_that_all_together_have(self, transaction: Transaction) -> None:
        agreed(transaction, "a", "team")
        agreed(transaction, "b", "lux")
        agreed(transaction, "c", "team", area=WELBERG)
        agreed(transaction, "d", "rws", area=WELBERG)

        assert [self.of(transaction, code) for code in "ab"] == [found(transaction)[:1]] * 2
        assert [self.of(transaction, code) for code in "cd"] == [found(transaction)[1:]] * 2

    def test_are_found_in_the_small_area_of_a_rival(self, transaction: Transaction) -> None:
        an_area(
            transaction, a_rectangle(4.32, 51.56, 4.3201, 51.5601), code="pleintje", name="Pleintje"
        )
        agreed(transaction, "a", "team")
        agreed(transaction, "b", "lux", area=("village", "pleintje"))

        (clash,) = self.of(transaction, "a")

        assert clash.where == ("Kruisland", "Pleintje")

    def test_are_none_before_it_holds_or_when_there_is_no_such(
        self, transaction: Transaction
    ) -> None:
        agreed(transaction, "a", "team", valid_from=date(2027, 1, 1))
        agreed(transaction, "b", "lux")

        assert self.of(transaction, "a") == self.of(transaction, "nergens") == []

    def test_at_the_objects_of_an_owner_have_no_place(self, transaction: Transaction) -> None:
        owner = party(transaction, "rws").id
        agreed(transaction, "a", "team", area=None, asset_owner_id=owner)
        agreed(transaction, "b", "lux", area=None, asset_owner_id=owner)

        assert self.of(transaction, "b") == found(transaction) != []


class TestTheClashesOfSomeAreas:
    def test_are_all_of_them_when_put_together(self, transaction: Transaction) -> None:
        owner = party(transaction, "rws").id
        for code, of in (("a", "team"), ("b", "lux")):
            agreed(transaction, f"{code}-1", of)
            agreed(transaction, f"{code}-2", of, area=WELBERG)
            agreed(transaction, f"{code}-3", of, area=None, asset_owner_id=owner)

        parts = [
            clashes_in_part(
                transaction,
                [LAMP, TILE],
                at=NOW,
                municipality_code=OURS,
                at_most=1,
                skip=skip,
            )
            for skip in (0, 1, 2)
        ]

        assert [areas for _, areas in parts] == [2, 2, 2]
        assert [len(clashes) for clashes, _ in parts] == [2, 1, 0]
        assert {one.chosen for some, _ in parts for one in some} == {
            one.chosen for one in found(transaction)
        }


class TestPlacesInAreas:
    def test_are_one_for_each_set_of_areas(self, transaction: Transaction) -> None:
        places = places_in_areas(transaction, [HALF], on=TODAY)

        assert {tuple(area.code for area in place.areas) for place in places} == {
            (OURS, "half"),
            (OURS, "zuid", "half"),
            (OURS, "a4", "zuid", "half"),
        }

    def test_are_always_the_same(self, transaction: Transaction) -> None:
        first = places_in_areas(transaction, [HALF, KRUISLAND], on=TODAY)

        assert places_in_areas(transaction, [KRUISLAND, HALF], on=TODAY) == first

    def test_are_none_where_nothing_is_asked(self, transaction: Transaction) -> None:
        assert places_in_areas(transaction, [], on=TODAY) == []
        assert places_in_areas(transaction, [("village", "nergens")], on=TODAY) == []


class TestTheChoices:
    def test_are_the_areas_of_the_day(self, transaction: Transaction) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.31, 51.51), code="vroeger", valid_until=TODAY)

        assert {area.code for area in named_areas(transaction, on=TODAY, kind="village")} == {
            "kruisland",
            "welberg",
            "half",
            "elders",
        }

    def test_are_the_kinds_of_objects_that_stand_there(self, transaction: Transaction) -> None:
        an_asset(transaction, (4.3, 51.5), kind="bin")
        an_asset(transaction, (4.3, 51.5), kind="tree", removed_on=TODAY)

        assert asset_kinds(transaction) == ["bin", "lamp-post"]
