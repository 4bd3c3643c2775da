"""Questions of a category as fields of a form, and what was typed into them, read with care."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import format_date, gettext

from app.foundation.json_value import JSONValue
from app.reception.rules import typed
from app.triage.answering import LONGEST_ANSWER, AnswerProblem, kept_answer_to, values_of
from app.triage.model import Question, QuestionKind

#: What people typed, by the question's code; several choices are several words.
Typed = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class QuestionField:
    """A question as a field: its name, its words, and what was filled in."""

    name: str
    kind: str
    text: str
    is_required: bool
    options: list[dict[str, str]]
    value: str
    values: list[str]
    phone: str | None


def fields_of(questions: Sequence[Question], filled: Typed, language: str) -> list[QuestionField]:
    """Return the fields of these questions in their order, with what was filled in."""
    return [_field(one, filled.get(one.code, ""), language) for one in questions]


def typed_answers(questions: Sequence[Question]) -> dict[str, str | list[str]]:
    """Return what this request's form holds for these questions, empty answers left out."""
    found: dict[str, str | list[str]] = {}
    for one in questions:
        if not one.kind.is_answered:
            continue
        sent = [
            typed(word, most=2 * LONGEST_ANSWER)
            for word in request.form.getlist(field_name(one.code))[:50]
        ]
        if given := [word for word in sent if word]:
            found[one.code] = given if one.kind is QuestionKind.CHOICES else given[0]
    return found


def problems_in(questions: Sequence[Question], filled: Typed) -> dict[str, str]:
    """Return what is not right, in a sentence for each field."""
    errors: dict[str, str] = {}
    for one in questions:
        given = filled.get(one.code, "")
        value: JSONValue = given if isinstance(given, str) else [*given]
        try:
            values = values_of(one, value) if one.kind.is_answered else ()
        except AnswerProblem:
            errors[field_name(one.code)] = _wrong(one.kind)
            continue
        if one.is_required and not values:
            errors[field_name(one.code)] = gettext("Answer this question.")
    return errors


def answers_shown(
    questions: Sequence[Question], filled: Typed, language: str
) -> list[tuple[str, str]]:
    """Return each question with its answer in words, to look at once more; none was given: ""."""
    shown: list[tuple[str, str]] = []
    for one in questions:
        if not one.kind.is_answered:
            continue
        given = filled.get(one.code, "")
        value: JSONValue = given if isinstance(given, str) else [*given]
        try:
            values = values_of(one, value)
        except AnswerProblem:
            # The question changed since it was answered; it is asked again before sending.
            values = ()
        answer = kept_answer_to(one, values, language).answer
        if values and one.kind is QuestionKind.DATE:
            answer = str(format_date(date.fromisoformat(values[0]), "d MMMM y"))
        shown.append((one.text.in_language(language), answer))
    return shown


def said_at_stops(questions: Sequence[Question]) -> dict[str, str]:
    """Return what this request's form says at each stop: whether it is so."""
    found: dict[str, str] = {}
    for one in questions:
        said = request.form.get(field_name(one.code), "")
        if one.kind is QuestionKind.STOP and said in {"yes", "no"}:
            found[one.code] = said
    return found


def stops_without_word(questions: Sequence[Question], said: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each stop at which nothing was said."""
    return {
        field_name(one.code): gettext("Say whether this is so.")
        for one in questions
        if one.kind is QuestionKind.STOP and one.code not in said
    }


def field_name(code: str) -> str:
    """Return what the field of a question is called."""
    return f"answer-{code}"


def _field(one: Question, given: str | list[str], language: str) -> QuestionField:
    return QuestionField(
        name=field_name(one.code),
        kind=one.kind.value,
        text=one.text.in_language(language),
        is_required=one.is_required,
        options=[
            {"value": option.code, "label": option.name.in_language(language)}
            for option in one.offered
        ],
        value=given if isinstance(given, str) else "",
        values=given if isinstance(given, list) else [],
        phone=one.phone,
    )


def _wrong(kind: QuestionKind) -> str:
    if kind is QuestionKind.NUMBER:
        return str(gettext("Write a number, such as 3."))
    if kind is QuestionKind.DATE:
        return str(gettext("Write a day, such as 2026-11-24."))
    if kind is QuestionKind.TEXT:
        return str(gettext("Write %(most)s characters at most.", most=LONGEST_ANSWER))
    return str(gettext("Choose one of the answers."))
