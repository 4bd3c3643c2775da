"""Reads the short lists that people choose from at a case: causes, third parties to wait for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import text

from app.foundation.database import Transaction
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
