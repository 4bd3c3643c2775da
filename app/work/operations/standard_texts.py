"""Keeps the standard texts of the desk, and finds those that fit a case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.work.refusals import StandardTextMovedOn, StandardTextNotFound

#: What has to be filled in each time, such as `[datum]`.
_GAP = re.compile(r"\[[^\[\]\n]{1,60}\]")


class UsedFor(StrEnum):
    """At which step of the desk a standard text is offered."""

    WAITING = "waiting"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class StandardText:
    """Words that reporters read more often; without a category they fit every kind."""

    id: UUID
    used_for: UsedFor
    category_code: str | None
    title: str
    words: str
    is_retired: bool = False
    version: int = 1

    def fits(self, category_code: str) -> bool:
        """Whether it is for this kind, for all below its heading, or for every kind."""
        main = category_code.partition(".")[0]
        return self.category_code in {None, main, category_code}


def unfilled_gap(words: str) -> str | None:
    """Return the first gap that nobody filled in, such as `[datum]`."""
    found = _GAP.search(words)
    return found[0] if found else None


def has_broken_gap(words: str) -> bool:
    """Whether a bracket stands alone, as of a gap that was not closed: nobody is asked for it."""
    left = _GAP.sub("", words)
    return "[" in left or "]" in left


_ALL = text(
    "SELECT id, used_for, category_code, title, words, is_retired, version FROM standard_text"
    " ORDER BY used_for, lower(title), id"
)


def standard_texts(transaction: Transaction) -> Sequence[StandardText]:
    """Return all standard texts by title, retired ones too. One statement."""
    return [
        StandardText(
            row.id,
            UsedFor(row.used_for),
            row.category_code,
            row.title,
            row.words,
            row.is_retired,
            row.version,
        )
        for row in transaction.read(_ALL, {})
    ]


def standard_text(transaction: Transaction, text_id: UUID) -> StandardText:
    """Return one standard text.

    Raises:
        StandardTextNotFound: there is none with this id.
    """
    for one in standard_texts(transaction):
        if one.id == text_id:
            return one
    raise StandardTextNotFound()


_ADD = text(
    """
    INSERT INTO standard_text (id, used_for, category_code, title, words, changed_at, is_demo)
    VALUES (:id, :used_for, :category_code, :title, :words, :now, :is_demo)
    """
)


def add_standard_text(
    transaction: Transaction,
    *,
    used_for: UsedFor,
    category_code: str | None,
    title: str,
    words: str,
    by: ChangedBy,
    now: datetime,
    is_demo: bool = False,
) -> None:
    """Keep a new standard text, and note who made it."""
    text_id = new_id()
    transaction.write(
        _ADD,
        {
            "id": text_id,
            "used_for": used_for.value,
            "category_code": category_code,
            "title": title,
            "words": words,
            "now": now,
            "is_demo": is_demo,
        },
    )
    made = StandardText(text_id, used_for, category_code, title, words)
    _note(transaction, None, made, by=by, now=now)


_CHANGE = text(
    """
    UPDATE standard_text SET used_for = :used_for, category_code = :category_code, title = :title,
        words = :words, is_retired = :is_retired, version = version + 1, changed_at = :now
    WHERE id = :id AND version = :version
    """
)


def change_standard_text(
    transaction: Transaction, changed: StandardText, *, by: ChangedBy, now: datetime
) -> None:
    """Keep a standard text as it is from now on; `version` is the one that was changed.

    Raises:
        StandardTextNotFound: there is none with this id.
        StandardTextMovedOn: somebody changed it meanwhile.
    """
    values = {
        "id": changed.id,
        "used_for": changed.used_for.value,
        "category_code": changed.category_code,
        "title": changed.title,
        "words": changed.words,
        "is_retired": changed.is_retired,
        "version": changed.version,
        "now": now,
    }
    before = standard_text(transaction, changed.id)
    if not transaction.connection.execute(_CHANGE, values).rowcount:
        raise StandardTextMovedOn()
    _note(transaction, before, changed, by=by, now=now)


def _note(
    transaction: Transaction,
    before: StandardText | None,
    after: StandardText,
    *,
    by: ChangedBy,
    now: datetime,
) -> None:
    note_rule_change(
        transaction,
        what="standard-text",
        code=str(after.id),
        by=by,
        at=now,
        before=_told(before) if before else None,
        after=_told(after),
    )


def _told(one: StandardText) -> dict[str, Any]:
    return {
        "name": one.title,
        "usedFor": one.used_for.value,
        "category": one.category_code,
        "words": one.words,
        "isRetired": one.is_retired,
    }
