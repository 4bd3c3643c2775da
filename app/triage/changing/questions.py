"""Adds, changes, moves and retires the questions of a kind of report; every change is noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy
from app.triage.changing.model import KeptCategory, KeptQuestion, QuestionFacts
from app.triage.changing.noting import note_changes, told_question
from app.triage.changing.reading import kept_categories, kept_category, kept_question
from app.triage.changing.rules import (
    code_of_option,
    code_of_question,
    problems_of_question,
)
from app.triage.kept_rows import kept_options, question_values
from app.triage.model import (
    CategoryRefused,
    ChangedMeanwhile,
    Option,
    Question,
    QuestionKind,
    QuestionRefused,
)

_INSERT = text(
    """
    INSERT INTO question (
        id, category_code, code, kind, text_nl, text_en, phone, is_required, is_private, options,
        position)
    VALUES (
        :id, :category, :code, :kind, :nl, :en, :phone, :is_required, :is_private, :options,
        :position)
    """
)


def add_question(
    transaction: Transaction, category: str, facts: QuestionFacts, *, by: ChangedBy, now: datetime
) -> str:
    """Ask something more, as the last of what is asked; return the code of the question.

    What is asked already, exactly so, is not asked twice: the same form may come twice.

    Raises:
        CategoryNotFound: there is no such kind.
        CategoryRefused: it is a heading, of which nothing is asked.
        QuestionRefused: something is not right.
    """
    before = _held(transaction, category)
    _require(facts)
    for one in before.questions:
        if one.question == question_with(one.question.code, facts):
            return one.question.code
    code = code_of_question(facts.text.nl, {one.question.code for one in before.questions})
    transaction.connection.execute(
        _INSERT,
        question_values(
            category,
            question_with(code, facts),
            max((one.position for one in before.questions), default=0) + 1,
        ),
    )
    _note(transaction, before, by=by, now=now)
    return code


def change_question(
    transaction: Transaction,
    category: str,
    code: str,
    facts: QuestionFacts,
    *,
    expected_version: int,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Change what is asked; what was answered keeps the words it was asked with.

    Options that are missing from `facts` are retired, so that no answer is lost.

    Raises:
        CategoryNotFound, QuestionNotFound: there is none.
        QuestionRefused: something is not right, or it would be a question of another sort.
        ChangedMeanwhile: somebody else changed it since version `expected_version`.
    """
    before = _held(transaction, category)
    kept = _expected(before, code, expected_version)
    if facts.kind is not kept.question.kind:
        raise QuestionRefused("A question keeps its sort: add another one instead.")
    given = {one.code for one in facts.options}
    gone = tuple(
        replace(one, is_retired=True) for one in kept.question.options if one.code not in given
    )
    facts = replace(facts, options=(*facts.options, *gone))
    _require(facts)
    wanted = replace(question_with(code, facts), is_retired=kept.question.is_retired)
    if told_question(replace(kept, question=wanted)) == told_question(kept):
        return
    transaction.connection.execute(
        text(
            """
            UPDATE question SET text_nl = :nl, text_en = :en, phone = :phone,
                is_required = :is_required, is_private = :is_private, options = :options,
                version = version + 1
            WHERE category_code = :category AND code = :code
            """
        ),
        {
            "category": category,
            "code": code,
            "nl": wanted.text.nl,
            "en": wanted.text.en,
            "phone": wanted.phone,
            "is_required": wanted.is_required,
            "is_private": wanted.is_private,
            "options": Jsonb(kept_options(wanted.options)),
        },
    )
    _note(transaction, before, by=by, now=now)


