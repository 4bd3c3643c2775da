"""The only place that asks what time it is; everything else receives `now`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

#: Calendar days, office hours and due dates are those of the municipality.
LOCAL_ZONE = ZoneInfo("Europe/Amsterdam")


class Clock(Protocol):
    """Tells the present instant, with a time zone."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the machine's present instant in UTC."""
        return datetime.now(UTC)


class StoppedClock:
    """A clock that tells the instant it was given, for trying and tests."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self.instant
