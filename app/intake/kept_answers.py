"""What reporters answered: read from the row of a report, added to it, and held for conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.json_value import JSONValue
from app.intake.model import KeptAnswer


def answers_of_case(transaction: Transaction, case_id: UUID) -> dict[str, frozenset[str]]:
    """Return what the reporters of a case answered, by the question's code, for conditions."""
    rows = transaction.connection.scalars(
        text("SELECT answered FROM report WHERE case_id = :case_id AND answered <> '[]'"),
        {"case_id": case_id},
    )
    found: dict[str, frozenset[str]] = {}
    for answered in rows:
        for one in answered:
            found[one["question"]] = found.get(one["question"], frozenset()) | set(one["values"])
    return found


_ADD = text("UPDATE report SET answered = :answered, missing_answers = :missing WHERE id = :id")


def write_answers(
    transaction: Transaction,
    report_id: UUID,
    answers: Sequence[KeptAnswer],
    *,
    missing: Sequence[str],
) -> None:
    """Let these be the answers of a report; the caller holds the lock of its case."""
    transaction.write(
        _ADD,
        {
            "id": report_id,
            "answered": Jsonb([told_answer(one) for one in answers]),
            "missing": Jsonb(list(missing)),
        },
    )


def kept_answer(one: Mapping[str, Any]) -> KeptAnswer:
    """Return the answer that the table keeps like this."""
    return KeptAnswer(
        question=one["question"],
        kind=one["kind"],
        text=one["text"],
        answer=one["answer"],
        values=tuple(one["values"]),
        is_private=one["isPrivate"],
    )


def told_answer(one: KeptAnswer) -> dict[str, JSONValue]:
    """Return an answer as the table keeps it."""
    return {
        "question": one.question,
        "kind": one.kind,
        "text": one.text,
        "answer": one.answer,
        "values": list(one.values),
        "isPrivate": one.is_private,
    }
