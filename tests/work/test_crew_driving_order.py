"""The order in which a crew drives along its tasks."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.work.driving_order import Stop, Turn, driving_order, going_to_the_nearest, way_metres

START = (4.32, 51.58)

longitudes = st.floats(4.1, 4.5, allow_nan=False)
latitudes = st.floats(51.5, 51.7, allow_nan=False)
many_stops = st.lists(
    st.builds(Stop, longitudes, latitudes, st.sampled_from(Turn)), max_size=40
) | st.lists(
    # Many tasks stand at one place, as the lamps of a street that is dark.
    st.builds(Stop, st.sampled_from([4.3, 4.31]), st.sampled_from([51.6, 51.61])),
    max_size=30,
)
starts = st.tuples(longitudes, latitudes)


class TestTheDrivingOrder:
    @given(many_stops, starts)
    def test_goes_to_every_stop_once(self, stops: list[Stop], start: tuple[float, float]) -> None:
        assert sorted(driving_order(stops, start=start)) == list(range(len(stops)))

    @given(many_stops, starts)
    def test_is_never_longer_than_going_to_the_nearest_alone(
        self, stops: list[Stop], start: tuple[float, float]
    ) -> None:
        nearest = way_metres(stops, going_to_the_nearest(stops, start=start), start=start)

        assert way_metres(stops, driving_order(stops, start=start), start=start) <= nearest + 0.01

    @given(many_stops, starts)
    def test_lets_nobody_come_before_their_turn(
        self, stops: list[Stop], start: tuple[float, float]
    ) -> None:
        turns = [stops[number].turn for number in driving_order(stops, start=start)]

        assert turns == sorted(turns)

    @given(many_stops, starts)
    def test_is_the_same_each_time(self, stops: list[Stop], start: tuple[float, float]) -> None:
        assert driving_order(stops, start=start) == driving_order(stops, start=start)

    def test_does_not_come_back_for_what_was_left_behind(self) -> None:
        # The nearest alone goes on to the end of the street and has to come back for the first.
        street = [Stop(4.32 + step / 1000, 51.58) for step in (-2, 1, 2.1, 3.3, 4.6, 6.0)]

        order = driving_order(street, start=START)

        nearest = going_to_the_nearest(street, start=START)
        assert nearest[-1] == 0
        assert order == [0, 1, 2, 3, 4, 5]
        assert way_metres(street, order, start=START) < way_metres(street, nearest, start=START)

    def test_goes_past_what_is_near_for_what_is_a_danger(self) -> None:
        stops = [Stop(4.3201, 51.58), Stop(4.4, 51.65, Turn.DANGER)]

        assert driving_order(stops, start=START) == [1, 0]

    @pytest.mark.parametrize("stops", [[], [Stop(4.3, 51.6)]])
    def test_of_nothing_or_of_one_is_that(self, stops: list[Stop]) -> None:
        assert driving_order(stops, start=START) == list(range(len(stops)))

    def test_of_two_hundred_is_found_in_a_part_of_the_time_of_a_page(self) -> None:
        by_chance = random.Random(200)
        stops = [
            Stop(by_chance.uniform(4.2, 4.4), by_chance.uniform(51.55, 51.65)) for _ in range(200)
        ]

        took = []
        for _ in range(3):
            began = time.process_time()
            order = driving_order(stops, start=START)
            took.append(time.process_time() - began)

        assert min(took) < 0.1
        nearest = going_to_the_nearest(stops, start=START)
        # What turning stretches round is for: some tens of kilometres on such a day.
        assert way_metres(stops, order, start=START) < 0.95 * way_metres(
            stops, nearest, start=START
        )
