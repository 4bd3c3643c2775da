"""What priorities, reasons for another place, and the newer deeds of the desk are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from app.work.model import Happening
from app.work.weights import PlaceReason, Priority


def desk_happenings(
    told: Mapping[str, str], names: Mapping[str, str]
) -> dict[Happening, Callable[[], str]]:
    """Return what the desk did to a case with its place, priority, cause, notes and parts.

    Each sentence is written when it is asked for. The names hold those of causes, by their code.
    """
    return {
        Happening.SPLIT_AGAIN: lambda: _split_again(told),
        Happening.PLACE_CHANGED: lambda: gettext(
            "Place changed by %(metres)s m: %(reason)s",
            metres=told.get("metres", "?"),
            reason=_place_reason(told.get("reason")),
        ),
        Happening.PRIORITY_CHANGED: lambda: gettext(
            "Priority: %(priority)s", priority=_priority(told.get("priority")).lower()
        ),
        Happening.CAUSE_CHANGED: lambda: _cause(names.get(told.get("cause", ""))),
        Happening.NOTE_ADDED: lambda: gettext("Note added"),
        Happening.PRINTED_WITH_CONTACT: lambda: gettext("Printed with contact details"),
    }


def priority_words(priority: Priority) -> str:
    """Return how much a case presses beside its promise."""
    named: dict[Priority, str] = {
        Priority.LOW: gettext("Low"),
        Priority.NORMAL: gettext("Normal"),
        Priority.HIGH: gettext("High"),
    }
    return named[priority]


def place_reason_words(reason: PlaceReason) -> str:
    """Return why the place of a case was changed."""
    named: dict[PlaceReason, str] = {
        PlaceReason.SEEN_THERE: gettext("somebody saw where it is"),
        PlaceReason.REPORTER_SAID: gettext("the reporter said so"),
        PlaceReason.FROM_PHOTO: gettext("the photo shows it"),
        PlaceReason.MISTAKE: gettext("the pin stood wrong"),
    }
    return named[reason]


def _split_again(told: Mapping[str, str]) -> str:
    """Return from what a case was split again, or what was split off from it."""
    if "from" in told:
        return str(gettext("No longer part of %(reference)s", reference=told["from"]))
    if "number" in told:
        return str(
            gettext(
                "Report %(number)s did not belong here: it is %(reference)s now",
                number=told["number"],
                reference=told.get("case", ""),
            )
        )
    return str(
        gettext("%(reference)s is no longer part of this one", reference=told.get("case", ""))
    )


def _cause(name: str | None) -> str:
    return str(gettext("Cause: %(cause)s", cause=name) if name else gettext("Cause changed"))


def _priority(word: str | None) -> str:
    return priority_words(Priority(word)) if word in set(Priority) else word or "?"


def _place_reason(word: str | None) -> str:
    return place_reason_words(PlaceReason(word)) if word in set(PlaceReason) else word or "?"
