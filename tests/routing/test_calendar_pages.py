"""The page with the days off, and the job that fills the coming years."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND, rule_changes
from app.identity.permissions import Role
from app.routing.jobs import fill_coming_years
from app.routing.operations.calendar_days import (
    add_day_off,
    days_off_of,
    fill_year,
    remove_day_off,
    working_calendar,
    working_day,
    years_kept,
)
from tests.makers.cases import NOON
from tests.makers.people import an_account
from tests.makers.sign_ins import Browser, signed_in

CARNIVAL = date(2026, 2, 16)


@pytest.fixture
def administrator(web: FlaskClient, provided: Provided) -> Browser:
    with provided.get(Database).transaction() as transaction:
        account = an_account(transaction, role=Role.ADMINISTRATOR, name="Ada Beheer")
    return signed_in(web, account)


class TestAYear:
    def test_is_filled_once_with_the_source_and_noted(self, transaction: Transaction) -> None:
        first = fill_year(transaction, 2026, by=BY_COMMAND, now=NOON)
        again = fill_year(transaction, 2026, by=BY_COMMAND, now=NOON)

        assert (first, again) == (11, 0)
        assert {one.source for one in days_off_of(transaction, 2026)} == {"holidays"}
        assert len(rule_changes(transaction, what="day-off")) == first

    def test_with_a_day_of_its_own_keeps_the_public_holidays(
        self, transaction: Transaction
    ) -> None:
        add_day_off(transaction, CARNIVAL, "Carnaval", by=BY_COMMAND, now=NOON)

        calendar = working_calendar(transaction, since=NOON)
        assert calendar.is_day_off(CARNIVAL)
        assert calendar.is_day_off(date(2026, 12, 25))

    def test_counts_at_once_with_a_day_that_was_taken_away(self, transaction: Transaction) -> None:
        fill_year(transaction, 2026, by=BY_COMMAND, now=NOON)

        remove_day_off(transaction, date(2026, 5, 5), by=BY_COMMAND, now=NOON)

        assert working_calendar(transaction, since=NOON).is_working_day(date(2026, 5, 5))

    def test_that_somebody_changed_is_left_as_it_is_by_the_job(self, provided: Provided) -> None:
        fill_coming_years(provided)
        with provided.get(Database).transaction() as transaction:
            years = years_kept(transaction)
            transaction.connection.execute(
                text("DELETE FROM day_off WHERE name = 'Bevrijdingsdag'")
            )

        fill_coming_years(provided)

        assert len(years) == 6
        with provided.get(Database).transaction() as transaction:
            assert all(
                one.name != "Bevrijdingsdag"
                for year in years
                for one in days_off_of(transaction, year)
            )


class TestThePage:
    PAGE = "/beheer/kalender?jaar=2026"

    def test_adds_and_takes_away_a_day(self, administrator: Browser, provided: Provided) -> None:
        administrator.submit(self.PAGE, "/beheer/kalender/dagen", day="2026-02-16", name="Carnaval")
        page = administrator.get(self.PAGE).text
        action = "/beheer/kalender/dagen/2026-02-16/weg"
        asked = administrator.get(action).text
        unseen = administrator.submit(action, action, seen="Oud en nieuw")
        administrator.submit(action, action)

        assert "Carnaval" in page
        assert f'href="{action}"' in page
        assert "Carnaval" in asked
        assert unseen.status_code == 412
        with provided.get(Database).transaction() as transaction:
            assert CARNIVAL not in {one.on_day for one in days_off_of(transaction, 2026)}

    @pytest.mark.parametrize("day", ["nan", "2026-02-31", "9999-12-31", "2026-02-16"])
    def test_asks_of_no_other_day_than_one_off(self, administrator: Browser, day: str) -> None:
        assert administrator.get(f"/beheer/kalender/dagen/{day}/weg").status_code == 404

    def test_takes_no_day_away_that_was_not_looked_at(
        self, administrator: Browser, provided: Provided
    ) -> None:
        administrator.submit(self.PAGE, "/beheer/kalender/dagen", day="2026-02-16", name="Carnaval")
        seen = administrator.hidden(self.PAGE, "/beheer/kalender/dagen")

        blind = administrator.send("/beheer/kalender/dagen/2026-12-25/weg", seen)
        none = administrator.send("/beheer/kalender/dagen/2026-02-31/weg", seen)

        assert (blind.status_code, none.status_code) == (412, 404)
        with provided.get(Database).transaction() as transaction:
            assert date(2026, 12, 25) in {one.on_day for one in days_off_of(transaction, 2026)}

    @pytest.mark.parametrize(
        ("day", "name"), [("gisteren", "x"), ("9999-12-31", "x"), ("2026-02-16", "")]
    )
    def test_says_what_is_not_right(self, administrator: Browser, day: str, name: str) -> None:
        refused = administrator.submit(self.PAGE, "/beheer/kalender/dagen", day=day, name=name)

        assert refused.status_code == 400

    def test_lets_the_second_of_two_administrators_look_again(
        self, administrator: Browser, provided: Provided
    ) -> None:
        action = "/beheer/kalender/werkdag"
        seen = administrator.hidden(self.PAGE, action)
        hours = {"ends": "16:30", "cut_off": "15:00"}

        first = administrator.send(action, seen, begins="07:30", **hours)
        second = administrator.send(action, seen, begins="09:00", **hours)

        assert (first.status_code, second.status_code) == (303, 412)
        with provided.get(Database).transaction() as transaction:
            assert working_day(transaction).hours.begins.hour == 7
