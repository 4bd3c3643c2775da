"""When things happen in the demo: crews work by day, on weekdays."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.foundation.clock import LOCAL_ZONE

FIRST_HOUR = 7
LAST_HOUR = 16


def at_work(moment: datetime) -> datetime:
    """Return the moment itself when crews work then, else one on the next working day.

    A night's worth of moments is spread over that day's hours, so they do not stand in a heap.
    """
    local = moment.astimezone(LOCAL_ZONE)
    if FIRST_HOUR <= local.hour < LAST_HOUR and local.weekday() < 5:
        return moment
    day = local if local.hour < LAST_HOUR else local + timedelta(days=1)
    day += timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))
    hour = FIRST_HOUR + local.hour % (LAST_HOUR - FIRST_HOUR)
    return day.replace(hour=hour).astimezone(moment.tzinfo)
