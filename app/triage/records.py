"""The tables of triage: categories, and the words by which people call them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSQUERY
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base

_UNITS = "('working-days', 'calendar-days', 'hours')"


class CategoryRecord(Base):
    """A kind of defect, on two levels; a report takes one of the inner level."""

    __tablename__ = "category"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN parent_code IS NULL THEN code ~ '^[a-z]+(-[a-z]+)*$'"
            " ELSE code ~ '^[a-z-]+[.][a-z]+(-[a-z]+)*$'"
            " AND split_part(code, '.', 1) = parent_code END",
            name="code_names_its_parent",
        ),
        CheckConstraint(
            "parent_code IS NULL OR (norm_amount >= 0 AND join_group IS NOT NULL)",
            name="inner_has_norm_and_group",
        ),
        CheckConstraint(
            "danger_norm_amount >= 0 AND (danger_norm_unit <> norm_unit"
            " OR danger_norm_amount <= norm_amount)",
            name="danger_norm_is_stricter",
        ),
        CheckConstraint(f"norm_unit IN {_UNITS}", name="norm_unit"),
        CheckConstraint(f"danger_norm_unit IN {_UNITS}", name="danger_norm_unit"),
        CheckConstraint(
            "public_visibility IN ('exact', 'blurred', 'hidden')",
            name="public_visibility_is_known",
        ),
        # What cannot be told from the words goes there, so it is always there.
        CheckConstraint(
            "retired_at IS NULL OR code NOT IN ('overig', 'overig.anders')",
            name="anything_else_is_never_retired",
        ),
        Index("ix_category_parent_code", "parent_code"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(
        ForeignKey("category.code", name="fk_category_parent_code_category")
    )
    name_nl: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(SmallInteger)
    #: So many of `norm_unit`; nought is the same day.
    norm_amount: Mapped[int | None] = mapped_column(SmallInteger)
    danger_norm_amount: Mapped[int | None] = mapped_column(SmallInteger)
    norm_unit: Mapped[str] = mapped_column(Text, server_default=text("'working-days'"))
    danger_norm_unit: Mapped[str] = mapped_column(Text, server_default=text("'working-days'"))
    danger_text_nl: Mapped[str | None] = mapped_column(Text)
    danger_text_en: Mapped[str | None] = mapped_column(Text)
    danger_phone: Mapped[str | None] = mapped_column(Text)
    asset_kind: Mapped[str | None] = mapped_column(Text)
    #: Reports of one group at one asset are about one defect.
    join_group: Mapped[str | None] = mapped_column(Text)
    join_within_metres: Mapped[int] = mapped_column(
        SmallInteger, default=250, server_default=text("250")
    )
    public_visibility: Mapped[str] = mapped_column(
        Text, default="exact", server_default=text("'exact'")
    )
    #: Whether a person looks at the work before its case is resolved.
    is_checked: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Counted up by every change on a page, so that two administrators do not overwrite each other.
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


class StricterNormRecord(Base):
    """A shorter norm of a category, for assets of a kind or for an answer to a question."""

    __tablename__ = "stricter_norm"
    __table_args__ = (
        CheckConstraint("amount BETWEEN 0 AND 1000", name="amount"),
        CheckConstraint(f"unit IN {_UNITS}", name="unit"),
        CheckConstraint("num_nonnulls(asset_kind, question_code) > 0", name="says_when"),
        CheckConstraint("(question_code IS NULL) = (answer IS NULL)", name="question_and_answer"),
        Index("ix_stricter_norm_category_code", "category_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    category_code: Mapped[str] = mapped_column(
        ForeignKey(
            "category.code", name="fk_stricter_norm_category_code_category", ondelete="CASCADE"
        )
    )
    amount: Mapped[int] = mapped_column(SmallInteger)
    unit: Mapped[str] = mapped_column(Text)
    asset_kind: Mapped[str | None] = mapped_column(Text)
    question_code: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)


class QuestionRecord(Base):
    """What reporters of a category are asked or told; retired ones stay for what was answered."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("category_code", "code", name="uq_question_category_code_code"),
        CheckConstraint("code ~ '^[a-z]+(-[a-z0-9]+)*$'", name="code"),
        CheckConstraint(
            "kind IN ('text', 'choice', 'choices', 'number', 'date', 'notice', 'stop')",
            name="kind",
        ),
        CheckConstraint("text_nl <> '' AND text_en <> ''", name="text"),
        CheckConstraint(
            "NOT is_required OR kind NOT IN ('notice', 'stop')",
            name="only_questions_are_required",
        ),
        CheckConstraint(
            "(kind IN ('choice', 'choices')) = (options <> '[]')", name="choices_have_options"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    category_code: Mapped[str] = mapped_column(
        ForeignKey("category.code", name="fk_question_category_code_category", ondelete="CASCADE")
    )
    code: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    text_nl: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    is_required: Mapped[bool] = mapped_column(server_default=text("false"))
    is_private: Mapped[bool] = mapped_column(server_default=text("false"))
    #: [{code, nl, en, isRetired}]
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    position: Mapped[int] = mapped_column(SmallInteger)
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class CategoryKeywordRecord(Base):
    """A word or phrase that tells of a category, in one language; data, not code."""

    __tablename__ = "category_keyword"
    __table_args__ = (
        CheckConstraint("language IN ('nl', 'en')", name="language_is_known"),
        CheckConstraint("weight > 0", name="weight_is_positive"),
        CheckConstraint("weight <= 100", name="weight_is_at_most_100"),
    )

    category_code: Mapped[str] = mapped_column(
        ForeignKey(
            "category.code",
            name="fk_category_keyword_category_code_category",
            ondelete="CASCADE",
        ),
        primary_key=True,
    )
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    words: Mapped[str] = mapped_column(Text, primary_key=True)
    weight: Mapped[float] = mapped_column(REAL, default=1, server_default=text("1"))
    query: Mapped[str] = mapped_column(
        TSQUERY,
        Computed(
            "CASE language"
            " WHEN 'nl' THEN phraseto_tsquery('straatbeeld_dutch'::regconfig, words)"
            " ELSE phraseto_tsquery('straatbeeld_english'::regconfig, words) END",
            persisted=True,
        ),
    )


class CategoryWordRecord(Base):
    """What past reports taught: how much a word speaks for a category, or against it.

    Made anew every night of the reports there are, of words that several of them hold.
    """

    __tablename__ = "category_word"
    __table_args__ = (CheckConstraint("weight between -1 and 1", name="weight"),)

    word: Mapped[str] = mapped_column(Text, primary_key=True)
    category_code: Mapped[str] = mapped_column(
        ForeignKey(
            "category.code", name="fk_category_word_category_code_category", ondelete="CASCADE"
        ),
        primary_key=True,
    )
    weight: Mapped[float] = mapped_column(REAL)
