"""The form of a question: what was typed into it, and how a reporter will see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext

from app.foundation.errors import FieldError
from app.foundation.typed_forms import Typed
from app.triage.changing import rules
from app.triage.changing.model import QuestionFacts
from app.triage.model import Name, Option, Question, QuestionKind
from app.triage.pages.shared import language
from app.triage.words import question_kind_words

#: Lines for answers that stand empty below those that there are.
_EMPTY_LINES = 4
_CHOICES = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})


@dataclass(frozen=True, slots=True)
class PreviewField:
    """A question as the macro of the report form takes it, without an answer."""

    name: str
    kind: str
    text: str
    is_required: bool
    options: list[dict[str, str]]
    phone: str | None
    value: str = ""
    values: tuple[str, ...] = ()


def preview_of(questions: Sequence[Question]) -> list[PreviewField]:
    """Return questions as reporters see them, in the language of whoever looks."""
    return [
        PreviewField(
            name=f"preview-{one.code}",
            kind=one.kind.value,
            text=one.text.in_language(language()),
            is_required=one.is_required,
            options=[
                {"value": option.code, "label": option.name.in_language(language())}
                for option in one.offered
            ],
            phone=one.phone,
        )
        for one in questions
    ]


def kind_options() -> list[dict[str, str]]:
    """Return the sorts of questions, each with what it is for."""
    hints: dict[QuestionKind, str] = {
        QuestionKind.TEXT: gettext("Reporters write a few words."),
        QuestionKind.CHOICE: gettext("Reporters choose one of the answers below."),
        QuestionKind.CHOICES: gettext("Reporters tick one or more of the answers below."),
        QuestionKind.NUMBER: gettext("Such as: how many."),
        QuestionKind.DATE: gettext("Such as: since when."),
        QuestionKind.NOTICE: gettext("Nothing is asked; reporters read this."),
        QuestionKind.STOP: gettext("Reporters read that they should call, with the number."),
    }
    return [
        {"value": one.value, "label": question_kind_words(one), "hint": hints[one]}
        for one in QuestionKind
    ]


def new_values() -> dict[str, str]:
    """Return what the form of a new question holds before anything is typed."""
    return _lines_of_options(())


def values_of(one: Question) -> dict[str, str]:
    """Return a question as the fields of its form hold it."""
    return {
        "kind": one.kind.value,
        "text_nl": one.text.nl,
        "text_en": one.text.en,
        "phone": one.phone or "",
        "required": "yes" if one.is_required else "",
        "private": "yes" if one.is_private else "",
        **_lines_of_options(one.options),
    }


def _lines_of_options(options: Sequence[Option]) -> dict[str, str]:
    """Return options as fields, with empty lines below them, and how many that are."""
    values: dict[str, str] = {}
    shown = [*options, *[Option("", Name("", ""))] * _EMPTY_LINES]
    for number, option in enumerate(shown[: rules.MOST_OPTIONS], start=1):
        values |= {
            f"option_{number}_place": str(number) if option.name.nl else "",
            f"option_{number}_code": option.code,
            f"option_{number}_nl": option.name.nl,
            f"option_{number}_en": option.name.en,
            f"option_{number}_retired": "yes" if option.is_retired else "",
        }
    values["option_lines"] = str(min(len(shown), rules.MOST_OPTIONS))
    return values


def read_question(typed: Typed, kept: Question | None) -> QuestionFacts | None:
    """Return the question that was typed, or None with the reasons in `typed.errors`.

    A question that is there keeps its sort, and its options their codes.
    """
    if kept is None:
        kind_word = typed.choice("kind", [one.value for one in QuestionKind])
    else:
        kind_word = typed.values["kind"] = kept.kind.value
    text = Name(
        typed.text("text_nl", most=rules.LONGEST_QUESTION),
        typed.text("text_en", most=rules.LONGEST_QUESTION),
    )
    phone = typed.text("phone", most=30)
    is_required, is_private = typed.ticked("required"), typed.ticked("private")
    options = _options(typed, kept)
    if typed.errors:
        return None
    kind = QuestionKind(kind_word)
    return QuestionFacts(
        kind=kind,
        text=text,
        is_required=is_required,
        is_private=is_private,
        options=options if kind in _CHOICES else (),
        phone=phone or None if kind is QuestionKind.STOP else None,
    )


def _options(typed: Typed, kept: Question | None) -> tuple[Option, ...]:
    known = {one.code: one for one in kept.options} if kept else {}
    found: list[tuple[int, Option]] = []
    lines = request.form.get("option_lines", "")
    many = int(lines) if lines.isascii() and lines.isdigit() and len(lines) < 4 else 0
    problems: dict[str, tuple[int, str]] = {}
    for number in range(1, min(many, rules.MOST_OPTIONS) + 1):
        one, before = Typed(), f"option_{number}_"
        name = Name(
            one.text(f"{before}nl", most=rules.LONGEST_OPTION),
            one.text(f"{before}en", most=rules.LONGEST_OPTION),
        )
        code = one.text(f"{before}code", most=60)
        is_retired = one.ticked(f"{before}retired")
        place = one.amount(f"{before}place", least=0, most=999)
        if not (name.nl or name.en):
            # What was offered once is offered no more, and keeps its words for what was answered.
            if code in known:
                found.append((999, Option(code, known[code].name, is_retired=True)))
            continue
        option = Option(code if code in known else "", name, is_retired)
        found.append((place if place is not None else 500 + number, option))
        for field, sentence in one.errors.items():
            problems[field.removeprefix(before)] = (len(found) - 1, sentence)
    order = sorted(range(len(found)), key=lambda index: (found[index][0], index))
    options = [found[index][1] for index in order]
    typed.values |= _lines_of_options(options)
    for field, (index, sentence) in problems.items():
        typed.errors[f"option_{order.index(index) + 1}_{field}"] = sentence
    return tuple(options)


def say_errors(typed: Typed, errors: Sequence[FieldError]) -> None:
    """Put what an operation refused beside the fields, in the reader's language."""
    sentences: dict[str, str] = {
        "missing": gettext("Fill this in."),
        "too-long": gettext("Write fewer characters."),
        "no-phone": gettext("Write a phone number, such as 112 or 14 0167."),
        "only-read": gettext("What is only read cannot be answered. Take away the tick."),
        "none": gettext("Write the answers that reporters can choose from."),
        "together": gettext("Write it in both languages."),
        "no-line": gettext("Write one line of %(most)s characters at most.", most=200),
        "twice": gettext("This answer stands there twice."),
    }
    for one in errors:
        typed.errors.setdefault(one.field, sentences.get(one.code, one.detail))
