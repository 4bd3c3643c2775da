"""`/beheer/soorten/…/vragen`: what is asked of a kind; added, changed, moved, retired, tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.typed_forms import Typed
from app.identity.access import by_acting, open_to
from app.identity.permissions import Permission
from app.triage.changing.model import KeptCategory, KeptQuestion
from app.triage.changing.noting import QUESTION, code_of_noted_question
from app.triage.changing.questions import (
    add_question,
    bring_back_question,
    change_question,
    move_question,
    question_with,
    retire_question,
)
from app.triage.changing.reading import kept_category, kept_question
from app.triage.changing.rules import problems_of_question
from app.triage.model import CategoryNotFound, ChangedMeanwhile, Question, QuestionRefused
from app.triage.pages.category_form import questions_asked
from app.triage.pages.question_form import (
    kind_options,
    new_values,
    preview_of,
    read_question,
    say_errors,
    values_of,
)
from app.triage.pages.shared import MeanwhileShown, changed_meanwhile, language, now, seen_version
from app.triage.words import question_kind_words

blueprint = Blueprint("kind_questions", __name__, url_prefix="/beheer/soorten/<code>")


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question as a row of the list."""

    code: str
    text: str
    kind: str
    is_required: bool
    is_private: bool


@blueprint.get("/vragen")
@open_to(Permission.ADMINISTER)
def questions(code: str) -> ResponseReturnValue:
    """Show what is asked of a kind in its order, and how reporters see it."""
    one = _kind(code)
    asked = questions_asked(one)
    return render_template(
        "triage/questions.html",
        kind=one,
        name=one.name.in_language(language()),
        lines=[_line(each) for each in asked],
        retired=[_line(each.question) for each in one.questions if each.question.is_retired],
        preview=preview_of(asked),
    )


