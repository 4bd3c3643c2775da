"""A place up to fifty metres outside the municipality counts as inside, and none further away."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.foundation.database import Transaction
from app.geography import many_places
from app.geography.many_places import PlaceToFind, find_places
from app.geography.model import BORDER_METRES, Located, Spot
from app.geography.operations import brought_inside, locate
from tests.makers.areas import a_rectangle, an_area, an_asset

TODAY = date(2026, 11, 24)
OURS = "GM0851"
#: The border runs along this parallel; we are to its north, the neighbour to its south. It is
#: short, because the shortest way between two far points of a parallel leaves it by metres.
BORDER = 51.5
METRES_PER_DEGREE_UP = 111_250
METRES_PER_DEGREE_ASIDE = 111_320 * math.cos(math.radians(51.6))


def outside(metres: float, longitude: float = 4.35) -> Spot:
    """Return a spot so many metres to the south of the border."""
    return Spot(longitude, BORDER - metres / METRES_PER_DEGREE_UP)


@pytest.fixture(autouse=True)
def _two_municipalities(transaction: Transaction) -> None:
    an_area(transaction, a_rectangle(4.34, BORDER, 4.36, 51.7), kind="municipality", code=OURS)
    an_area(
        transaction,
        a_rectangle(4.34, 51.4, 4.36, BORDER),
        kind="municipality",
        code="GM0748",
        name="Bergen op Zoom",
    )
    an_area(transaction, a_rectangle(4.34, BORDER, 4.36, 51.7), kind="team-district", code="zuid")
    an_area(
        transaction, a_rectangle(4.34, 51.4, 4.36, BORDER), kind="road-authority", code="theirs"
    )


def taken(transaction: Transaction, spot: Spot, *, on: date = TODAY) -> Located:
    found = locate(transaction, spot, asset_id=None, on=on)
    return brought_inside(transaction, found, municipality_code=OURS, on=on)


def kinds(located: Located) -> dict[str, str]:
    return {area.kind: area.code for area in located.areas}


class TestAPlaceALittleOutside:
    def test_has_the_areas_of_the_nearest_spot_on_the_border(
        self, transaction: Transaction
    ) -> None:
        found = taken(transaction, outside(30))

        assert found.is_at_border
        assert found.inside_municipality
        assert kinds(found)["municipality"] == OURS
        assert kinds(found)["team-district"] == "zuid"

    def test_keeps_the_spot_that_was_pointed_at(self, transaction: Transaction) -> None:
        spot = outside(30)

        assert taken(transaction, spot).place == spot

    @pytest.mark.parametrize(("metres", "is_ours"), [(1, True), (49, True), (51, False)])
    def test_is_one_within_fifty_metres(
        self, transaction: Transaction, metres: float, *, is_ours: bool
    ) -> None:
        found = taken(transaction, outside(metres))

        assert found.is_at_border is is_ours
        assert (kinds(found)["municipality"] == OURS) is is_ours

    def test_is_measured_in_metres_to_the_side_too(self, transaction: Transaction) -> None:
        # A degree of longitude is shorter than one of latitude.
        near, far = (
            Spot(4.34 - metres / METRES_PER_DEGREE_ASIDE, 51.6)
            for metres in (BORDER_METRES - 1, BORDER_METRES + 1)
        )

        assert taken(transaction, near).is_at_border
        assert not taken(transaction, far).is_at_border

    def test_is_not_ours_before_the_municipality_begins(self, transaction: Transaction) -> None:
        assert not taken(transaction, outside(30), on=date(2019, 12, 31)).is_at_border


class TestAPlaceInside:
    def test_stays_as_it_is_however_near_the_border(self, transaction: Transaction) -> None:
        spot = outside(-1)
        found = locate(transaction, spot, asset_id=None, on=TODAY)

        assert brought_inside(transaction, found, municipality_code=OURS, on=TODAY) is found
        assert not found.is_at_border


class TestAnAssetThatIsNamed:
    def test_counts_where_it_stands_and_not_where_the_phone_is(
        self, transaction: Transaction
    ) -> None:
        beside, beyond = outside(30), outside(400)
        lamp = an_asset(transaction, (beside.longitude, beside.latitude))
        found = locate(transaction, beyond, asset_id=lamp, on=TODAY)

        found = brought_inside(transaction, found, municipality_code=OURS, on=TODAY)

        assert found.is_at_border
        assert kinds(found)["team-district"] == "zuid"


class TestManyPlaces:
    def test_are_found_in_their_order_in_portions_and_once_where_they_are_the_same(
        self, transaction: Transaction, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(many_places, "_AT_ONCE", 2)
        spots = [outside(metres) for metres in (-200, 400, 30, -200, 30, 20, -100, 10, 400)]

        found = find_places(
            transaction,
            [PlaceToFind(spot) for spot in spots],
            municipality_code=OURS,
            on=TODAY,
        )

        alone = [taken(transaction, spot) for spot in spots]
        assert [one.is_at_border for one in found] == [one.is_at_border for one in alone]
        assert [{area.code for area in one.areas} for one in found] == [
            {area.code for area in one.areas} for one in alone
        ]
        assert any(one.is_at_border for one in found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    metres=st.floats(-120, -0.1) | st.floats(0.1, 49.5) | st.floats(50.5, 120),
    longitude=st.floats(4.342, 4.358),
)
def test_thousands_of_places_are_taken_as_each_is_alone(
    transaction: Transaction, metres: float, longitude: float
) -> None:
    spot = outside(metres, longitude)

    alone = taken(transaction, spot)
    (among_many,) = find_places(transaction, [PlaceToFind(spot)], municipality_code=OURS, on=TODAY)

    assert among_many.is_at_border == alone.is_at_border == (0 < metres < BORDER_METRES)
    assert {(one.kind, one.code) for one in among_many.areas} == {
        (one.kind, one.code) for one in alone.areas
    }
