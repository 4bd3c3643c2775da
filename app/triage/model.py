"""The nouns of triage: categories as callers see them, proposals, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.foundation.errors import DomainError

#: The category of what cannot be told from the words; the desk looks at it.
ANYTHING_ELSE = "overig.anders"


class UnknownCategory(DomainError):
    """There is no category with this code."""


class RetiredCategory(DomainError):
    """This category is no longer in use; choose another one."""


class PublicVisibility(StrEnum):
    """How much of a case of a category strangers may see."""

    EXACT = "exact"
    BLURRED = "blurred"
    HIDDEN = "hidden"


class ChosenBy(StrEnum):
    """Who said what a report is about."""

    REPORTER = "reporter"
    WORDS = "words"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both languages of the pages."""

    nl: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English name for English, the Dutch one for everything else."""
        return self.en if language.startswith("en") else self.nl


@dataclass(frozen=True, slots=True)
class Norm:
    """Within how many working days a category is handled; nought is the same day."""

    working_days: int
    danger_working_days: int | None

    def days(self, *, danger: bool) -> int:
        """Return the working days allowed; with danger the category's strictest.

        A category without a norm for danger gets one working day, or its own norm when that is
        shorter still.
        """
        if not danger:
            return self.working_days
        if self.danger_working_days is not None:
            return self.danger_working_days
        return min(self.working_days, 1)


@dataclass(frozen=True, slots=True)
class DangerAdvice:
    """What the reporter of something dangerous is told, and the number to call."""

    text: Name
    phone: str | None


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of defect that a report can be about (the inner level)."""

    code: str
    parent_code: str
    name: Name
    parent_name: Name
    norm: Norm
    danger_advice: DangerAdvice | None
    asset_kind: str | None
    #: Reports of one group at one asset are about one defect.
    join_group: str
    join_within_metres: int
    public_visibility: PublicVisibility


@dataclass(frozen=True, slots=True)
class MainCategory:
    """A heading with the categories below it."""

    code: str
    name: Name
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories in use, in the order they are shown."""

    main_categories: tuple[MainCategory, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that the words of a report point to, with a certainty from 0 to 1."""

    code: str
    name: Name
    certainty: float


@dataclass(frozen=True, slots=True)
class CategoryDecision:
    """The category of a report, who chose it, and how certain that is."""

    category: Category
    chosen_by: ChosenBy
    certainty: float | None

    @property
    def is_unsure(self) -> bool:
        """Whether the desk should look at it."""
        return self.chosen_by is ChosenBy.WORDS and self.category.code == ANYTHING_ELSE


@dataclass(frozen=True, slots=True)
class KeywordMatch:
    """A keyword found in a text: whose it is, its weight, and how many categories share it.

    `is_the_subject` is false for a word that only says where or when: "rommel bij het bankje".
    """

    category_code: str
    weight: float
    shared_by: int
    words: int
    is_the_subject: bool = True
