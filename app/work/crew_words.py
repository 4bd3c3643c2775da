"""What a crew's list is called on pages: why a task comes when it does, and from where one goes."""

from __future__ import annotations

from flask_babel import gettext

from app.work.driving_order import Turn
from app.work.operations.crew_list import Begin


def turn_words(turn: Turn) -> str:
    """Return why tasks stand where they stand on the list."""
    named: dict[Turn, str] = {
        Turn.BEGUN: gettext("Begun"),
        Turn.DANGER: gettext("Danger first"),
        Turn.OVERDUE: gettext("Too late or high priority"),
        Turn.OTHER: gettext("After that"),
        Turn.LATER: gettext("For later, or waiting"),
        Turn.WITH_COLLEAGUE: gettext("With a colleague"),
    }
    return named[turn]


def begin_words(begin: Begin) -> str:
    """Return from where the list goes on."""
    named: dict[Begin, str] = {
        Begin.PHONE: gettext("from where you are"),
        Begin.LAST_TASK: gettext("from your last task"),
        Begin.MIDDLE: gettext("from the middle of the tasks"),
    }
    return named[begin]
