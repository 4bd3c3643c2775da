"""What an administrator typed into a form, who that is, and how a day is written."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date

from app.foundation.rule_changes import ChangedBy, ChangedThrough
from app.foundation.typed_forms import Typed
from app.identity.access import acting

__all__ = ["Typed", "by_acting", "day_words"]


def by_acting() -> ChangedBy:
    """Return who changes a rule in this request."""
    return ChangedBy(ChangedThrough.PAGE, acting().id)


def day_words(day: date) -> str:
    """Return a day as people write it."""
    return str(format_date(day, "d MMM y"))
