"""What triage can do: tell the categories, look one up, propose one from words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.triage.kept_rows import (
    NORMS_AND_QUESTIONS,
    keep_questions,
    keep_stricter_norms,
    norm_of,
    question_of,
    questions_kept_in,
)
from app.triage.model import (
    Category,
    CategoryDecision,
    CategoryTree,
    ChosenBy,
    DangerAdvice,
    Keyword,
    KeywordMatch,
    MainCategory,
    Name,
    Norm,
    NormUnit,
    PublicVisibility,
    Question,
    RetiredCategory,
    Suggestion,
    Term,
    UnknownCategory,
)
from app.triage.rules import (
    certainties,
    decide_category,
    scores,
    without_circumstances,
    without_false_friends,
)

_COLUMNS = f"""
    category.code, category.parent_code, category.name_nl, category.name_en,
    category.norm_amount, category.danger_norm_amount,
    category.danger_text_nl, category.danger_text_en, category.danger_phone,
    category.asset_kind, category.join_group, category.join_within_metres,
    category.public_visibility, category.norm_unit, category.danger_norm_unit,
    {NORMS_AND_QUESTIONS},
    coalesce(category.retired_at, main.retired_at) AS retired_at,
    main.name_nl AS main_name_nl, main.name_en AS main_name_en
