"""The tables of triage: categories, and the words by which people call them."""

from datetime import datetime

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base


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
            "parent_code IS NULL OR (norm_working_days >= 0 AND join_group IS NOT NULL)",
            name="inner_has_norm_and_group",
        ),
        CheckConstraint(
            "danger_norm_working_days BETWEEN 0 AND norm_working_days",
            name="danger_norm_is_stricter",
        ),
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
    norm_working_days: Mapped[int | None] = mapped_column(SmallInteger)
    #: Nought means the same day.
    danger_norm_working_days: Mapped[int | None] = mapped_column(SmallInteger)
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
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


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
