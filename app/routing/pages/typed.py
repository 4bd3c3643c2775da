"""What an administrator typed into a form, who that is, and how a day is written."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date

from app.foundation.typed_forms import Typed

__all__ = ["Typed", "day_words"]


def day_words(day: date) -> str:
    """Return a day as people write it."""
    return str(format_date(day, "d MMM y"))
