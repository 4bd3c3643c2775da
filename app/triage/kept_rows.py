"""How norms and questions of a category stand in their tables: read from rows, and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb
from pydantic_core import from_json
from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.triage.model import (
    Name,
    Norm,
    NormUnit,
    Option,
    Question,
    QuestionKind,
    StricterNorm,
    Term,
)

#: What `norm_of` and `questions_kept_in` want to find in a row of `category`: JSON as text, so that
#: whoever read the same row before knows it again.
NORMS_AND_QUESTIONS = """
    (SELECT coalesce(jsonb_agg(to_jsonb(stricter_norm) ORDER BY stricter_norm.id), '[]')
     FROM stricter_norm WHERE stricter_norm.category_code = category.code)::text AS stricter,
    (SELECT coalesce(jsonb_agg(to_jsonb(question) ORDER BY position, question.code), '[]')
     FROM question WHERE question.category_code = category.code)::text AS questions
"""


def norm_of(row: Row[Any]) -> Norm:
    """Return the norm that a row of an inner category tells of, with its stricter ones."""
    danger = row.danger_norm_amount
    return Norm(
        term=Term(row.norm_amount, NormUnit(row.norm_unit)),
        danger_term=None if danger is None else Term(danger, NormUnit(row.danger_norm_unit)),
        stricter=stricter_norms_of(row),
    )


def stricter_norms_of(row: Row[Any]) -> tuple[StricterNorm, ...]:
    """Return the stricter norms that a row of an inner category tells of."""
    return tuple(_stricter_of(one) for one in from_json(row.stricter))


def questions_kept_in(row: Row[Any]) -> list[Mapping[str, Any]]:
    """Return the columns of the questions that a row of an inner category tells of."""
    kept: list[Mapping[str, Any]] = from_json(row.questions)
    return kept


def _stricter_of(kept: Mapping[str, Any]) -> StricterNorm:
    """Return the stricter norm that the columns of its row tell of."""
    return StricterNorm(
        Term(kept["amount"], NormUnit(kept["unit"])),
        kept["asset_kind"],
        kept["question_code"],
        kept["answer"],
    )


def question_of(kept: Mapping[str, Any]) -> Question:
    """Return the question that the columns of its row tell of."""
    return Question(
        code=kept["code"],
        kind=QuestionKind(kept["kind"]),
        text=Name(kept["text_nl"], kept["text_en"]),
        is_required=kept["is_required"],
        is_private=kept["is_private"],
        options=tuple(
            Option(one["code"], Name(one["nl"], one["en"]), one.get("isRetired", False))
            for one in kept["options"]
        ),
        phone=kept["phone"],
        is_retired=kept["retired_at"] is not None,
    )


_INSERT_STRICTER = text(
    """
    INSERT INTO stricter_norm (
        id, category_code, amount, unit, asset_kind, question_code, answer)
    VALUES (:id, :category, :amount, :unit, :asset_kind, :question, :answer)
    """
)


def keep_stricter_norms(
    transaction: Transaction, category: str, stricter: Sequence[StricterNorm]
) -> None:
    """Let these be the stricter norms of a category, in the place of those it had."""
    transaction.connection.execute(
        text("DELETE FROM stricter_norm WHERE category_code = :code"), {"code": category}
    )
    if stricter:
        transaction.connection.execute(
            _INSERT_STRICTER,
            [
                {
                    "id": new_id(),
                    "category": category,
                    "amount": one.term.amount,
                    "unit": one.term.unit.value,
                    "asset_kind": one.asset_kind,
                    "question": one.question,
                    "answer": one.answer,
                }
                for one in stricter
            ],
        )


_UPSERT_QUESTION = text(
    """
    INSERT INTO question (
        id, category_code, code, kind, text_nl, text_en, phone, is_required, is_private, options,
        position)
    VALUES (
        :id, :category, :code, :kind, :nl, :en, :phone, :is_required, :is_private, :options,
        :position)
    ON CONFLICT (category_code, code) DO UPDATE SET
        kind = EXCLUDED.kind, text_nl = EXCLUDED.text_nl, text_en = EXCLUDED.text_en,
        phone = EXCLUDED.phone, is_required = EXCLUDED.is_required,
        is_private = EXCLUDED.is_private, options = EXCLUDED.options,
        position = EXCLUDED.position, retired_at = NULL, version = question.version + 1
    WHERE (question.kind, question.text_nl, question.text_en, question.phone, question.is_required,
           question.is_private, question.options, question.position)
        IS DISTINCT FROM
          (EXCLUDED.kind, EXCLUDED.text_nl, EXCLUDED.text_en, EXCLUDED.phone, EXCLUDED.is_required,
           EXCLUDED.is_private, EXCLUDED.options, EXCLUDED.position)
        OR question.retired_at IS NOT NULL
    """
)


def keep_questions(transaction: Transaction, category: str, questions: Sequence[Question]) -> None:
    """Let these be the questions of a category, in this order; others it had are retired."""
    connection = transaction.connection
    connection.execute(
        text(
            "UPDATE question SET retired_at = now(), version = version + 1"
            " WHERE category_code = :code AND retired_at IS NULL AND NOT code = ANY(:kept)"
        ),
        {"code": category, "kept": [one.code for one in questions]},
    )
    if questions:
        connection.execute(
            _UPSERT_QUESTION,
            [
                question_values(category, one, position)
                for position, one in enumerate(questions, start=1)
            ],
        )


def question_values(category: str, one: Question, position: int) -> dict[str, Any]:
    """Return the columns of a question, for the statements that write it."""
    return {
        "id": new_id(),
        "category": category,
        "code": one.code,
        "kind": one.kind.value,
        "nl": one.text.nl,
        "en": one.text.en,
        "phone": one.phone,
        "is_required": one.is_required,
        "is_private": one.is_private,
        "options": Jsonb(kept_options(one.options)),
        "position": position,
    }


def kept_options(options: Sequence[Option]) -> list[dict[str, Any]]:
    """Return options as the table keeps them."""
    return [
        {"code": one.code, "nl": one.name.nl, "en": one.name.en, "isRetired": one.is_retired}
        for one in options
    ]
