"""Reads the municipality's calendar and keeps it: days off by year, and the working day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.routing.calendar import (
    CalendarChanged,
    CalendarRefused,
    WorkingCalendar,
    WorkingHours,
    calendar_of,
    public_holidays,
)

#: What `calendar_in` wants to find in one of the rows of `FROM_CALENDAR`, from `:calendar_from`
#: on. Where it is joined with others, the days travel once.
CALENDAR_COLUMNS = """
    CASE WHEN row_number() OVER () = 1 THEN calendar.days_off END AS days_off,
    calendar.begins, calendar.ends, calendar.cut_off, calendar.rests_on_liberation_day
"""
FROM_CALENDAR = """
    SELECT working_day.*,
           ARRAY(SELECT on_day FROM day_off WHERE on_day >= :calendar_from) AS days_off
    FROM working_day
"""

_CALENDAR = text(f"SELECT {CALENDAR_COLUMNS} FROM ({FROM_CALENDAR}) AS calendar")  # noqa: S608  # our own column lists

#: What a day off of the package is said to come from.
SOURCE_PACKAGE = "holidays"
SOURCE_PAGE = "page"
LONGEST_NAME = 100
#: Years that can be filled; further ahead nobody knows what will be a public holiday.
FIRST_YEAR = 2000
YEARS_AHEAD = 20
#: The years that are filled by themselves: this one and so many more.
COMING_YEARS = 5


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which the municipality does not work, and where that was taken from."""

    on_day: date
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """The hours of a working day as they are kept, with their version."""

    hours: WorkingHours
    rests_on_liberation_day: bool
    version: int


def calendar_from(first: datetime) -> date:
    """Return from which day on the calendar must be known: the whole year, and the day before."""
    before = first.astimezone(LOCAL_ZONE).date() - timedelta(days=1)
    return before.replace(month=1, day=1)


def calendar_in(rows: Sequence[Any]) -> WorkingCalendar:
    """Return the calendar that rows with CALENDAR_COLUMNS tell of."""
    row = next(one for one in rows if one.days_off is not None)
    hours = WorkingHours(row.begins, row.ends, row.cut_off)
    return calendar_of(row.days_off, hours, rests_on_liberation_day=row.rests_on_liberation_day)


def working_calendar(transaction: Transaction, *, since: datetime) -> WorkingCalendar:
    """Return the calendar for promises that count from `since` on. One statement."""
    return calendar_in(transaction.read(_CALENDAR, {"calendar_from": calendar_from(since)}))


def days_off_of(transaction: Transaction, year: int) -> Sequence[DayOff]:
    """Return the days off that are kept of a year, in order."""
    rows = transaction.connection.execute(
        text(
            "SELECT on_day, name, source FROM day_off"
            " WHERE on_day BETWEEN :first AND :last ORDER BY on_day"
        ),
        {"first": date(year, 1, 1), "last": date(year, 12, 31)},
    )
    return [DayOff(row.on_day, row.name, row.source) for row in rows]


def years_kept(transaction: Transaction) -> list[int]:
    """Return the years of which days off are kept."""
    return list(
        transaction.connection.scalars(
            text(
                "SELECT DISTINCT extract(year FROM on_day)::integer AS year FROM day_off"
                " ORDER BY year"
            )
        )
    )


def fill_year(transaction: Transaction, year: int, *, by: ChangedBy, now: datetime) -> int:
    """Keep the public holidays of a year that are not kept yet; return how many that were.

    Raises:
        CalendarRefused: as `holidays_not_kept`.
    """
    added = holidays_not_kept(transaction, year, now=now)
    for day in added:
        _keep(transaction, day, by=by, now=now)
    return len(added)


def holidays_not_kept(transaction: Transaction, year: int, *, now: datetime) -> list[DayOff]:
    """Return the public holidays of a year that are not kept yet, in order.

    Raises:
        CalendarRefused: too long ago, or too far ahead to know.
    """
    last = now.astimezone(LOCAL_ZONE).year + YEARS_AHEAD
    if not FIRST_YEAR <= year <= last:
        raise CalendarRefused(
            f"The holidays of {year} cannot be known: choose a year from {FIRST_YEAR} to {last}."
        )
    rests = working_day(transaction).rests_on_liberation_day
    there = {one.on_day for one in days_off_of(transaction, year)}
    found = public_holidays(year, with_liberation_day=rests)
    return [DayOff(day, found[day], SOURCE_PACKAGE) for day in sorted(found) if day not in there]


def years_to_fill(transaction: Transaction, *, now: datetime) -> list[int]:
    """Return this year and the coming one, where nothing is kept of them."""
    this_year = now.astimezone(LOCAL_ZONE).year
    there = set(years_kept(transaction))
    return [year for year in (this_year, this_year + 1) if year not in there]


