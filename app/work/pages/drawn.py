"""The lines of lists of cases and of tasks, each drawn once for what it says.

Whoever works with a list opens it all day, and from one time to the next few lines say anything
else. What a line shows is all in what is drawn, so what was drawn for the same words is the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flask import get_template_attribute
from markupsafe import Markup

from app.work.pages.shown import reader_language

if TYPE_CHECKING:
    from app.work.pages.crew_lines import TaskLine
    from app.work.pages.office.shown import LineShown

#: Of forty lists of a hundred lines: some five megabytes in each process.
_KEPT_LINES = 4096


def case_line(line: LineShown, *, tickable: bool = False) -> Markup:
    """Return a case as a line of a list, in the reader's language."""
    return _case_line(line, reader_language(), tickable=tickable)


def task_line(line: TaskLine) -> Markup:
    """Return what a line of a crew's list says beside its number, in the reader's language."""
    return _task_line(line, reader_language())


@lru_cache(maxsize=_KEPT_LINES)
def _case_line(line: LineShown, _language: str, *, tickable: bool) -> Markup:
    draw = get_template_attribute("work/office/_line.html", "case_line")
    return Markup(draw(line, tickable=tickable))  # noqa: S704  # from Jinja


@lru_cache(maxsize=_KEPT_LINES)
def _task_line(line: TaskLine, _language: str) -> Markup:
    draw = get_template_attribute("work/_task_line.html", "task_line")
    return Markup(draw(line))  # noqa: S704  # from Jinja
