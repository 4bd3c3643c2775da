"""Reads the norms of many categories at once, for whoever reckons with reports of the past."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from app.foundation.database import Transaction
from app.triage.kept_rows import NORMS_AND_QUESTIONS, norm_of
from app.triage.model import Norm

_NORMS = text(
    f"""
    SELECT category.*, {NORMS_AND_QUESTIONS}
    FROM category WHERE code = ANY(:codes) AND parent_code IS NOT NULL
    """  # noqa: S608  # our own column list
)


def norms_of_categories(transaction: Transaction, codes: Collection[str]) -> dict[str, Norm]:
    """Return the norms of inner categories by their code, also of those no longer in use."""
    rows = transaction.connection.execute(_NORMS, {"codes": list(codes)})
    return {row.code: norm_of(row) for row in rows}
