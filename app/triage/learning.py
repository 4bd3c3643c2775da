"""Keeps what past reports taught: how much a word speaks for a category, or against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from app.foundation.database import Transaction


@dataclass(frozen=True, slots=True)
class LearnedWord:
    """A word's stem and how much it speaks for a category, from -1 to 1."""

    word: str
    category_code: str
    weight: float


_KEEP = text(
    """
    INSERT INTO category_word (word, category_code, weight)
    SELECT * FROM unnest(
        CAST(:words AS text[]), CAST(:codes AS text[]), CAST(:weights AS real[]))
    """
)


def keep_learned(transaction: Transaction, learned: Sequence[LearnedWord]) -> None:
    """Put what was learned in the place of what was known before."""
    transaction.connection.execute(text("DELETE FROM category_word"))
    transaction.connection.execute(
        _KEEP,
        {
            "words": [one.word for one in learned],
            "codes": [one.category_code for one in learned],
            "weights": [one.weight for one in learned],
        },
    )
