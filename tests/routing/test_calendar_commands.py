"""`straatbeeld calendar fill`: the holidays of a year, tried first, noted, and added once."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from app.foundation.provided import Provided
from app.routing.calendar import CalendarRefused
from app.routing.calendar_commands import calendar


def filled(provided: Provided, *words: str) -> Result:
    return CliRunner().invoke(calendar, ["fill", *words], obj=provided)


def days(connection: Connection) -> list[date]:
    return list(connection.scalars(text("SELECT on_day FROM day_off ORDER BY on_day")))


class TestFillingAYear:
    def test_adds_its_holidays_with_their_source_and_notes_each(
        self, provided: Provided, connection: Connection
    ) -> None:
        said = filled(provided, "--year", "2027").output

        assert "2027-03-29 Mon  Tweede paasdag" in said
        assert "2027-05-05 Wed  Bevrijdingsdag" in said
        assert "2027: 11 added." in said
        assert len(days(connection)) == 11
        noted = connection.execute(
            text("SELECT count(*), min(through), min(after ->> 'source') FROM rule_change")
        ).one()
        assert tuple(noted) == (11, "command", "holidays")

    def test_is_tried_without_a_trace(self, provided: Provided, connection: Connection) -> None:
        said = filled(provided, "--year", "2027", "--dry-run").output

        assert "2027-04-27 Tue  Koningsdag" in said
        assert "2027: 11 would be added." in said
        assert days(connection) == []

    def test_twice_adds_nothing(self, provided: Provided, connection: Connection) -> None:
        filled(provided, "--year", "2027")

        assert "2027: 0 added." in filled(provided, "--year", "2027").output
        assert len(days(connection)) == 11

    def test_leaves_out_liberation_day_where_it_is_worked(
        self, provided: Provided, connection: Connection
    ) -> None:
        connection.execute(text("UPDATE working_day SET rests_on_liberation_day = false"))

        filled(provided, "--year", "2027")

        assert date(2027, 5, 5) not in days(connection)

    def test_without_a_year_is_this_one_and_the_coming(
        self, provided: Provided, connection: Connection
    ) -> None:
        said = filled(provided).output

        assert len({day.year for day in days(connection)}) == 2
        assert "Nothing is kept yet" not in said

    @pytest.mark.parametrize("year", ["1999", "99999", "-1"])
    def test_refuses_a_year_that_nobody_can_know(
        self, provided: Provided, connection: Connection, year: str
    ) -> None:
        result = filled(provided, "--year", "2027", "--year", year)

        assert isinstance(result.exception, CalendarRefused)
        assert "choose a year from 2000" in str(result.exception.detail)
        assert days(connection) == []

    def test_says_that_a_year_is_no_number(self, provided: Provided) -> None:
        assert filled(provided, "--year", "volgend jaar").exit_code == 2
