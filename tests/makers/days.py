"""The day it is where the municipality is: the clock of the tests that need a real one runs."""

from __future__ import annotations

from datetime import date, datetime

from app.foundation.clock import LOCAL_ZONE


def today() -> date:
    """Return the day it is in the Netherlands; elsewhere it may be another."""
    return datetime.now(LOCAL_ZONE).date()
