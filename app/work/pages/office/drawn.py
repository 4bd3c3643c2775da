"""The lines of a list of cases, each drawn once for what it says.

Whoever works with the list opens it all day, and from one time to the next few lines say anything
else. What a line shows is all in `LineShown`, so what was drawn for the same words is the same.
"""

from __future__ import annotations

from functools import lru_cache

from flask import get_template_attribute
from markupsafe import Markup

from app.work.pages.office.shown import LineShown
from app.work.pages.shown import reader_language

#: Of forty lists of a hundred lines: some five megabytes in each process.
_KEPT_LINES = 4096


def case_line(line: LineShown, *, tickable: bool = False) -> Markup:
    """Return a case as a line of a list, in the reader's language."""
    return _drawn(line, reader_language(), tickable=tickable)


@lru_cache(maxsize=_KEPT_LINES)
def _drawn(line: LineShown, _language: str, *, tickable: bool) -> Markup:
    draw = get_template_attribute("work/office/_line.html", "case_line")
    return Markup(draw(line, tickable=tickable))  # noqa: S704  # from Jinja