def fill_coming_years(transaction: Transaction, *, by: ChangedBy, now: datetime) -> dict[int, int]:
    """Fill this year and the coming ones of which nothing is kept; return how many days each.

    A year in which somebody changed anything is left as it is.
    """
    this_year = now.astimezone(LOCAL_ZONE).year
    there = set(years_kept(transaction))
    return {
        year: fill_year(transaction, year, by=by, now=now)
        for year in range(this_year, this_year + COMING_YEARS + 1)
        if year not in there
    }


def add_day_off(
    transaction: Transaction, day: date, name: str, *, by: ChangedBy, now: datetime
) -> None:
    """Keep a day off that an administrator names.

    The first of a year takes the public holidays along: a year with days of its own has no others.

    Raises:
        CalendarRefused: without a name, out of reach, or it is a day off already.
    """
    if not 1 <= len(name) <= LONGEST_NAME:
        raise CalendarRefused("A day off has a name of at most 100 characters.")
    there = {one.on_day for one in days_off_of(transaction, day.year)}
    if day in there:
        raise CalendarRefused("This is a day off already.")
    if not there:
        fill_year(transaction, day.year, by=by, now=now)
        if day in {one.on_day for one in days_off_of(transaction, day.year)}:
            return
    _keep(transaction, DayOff(day, name, SOURCE_PAGE), by=by, now=now)


def remove_day_off(transaction: Transaction, day: date, *, by: ChangedBy, now: datetime) -> bool:
    """Let a day be worked; return whether it was a day off.

    Raises:
        CalendarRefused: it is the last of its year; then the public holidays would count again.
    """
    kept = days_off_of(transaction, day.year)
    gone = next((one for one in kept if one.on_day == day), None)
    if gone is None:
        return False
    if len(kept) == 1:
        raise CalendarRefused("A year keeps one day off at least.")
    transaction.connection.execute(text("DELETE FROM day_off WHERE on_day = :day"), {"day": day})
    note_rule_change(
        transaction,
        what="day-off",
        code=day.isoformat(),
        by=by,
        at=now,
        before={"name": gone.name, "source": gone.source},
        after=None,
    )
    return True


def working_day(transaction: Transaction) -> WorkingDay:
    """Return the hours of a working day, with the version they have now."""
    row = transaction.connection.execute(text("SELECT * FROM working_day")).one()
    return WorkingDay(
        WorkingHours(row.begins, row.ends, row.cut_off), row.rests_on_liberation_day, row.version
    )


def change_working_day(
    transaction: Transaction,
    hours: WorkingHours,
    *,
    rests_on_liberation_day: bool,
    expected_version: int,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Let a working day have other hours; promises that were made stay as they are.

    Raises:
        CalendarRefused: it ends before it begins, or the cut-off comes after the end.
        CalendarChanged: somebody else changed it since version `expected_version`.
    """
    if not (hours.begins < hours.ends and hours.cut_off <= hours.ends):
        raise CalendarRefused("A working day ends after it begins, and not before its cut-off.")
    before = working_day(transaction)
    changed = transaction.connection.execute(
        text(
            """
            UPDATE working_day SET begins = :begins, ends = :ends, cut_off = :cut_off,
                rests_on_liberation_day = :rests, version = version + 1
            WHERE version = :version RETURNING version
            """
        ),
        {
            "begins": hours.begins,
            "ends": hours.ends,
            "cut_off": hours.cut_off,
            "rests": rests_on_liberation_day,
            "version": expected_version,
        },
    ).one_or_none()
    if changed is None:
        raise CalendarChanged()
    note_rule_change(
        transaction,
        what="working-day",
        code="working-day",
        by=by,
        at=now,
        before=_told(before.hours, rests=before.rests_on_liberation_day),
        after=_told(hours, rests=rests_on_liberation_day),
    )


def _told(hours: WorkingHours, *, rests: bool) -> dict[str, Any]:
    return {
        "begins": hours.begins.isoformat("minutes"),
        "ends": hours.ends.isoformat("minutes"),
        "cutOff": hours.cut_off.isoformat("minutes"),
        "restsOnLiberationDay": rests,
    }


def _keep(transaction: Transaction, day: DayOff, *, by: ChangedBy, now: datetime) -> None:
    kept = transaction.connection.execute(
        text(
            "INSERT INTO day_off (on_day, name, source) VALUES (:day, :name, :source)"
            " ON CONFLICT (on_day) DO NOTHING RETURNING on_day"
        ),
        {"day": day.on_day, "name": day.name, "source": day.source},
    ).one_or_none()
    if kept is None:
        return
    note_rule_change(
        transaction,
        what="day-off",
        code=day.on_day.isoformat(),
        by=by,
        at=now,
        before=None,
        after={"name": day.name, "source": day.source},
    )