"""

_TREE = text(
    f"""
    SELECT {_COLUMNS}
    FROM category JOIN category AS main ON main.code = category.parent_code
    WHERE category.retired_at IS NULL AND main.retired_at IS NULL
    ORDER BY main.position, main.code, category.position, category.code
    """  # noqa: S608  # our own column list
)


def category_tree(transaction: Transaction) -> CategoryTree:
    """Return all categories in use, in the order they are shown; one statement."""
    return _tree_of(tuple(transaction.read(_TREE, {})))


@lru_cache(maxsize=4)
def _tree_of(rows: tuple[Any, ...]) -> CategoryTree:
    """Return the tree of these rows; the rows that were read last are the same most of the time."""
    below: dict[str, list[Category]] = {}
    names: dict[str, Name] = {}
    for row in rows:
        below.setdefault(row.parent_code, []).append(_category(row))
        names[row.parent_code] = Name(row.main_name_nl, row.main_name_en)
    return CategoryTree(
        main_categories=tuple(
            MainCategory(code, names[code], tuple(inner)) for code, inner in below.items()
        )
    )


_ONE = text(
    f"""
    SELECT {_COLUMNS}
    FROM category JOIN category AS main ON main.code = category.parent_code
    WHERE category.code = :code
    """  # noqa: S608  # our own column list
)


def category(transaction: Transaction, code: str) -> Category:
    """Return the category of the inner level with this code.

    Raises:
        UnknownCategory: there is none, or it is a heading.
        RetiredCategory: it is no longer in use.
    """
    rows = transaction.read(_ONE, {"code": code})
    if not rows:
        raise UnknownCategory(
            f"There is no category {code!r}.",
            errors=(FieldError("category", "unknown-category", "see GET /api/v1/categories"),),
        )
    (row,) = rows
    if row.retired_at is not None:
        raise RetiredCategory(
            errors=(FieldError("category", "retired-category", "see GET /api/v1/categories"),)
        )
    return _category(row)


def names_of_categories(transaction: Transaction, codes: Collection[str]) -> dict[str, Name]:
    """Return the names of categories by their code, also of those no longer in use."""
    rows = transaction.connection.execute(
        text("SELECT code, name_nl, name_en FROM category WHERE code = ANY(:codes)"),
        {"codes": list(codes)},
    )
    return {row.code: Name(row.name_nl, row.name_en) for row in rows}


_MATCHES = text(
    """
    WITH in_use AS (
        SELECT category.code, category.name_nl, category.name_en
        FROM category JOIN category AS main ON main.code = category.parent_code
        WHERE category.retired_at IS NULL AND main.retired_at IS NULL
    ), words AS (
        SELECT to_tsvector('straatbeeld_dutch', :words) AS nl,
               to_tsvector('straatbeeld_dutch', :single_words) AS nl_single,
               to_tsvector('straatbeeld_english', :words) AS en,
               to_tsvector('straatbeeld_dutch', :subject) AS nl_subject,
               to_tsvector('straatbeeld_english', :subject) AS en_subject
    ), matched AS (
        SELECT keyword.category_code, keyword.query, max(keyword.weight) AS weight,
               bool_or(CASE keyword.language WHEN 'nl' THEN nl_subject @@ keyword.query
                       ELSE en_subject @@ keyword.query END) AS is_the_subject
        FROM category_keyword AS keyword
        JOIN in_use ON in_use.code = keyword.category_code
        CROSS JOIN words
        WHERE CASE keyword.language
                  WHEN 'en' THEN words.en @@ keyword.query
                  ELSE (CASE numnode(keyword.query) WHEN 1 THEN words.nl_single
                        ELSE words.nl END) @@ keyword.query END
        GROUP BY keyword.category_code, keyword.query
    ), learned AS (
        SELECT learned.category_code, sum(learned.weight) AS weight
        FROM words, unnest(tsvector_to_array(words.nl_subject || words.en_subject)) AS said
        JOIN category_word AS learned ON learned.word = said
        GROUP BY learned.category_code
    )
    SELECT matched.category_code, matched.weight, matched.is_the_subject,
           (numnode(matched.query) + 1) / 2 AS words,
           count(*) OVER (PARTITION BY matched.query) AS shared_by, false AS is_learned,
           in_use.name_nl, in_use.name_en, (SELECT count(*) FROM in_use) AS categories
    FROM matched JOIN in_use ON in_use.code = matched.category_code
    UNION ALL
    SELECT learned.category_code, learned.weight, true, 1, 1, true,
           in_use.name_nl, in_use.name_en, (SELECT count(*) FROM in_use)
    FROM learned JOIN in_use ON in_use.code = learned.category_code
    """
)


def suggest(transaction: Transaction, words: str, *, at_most: int = 3) -> list[Suggestion]:
    """Return the categories these words point to, the most certain first; may be none.

    PostgreSQL's full-text search finds the keywords of the categories in the text, in Dutch and
    in English, with word stems and phrases, and what past reports taught about its words;
    `rules.scores` weighs what was found. One statement, however many reports there are.
    """
    rows = transaction.read(
        _MATCHES,
        {
            "words": words,
            "single_words": without_false_friends(words),
            "subject": without_circumstances(words),
        },
    )
    if not rows:
        return []
    matches = [
        KeywordMatch(
            row.category_code,
            row.weight,
            row.shared_by,
            row.words,
            is_the_subject=row.is_the_subject,
        )
        for row in rows
        if not row.is_learned
    ]
    learned = {row.category_code: row.weight for row in rows if row.is_learned}
    names = {row.category_code: Name(row.name_nl, row.name_en) for row in rows}
    certain = certainties(scores(matches, categories=rows[0].categories, learned=learned))
    ranked = sorted(certain.items(), key=lambda item: (-item[1], item[0]))
    return [Suggestion(code, names[code], certainty) for code, certainty in ranked[:at_most]]


def choose_category(transaction: Transaction, *, code: str | None, words: str) -> CategoryDecision:
    """Return the category the reporter named, or else the one their words decide on.

    Raises:
        UnknownCategory: the named one does not exist.
        RetiredCategory: the named one is no longer in use.
    """
    if code is not None:
        return CategoryDecision(category(transaction, code), ChosenBy.REPORTER, certainty=None)
    decided, certainty = decide_category(suggest(transaction, words))
    return CategoryDecision(category(transaction, decided), ChosenBy.WORDS, certainty)


@dataclass(frozen=True, slots=True)
class CategoryToLoad:
    """A main category (no norm) or an inner one, as the demo or an import file gives it."""

    code: str
    parent_code: str | None
    name: Name
    position: int
    norm: Norm | None = None
    danger_advice: DangerAdvice | None = None
    asset_kind: str | None = None
    join_group: str | None = None
    join_within_metres: int = 250
    public_visibility: PublicVisibility = PublicVisibility.EXACT
    is_checked: bool = False
    keywords: tuple[Keyword, ...] = ()
    questions: tuple[Question, ...] = ()


_DAYS = NormUnit.WORKING_DAYS.value


def _danger(one: CategoryToLoad) -> Term | None:
    return one.norm.danger_term if one.norm else None


def load_categories(
    transaction: Transaction, categories: Sequence[CategoryToLoad], *, is_demo: bool
) -> None:
    """Insert or renew these categories with their keywords; main ones must come first."""
    connection = transaction.connection
    connection.execute(
        _UPSERT,
        [
            {
                "code": one.code,
                "parent_code": one.parent_code,
                "name_nl": one.name.nl,
                "name_en": one.name.en,
                "position": one.position,
                "norm": one.norm.term.amount if one.norm else None,
                "norm_unit": one.norm.term.unit.value if one.norm else _DAYS,
                "danger_norm": danger.amount if (danger := _danger(one)) else None,
                "danger_norm_unit": danger.unit.value if danger else _DAYS,
                "danger_text_nl": one.danger_advice.text.nl if one.danger_advice else None,
                "danger_text_en": one.danger_advice.text.en if one.danger_advice else None,
                "danger_phone": one.danger_advice.phone if one.danger_advice else None,
                "asset_kind": one.asset_kind,
                "join_group": one.join_group,
                "join_within_metres": one.join_within_metres,
                "public_visibility": one.public_visibility.value,
                "is_checked": one.is_checked,
                "is_demo": is_demo,
            }
            for one in categories
        ],
    )
    connection.execute(
        text("DELETE FROM category_keyword WHERE category_code = ANY(:codes)"),
        {"codes": [one.code for one in categories]},
    )
    keywords = [
        {
            "code": one.code,
            "language": keyword.language,
            "words": keyword.words,
            "weight": keyword.weight,
        }
        for one in categories
        for keyword in one.keywords
    ]
    if keywords:
        connection.execute(_INSERT_KEYWORD, keywords)
    for one in categories:
        keep_stricter_norms(transaction, one.code, one.norm.stricter if one.norm else ())
        keep_questions(transaction, one.code, one.questions)


_UPSERT = text(
    """
    INSERT INTO category (
        code, parent_code, name_nl, name_en, position, norm_amount,
        danger_norm_amount, norm_unit, danger_norm_unit,
        danger_text_nl, danger_text_en, danger_phone, asset_kind,
        join_group, join_within_metres, public_visibility, is_checked, is_demo
    ) VALUES (
        :code, :parent_code, :name_nl, :name_en, :position, :norm,
        :danger_norm, :norm_unit, :danger_norm_unit,
        :danger_text_nl, :danger_text_en, :danger_phone, :asset_kind,
        :join_group, :join_within_metres, :public_visibility, :is_checked, :is_demo
    )
    ON CONFLICT (code) DO UPDATE SET
        parent_code = EXCLUDED.parent_code, name_nl = EXCLUDED.name_nl,
        name_en = EXCLUDED.name_en, position = EXCLUDED.position,
        norm_amount = EXCLUDED.norm_amount,
        danger_norm_amount = EXCLUDED.danger_norm_amount,
        norm_unit = EXCLUDED.norm_unit, danger_norm_unit = EXCLUDED.danger_norm_unit,
        version = category.version + 1,
        danger_text_nl = EXCLUDED.danger_text_nl, danger_text_en = EXCLUDED.danger_text_en,
        danger_phone = EXCLUDED.danger_phone, asset_kind = EXCLUDED.asset_kind,
        join_group = EXCLUDED.join_group, join_within_metres = EXCLUDED.join_within_metres,
        public_visibility = EXCLUDED.public_visibility, is_checked = EXCLUDED.is_checked,
        retired_at = NULL, updated_at = now()
    """
)

_INSERT_KEYWORD = text(
    "INSERT INTO category_keyword (category_code, language, words, weight)"
    " VALUES (:code, :language, :words, :weight)"
    " ON CONFLICT (category_code, language, words)"
    " DO UPDATE SET weight = greatest(category_keyword.weight, EXCLUDED.weight)"
)


def _category(row: Any) -> Category:  # noqa: ANN401  # columns by name
    return Category(
        code=row.code,
        parent_code=row.parent_code,
        name=Name(row.name_nl, row.name_en),
        parent_name=Name(row.main_name_nl, row.main_name_en),
        norm=norm_of(row),
        danger_advice=(
            DangerAdvice(
                Name(row.danger_text_nl, row.danger_text_en or row.danger_text_nl),
                row.danger_phone,
            )
            if row.danger_text_nl
            else None
        ),
        asset_kind=row.asset_kind,
        join_group=row.join_group,
        join_within_metres=row.join_within_metres,
        public_visibility=PublicVisibility(row.public_visibility),
        all_questions=tuple(question_of(one) for one in questions_kept_in(row)),
    )
