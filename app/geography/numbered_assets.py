"""Finds things by just the number that stands on them, with or without their street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction

#: A number is unique in its street alone, so there is one in many streets.
_AT_MOST = 100
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class NumberedAsset:
    """A thing with its number; also one that was removed, since cases stay at it."""

    id: UUID
    kind: str
    number: str
    street: str


_NUMBERED = text(
    """
    SELECT id, kind, number, street FROM asset
    WHERE lower(number) = ANY(CAST(:words AS text[]))
      AND (CAST(:kind AS text) IS NULL OR kind = :kind)
      AND (street || ' ' || number) ILIKE ALL (CAST(:patterns AS text[]))
    ORDER BY removed_on IS NOT NULL, street, length(number), number, id LIMIT :at_most
    """
)


def assets_with_number(
    transaction: Transaction, words: str, *, kind: str | None
) -> Sequence[NumberedAsset]:
    """Return the things of which the number is among the words and the street holds the others."""
    typed = words.split()[:_MOST_WORDS]
    if not typed:
        return []
    rows = transaction.read(
        _NUMBERED,
        {
            "words": [word.lower() for word in typed],
            "kind": kind,
            "patterns": [f"%{_literally(word)}%" for word in typed],
            "at_most": _AT_MOST,
        },
    )
    return [NumberedAsset(row.id, row.kind, row.number, row.street) for row in rows]


def _literally(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
