"""What reporters answered: read from the row of a report, added to it, and held for conditions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.json_value import JSONValue
from app.intake.model import JoinedBy, KeptAnswer

Answered = dict[str, frozenset[str]]

# Who joined a case by their own word does not decide who works at it, or by when.
_OF_CASES = text(
    """
    SELECT case_id, answered FROM report
    WHERE case_id = ANY(:case_ids) AND answered <> '[]' AND joined_by = ANY(:vouched_for)
    """
)


def answers_of_case(transaction: Transaction, case_id: UUID) -> Answered:
    """Return what was answered about a case, by the question's code, for conditions.

    Only reports that are vouched for count: the one that opened it, and those that staff joined.
    """
    return answers_of_cases(transaction, [case_id])[case_id]


def answers_of_cases(transaction: Transaction, case_ids: Collection[UUID]) -> dict[UUID, Answered]:
    """Return for each of these cases what `answers_of_case` does. One statement."""
    rows = transaction.connection.execute(
        _OF_CASES,
        {
            "case_ids": list(case_ids),
            "vouched_for": [one.value for one in JoinedBy if one.is_vouched_for],
        },
    )
    found: dict[UUID, Answered] = {case_id: {} for case_id in case_ids}
    for row in rows:
        found[row.case_id] = with_answers(
            found[row.case_id],
            {one["question"]: frozenset(one["values"]) for one in row.answered},
        )
    return found


def with_answers(
    known: Mapping[str, frozenset[str]], more: Mapping[str, frozenset[str]]
) -> Answered:
    """Return answers with others added: whoever answered the same question is heard too."""
    return {
        code: known.get(code, frozenset()) | more.get(code, frozenset())
        for code in known.keys() | more.keys()
    }


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
