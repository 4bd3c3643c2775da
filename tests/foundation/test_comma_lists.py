"""Files for spreadsheets: what is typed stays text, whatever it is."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.comma_lists import as_spreadsheet


def cells_of(file: bytes) -> list[list[str]]:
    # Split as a reader of files splits: some signs break a line for people alone.
    return list(csv.reader(StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))


class TestACell:
    @pytest.mark.parametrize(
        "typed",
        ["=1+1", "+31612345678", "-2", "@SUM(A1)", "\t=1+1", "  =1+1", "\r=1", "|calc", "%0A"],
    )
    def test_that_could_be_run_becomes_text(self, typed: str) -> None:
        file = as_spreadsheet(["What"], [[typed]])

        assert file.decode("utf-8-sig").split("\r\n", 1)[1].lstrip('"').startswith("'")

    def test_that_is_a_number_stays_one(self) -> None:
        read = cells_of(as_spreadsheet(["Count", "Share"], [[-3, 2.5], [None, 0]]))

        assert read == [["Count", "Share"], ["-3", "2.5"], ["", "0"]]

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
    def test_is_read_back_as_it_was_written(self, typed: str) -> None:
        read = cells_of(as_spreadsheet(["a", "b"], [["x", typed]]))

        assert read[1][1].removeprefix("'") == typed.removeprefix("'")
