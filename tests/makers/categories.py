"""Categories for tests: the demo's own, and single ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from sqlalchemy import text

from app.entrypoints.demo.categories import demo_categories
from app.foundation.database import Transaction
from app.triage.kept_rows import keep_questions
from app.triage.model import (
    Keyword,
    Name,
    Norm,
    Option,
    PublicVisibility,
    Question,
    QuestionKind,
    Term,
)
from app.triage.operations import CategoryToLoad, load_categories


@cache
def _demo_categories() -> tuple[CategoryToLoad, ...]:
    return tuple(demo_categories())


def the_demo_categories(transaction: Transaction) -> None:
    """Load the eight main and 33 inner categories with all their keywords.

    The keywords, three thousand, are written at once: one by one they take longer than most tests.
    """
    categories = _demo_categories()
    load_categories(transaction, [replace(one, keywords=()) for one in categories], is_demo=True)
    keywords = [(one.code, keyword) for one in categories for keyword in one.keywords]
    transaction.connection.execute(
        text(
            """
            INSERT INTO category_keyword (category_code, language, words, weight)
            SELECT code, language, words, max(weight)
            FROM unnest(CAST(:codes AS text[]), CAST(:languages AS text[]),
                        CAST(:words AS text[]), CAST(:weights AS real[]))
                 AS keyword (code, language, words, weight)
            GROUP BY code, language, words
            """
        ),
        {
            "codes": [code for code, _ in keywords],
            "languages": [keyword.language for _, keyword in keywords],
            "words": [keyword.words for _, keyword in keywords],
            "weights": [keyword.weight for _, keyword in keywords],
        },
    )


def a_question(
    transaction: Transaction,
    category: str,
    code: str = "waar",
    options: tuple[str, ...] = ("stoep", "fietspad"),
    *,
    kind: QuestionKind = QuestionKind.CHOICE,
    text: str = "Waar ligt het?",
    is_private: bool = False,
) -> None:
    """Let a category ask one question, in the place of those it asked."""
    names = tuple(Option(one, Name(one.capitalize(), one.upper())) for one in options)
    keep_questions(
        transaction,
        category,
        [
            Question(
                code,
                kind,
                Name(text, f"{text} (en)"),
                is_private=is_private,
                options=names if kind in {QuestionKind.CHOICE, QuestionKind.CHOICES} else (),
            )
        ],
    )


def a_category(
    transaction: Transaction,
    code: str,
    *,
    name: str = "Kapotte klok",
    words: tuple[str, ...] = (),
    visibility: PublicVisibility = PublicVisibility.EXACT,
) -> str:
    """Make an inner category with its heading, and return its code."""
    main = code.partition(".")[0]
    load_categories(
        transaction,
        [
            CategoryToLoad(main, None, Name(main.capitalize(), main.capitalize()), 1),
            CategoryToLoad(
                code,
                main,
                Name(name, f"{name} (en)"),
                1,
                norm=Norm(Term(5)),
                join_group=main,
                public_visibility=visibility,
                keywords=tuple(Keyword("nl", one, 2) for one in words),
            ),
        ],
        is_demo=False,
    )
    return code
