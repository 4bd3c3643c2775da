"""Categories for tests: the demo's own, and single ones."""

from __future__ import annotations

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


def the_demo_categories(transaction: Transaction) -> None:
    """Load the eight main and 33 inner categories with all their keywords."""
    load_categories(transaction, demo_categories(), is_demo=True)


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
