"""What the pages about kinds and questions share: who acts, and what somebody else changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_babel import format_datetime, get_locale, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Transaction
from app.foundation.provided import provided
from app.foundation.rule_changes import ChangedBy, ChangedThrough, RuleChange, rule_changes
from app.identity.operations import who_they_are
from app.triage.words import noted_field_words, noted_value_words

#: Of more changes than these nobody reads the list; `/beheer/wijzigingen` has them all.
_MOST_CHANGES_SHOWN = 5
_LONGEST_VERSION = 9


@dataclass(frozen=True, slots=True)
class MeanwhileShown:
    """A change that somebody else made while a form was open; `differences` are in words."""

    who: str
    when: str
    differences: list[tuple[str, str, str]]


def changed_meanwhile(
    transaction: Transaction, *, what: str, code: str, versions: int
) -> list[MeanwhileShown]:
    """Return the last changes of a thing, as many as it has versions more than its form had."""
    found = rule_changes(
        transaction, what=what, code=code, at_most=min(max(versions, 0), _MOST_CHANGES_SHOWN)
    )
    names = {
        key: who.name
        for key, who in who_they_are(
            transaction, (one.by.account_id for one in found if one.by.account_id)
        ).items()
    }
    return [
        MeanwhileShown(
            who=names[one.by.account_id] if one.by.account_id in names else _not_a_person(one.by),
            when=moment_words(one.at),
            differences=_differences(one),
        )
        for one in found
    ]


def seen_version() -> int:
    """Return the version that the form was made of; nothing that a page gives is none."""
    typed = request.form.get("version", "")
    return (
        int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_VERSION else -1
    )


def now() -> datetime:
    """Return the moment of this request."""
    return provided().get(Clock).now()


def language() -> str:
    """Return the language of the reader."""
    return str(get_locale() or "nl")


def moment_words(at: datetime) -> str:
    """Return a moment as people write it."""
    return str(format_datetime(at.astimezone(LOCAL_ZONE), "d MMM y HH:mm"))


def _not_a_person(by: ChangedBy) -> str:
    if by.through is ChangedThrough.COMMAND:
        return str(gettext("A command"))
    return str(gettext("Somebody"))


def _differences(one: RuleChange) -> list[tuple[str, str, str]]:
    before, after = one.before or {}, one.after or {}
    named = noted_field_words()
    return [
        (
            named.get(name, name),
            _value_words(name, before.get(name)),
            _value_words(name, after.get(name)),
        )
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]


def _value_words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if value is None or value in ("", [], {}):
        return "–"
    return noted_value_words(name, value) or str(value)
