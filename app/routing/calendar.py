"""Working days in the Netherlands, and by when a defect must be handled."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from app.foundation.clock import LOCAL_ZONE

#: What is promised is promised for the end of a working day, in Europe/Amsterdam.
END_OF_WORKING_DAY = time(17, 0)

_SATURDAY = 5


@lru_cache(maxsize=64)
def days_off(year: int) -> frozenset[date]:
    """Return the public holidays of a year, 5 May included every year, Good Friday too.

    Source: the `holidays` package, categories public and optional, and the municipality's own
    choice to close on Liberation Day outside lustrum years.
    """
    dutch = holidays.country_holidays("NL", years=year, categories=("public", "optional"))
    return frozenset(dutch) | {date(year, 5, 5)}


def is_working_day(day: date) -> bool:
    """Whether the municipality works on this day: Monday to Friday, no public holiday."""
    return day.weekday() < _SATURDAY and day not in days_off(day.year)


def due_at(received_at: datetime, *, norm_working_days: int) -> datetime:
    """Return the instant by which a defect must be handled: the end of a working day.

    The day of the report does not count, whether it was a working day or not. A norm of nought
    is the same day; where its working hours are over, the next working day.
    """
    local = received_at.astimezone(LOCAL_ZONE)
    day = local.date()
    if norm_working_days == 0:
        if not is_working_day(day) or local.time() >= END_OF_WORKING_DAY:
            day = _next_working_day(day)
    else:
        for _ in range(norm_working_days):
            day = _next_working_day(day)
    return datetime.combine(day, END_OF_WORKING_DAY, tzinfo=LOCAL_ZONE)


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
