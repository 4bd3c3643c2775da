"""Reads what reports are asked, to hold the conditions of an agreement against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.routing.asked import Asked
from app.triage.operations import category_tree


def asked_of_reports(transaction: Transaction) -> Asked:
    """Return the questions of all kinds of reports in use; one statement."""
    tree = category_tree(transaction)
    return Asked(inner for main in tree.main_categories for inner in main.categories)


def wrong_answers(
    transaction: Transaction, answers: Mapping[str, Iterable[str]], category_code: str | None
) -> list[FieldError]:
    """Return what is wrong with conditions on answers; without any, nothing is read."""
    return asked_of_reports(transaction).wrong(answers, category_code) if answers else []
