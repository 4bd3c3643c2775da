"""How norms, and changes of kinds and questions, are said to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext

from app.geography.words import asset_kind_words
from app.triage.model import NormUnit, PublicVisibility, QuestionKind, Term


def term_words(term: Term) -> str:
    """Return a term as people say it."""
    if term.unit is NormUnit.HOURS:
        return str(ngettext("%(num)s working hour", "%(num)s working hours", term.amount))
    if term.amount == 0:
        return str(gettext("the same day"))
    if term.unit is NormUnit.CALENDAR_DAYS:
        return str(ngettext("%(num)s day", "%(num)s days", term.amount))
    return str(ngettext("%(num)s working day", "%(num)s working days", term.amount))


def unit_words(unit: NormUnit) -> str:
    """Return what a norm counts in."""
    named: dict[NormUnit, str] = {
        NormUnit.WORKING_DAYS: gettext("working days"),
        NormUnit.CALENDAR_DAYS: gettext("calendar days"),
        NormUnit.HOURS: gettext("working hours"),
    }
    return named[unit]


def visibility_words(visibility: PublicVisibility) -> str:
    """Return how much of a kind strangers may see."""
    named: dict[PublicVisibility, str] = {
        PublicVisibility.EXACT: gettext("Exact place"),
        PublicVisibility.BLURRED: gettext("About the place"),
        PublicVisibility.HIDDEN: gettext("Not on the map"),
    }
    return named[visibility]


def question_kind_words(kind: QuestionKind) -> str:
    """Return what sort of question it is."""
    named: dict[QuestionKind, str] = {
        QuestionKind.TEXT: gettext("Words"),
        QuestionKind.CHOICE: gettext("One answer of a list"),
        QuestionKind.CHOICES: gettext("Several answers of a list"),
        QuestionKind.NUMBER: gettext("A number"),
        QuestionKind.DATE: gettext("A day"),
        QuestionKind.NOTICE: gettext("Notice, only to read"),
        QuestionKind.STOP: gettext("Stop: call instead"),
    }
    return named[kind]


def noted_field_words() -> Mapping[str, str]:
    """Return what the parts of a kind or a question are called, as a change notes them."""
    return {
        "nameNl": gettext("Name in Dutch"),
        "nameEn": gettext("Name in English"),
        "position": gettext("Place in the list"),
        "isRetired": gettext("No longer in use"),
        "norm": gettext("Service norm"),
        "dangerNorm": gettext("Norm for danger"),
        "stricterNorms": gettext("Stricter norms"),
        "dangerTextNl": gettext("What is said of danger, in Dutch"),
        "dangerTextEn": gettext("What is said of danger, in English"),
        "dangerPhone": gettext("Phone number for danger"),
        "joinGroup": gettext("Joins with"),
        "joinWithinMetres": gettext("Joins within so many metres"),
        "isChecked": gettext("A person checks the work"),
        "publicVisibility": gettext("On the public map"),
        "keywordsNl": gettext("Keywords in Dutch"),
        "keywordsEn": gettext("Keywords in English"),
        "questionKind": gettext("Sort of question"),
        "textNl": gettext("Text in Dutch"),
        "textEn": gettext("Text in English"),
        "isRequired": gettext("Must be answered"),
        "isPrivate": gettext("Private"),
        "options": gettext("Answers to choose from"),
    }


def noted_value_words(name: str, value: object) -> str | None:
    """Return a part of a kind or a question as people read it; None for one of another thing."""
    if not value:
        return None
    if name in {"norm", "dangerNorm"} and isinstance(value, Mapping):
        return _term_noted(value)
    if name == "stricterNorms" and isinstance(value, list):
        return "\n".join(map(_stricter_noted, value))
    if name == "options" and isinstance(value, list):
        return "\n".join(map(_option_noted, value))
    if name == "publicVisibility" and value in set(PublicVisibility):
        return visibility_words(PublicVisibility(str(value)))
    if name == "questionKind" and value in set(QuestionKind):
        return question_kind_words(QuestionKind(str(value)))
    if name in {"keywordsNl", "keywordsEn"} and isinstance(value, list):
        return "\n".join(map(str, value))
    if name == "assetKind":
        return asset_kind_words(str(value))
    return None


def _term_noted(noted: Mapping[str, Any]) -> str:
    return term_words(Term(noted["amount"], NormUnit(noted["unit"])))


def _stricter_noted(noted: Mapping[str, Any]) -> str:
    when = [
        *([asset_kind_words(noted["assetKind"])] if noted["assetKind"] else []),
        *([f"{noted['question']} = {noted['answer']}"] if noted["question"] else []),
    ]
    return f"{_term_noted(noted)}: {', '.join(when)}"


def _option_noted(noted: Mapping[str, Any]) -> str:
    said = f"{noted['nl']} / {noted['en']}"
    if noted.get("isRetired"):
        return str(gettext("%(option)s (no longer offered)", option=said))
    return said
