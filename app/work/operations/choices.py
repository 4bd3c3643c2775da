"""Reads the short lists that people choose from at a case: causes, third parties to wait for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


def add_choice(
    transaction: Transaction,
    on: ChoiceList,
    name: Name,
    *,
    by: ChangedBy,
    now: datetime,
    is_demo: bool = False,
) -> None:
    """Put something on a list; what stood there under this name is offered again."""
    words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKD", name.nl.lower()))
    code = f"{on.value}.{'-'.join(words)[:60] or 'x'}"
    before = _told(transaction, code)
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


_RETIRE = text("UPDATE choice SET is_retired = true, version = version + 1 WHERE code = :code")


def retire_choice(transaction: Transaction, code: str, *, by: ChangedBy, now: datetime) -> None:
    """Offer something no more; where it was chosen it stays. A second time changes nothing."""
    before = _told(transaction, code)
    transaction.write(_RETIRE, {"code": code})
    _note(transaction, code, before, by=by, now=now)


def _note(
    transaction: Transaction,
    code: str,
    before: dict[str, Any] | None,
    *,
    by: ChangedBy,
    now: datetime,
) -> None:
    note_rule_change(
        transaction,
        what="choice",
        code=code,
        by=by,
        at=now,
        before=before,
        after=_told(transaction, code),
    )


def _told(transaction: Transaction, code: str) -> dict[str, Any] | None:
    """Return what is noted of a choice; nothing where there is none."""
    return next(
        (
            {
                "list": one.list.value,
                "nameNl": one.name.nl,
                "nameEn": one.name.en,
                "isRetired": one.is_retired,
            }
            for one in all_choices(transaction)
            if one.code == code
        ),
        None,
    )
