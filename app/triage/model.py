"""The nouns of triage: categories as callers see them, proposals, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.foundation.errors import DomainError
from app.intake.model import KeptAnswer

#: The category of what cannot be told from the words; the desk looks at it.
ANYTHING_ELSE = "overig.anders"

#: Only for telling hours in working days; what is promised is reckoned with the real hours.
HOURS_IN_A_WORKING_DAY = 9


class UnknownCategory(DomainError):
    """There is no category with this code."""


class RetiredCategory(DomainError):
    """This category is no longer in use; choose another one."""


class AnswersRefused(DomainError):
    """An answer is to no question of this category, or is not of its kind."""


class ChangedMeanwhile(DomainError):
    """Somebody else changed this since it was shown; look at it again."""


class CategoryNotFound(DomainError):
    """There is no kind of report with this code."""


class QuestionNotFound(DomainError):
    """This kind of report has no question with this code."""


class CategoryRefused(DomainError):
    """Something about this kind of report is not right; nothing was changed."""


class QuestionRefused(DomainError):
    """Something about this question is not right; nothing was changed."""


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


class NormUnit(StrEnum):
    """What a norm counts in; hours are hours of work."""

    WORKING_DAYS = "working-days"
    CALENDAR_DAYS = "calendar-days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Term:
    """So many working days, calendar days or hours; nought days is the same day."""

    amount: int
    unit: NormUnit = NormUnit.WORKING_DAYS

    @property
    def is_short(self) -> bool:
        """Whether it is over within a working day: hours, or the same day."""
        if self.unit is NormUnit.HOURS:
            return self.amount <= HOURS_IN_A_WORKING_DAY
        return self.amount == 0

    @property
    def about_working_days(self) -> int:
        """How many working days that is, rounded up, for whoever counts in nothing else."""
        if self.unit is NormUnit.CALENDAR_DAYS:
            return -(-self.amount * 5 // 7)
        if self.unit is NormUnit.HOURS:
            return -(-self.amount // HOURS_IN_A_WORKING_DAY)
        return self.amount


@dataclass(frozen=True, slots=True)
class StricterNorm:
    """A shorter term for an asset of a kind, for an answer to a question, or for both at once."""

    term: Term
    asset_kind: str | None = None
    question: str | None = None
    answer: str | None = None

    def counts(self, *, answers: Mapping[str, frozenset[str]], asset_kind: str | None) -> bool:
        """Whether it holds for a report with these answers, about an asset of this kind."""
        if self.asset_kind is not None and self.asset_kind != asset_kind:
            return False
        return self.question is None or self.answer in answers.get(self.question, frozenset())


_DANGER = Term(1)
_NO_ANSWERS: Mapping[str, frozenset[str]] = {}


@dataclass(frozen=True, slots=True)
class Norm:
    """Within what time a category is handled, in the common case and in stricter ones.

    A category without a norm for danger has one working day for it.
    """

    term: Term
    danger_term: Term | None = None
    stricter: tuple[StricterNorm, ...] = ()

    @property
    def for_danger(self) -> Term:
        """The term for what is dangerous; it counts where it ends before the common one."""
        return self.danger_term or _DANGER

    def terms(
        self,
        *,
        danger: bool,
        answers: Mapping[str, frozenset[str]] = _NO_ANSWERS,
        asset_kind: str | None = None,
    ) -> tuple[Term, ...]:
        """Return every term that holds; the one that ends first is what is promised."""
        found = [self.term]
        if danger:
            found.append(self.for_danger)
        found += [
            one.term for one in self.stricter if one.counts(answers=answers, asset_kind=asset_kind)
        ]
        return tuple(found)


class QuestionKind(StrEnum):
    """What is asked for; a notice is only read, and a stop says to call instead."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    DATE = "date"
    NOTICE = "notice"
    STOP = "stop"

    @property
    def is_answered(self) -> bool:
        """Whether it is a question: what is only read takes no answer."""
        return self not in {QuestionKind.NOTICE, QuestionKind.STOP}


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that can be chosen; a retired one is not offered any more."""

    code: str
    name: Name
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What reporters of a category are asked, or told.

    The answer to a private question is for staff and the party alone. `phone` is whom a stop says
    to call.
    """

    code: str
    kind: QuestionKind
    text: Name
    is_required: bool = False
    is_private: bool = False
    options: tuple[Option, ...] = ()
    phone: str | None = None
    is_retired: bool = False

    @property
    def offered(self) -> tuple[Option, ...]:
        """The options that can be chosen now."""
        return tuple(one for one in self.options if not one.is_retired)


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """The answers of a report, and the required questions that have none."""

    answers: tuple[KeptAnswer, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def by_question(self) -> dict[str, frozenset[str]]:
        """What was answered, as conditions and norms look at it."""
        return {one.question: frozenset(one.values) for one in self.answers}


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
    #: Retired ones too, for an app that still asks them.
    all_questions: tuple[Question, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked and told now, in its order."""
        return tuple(one for one in self.all_questions if not one.is_retired)


@dataclass(frozen=True, slots=True)
class CategoryShownOtherwise:
    """More or less of the cases of a category may be seen by strangers from now on."""

    code: str
    at: datetime


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
class Keyword:
    """A word or phrase that tells of a category, as an administrator types it."""

    language: str
    words: str
    weight: float = 1


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
