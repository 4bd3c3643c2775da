"""What stands near a spot is found in order, exactly as far as asked, by the distance on earth."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.model import Box, NotAPlace, Spot
from app.geography.operations import area_shapes, assets_near, municipality_outline, villages
from app.geography.rules import EARTH_RADIUS_METRES, metres_between
from tests.makers.areas import LONG_AGO, a_rectangle, an_area, an_asset

HERE = Spot(4.32, 51.58)

#: Degrees of about a metre.
STEP = 0.00001

spots = st.builds(Spot, st.floats(-180, 180), st.floats(-90, 90))
aside = st.integers(-300, 300)


def numbers(
    transaction: Transaction,
    *,
    within_metres: float = 100,
    kind: str | None = None,
    at_most: int = 9,
) -> list[str]:
    near = assets_near(transaction, HERE, within_metres=within_metres, kind=kind, at_most=at_most)
    return [one.asset.number for one in near]


class TestAssetsNear:
    def test_come_nearest_first_and_no_more_than_asked_for(self, transaction: Transaction) -> None:
        for number, east in (("far", 60), ("near", 1), ("middle", 30), ("outside", 300)):
            an_asset(transaction, (4.32 + east * STEP, 51.58), number=number)

        assert numbers(transaction) == ["near", "middle", "far"]
        assert numbers(transaction, at_most=2) == ["near", "middle"]

    def test_as_far_as_each_other_come_by_their_number(self, transaction: Transaction) -> None:
        for number in ("B", "C", "A"):
            an_asset(transaction, (4.32, 51.58), number=number)

        assert numbers(transaction) == ["A", "B", "C"]

    def test_are_of_one_kind_when_it_is_given(self, transaction: Transaction) -> None:
        an_asset(transaction, (4.32, 51.58), kind="bin", number="bin")
        an_asset(transaction, (4.32, 51.58), kind="lamp-post", number="lamp")

        assert numbers(transaction, kind="bin") == ["bin"]
        assert numbers(transaction, kind="tree") == []
        assert numbers(transaction) == ["bin", "lamp"]

    def test_are_not_those_that_were_removed(self, transaction: Transaction) -> None:
        an_asset(transaction, (4.32, 51.58), removed_on=LONG_AGO)

        assert numbers(transaction) == []

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(st.tuples(aside, aside), min_size=1, max_size=12),
        st.floats(min_value=0.5, max_value=300),
        st.integers(1, 12),
    )
    def test_are_those_that_the_haversine_finds(
        self,
        transaction: Transaction,
        standing: list[tuple[int, int]],
        within_metres: float,
        at_most: int,
    ) -> None:
        transaction.connection.execute(text("DELETE FROM asset"))
        there = [Spot(4.32 + east * STEP, 51.58 + north * STEP) for east, north in standing]
        for spot in there:
            an_asset(transaction, (spot.longitude, spot.latitude))

        near = assets_near(
            transaction, HERE, within_metres=within_metres, kind=None, at_most=at_most
        )

        distances = sorted(
            metres for spot in there if (metres := metres_between(HERE, spot)) <= within_metres
        )
        assert [one.distance_metres for one in near] == pytest.approx(
            distances[:at_most], abs=0.001
        )


class TestTheDistanceOnEarth:
    @given(spots, spots)
    def test_is_the_same_there_and_back_and_at_most_half_way_round(
        self, one: Spot, other: Spot
    ) -> None:
        there = metres_between(one, other)

        assert there == pytest.approx(metres_between(other, one), abs=0.01)
        assert 0 <= there <= math.pi * EARTH_RADIUS_METRES + 1

    @given(spots)
    def test_to_itself_is_nought(self, spot: Spot) -> None:
        assert metres_between(spot, spot) == 0

    def test_of_a_degree_to_the_north_is_111_kilometres(self) -> None:
        assert metres_between(Spot(4, 51), Spot(4, 52)) == pytest.approx(111_195, abs=1)


class TestABoxAround:
    @given(
        st.floats(-178, 178),
        st.floats(-75, 75),
        st.floats(1, 2000),
        st.floats(0, 2 * math.pi),
    )
    @example(longitude=4.32, latitude=51.58, metres=2000.0, bearing=math.pi / 4)
    def test_holds_everything_within_the_distance(
        self, longitude: float, latitude: float, metres: float, bearing: float
    ) -> None:
        middle = Spot(longitude, latitude)
        up = math.degrees(metres / EARTH_RADIUS_METRES)
        there = Spot(
            longitude + up * math.sin(bearing) / math.cos(math.radians(latitude)),
            latitude + up * math.cos(bearing),
        )

        box = middle.box_around(metres)

        assert box.west <= there.longitude <= box.east
        assert box.south <= there.latitude <= box.north

    @given(spots, st.floats(0, 1_000_000))
    def test_is_always_a_box_on_earth(self, spot: Spot, metres: float) -> None:
        box = spot.box_around(metres)

        assert box.west <= spot.longitude <= box.east
        assert box.south <= spot.latitude <= box.north

    @pytest.mark.parametrize(
        "sides",
        [(5, 51, 4, 52), (4, 52, 5, 51), (-181, 0, 0, 1), (0, 0, 0, 91), (float("nan"),) * 4],
    )
    def test_the_wrong_way_round_is_none(self, sides: tuple[float, float, float, float]) -> None:
        with pytest.raises(NotAPlace):
            Box(*sides)


class TestTheShapesOfAreas:
    def test_are_drawn_with_a_label_that_lies_inside(self, transaction: Transaction) -> None:
        # A horseshoe: its middle lies outside.
        an_area(
            transaction,
            "POLYGON((0 0, 3 0, 3 3, 2 3, 2 1, 1 1, 1 3, 0 3, 0 0))",
            code="shoe",
            name="Hoef & <b>",
        )

        (feature,) = villages(transaction)["features"]

        assert feature["properties"]["code"] == "shoe"
        assert feature["properties"]["name"] == "Hoef & <b>"
        x, y = feature["properties"]["label"]
        assert transaction.connection.scalar(
            text("SELECT ST_Covers(shape, ST_Point(:x, :y, 4326)) FROM area"), {"x": x, "y": y}
        )

    def test_are_in_the_order_of_their_names_and_not_those_that_ended(
        self, transaction: Transaction
    ) -> None:
        shape = a_rectangle(4.3, 51.5, 4.4, 51.6)
        for name in ("Welberg", "De Heen", "Kruisland"):
            an_area(transaction, shape, name=name)
        an_area(transaction, shape, name="Ended", valid_until=LONG_AGO)
        an_area(transaction, shape, name="Other", kind="team-district")

        names = [one["properties"]["name"] for one in villages(transaction)["features"]]

        assert names == ["De Heen", "Kruisland", "Welberg"]

    def test_are_simplified_as_far_as_asked(self, transaction: Transaction) -> None:
        transaction.connection.execute(
            text(
                "INSERT INTO area (kind, code, name, shape, valid_from, source) VALUES"
                " ('village', 'round', 'Round',"
                "  ST_Multi(ST_Buffer(ST_Point(4.3, 51.5, 4326), 0.01, 200)), :since, 'test')"
            ),
            {"since": LONG_AGO},
        )

        def corners(tolerance: float) -> int:
            (feature,) = area_shapes(transaction, kind="village", tolerance_degrees=tolerance)[
                "features"
            ]
            return len(str(feature["geometry"]["coordinates"]).split("], ["))

        assert corners(0) > 700
        assert corners(0.0001) < 100

    def test_of_an_installation_without_areas_are_an_empty_collection(
        self, transaction: Transaction
    ) -> None:
        assert municipality_outline(transaction) == {"type": "FeatureCollection", "features": []}
