"""By when a defect must be handled: working days, hours of work, and a clock that can stop.

All of it is pure: the days off and the hours of a working day come as a `WorkingCalendar`. Days
and hours are those of the municipality, in Europe/Amsterdam; sums are made in UTC, so that the
night in which the clock changes lengthens nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from app.foundation.clock import LOCAL_ZONE
from app.foundation.errors import DomainError
from app.triage.model import NormUnit, Term

#: From this part of the norm on a case is at risk.
AT_RISK_FROM = 0.75

_SATURDAY = 5
_NOTHING = timedelta(0)


class CalendarRefused(DomainError):
    """The calendar cannot be changed like this."""


class CalendarChanged(DomainError):
    """Somebody else changed the calendar since it was shown; look at it again."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a working day begins and ends, and until when a report counts as of that day."""

    begins: time = time(8)
    ends: time = time(17)
    cut_off: time = time(17)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """On which days the municipality works, and during which hours.

    `days_off` are the days it keeps itself. Of a year in which it keeps none the public holidays
    count, with 5 May where it `rests_on_liberation_day`, so that nothing is promised for one.
    """

    days_off: frozenset[date] = frozenset()
    hours: WorkingHours = WorkingHours()
    rests_on_liberation_day: bool = True
    _years: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        """Note of which years the days off are known."""
        object.__setattr__(self, "_years", frozenset(day.year for day in self.days_off))

    def is_day_off(self, day: date) -> bool:
        """Whether this day is off, whatever day of the week it is."""
        if day.year in self._years:
            return day in self.days_off
        liberation = self.rests_on_liberation_day
        return day in public_holidays(day.year, with_liberation_day=liberation)

    def is_working_day(self, day: date) -> bool:
        """Whether the municipality works on this day: Monday to Friday, and no day off."""
        return day.weekday() < _SATURDAY and not self.is_day_off(day)

    def opens(self, day: date) -> datetime:
        """Return when a working day begins, in UTC."""
        return datetime.combine(day, self.hours.begins, tzinfo=LOCAL_ZONE).astimezone(UTC)

    def closes(self, day: date) -> datetime:
        """Return when a working day ends, in UTC."""
        return datetime.combine(day, self.hours.ends, tzinfo=LOCAL_ZONE).astimezone(UTC)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after this one."""
        day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Return how much working time lies between two instants; nothing where `end` is first."""
        total, day, last = _NOTHING, _local_day(start), _local_day(end)
        while day <= last:
            if self.is_working_day(day):
                total += max(_NOTHING, min(end, self.closes(day)) - max(start, self.opens(day)))
            day += timedelta(days=1)
        return total

    def after(self, start: datetime, working_time: timedelta) -> datetime:
        """Return the instant at which so much working time has gone by since `start`."""
        left, day = working_time, _local_day(start)
        while True:
            if self.is_working_day(day):
                begin, close = max(start, self.opens(day)), self.closes(day)
                if begin < close and left <= close - begin:
                    return begin + left
                left -= max(_NOTHING, close - begin)
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Promise:
    """By when a case must be handled, and from when on that is at risk."""

    due_at: datetime
    at_risk_at: datetime


def promise(received_at: datetime, terms: Iterable[Term], calendar: WorkingCalendar) -> Promise:
    """Return what is promised for a report: the earliest of what its terms give.

    The day of the report does not count; what comes at or after the cut-off hour counts as of the
    next day. A norm in days ends at the end of a working day: working days are counted one by one,
    calendar days run through and end on the first working day from there. A norm in hours is in
    working hours: it begins at once, or when the next working day does.
    """
    due = min(_due(received_at, term, calendar) for term in terms)
    whole = calendar.working_time(received_at, due)
    return Promise(due, calendar.after(received_at, whole * AT_RISK_FROM))


def ran_on(
    promised: Promise, *, stopped_at: datetime, ran_on_at: datetime, calendar: WorkingCalendar
) -> Promise:
    """Return a promise after its clock stood still from one instant until another."""
    return after_stops(promised, [(stopped_at, ran_on_at)], calendar)


def after_stops(
    promised: Promise, stops: Iterable[tuple[datetime, datetime]], calendar: WorkingCalendar
) -> Promise:
    """Return a promise after its clock stood still from one instant until another, in order.

    As much working time is left afterwards as there was before. What was due at the end of a
    working day still is: the rest of the last day is given, once for all stops together, so that
    many short ones make no long one. What was late already stays so.
    """
    due, at_risk, stood_still = promised.due_at, promised.at_risk_at, _NOTHING
    for stopped_at, ran_on_at in stops:
        stood = calendar.working_time(stopped_at, ran_on_at)
        if due <= stopped_at or not stood:
            continue
        stood_still += stood
        moved = calendar.after(promised.due_at, stood_still)
        if _is_end_of_day(promised.due_at, calendar):
            moved = calendar.closes(_local_day(moved))
        due = max(due, moved)
        if at_risk > stopped_at:
            at_risk = calendar.after(at_risk, stood)
    return Promise(due, at_risk)


@lru_cache(maxsize=64)
def public_holidays(year: int, *, with_liberation_day: bool = True) -> dict[date, str]:
    """Return the public holidays of a year by day, with their Dutch names, Good Friday too.

    Source: the `holidays` package, categories public and optional. It knows Liberation Day in
    lustrum years alone; `with_liberation_day` makes it a day off every year, and without it none.
    """
    dutch = holidays.country_holidays(
        "NL", years=year, categories=("public", "optional"), language="nl"
    )
    found = dict(dutch.items())
    liberation_day = date(year, 5, 5)
    if with_liberation_day:
        found.setdefault(liberation_day, "Bevrijdingsdag")
    elif len(dutch.get_list(liberation_day)) == 1:
        # Ascension Day can fall on the same day; then it stays one.
        found.pop(liberation_day)
    return found


def calendar_of(
    days_off: Collection[date], hours: WorkingHours, *, rests_on_liberation_day: bool
) -> WorkingCalendar:
    """Return the calendar that these rows tell of."""
    return WorkingCalendar(frozenset(days_off), hours, rests_on_liberation_day)


def _due(received_at: datetime, term: Term, calendar: WorkingCalendar) -> datetime:
    if term.unit is NormUnit.HOURS:
        return calendar.after(received_at.astimezone(UTC), timedelta(hours=term.amount))
    local = received_at.astimezone(LOCAL_ZONE)
    day = local.date()
    if local.time() >= calendar.hours.cut_off:
        day += timedelta(days=1)
    if term.unit is NormUnit.WORKING_DAYS:
        for _ in range(term.amount):
            day = calendar.next_working_day(day)
    else:
        day += timedelta(days=term.amount)
    if not calendar.is_working_day(day):
        day = calendar.next_working_day(day)
    return calendar.closes(day)


def _is_end_of_day(instant: datetime, calendar: WorkingCalendar) -> bool:
    return instant.astimezone(LOCAL_ZONE).time() == calendar.hours.ends


def _local_day(instant: datetime) -> date:
    return instant.astimezone(LOCAL_ZONE).date()
