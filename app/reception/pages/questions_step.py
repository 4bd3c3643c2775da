"""Step one of the form, its end: what the municipality asks about this kind, or has to say."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.identity.access import open_to
from app.identity.permissions import Permission
from app.reception.model import DraftContent
from app.reception.pages.question_fields import fields_of, problems_in, typed_answers
from app.reception.pages.steps import Page, filled_in, kept, kind_of, language, onward, shown
from app.triage.model import Category

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
    answers = typed_answers(kind.questions)
    errors = problems_in(kind.questions, answers)
    answered_for = None if errors else kind.code
    content = kept(lambda content: replace(content, answers=answers, answered_for=answered_for))
    return _page(content, kind, errors) if errors else onward(content)


def _page(
    content: DraftContent, kind: Category, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    return shown(
        Page.QUESTIONS,
        "questions",
        content,
        errors=errors,
        kind=kind.name.in_language(language()),
        fields=fields_of(kind.questions, content.answers, language()),
    )
