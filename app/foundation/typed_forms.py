"""What somebody typed into a form of administration: read carefully, kept to be shown again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import request
from flask_babel import gettext

from app.foundation.texts import clean_text
from app.foundation.windows import Window, WindowNotUnderstood, read_windows

#: What a browser sends, and what is typed where it shows no calendar.
_DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")

_LONGEST_NUMBER = 6


@dataclass(slots=True)
class Typed:
    """A form as it was sent, and what is not right about it, by field."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, most: int = 200) -> str:
        """Return what was typed, without control characters; longer than `most` is an error."""
        cleaned: str = clean_text(request.form.get(name, ""))
        self.values[name] = cleaned
        if len(cleaned) > most:
            self.errors[name] = gettext("Write %(most)s characters at most.", most=most)
        return cleaned

    def choice(self, name: str, options: Collection[str]) -> str:
        """Return one of the options; something else is an error, and nothing is chosen."""
        chosen = self.text(name)
        if chosen in options:
            return chosen
        self.errors[name] = gettext("Choose one from the list.")
        return ""

    def ticked(self, name: str) -> bool:
        """Return whether a box was ticked."""
        self.values[name] = "yes" if request.form.get(name) == "yes" else ""
        return bool(self.values[name])

    def day(self, name: str, *, required: bool = True) -> date | None:
        """Return a day; one that is missing, or none, is an error."""
        written = self.text(name, most=20)
        if not written and not required:
            return None
        for order in _DAYS:
            try:
                day = datetime.strptime(written, order).date()  # noqa: DTZ007  # a calendar day
            except ValueError:
                continue
            if 1900 <= day.year <= 2999:
                self.values[name] = day.isoformat()
                return day
        self.errors[name] = gettext("Give a day, such as 31-12-2026.")
        return None

    def number(self, name: str) -> int:
        """Return a whole number; nothing is nought, and what is none is an error."""
        written = self.text(name, most=20)
        digits = written.removeprefix("-")
        if not written:
            return 0
        if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER:
            return int(written)
        self.errors[name] = gettext("Write a whole number, such as 10.")
        return 0

    def amount(self, name: str, *, least: int, most: int) -> int | None:
        """Return a whole number within bounds, or None for nothing; another is an error."""
        found = self.number(name)
        if not self.values[name]:
            return None
        if name not in self.errors and not least <= found <= most:
            self.errors[name] = gettext(
                "Write a number from %(least)s to %(most)s.", least=least, most=most
            )
        return None if name in self.errors else found

    def windows(self, name: str) -> tuple[Window, ...]:
        """Return parts of the week, one in each line; a line that is none is an error."""
        try:
            return read_windows(self.text(name, most=3000).split("\n"))
        except WindowNotUnderstood as wrong:
            self.errors[name] = gettext(
                "We cannot read “%(line)s”. Write days and times, such as:"
                " weekdays 17:00-8:00, or: weekend and holidays.",
                line=wrong.line[:60],
            )
            return ()
