"""Brings categories of a file in: what changed is written, the same again changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.foundation.import_files import Imported
from app.foundation.rule_changes import BY_COMMAND, ChangedBy
from app.triage.changing.model import KeptCategory
from app.triage.changing.noting import note_changes
from app.triage.changing.reading import kept_categories
from app.triage.kept_rows import (
    NORMS_AND_QUESTIONS,
    question_of,
    questions_kept_in,
    stricter_norms_of,
)
from app.triage.model import CategoryShownOtherwise, Keyword, StricterNorm, Term
from app.triage.operations import CategoryToLoad, load_categories

#: Language and words → how much they weigh.
Weights = dict[tuple[str, str], float]


def import_categories(
    transaction: Transaction,
    wanted: Sequence[CategoryToLoad],
    *,
    now: datetime,
    by: ChangedBy = BY_COMMAND,
    retire_others: bool = False,
) -> tuple[Imported, list[str]]:
    """Add or renew categories by their code; return how many, and the codes not in the file.

    Those are left alone, or with `retire_others` offered no more; their reports stay. What is
    changed is noted. Options of a question that the file does not name are retired, not lost.
    """
    connection = transaction.connection
    connection.execute(text("LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE"))
    before = kept_categories(transaction)
    wanted = [_with_retired_options(one, before.get(one.code)) for one in wanted]
    there = {row.code: row for row in connection.execute(text("SELECT * FROM category"))}
    keywords = _keywords(transaction)
    norms_and_questions = {
        row.code: (
            frozenset(stricter_norms_of(row)),
            tuple(question_of(one) for one in questions_kept_in(row) if one["retired_at"] is None),
        )
        for row in connection.execute(_NORMS_AND_QUESTIONS)
    }
    new = [one for one in wanted if one.code not in there]
    changed = [
        one
        for one in wanted
        if one.code in there
        and (
            (_facts(one), _weights(one.keywords)) != (_kept(there[one.code]), keywords[one.code])
            or (_strict(one), one.questions) != norms_and_questions.get(one.code, (frozenset(), ()))
        )
    ]
    # A heading comes before what is below it, also where only some of both are written.
    written = [one for one in wanted if one in new or one in changed]
    if written:
        load_categories(transaction, written, is_demo=False)
    for one in changed:
        if one.public_visibility.value != there[one.code].public_visibility:
            transaction.tell(CategoryShownOtherwise(one.code, now))
    listed = {one.code for one in wanted}
    others = sorted(
        code for code, row in there.items() if code not in listed and row.retired_at is None
    )
    if others and retire_others:
        connection.execute(
            text(
                "UPDATE category SET retired_at = now(), updated_at = now(), version = version + 1"
                " WHERE code = ANY(:codes)"
            ),
            {"codes": others},
        )
    note_changes(transaction, before, kept_categories(transaction), by=by, at=now)
    return Imported(len(new), len(changed), len(wanted) - len(written)), others


def _with_retired_options(one: CategoryToLoad, kept: KeptCategory | None) -> CategoryToLoad:
    """Return a kind whose questions keep the options that were given as answers before."""
    options = (
        {asked.question.code: asked.question.options for asked in kept.questions} if kept else {}
    )
    return replace(
        one,
        questions=tuple(
            replace(
                asked,
                options=(
                    *asked.options,
                    *(
                        replace(option, is_retired=True)
                        for option in options.get(asked.code, ())
                        if option.code not in {given.code for given in asked.options}
                    ),
                ),
            )
            if asked.options
            else asked
            for asked in one.questions
        ),
    )


_NORMS_AND_QUESTIONS = text(
    f"SELECT category.code, {NORMS_AND_QUESTIONS} FROM category"  # noqa: S608  # our own column list
)


def _strict(one: CategoryToLoad) -> frozenset[StricterNorm]:
    return frozenset(one.norm.stricter if one.norm else ())


def _keywords(transaction: Transaction) -> dict[str, Weights]:
    found: dict[str, Weights] = defaultdict(dict)
    rows = transaction.connection.execute(
        text("SELECT category_code, language, words, weight FROM category_keyword")
    )
    for row in rows:
        found[row.category_code][row.language, row.words] = round(row.weight, 4)
    return found


def _weights(keywords: Iterable[Keyword]) -> Weights:
    weights: Weights = {}
    for one in keywords:
        key = one.language, one.words
        # What stands there twice counts with its highest weight.
        weights[key] = max(weights.get(key, 0), round(one.weight, 4))
    return weights


def _facts(one: CategoryToLoad) -> tuple[object, ...]:
    advice, norm = one.danger_advice, one.norm
    return (
        one.parent_code,
        one.name.nl,
        one.name.en,
        one.position,
        _told(norm.term) if norm else None,
        _told(norm.danger_term) if norm and norm.danger_term else None,
        advice.text.nl if advice else None,
        advice.text.en if advice else None,
        advice.phone if advice else None,
        one.asset_kind,
        one.join_group,
        one.join_within_metres,
        one.public_visibility.value,
        one.is_checked,
        None,
    )


def _told(term: Term) -> tuple[int, str]:
    return term.amount, term.unit.value


def _told_row(amount: int | None, unit: str) -> tuple[int, str] | None:
    return None if amount is None else (amount, unit)


def _kept(row: Row[Any]) -> tuple[object, ...]:
    return (
        row.parent_code,
        row.name_nl,
        row.name_en,
        row.position,
        _told_row(row.norm_amount, row.norm_unit),
        _told_row(row.danger_norm_amount, row.danger_norm_unit),
        row.danger_text_nl,
        row.danger_text_en,
        row.danger_phone,
        row.asset_kind,
        row.join_group,
        row.join_within_metres,
        row.public_visibility,
        row.is_checked,
        row.retired_at,
    )
