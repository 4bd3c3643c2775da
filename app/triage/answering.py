"""Checks answers against the questions of a category, and puts them into the reporter's words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from app.foundation.errors import FieldError
from app.foundation.json_value import JSONValue
from app.foundation.texts import clean_text
from app.intake.model import KeptAnswer
from app.triage.model import AnswersRefused, CheckedAnswers, Question, QuestionKind

LONGEST_ANSWER = 3000
#: Beyond this a number is a slip of the finger.
LARGEST_NUMBER = 1_000_000_000


class AnswerProblem(Exception):
    """Why something is no answer to a question; the message says what would be one."""


def check_answers(
    questions: Sequence[Question], given: Mapping[str, JSONValue], *, language: str
) -> CheckedAnswers:
    """Return the answers with their questions in the reporter's language, and what is missing.

    Questions and options that were retired may still be answered, for an app that does not know
    yet. An empty answer is none.

    Raises:
        AnswersRefused: naming every answer to no question of this kind, or of the wrong kind.
    """
    known = {one.code: one for one in questions if one.kind.is_answered}
    errors = [
        FieldError(f"answers.{code}", "unknown-question", "This kind of report asks no such thing.")
        for code in given
        if code not in known
    ]
    answers: list[KeptAnswer] = []
    for code, question in known.items():
        try:
            values = values_of(question, given.get(code))
        except AnswerProblem as problem:
            errors.append(FieldError(f"answers.{code}", "wrong-answer", str(problem)))
            continue
        if values:
            answers.append(kept_answer_to(question, values, language))
    if errors:
        raise AnswersRefused(errors=tuple(errors))
    return CheckedAnswers(tuple(answers), missing_of(questions, {one.question for one in answers}))


def missing_of(questions: Iterable[Question], answered: set[str]) -> tuple[str, ...]:
    """Return the codes of required questions in use that are not among those answered."""
    return tuple(
        one.code
        for one in questions
        if one.is_required and not one.is_retired and one.code not in answered
    )


def values_of(question: Question, given: JSONValue) -> tuple[str, ...]:
    """Return an answer as words: the codes that were chosen, or what was typed; none for nothing.

    Raises:
        AnswerProblem: it is not of the question's kind.
    """
    if given is None or given in ("", []):
        return ()
    match question.kind:
        case QuestionKind.TEXT:
            return _text(given)
        case QuestionKind.NUMBER:
            return _number(given)
        case QuestionKind.DATE:
            return _date(given)
        case QuestionKind.CHOICE:
            return _choices(question, [given])
        case QuestionKind.CHOICES:
            if not isinstance(given, list):
                raise AnswerProblem(f"A list of: {_codes(question)}.")
            return _choices(question, given)
        case _:
            raise AnswerProblem("This is only to be read.")


def kept_answer_to(question: Question, values: tuple[str, ...], language: str) -> KeptAnswer:
    """Return an answer with its question, both in the reporter's language."""
    names = {one.code: one.name.in_language(language) for one in question.options}
    return KeptAnswer(
        question=question.code,
        kind=question.kind.value,
        text=question.text.in_language(language),
        answer=", ".join(names.get(value, value) for value in values),
        values=values,
        is_private=question.is_private,
    )


def _text(given: JSONValue) -> tuple[str, ...]:
    if not isinstance(given, str):
        raise AnswerProblem("Words.")
    words = clean_text(given)
    if len(words) > LONGEST_ANSWER:
        raise AnswerProblem(f"At most {LONGEST_ANSWER} characters.")
    return (words,) if words else ()


def _number(given: JSONValue) -> tuple[str, ...]:
    if isinstance(given, str):
        try:
            given = float(given.strip().replace(",", "."))
        except ValueError:
            raise AnswerProblem("A number.") from None
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise AnswerProblem("A number.")
    if not (math.isfinite(given) and abs(given) <= LARGEST_NUMBER):
        raise AnswerProblem(f"A number of at most {LARGEST_NUMBER}.")
    return (f"{given:.12g}",)


def _date(given: JSONValue) -> tuple[str, ...]:
    if isinstance(given, str):
        try:
            return (date.fromisoformat(given.strip()).isoformat(),)
        except ValueError:
            pass
    raise AnswerProblem("A day, such as 2026-11-24.")


def _choices(question: Question, given: Sequence[JSONValue]) -> tuple[str, ...]:
    known = {one.code for one in question.options}
    chosen: list[str] = []
    for one in given:
        if not isinstance(one, str) or one not in known:
            raise AnswerProblem(f"One of: {_codes(question)}.")
        if one not in chosen:
            chosen.append(one)
    return tuple(chosen)


def _codes(question: Question) -> str:
    return ", ".join(one.code for one in question.offered)
