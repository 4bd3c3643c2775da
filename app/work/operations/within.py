"""To which cases an account is limited: one condition for lists, searches and pages of cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import text

from app.foundation.database import Transaction
from app.identity.model import Limits
from app.work.refusals import CaseNotFound

K = TypeVar("K")


def within(limits: Limits) -> tuple[str, dict[str, Any]]:
    """Return what must hold of a case `c`, and the values in it; `true` without limits."""
    parts: list[str] = ["true"]
    values: dict[str, Any] = {}
    if limits.areas:
        parts.append("c.areas && CAST(:within_areas AS text[])")
        values["within_areas"] = list(limits.areas)
    if limits.categories:
        parts.append(
            "c.category_code = ANY(ARRAY("
            "SELECT code FROM category WHERE parent_code = ANY(:within_categories)))"
        )
        values["within_categories"] = list(limits.categories)
    return " AND ".join(parts), values


def check_within(transaction: Transaction, reference: str, limits: Limits) -> None:
    """Go on if this case lies within the limits. One statement, and none for who is not limited.

    Raises:
        CaseNotFound: it lies outside, or there is none.
    """
    if not _kept(transaction, "reference", [reference], limits):
        raise CaseNotFound()


def references_within(
    transaction: Transaction, references: Iterable[str], limits: Limits
) -> Collection[str]:
    """Return those of these references whose cases lie within the limits."""
    return _kept(transaction, "reference", list(references), limits)


def ids_within(transaction: Transaction, ids: Sequence[K], limits: Limits) -> Collection[K]:
    """Return those of these ids whose cases lie within the limits."""
    return _kept(transaction, "id", ids, limits)


def _kept(
    transaction: Transaction, column: str, keys: Sequence[K], limits: Limits
) -> Collection[K]:
    if not limits or not keys:
        return keys
    condition, values = within(limits)
    rows = transaction.connection.execute(
        text(
            f"SELECT c.{column} AS key FROM defect_case AS c"  # noqa: S608  # our own column and condition
            f" WHERE c.{column} = ANY(:keys) AND {condition}"
        ),
        {**values, "keys": list(keys)},
    )
    return {row.key for row in rows}
