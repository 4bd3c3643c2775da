"""Step one of the form, its end: what the municipality asks about this kind, or has to say."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.reception.model import DraftContent
from app.reception.pages.question_fields import (
    fields_of,
    problems_in,
    said_at_stops,
    stops_without_word,
    typed_answers,
)
from app.reception.pages.steps import Page, filled_in, kept, kind_of, language, onward, shown
from app.triage.model import Category, Question

blueprint = Blueprint("questions", __name__)


@blueprint.get("/vragen")
@open_to(Permission.ANYONE)
def ask_questions() -> ResponseReturnValue:
    """Ask what belongs to the kind; without questions the form goes on."""
    content = filled_in()
    kind = kind_of(content) if content.has_kind else None
    if kind is None or not kind.questions:
        return onward(content)
    return _page(content, kind)


@blueprint.post("/vragen")
@open_to(Permission.ANYONE)
def take_answers() -> ResponseReturnValue:
    """Keep the answers, also those that are not right yet: what was typed is never lost."""
    before = filled_in()
    kind = kind_of(before) if before.has_kind else None
    if kind is None or not kind.questions:
        return onward(before)
    answers, said = typed_answers(kind.questions), said_at_stops(kind.questions)
    errors = stops_without_word(kind.questions, said) | problems_in(kind.questions, answers)
    is_stopped = "yes" in said.values()
    answered_for = None if errors or is_stopped else kind.code

    def change(content: DraftContent) -> DraftContent:
        return replace(content, answers=answers, answered_for=answered_for, stops=said)

    content = kept(change)
    if errors:
        return _page(content, kind, errors)
    return redirect(Page.STOP, code=303) if is_stopped else onward(content)


@blueprint.get("/vragen/bellen")
@open_to(Permission.ANYONE)
def ask_to_call_first() -> ResponseReturnValue:
    """Say whom to call now, and stop there; whoever says that it is not so goes on."""
    content = filled_in()
    kind = kind_of(content) if content.has_kind else None
    stop = _stopped_at(content, kind)
    if stop is None:
        return onward(content)
    return shown(
        Page.STOP,
        "stop",
        content,
        advice=stop.text.in_language(language()),
        phone=stop.phone,
        own_phone=provided().get(Settings).contact_phone,
    )


@blueprint.post("/vragen/bellen")
@open_to(Permission.ANYONE)
def go_on_after_stop() -> ResponseReturnValue:
    """Go on: it is not so after all, or somebody was called; then it is a danger."""
    before = filled_in()
    kind = kind_of(before) if before.has_kind else None
    says = request.form.get("stop", "")
    if kind is None or _stopped_at(before, kind) is None or says not in {"no", "called"}:
        return redirect(Page.QUESTIONS, code=303)

    def change(content: DraftContent) -> DraftContent:
        stops = {code: says if said == "yes" else said for code, said in content.stops.items()}
        return replace(
            content,
            stops=stops,
            answered_for=kind.code,
            is_danger=True if says == "called" else content.is_danger,
        )

    return onward(kept(change))


def _stopped_at(content: DraftContent, kind: Category | None) -> Question | None:
    """Return the stop of which somebody said that it is so, when nothing else is open."""
    if kind is None or problems_in(kind.questions, content.answers):
        return None
    stops = (one for one in kind.questions if content.stops.get(one.code) == "yes")
    return next(stops, None)


def _page(
    content: DraftContent, kind: Category, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    said = {code: "yes" if word == "called" else word for code, word in content.stops.items()}
    fields = fields_of(kind.questions, {**content.answers, **said}, language())
    return shown(
        Page.QUESTIONS,
        "questions",
        content,
        errors=errors,
        kind=kind.name.in_language(language()),
        fields=fields,
        labels={one.name: one.text for one in fields},
    )
