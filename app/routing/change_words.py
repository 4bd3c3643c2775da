"""A change of a rule in words: what kind of thing it was, which part of it, and what it became."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date

from flask_babel import format_date, gettext, lazy_gettext

from app.geography.words import area_kind_words
from app.identity.administration.words import account_field_words
from app.triage.words import noted_field_words

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def thing_words(what: str) -> str:
    """Return what a kind of thing is called; one that is not known by its word."""
    named: dict[str, str] = {
        "account": gettext("Account"),
        "agreement": gettext("Agreement"),
        "area": gettext("Area"),
        "asset": gettext("Object"),
        "category": gettext("Kind of report"),
        "choice": gettext("Cause or third party"),
        "day-off": gettext("Day off"),
        "draft": gettext("What if"),
        "norm": gettext("Service norm"),
        "party": gettext("Party"),
        "question": gettext("Question"),
        "standard-text": gettext("Standard text"),
        "working-day": gettext("Working day"),
    }
    return named.get(what, what)


def field_words(name: str) -> str:
    """Return what a part of a thing is called; one that is not known by its word."""
    named: dict[str, str] = {
        "added": gettext("Added"),
        "answers": gettext("Answers to questions"),
        "area": gettext("Area"),
        "assetKind": gettext("Kind of object"),
        "assetOwner": gettext("At the objects of this owner"),
        "category": gettext("Kind of report"),
        "changed": gettext("Changed"),
        "code": gettext("Code"),
        "email": gettext("E-mail"),
        "endedOn": gettext("Nothing new from"),
        "hours": gettext("Working hours"),
        "import": gettext("Number of the import"),
        "kind": gettext("Sort"),
        "name": gettext("Name"),
        "party": gettext("Who does it"),
        "phone": gettext("Phone"),
        "priority": gettext("Priority"),
        "removed": gettext("Removed"),
        "source": gettext("Source"),
        "usedFor": gettext("Used for"),
        "words": gettext("Text"),
        "list": gettext("List"),
        "squareMetres": gettext("Square metres"),
        "standIn": gettext("Stand-in"),
        "validFrom": gettext("From"),
        "validUntil": gettext("Last day"),
        "webForm": gettext("Web form"),
        "windows": gettext("Days and times"),
        **noted_field_words(),
        **account_field_words(),
    }
    return named.get(name, name)


def called_words(what: str, code: str, told: Mapping[str, object]) -> str:
    """Return by what a thing is known: an area by its kind in words and its code, a day as such.

    `told` is what is noted of it: what has no word of its own is known by its name.
    """
    if what in _KNOWN_BY_NAME:
        return str(told.get("nameNl") or told.get("name") or code)
    kind, slash, rest = code.partition("/")
    if what == "area" and slash:
        return f"{area_kind_words(kind)} {rest}"
    return _day(code) or code


_KNOWN_BY_NAME = {"choice", "standard-text"}

#: Part of a thing and the word that is kept for it → what it is called.
_CODES = {
    ("usedFor", "waiting"): lazy_gettext("When a report has to wait"),
    ("usedFor", "closing"): lazy_gettext("When a report is closed without work"),
    ("list", "cause"): lazy_gettext("Causes"),
    ("list", "third-party"): lazy_gettext("Third parties to wait for"),
}


def code_words(name: str, value: object) -> str | None:
    """Return what a word of the code is called in a part of a thing; None for anything else."""
    found = _CODES.get((name, value)) if isinstance(value, str) else None
    return None if found is None else str(found)


def _day(written: str) -> str | None:
    """Return a calendar day as people write it, where this is one."""
    if not _ISO_DAY.fullmatch(written):
        return None
    try:
        return str(format_date(date.fromisoformat(written), "d MMM y"))
    except ValueError:
        return None


def value_words(value: object) -> str:
    """Return a value as people read it; nothing is a dash."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, str) and (day := _day(value)):
        return day
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
