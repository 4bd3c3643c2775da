"""What people typed into a form of ours: read carefully, kept when it has to be shown again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from flask import request
from flask_babel import gettext

from app.foundation.texts import clean_text

#: What a remark may hold; a report may hold as much.
REMARK_LENGTH = 3000

_LONGEST_NUMBER = 9

_LONGEST_DAY = 20

#: What a browser sends, and what is typed where it shows no calendar.
_DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")

W = TypeVar("W", bound=StrEnum)


@dataclass(slots=True)
class Typed:
    """A form as it was sent, and what is not right about it, by field.

    The page shows `values` again wherever it could not do what was asked.
    """

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    #: What was ticked of a list.
    chosen: list[str] = field(default_factory=list)

    def text(self, name: str, *, most: int = REMARK_LENGTH) -> str:
        """Return what was typed, without control characters; longer than `most` is an error."""
        cleaned: str = clean_text(request.form.get(name, ""))
        self.values[name] = cleaned
        if len(cleaned) > most:
            self.errors[name] = gettext("Write %(most)s characters at most.", most=most)
        return cleaned

    def word(self, name: str, kind: type[W], *, missing: str) -> W | None:
        """Return one of the words that can be chosen; `missing` is said where none was."""
        chosen = request.form.get(name, "")
        if chosen in set(kind):
            self.values[name] = chosen
            return kind(chosen)
        self.errors[name] = missing
        return None

    def day(self, name: str, *, missing: str) -> date | None:
        """Return a day, as a browser sends it or as people write it; `missing` where it is none."""
        written = clean_text(request.form.get(name, ""))[:_LONGEST_DAY]
        self.values[name] = written
        for order in _DAYS:
            try:
                day = datetime.strptime(written, order).date()  # noqa: DTZ007  # a calendar day
            except ValueError:
                continue
            self.values[name] = day.isoformat()
            return day
        self.errors[name] = missing
        return None

    def version(self) -> int | None:
        """Return the version the form was based on; a form without it is not one of ours."""
        return number_in(request.form.get("version", ""))


def number_in(typed: str) -> int | None:
    """Return a small whole number, or None where it is none."""
    is_one = typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER
    return int(typed) if is_one else None


def page_number() -> int:
    """Return which page of a list is asked for; anything strange is the first."""
    return max(1, number_in(request.args.get("page", "")) or 1)
