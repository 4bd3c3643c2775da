"""Working days in the Netherlands, and what is promised for when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.clock import LOCAL_ZONE
from app.routing.calendar import END_OF_WORKING_DAY, due_at, is_working_day

instants = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001  # hypothesis wants them without a zone
    max_value=datetime(2032, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
norms = st.integers(min_value=0, max_value=20)


class TestADayOff:
    @pytest.mark.parametrize(
        "day",
        [
            date(2026, 1, 1),
            date(2026, 4, 3),
            date(2026, 4, 6),
            date(2026, 4, 27),
            date(2027, 4, 27),
            date(2026, 5, 5),
            date(2026, 5, 14),
            date(2026, 5, 25),
            date(2026, 12, 25),
            date(2026, 11, 22),
        ],
    )
    def test_is_not_worked(self, day: date) -> None:
        assert not is_working_day(day)

    def test_of_the_king_moves_to_saturday_when_it_is_a_sunday(self) -> None:
        assert date(2025, 4, 27).isoweekday() == 7
        assert is_working_day(date(2025, 4, 28))


class TestTheMomentItIsDue:
    def test_does_not_count_the_day_of_the_report(self) -> None:
        on_tuesday = datetime(2026, 11, 24, 9, 0, tzinfo=LOCAL_ZONE)

        assert due_at(on_tuesday, norm_working_days=5) == datetime(
            2026, 12, 1, 17, 0, tzinfo=LOCAL_ZONE
        )

    def test_of_danger_in_the_evening_is_the_next_working_day(self) -> None:
        on_friday_evening = datetime(2026, 11, 27, 20, 0, tzinfo=LOCAL_ZONE)

        assert due_at(on_friday_evening, norm_working_days=0).date() == date(2026, 11, 30)

    def test_is_five_in_the_afternoon_on_both_sides_of_the_change_to_summer_time(self) -> None:
        before = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)

        assert due_at(before, norm_working_days=1).astimezone(UTC).hour == 15
        assert due_at(before - timedelta(days=1), norm_working_days=1).astimezone(UTC).hour == 16

    @given(instants, norms)
    def test_is_the_end_of_a_working_day_after_the_report(
        self, received_at: datetime, norm: int
    ) -> None:
        due = due_at(received_at, norm_working_days=norm)

        assert due > received_at
        assert is_working_day(due.date())
        assert due.timetz().replace(tzinfo=None) == END_OF_WORKING_DAY

    @given(instants, instants, norms)
    def test_is_never_earlier_for_who_reports_later(
        self, one: datetime, other: datetime, norm: int
    ) -> None:
        earlier, later = sorted((one, other))

        assert due_at(earlier, norm_working_days=norm) <= due_at(later, norm_working_days=norm)
