"""Parts of the week as people write them: read with care, and written back the same."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.windows import (
    Window,
    WindowNotUnderstood,
    kept_windows,
    read_windows,
    windows_of,
    windows_written,
)

WEEKDAYS = frozenset({1, 2, 3, 4, 5})
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
windows = st.builds(
    Window, st.frozensets(st.integers(1, 7), min_size=1), clocks, clocks, st.booleans()
)


class TestAPartOfTheWeek:
    @pytest.mark.parametrize(
        ("written", "window"),
        [
            ("doordeweeks 17:00–8:00", Window(WEEKDAYS, time(17), time(8))),
            ("ma t/m vr van 7.30 tot 16.00 uur", Window(WEEKDAYS, time(7, 30), time(16))),
            ("weekdays 9-17", Window(WEEKDAYS, time(9), time(17))),
            ("weekend en feestdagen", Window(frozenset({6, 7}), on_days_off=True)),
            ("Elke dag 22:00-24:00", Window(WEEKDAYS | {6, 7}, time(22), time(0), True)),
            ("ZA, zo", Window(frozenset({6, 7}))),
            ("vr-ma hele dag", Window(frozenset({5, 6, 7, 1}))),
            ("feestdagen 10-12", Window(frozenset(), time(10), time(12), on_days_off=True)),
        ],
    )
    def test_is_read_as_people_write_it(self, written: str, window: Window) -> None:
        assert read_windows([written]) == (window,)

    @pytest.mark.parametrize(
        "written",
        ["8-17", "ooit", "ma 25:00-26:00", "ma 8:61-9:00", "ma 8-", "ma-8", "ma-mei", "x" * 300],
    )
    def test_that_is_none_is_refused_with_the_line(self, written: str) -> None:
        with pytest.raises(WindowNotUnderstood) as refused:
            read_windows(["ma 8-17", written])

        assert refused.value.line.startswith(written[:40])

    def test_stands_there_once_and_empty_lines_count_not(self) -> None:
        assert read_windows(["", "ma 8-17", "  ", "maandag 8:00-17:00"]) == (
            Window(frozenset({1}), time(8), time(17)),
        )

    def test_has_company_of_at_most_nineteen(self) -> None:
        with pytest.raises(WindowNotUnderstood):
            read_windows([f"ma 8:{minute:02}-9:00" for minute in range(21)])

    @given(st.lists(windows, max_size=5, unique=True), st.sampled_from(["nl", "en"]))
    def test_is_read_back_as_it_was_written(self, some: list[Window], language: str) -> None:
        assert read_windows(windows_written(some, language=language)) == tuple(some)

    @given(st.lists(windows, max_size=5))
    def test_is_kept_as_it_was(self, some: list[Window]) -> None:
        assert windows_of(kept_windows(some)) == tuple(some)
