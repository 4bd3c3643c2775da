"""Reads kinds of reports as they are kept, retired ones too, with all that can be changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.triage.changing.model import CategoryFacts, KeptCategory, KeptQuestion
from app.triage.kept_rows import NORMS_AND_QUESTIONS, norm_of, question_of, questions_kept_in
from app.triage.model import (
    CategoryNotFound,
    DangerAdvice,
    Keyword,
    Name,
    PublicVisibility,
    QuestionNotFound,
)

_KEPT = text(
    f"""
    SELECT category.*, {NORMS_AND_QUESTIONS},
        (SELECT coalesce(jsonb_agg(to_jsonb(keyword) - 'query' - 'category_code'
                                   ORDER BY language DESC, weight DESC, words), '[]')
         FROM category_keyword AS keyword WHERE keyword.category_code = category.code) AS keywords
    FROM category LEFT JOIN category AS main ON main.code = category.parent_code
    WHERE CAST(:codes AS text[]) IS NULL OR category.code = ANY(:codes)
    ORDER BY coalesce(main.position, category.position), coalesce(main.code, category.code),
             category.parent_code NULLS FIRST, category.position, category.code
    """  # noqa: S608  # our own column list
)


def kept_categories(
    transaction: Transaction, codes: Collection[str] | None = None
) -> dict[str, KeptCategory]:
    """Return kinds by their code in the order they are shown; all of them, or those named."""
    rows = transaction.connection.execute(_KEPT, {"codes": None if codes is None else list(codes)})
    return {row.code: _kept(row) for row in rows}


def kept_category(transaction: Transaction, code: str) -> KeptCategory:
    """Return one kind, main or inner.

    Raises:
        CategoryNotFound: there is none with this code.
    """
    # The database takes no such sign, and no code has one.
    found = {} if "\0" in code else kept_categories(transaction, (code,))
    if code not in found:
        raise CategoryNotFound
    return found[code]


def kept_question(of: KeptCategory, code: str) -> KeptQuestion:
    """Return one question of a kind.

    Raises:
        QuestionNotFound: it has none with this code.
    """
    for one in of.questions:
        if one.question.code == code:
            return one
    raise QuestionNotFound


def _kept(row: Row[Any]) -> KeptCategory:
    return KeptCategory(
        code=row.code,
        parent_code=row.parent_code,
        name=Name(row.name_nl, row.name_en),
        position=row.position,
        is_retired=row.retired_at is not None,
        version=row.version,
        facts=None if row.parent_code is None else _facts(row),
        questions=tuple(
            KeptQuestion(question_of(one), one["position"], one["version"])
            for one in questions_kept_in(row)
        ),
    )


def _facts(row: Row[Any]) -> CategoryFacts:
    advice = None
    if row.danger_text_nl:
        words = Name(row.danger_text_nl, row.danger_text_en or row.danger_text_nl)
        advice = DangerAdvice(words, row.danger_phone)
    return CategoryFacts(
        name=Name(row.name_nl, row.name_en),
        norm=norm_of(row),
        danger_advice=advice,
        asset_kind=row.asset_kind,
        join_group=row.join_group,
        join_within_metres=row.join_within_metres,
        public_visibility=PublicVisibility(row.public_visibility),
        is_checked=row.is_checked,
        keywords=tuple(
            Keyword(one["language"], one["words"], round(one["weight"], 4)) for one in row.keywords
        ),
    )
