"""Answers on the page that tries a place: what is offered, what was chosen, and the promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_datetime, get_locale, gettext

from app.foundation.clock import LOCAL_ZONE
from app.foundation.texts import clean_text
from app.geography.words import asset_kind_words
from app.routing.operations.explaining import DueBy
from app.triage.model import Category, Question
from app.triage.words import term_words

_AT_MOST = 40
_LONGEST = 250


@dataclass(frozen=True, slots=True)
class QuestionTried:
    """A question whose answer can change who gets it or by when, as a list to choose from."""

    text: str
    options: list[dict[str, object]]
    chosen: str


def typed_answers(values: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the answers of a query, each as question=answer; an empty one is none."""
    answers: dict[str, frozenset[str]] = {}
    for one in values[:_AT_MOST]:
        question, _, answer = clean_text(one)[:_LONGEST].partition("=")
        if question and answer:
            answers[question] = answers.get(question, frozenset()) | {answer}
    return answers


def questions_tried(
    questions: Sequence[Question], answers: Mapping[str, frozenset[str]]
) -> list[QuestionTried]:
    """Return the questions with what was chosen."""
    language = _language()
    return [
        QuestionTried(
            one.text.in_language(language),
            [
                {"value": f"{one.code}={option.code}", "label": option.name.in_language(language)}
                for option in one.offered
            ],
            next((f"{one.code}={some}" for some in sorted(answers.get(one.code, ()))), ""),
        )
        for one in questions
    ]


def due_words(due: DueBy, category: Category) -> tuple[str, str]:
    """Return by when it must be done, and why then."""
    at = str(format_datetime(due.at.astimezone(LOCAL_ZONE), "EEEE d MMMM y H:mm"))
    term = term_words(due.term)
    if due.is_for_danger:
        return at, str(gettext("%(term)s: the norm for danger", term=term))
    if due.stricter is None:
        return at, str(gettext("%(term)s: the norm of this kind", term=term))
    return at, str(
        gettext("%(term)s: stricter for %(what)s", term=term, what=_stricter_words(due, category))
    )


def _stricter_words(due: DueBy, category: Category) -> str:
    assert due.stricter is not None  # noqa: S101  # asked only of those
    words = [asset_kind_words(due.stricter.asset_kind)] if due.stricter.asset_kind else []
    for question in category.all_questions:
        if question.code == due.stricter.question:
            names = {one.code: one.name.in_language(_language()) for one in question.options}
            answer = due.stricter.answer or ""
            words.append(f"{question.text.in_language(_language())} {names.get(answer, answer)}")
    return ", ".join(words)


def _language() -> str:
    return str(get_locale() or "nl")
