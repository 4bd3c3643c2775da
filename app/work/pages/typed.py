"""What people typed into a form of ours: read carefully, kept when it has to be shown again."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from flask import request
from flask_babel import gettext

from app.foundation.texts import clean_text

#: What a remark may hold; a report may hold as much.
REMARK_LENGTH = 3000

_LONGEST_NUMBER = 9

W = TypeVar("W", bound=StrEnum)


@dataclass(slots=True)
class Typed:
    """A form as it was sent, and what is not right about it, by field.

    The page shows `values` again wherever it could not do what was asked.
    """

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

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