@blueprint.route("/nieuwe-vraag", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def new_question(code: str) -> ResponseReturnValue:
    """Show the form of a new question, how it will look, or add it."""
    one, typed, tried = _kind(code), Typed(), None
    if request.method == "POST":
        facts = read_question(typed, None)
        if facts is not None and request.form.get("do") == "preview":
            say_errors(typed, tuple(problems_of_question(facts)))
            tried = _tried(typed, question_with("new", facts))
        elif facts is not None:
            try:
                with provided().get(Database).transaction() as transaction:
                    add_question(transaction, code, facts, by=by_acting(), now=now())
            except QuestionRefused as refused:
                say_errors(typed, refused.errors)
            else:
                flash(gettext("Added. Reporters are asked this from now on."), "ok")
                return redirect(f"/beheer/soorten/{code}/vragen", code=303)
    else:
        typed.values = new_values()
    page = render_template(
        "triage/question_new.html",
        kind=one,
        name=one.name.in_language(language()),
        values=typed.values,
        errors=typed.errors,
        kinds=kind_options(),
        preview=preview_of([tried]) if tried else [],
    )
    return page, _status(typed)


@blueprint.route("/vragen/<question>", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def one_question(code: str, question: str) -> ResponseReturnValue:
    """Show a question with the form that changes it, how it will look, or change it."""
    one = _kind(code)
    kept = kept_question(one, question)
    typed = Typed()
    if request.method == "GET":
        typed.values = values_of(kept.question)
        return _question_page(one, kept, typed, preview=kept.question)
    seen = seen_version()
    facts = read_question(typed, kept.question)
    if facts is None:
        return _question_page(one, kept, typed, version=seen)
    if request.form.get("do") == "preview":
        say_errors(typed, tuple(problems_of_question(facts)))
        tried = _tried(typed, question_with(question, facts))
        return _question_page(one, kept, typed, version=seen, preview=tried)
    try:
        with provided().get(Database).transaction() as transaction:
            change_question(
                transaction,
                code,
                question,
                facts,
                expected_version=seen,
                by=by_acting(),
                now=now(),
            )
    except QuestionRefused as refused:
        say_errors(typed, refused.errors)
        return _question_page(one, kept, typed, version=seen)
    except ChangedMeanwhile:
        return _moved_on(code, question, typed, seen)
    flash(gettext("The question is changed."), "ok")
    return redirect(f"/beheer/soorten/{code}/vragen", code=303)


@blueprint.post("/vragen/<question>/verplaatsen")
@open_to(Permission.ADMINISTER)
def move_one_question(code: str, question: str) -> ResponseReturnValue:
    """Ask a question one place earlier or later."""
    with provided().get(Database).transaction() as transaction:
        move_question(
            transaction,
            code,
            question,
            earlier=request.form.get("way") == "up",
            by=by_acting(),
            now=now(),
        )
    flash(gettext("Moved."), "ok")
    return redirect(f"/beheer/soorten/{code}/vragen", code=303)


@blueprint.post("/vragen/<question>/uit-gebruik")
@open_to(Permission.ADMINISTER)
def retire_one_question(code: str, question: str) -> ResponseReturnValue:
    """Ask a question no more."""
    return _set(
        code,
        question,
        retire_question,
        gettext("Reporters are not asked this any more. Answers that were given stay."),
    )


@blueprint.post("/vragen/<question>/terug")
@open_to(Permission.ADMINISTER)
def bring_back_one_question(code: str, question: str) -> ResponseReturnValue:
    """Ask a question again."""
    return _set(code, question, bring_back_question, gettext("Reporters are asked this again."))


def _set(
    code: str, question: str, change: Callable[..., None], sentence: str
) -> ResponseReturnValue:
    seen = seen_version()
    try:
        with provided().get(Database).transaction() as transaction:
            change(transaction, code, question, expected_version=seen, by=by_acting(), now=now())
    except ChangedMeanwhile:
        return _moved_on(code, question, None, seen)
    flash(sentence, "ok")
    return redirect(f"/beheer/soorten/{code}/vragen", code=303)


def _moved_on(code: str, question: str, typed: Typed | None, seen: int) -> ResponseReturnValue:
    """Show a question as it is by now, what was changed meanwhile, and what was typed."""
    with provided().get(Database).transaction() as transaction:
        one = kept_category(transaction, code)
        kept = kept_question(one, question)
        meanwhile = changed_meanwhile(
            transaction,
            what=QUESTION,
            code=code_of_noted_question(code, question),
            versions=kept.version - seen if seen > 0 else 1,
        )
    if typed is None:
        typed = Typed(values=values_of(kept.question))
    page, _ = _question_page(one, kept, typed, preview=kept.question, meanwhile=meanwhile)
    return page, HTTPStatus.PRECONDITION_FAILED


def _question_page(
    one: KeptCategory,
    kept: KeptQuestion,
    typed: Typed,
    *,
    version: int | None = None,
    preview: Question | None = None,
    meanwhile: list[MeanwhileShown] | None = None,
) -> tuple[str, HTTPStatus]:
    code = kept.question.code
    stricter = one.facts.norm.stricter if one.facts else ()
    page = render_template(
        "triage/question.html",
        kind=one,
        name=one.name.in_language(language()),
        question=kept.question,
        sort=question_kind_words(kept.question.kind),
        values=typed.values,
        errors=typed.errors,
        version=kept.version if version is None else version,
        preview=preview_of([preview]) if preview else [],
        stricter=sum(each.question == code for each in stricter),
        noted=code_of_noted_question(one.code, code),
        meanwhile=meanwhile,
    )
    return page, _status(typed)


def _kind(code: str) -> KeptCategory:
    with provided().get(Database).transaction() as transaction:
        one = kept_category(transaction, code)
    if one.facts is None:
        # Of a heading nothing is asked.
        raise CategoryNotFound
    return one


def _line(one: Question) -> QuestionLine:
    return QuestionLine(
        one.code,
        one.text.in_language(language()),
        question_kind_words(one.kind),
        one.is_required,
        one.is_private,
    )


def _tried(typed: Typed, one: Question) -> Question | None:
    return None if typed.errors else one


def _status(typed: Typed) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK
