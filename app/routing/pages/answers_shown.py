"""Conditions on answers as an administrator chooses and reads them, by the questions of reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import get_locale, gettext

from app.routing.asked import Asked, AskedQuestion, Trouble
from app.routing.model import Agreement


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """An answer to choose; an old one is shown where it was chosen before."""

    value: str
    label: str
    is_old: bool


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """A question with its answers, and the kinds of reports that ask it.

    `categories` are the codes of those kinds and of their main kinds.
    """

    code: str
    text: str
    asked_of: str
    categories: tuple[str, ...]
    answers: tuple[AnswerChoice, ...]


def question_choices(asked: Asked) -> list[QuestionChoice]:
    """Return every question that an agreement can be about."""
    language = _language()
    return [
        QuestionChoice(
            code=one.code,
            text=_text(one),
            asked_of=", ".join(of.name.in_language(language) for of in one.categories),
            categories=tuple(
                dict.fromkeys(code for of in one.categories for code in (of.code, of.parent_code))
            ),
            answers=tuple(
                AnswerChoice(
                    f"{one.code}={code}",
                    name.in_language(language),
                    one.is_retired or code in one.retired_options,
                )
                for code, name in one.options.items()
            ),
        )
        for one in asked.questions(None)
    ]


def answers_written(asked: Asked, agreement: Agreement) -> list[str]:
    """Return the conditions of an agreement on answers in words."""
    return conditions_written(asked, agreement.answers, agreement.category_code)


def conditions_written(
    asked: Asked, answers: Mapping[str, Iterable[str]], category_code: str | None
) -> list[str]:
    """Return conditions on answers in words: the question, and the answers that count."""
    language = _language()
    known = {one.code: one for one in asked.questions(category_code)}
    word = gettext("or")
    either = f" {word} "
    written = []
    for code, wanted in answers.items():
        question = known.get(code)
        names = question.options if question else {}
        some = [
            names[answer].in_language(language) if answer in names else answer
            for answer in sorted(wanted)
        ]
        text = _text(question) if question else code
        written.append(f"{text} {either.join(some)}")
    return written


def answer_remarks(asked: Asked, agreement: Agreement) -> list[str]:
    """Return what is wrong with the conditions of an agreement by what reports are asked today."""
    known = {one.code: one for one in asked.questions(agreement.category_code)}
    remarks = []
    for one in asked.troubles(agreement.answers, agreement.category_code):
        question = known.get(one.question)
        names = question.options if question else {}
        answer = names[one.answer].in_language(_language()) if one.answer in names else one.answer
        remarks.append(_remark(one.trouble, _text(question) if question else one.question, answer))
    return remarks


def _remark(trouble: Trouble, question: str, answer: str | None) -> str:
    if answer is None and trouble is Trouble.RETIRED:
        words = gettext("“%(question)s” is not asked any more.", question=question)
    elif trouble is Trouble.RETIRED:
        words = gettext(
            "The answer “%(answer)s” to “%(question)s” is not offered any more.",
            answer=answer,
            question=question,
        )
    elif trouble is Trouble.NO_SUCH_ANSWER:
        words = gettext(
            "“%(answer)s” is no answer to “%(question)s”.", answer=answer, question=question
        )
    else:
        words = gettext("Reports of this kind are not asked “%(question)s”.", question=question)
    return str(words)


def _text(question: AskedQuestion) -> str:
    return " / ".join(dict.fromkeys(one.in_language(_language()) for one in question.texts))


def _language() -> str:
    return str(get_locale() or "nl")
