"""Categories from a file: what the file looks like, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from app.foundation.import_files import FileRefused, InFile, read_toml
from app.triage.model import (
    ANYTHING_ELSE,
    DangerAdvice,
    Keyword,
    Name,
    Norm,
    NormUnit,
    Option,
    PublicVisibility,
    Question,
    QuestionKind,
    StricterNorm,
    Term,
)
from app.triage.operations import CategoryToLoad

Word = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=60)]
QuestionCode = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Days = Annotated[int, Field(ge=0, le=1000)]

#: A weight of a keyword stands behind this sign: "lamp^1.2".
_WEIGHT_SIGN = "^"


class StricterInFile(InFile):
    """One `[[main.category.stricter]]`: a shorter norm for an asset's kind or for an answer."""

    norm: Days
    unit: NormUnit = NormUnit.WORKING_DAYS
    asset_kind: Word | None = None
    question: QuestionCode | None = None
    answer: Line | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> StricterInFile:
        if (self.question is None) != (self.answer is None):
            raise ValueError("question and answer go together")
        if self.question is None and self.asset_kind is None:
            raise ValueError("a stricter norm needs an asset_kind, or a question with its answer")
        return self


class OptionInFile(InFile):
    """One of the `options` of a question."""

    code: QuestionCode
    nl: Line
    en: Line


class QuestionInFile(InFile):
    """One `[[main.category.question]]`: what reporters are asked or told."""

    code: QuestionCode
    kind: QuestionKind
    nl: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    required: bool = False
    private: bool = False
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+() -]{3,30}$")] | None = None
    options: tuple[OptionInFile, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> QuestionInFile:
        if (self.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}) != bool(self.options):
            raise ValueError("a choice has options, and nothing else has them")
        if len({one.code for one in self.options}) != len(self.options):
            raise ValueError("an option stands there twice")
        if self.required and not self.kind.is_answered:
            raise ValueError("what is only read cannot be required")
        if (self.kind is QuestionKind.STOP) != (self.phone is not None):
            raise ValueError("a stop has a phone, and nothing else has one")
        return self


class CategoryInFile(InFile):
    """One `[[main.category]]`: what a report can be about. Norms are in `norm_unit`."""

    code: Word
    nl: Line
    en: Line
    norm: Days
    norm_unit: NormUnit = NormUnit.WORKING_DAYS
    danger_norm: Days | None = None
    danger_norm_unit: NormUnit = NormUnit.WORKING_DAYS
    danger_nl: Line | None = None
    danger_en: Line | None = None
    danger_phone: Line | None = None
    asset_kind: Word | None = None
    join_group: Word
    join_within_metres: Annotated[int, Field(ge=1, le=5000)] = 250
    public_visibility: PublicVisibility = PublicVisibility.EXACT
    #: Whether a person looks at the work before its case is resolved.
    checked: bool = False
    keywords_nl: tuple[Line, ...] = ()
    keywords_en: tuple[Line, ...] = ()
    stricter: tuple[StricterInFile, ...] = ()
    question: tuple[QuestionInFile, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> CategoryInFile:
        is_same_unit = self.danger_norm_unit is self.norm_unit
        if self.danger_norm is not None and is_same_unit and self.danger_norm > self.norm:
            raise ValueError("danger_norm is longer than norm")
        if (self.danger_nl is None) != (self.danger_en is None):
            raise ValueError("danger_nl and danger_en go together")
        if self.danger_phone is not None and self.danger_nl is None:
            raise ValueError("danger_phone goes with danger_nl and danger_en")
        codes = [one.code for one in self.question]
        if len(set(codes)) != len(codes):
            raise ValueError("a question stands there twice")
        for strict in self.stricter:
            if strict.question is not None and strict.question not in codes:
                raise ValueError(f"a stricter norm names the question {strict.question!r}")
        for one in (*self.keywords_nl, *self.keywords_en):
            _keyword("nl", one)
        return self


class MainCategoryInFile(InFile):
    """One `[[main]]`: a heading with the categories below it."""

    code: Word
    nl: Line
    en: Line
    category: Annotated[tuple[CategoryInFile, ...], Field(min_length=1)]


class CategoriesFile(InFile):
    """A file with all categories, in the order in which people see them."""

    main: Annotated[tuple[MainCategoryInFile, ...], Field(min_length=1)]


def categories_in(file: Path) -> list[CategoryToLoad]:
    """Return the categories of a TOML file, every heading before what is below it.

    Raises:
        FileRefused: it is not right, a code stands there twice, or `overig.anders` is missing.
    """
    found = list(_to_load(read_toml(file, CategoriesFile)))
    codes = [one.code for one in found]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise FileRefused(f"{file.name}: {', '.join(twice)} stands there twice.")
    if ANYTHING_ELSE not in codes:
        raise FileRefused(
            f"{file.name} has no category {ANYTHING_ELSE}: what cannot be told from a report's "
            "words goes there, for the desk."
        )
    return found


def _to_load(held: CategoriesFile) -> Iterator[CategoryToLoad]:
    for place, heading in enumerate(held.main, start=1):
        yield CategoryToLoad(heading.code, None, Name(heading.nl, heading.en), place)
        for position, below in enumerate(heading.category, start=1):
            yield _inner(heading.code, below, position)


def _inner(parent: str, given: CategoryInFile, position: int) -> CategoryToLoad:
    advice = (
        DangerAdvice(Name(given.danger_nl, given.danger_en), given.danger_phone)
        if given.danger_nl is not None and given.danger_en is not None
        else None
    )
    return CategoryToLoad(
        code=f"{parent}.{given.code}",
        parent_code=parent,
        name=Name(given.nl, given.en),
        position=position,
        norm=Norm(
            Term(given.norm, given.norm_unit),
            None if given.danger_norm is None else Term(given.danger_norm, given.danger_norm_unit),
            tuple(
                StricterNorm(Term(one.norm, one.unit), one.asset_kind, one.question, one.answer)
                for one in given.stricter
            ),
        ),
        danger_advice=advice,
        asset_kind=given.asset_kind,
        join_group=given.join_group,
        join_within_metres=given.join_within_metres,
        public_visibility=given.public_visibility,
        is_checked=given.checked,
        keywords=(
            Keyword("nl", given.nl, 1.5),
            *(_keyword("nl", one) for one in given.keywords_nl),
            Keyword("en", given.en, 1.5),
            *(_keyword("en", one) for one in given.keywords_en),
        ),
        questions=tuple(_question(one) for one in given.question),
    )


def _question(given: QuestionInFile) -> Question:
    return Question(
        code=given.code,
        kind=given.kind,
        text=Name(given.nl, given.en),
        is_required=given.required,
        is_private=given.private,
        options=tuple(Option(one.code, Name(one.nl, one.en)) for one in given.options),
        phone=given.phone,
    )


def _keyword(language: str, written: str) -> Keyword:
    words, _, weight = written.partition(_WEIGHT_SIGN)
    try:
        weighed = float(weight or 1)
    except ValueError:
        weighed = 0
    if not words.strip() or not 0 < weighed <= 100:
        raise ValueError(f"{written!r} is no keyword: words, and perhaps ^ and a weight up to 100")
    return Keyword(language, words, weighed)