def retire_question(
    transaction: Transaction,
    category: str,
    code: str,
    *,
    expected_version: int,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Ask a question no more; what was answered stays.

    Raises:
        CategoryNotFound, QuestionNotFound: there is none.
        ChangedMeanwhile: somebody else changed it since version `expected_version`.
    """
    _set_retired(transaction, category, code, now, expected_version, by=by, now=now)


def bring_back_question(
    transaction: Transaction,
    category: str,
    code: str,
    *,
    expected_version: int,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Ask a question again.

    Raises:
        CategoryNotFound, QuestionNotFound: there is none.
        ChangedMeanwhile: somebody else changed it since version `expected_version`.
    """
    _set_retired(transaction, category, code, None, expected_version, by=by, now=now)


def move_question(
    transaction: Transaction,
    category: str,
    code: str,
    *,
    earlier: bool,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Ask a question one place earlier or later; at the end it stays.

    Raises:
        CategoryNotFound, QuestionNotFound: there is none.
    """
    before = _held(transaction, category)
    kept_question(before, code)
    asked = [one.question.code for one in before.questions if not one.question.is_retired]
    if code not in asked:
        return
    place = asked.index(code)
    other = place - 1 if earlier else place + 1
    if not 0 <= other < len(asked):
        return
    asked[place], asked[other] = asked[other], asked[place]
    retired = [one.question.code for one in before.questions if one.question.is_retired]
    transaction.connection.execute(
        text(
            "UPDATE question SET position = :position"
            " WHERE category_code = :category AND code = :code"
        ),
        [
            {"position": number, "category": category, "code": one}
            for number, one in enumerate([*asked, *retired], start=1)
        ],
    )
    _note(transaction, before, by=by, now=now, only=code)


def question_with(code: str, facts: QuestionFacts) -> Question:
    """Return the question that facts make, with codes for the options that have none yet."""
    taken = {one.code for one in facts.options if one.code}
    options: list[Option] = []
    for one in facts.options:
        made = one.code or code_of_option(one.name.nl, taken)
        taken.add(made)
        options.append(replace(one, code=made))
    return Question(
        code=code,
        kind=facts.kind,
        text=facts.text,
        is_required=facts.is_required,
        is_private=facts.is_private,
        options=tuple(options) if facts.kind in _CHOICES else (),
        phone=facts.phone,
    )


_CHOICES = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})


def _held(transaction: Transaction, category: str) -> KeptCategory:
    """Return a kind whose questions nobody else changes until this transaction is over."""
    if kept_category(transaction, category).facts is None:
        raise CategoryRefused("Of a heading nothing is asked.")
    transaction.connection.execute(
        text("UPDATE category SET updated_at = updated_at WHERE code = :code"), {"code": category}
    )
    # Who held it before may have changed it.
    return kept_category(transaction, category)


def _expected(of: KeptCategory, code: str, version: int) -> KeptQuestion:
    kept = kept_question(of, code)
    if kept.version != version:
        raise ChangedMeanwhile()
    return kept


def _require(facts: QuestionFacts) -> None:
    if errors := tuple(problems_of_question(facts)):
        raise QuestionRefused(errors=errors)


def _set_retired(
    transaction: Transaction,
    category: str,
    code: str,
    at: datetime | None,
    expected_version: int,
    *,
    by: ChangedBy,
    now: datetime,
) -> None:
    before = _held(transaction, category)
    kept = _expected(before, code, expected_version)
    if kept.question.is_retired == (at is not None):
        return
    transaction.connection.execute(
        text(
            "UPDATE question SET retired_at = :at, version = version + 1"
            " WHERE category_code = :category AND code = :code"
        ),
        {"at": at, "category": category, "code": code},
    )
    _note(transaction, before, by=by, now=now)


def _note(
    transaction: Transaction,
    before: KeptCategory,
    *,
    by: ChangedBy,
    now: datetime,
    only: str | None = None,
) -> None:
    """Note what became of the questions; of a move, only the one that was moved."""
    after = kept_categories(transaction, (before.code,))[before.code]
    if only is not None:
        others = {one.question.code: one for one in before.questions if one.question.code != only}
        after = replace(
            after,
            questions=tuple(others.get(one.question.code, one) for one in after.questions),
        )
    note_changes(transaction, {before.code: before}, {after.code: after}, by=by, at=now)
