"""Reads the short lists that people choose from at a case: causes, third parties to wait for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.triage.model import Name


class ChoiceList(StrEnum):
    """Which short list a choice stands on."""

    CAUSE = "cause"
    THIRD_PARTY = "third-party"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen; a retired one is shown where it was, and offered no more."""

    code: str
    list: ChoiceList
    name: Name
    is_retired: bool = False
    version: int = 1


_ALL = text(
    "SELECT code, list, name_nl, name_en, is_retired, version FROM choice"
    " ORDER BY list, lower(name_nl), code"
)


def all_choices(transaction: Transaction) -> Sequence[Choice]:
    """Return what can be chosen on every list, by name; retired ones too. One statement."""
    return [
        Choice(
            row.code,
            ChoiceList(row.list),
            Name(row.name_nl, row.name_en),
            row.is_retired,
            row.version,
        )
        for row in transaction.read(_ALL, {})
    ]


_ADD = text(
    """
    INSERT INTO choice (code, list, name_nl, name_en, is_demo)
    VALUES (:code, :list, :nl, :en, :is_demo)
    ON CONFLICT (code) DO UPDATE SET is_retired = false, version = choice.version + 1
    """
)

#: Two who change a list at the same moment come one after the other.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('choices', 853))")


def add_choice(
    transaction: Transaction,
    on: ChoiceList,
    name: Name,
    *,
    by: ChangedBy,
    now: datetime,
    is_demo: bool = False,
) -> bool:
    """Put something on a list; what stood there under this name is offered again.

    Returns whether anything changed: what is offered already stays as it is.
    """
    transaction.read(_ONE_AT_A_TIME, {})
    present = all_choices(transaction)
    before = next(
        (one for one in present if one.list is on and one.name.nl.casefold() == name.nl.casefold()),
        None,
    )
    if before is not None and not before.is_retired:
        return False
    code = before.code if before else _free_code(on, name, {one.code for one in present})
    transaction.write(
        _ADD,
        {
            "code": code,
            "list": on.value,
            "nl": name.nl,
            "en": name.en,
            "is_demo": is_demo,
        },
    )
    _note(transaction, code, before, by=by, now=now)
    return True


def _free_code(on: ChoiceList, name: Name, taken: Collection[str]) -> str:
    """Return a code after the name that no other choice has."""
    words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKD", name.nl.lower()))
    code = f"{on.value}.{'-'.join(words)[:60] or 'x'}"
    numbered = (f"{code}-{number}" for number in count(2))
    return code if code not in taken else next(one for one in numbered if one not in taken)


_RETIRE = text("UPDATE choice SET is_retired = true, version = version + 1 WHERE code = :code")


def retire_choice(transaction: Transaction, code: str, *, by: ChangedBy, now: datetime) -> None:
    """Offer something no more; where it was chosen it stays. A second time changes nothing."""
    transaction.read(_ONE_AT_A_TIME, {})
    before = _choice(transaction, code)
    if before is None or before.is_retired:
        return
    transaction.write(_RETIRE, {"code": code})
    _note(transaction, code, before, by=by, now=now)


def _note(
    transaction: Transaction, code: str, before: Choice | None, *, by: ChangedBy, now: datetime
) -> None:
    after = _choice(transaction, code)
    note_rule_change(
        transaction,
        what="choice",
        code=code,
        by=by,
        at=now,
        before=_told(before) if before else None,
        after=_told(after) if after else None,
    )


def _choice(transaction: Transaction, code: str) -> Choice | None:
    return next((one for one in all_choices(transaction) if one.code == code), None)


def _told(one: Choice) -> dict[str, Any]:
    return {
        "list": one.list.value,
        "nameNl": one.name.nl,
        "nameEn": one.name.en,
        "isRetired": one.is_retired,
    }
