"""Kinds of reports and questions as administrators see and change them."""

from __future__ import annotations

from dataclasses import dataclass

from app.triage.model import (
    DangerAdvice,
    Keyword,
    Name,
    Norm,
    Option,
    PublicVisibility,
    Question,
    QuestionKind,
)


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question with its place and the version that a change of it is based on."""

    question: Question
    position: int
    version: int


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """What can be said of a kind of report, besides its questions and its place in the list.

    Without a join group it joins with its own kind alone.
    """

    name: Name
    norm: Norm
    danger_advice: DangerAdvice | None = None
    asset_kind: str | None = None
    join_group: str | None = None
    join_within_metres: int = 250
    public_visibility: PublicVisibility = PublicVisibility.EXACT
    keywords: tuple[Keyword, ...] = ()
    #: Whether a person looks at the work before its case is resolved.
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class KeptCategory:
    """A main category (without facts) or an inner one as it is kept, retired ones too."""

    code: str
    parent_code: str | None
    name: Name
    position: int
    is_retired: bool
    version: int
    facts: CategoryFacts | None = None
    questions: tuple[KeptQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """What can be said of a question, besides its place; options without a code are new."""

    kind: QuestionKind
    text: Name
    is_required: bool = False
    is_private: bool = False
    options: tuple[Option, ...] = ()
    phone: str | None = None
