"""`/beheer/soorten`: kinds of reports by their heading; added, changed, moved, retired."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.texts import clean_text
from app.foundation.typed_forms import Typed
from app.identity.access import by_acting, open_to
from app.identity.permissions import Permission
from app.triage.changing.categories import (
    NEVER_RETIRED,
    add_category,
    bring_back_category,
    change_category,
    move_category,
    retire_category,
)
from app.triage.changing.in_use import AgreementsAboutKinds, OpenCases
from app.triage.changing.model import KeptCategory
from app.triage.changing.noting import CATEGORY
from app.triage.changing.reading import kept_categories
from app.triage.model import CategoryNotFound, CategoryRefused, ChangedMeanwhile
from app.triage.pages.category_form import (
    Choices,
    choices,
    new_values,
    questions_asked,
    read_category,
    read_name,
    say_errors,
    values_of,
)
from app.triage.pages.shared import MeanwhileShown, changed_meanwhile, language, now, seen_version
from app.triage.words import term_words, visibility_words

blueprint = Blueprint("kinds", __name__, url_prefix="/beheer/soorten")

_LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A kind as a row of the list."""

    code: str
    name: str
    norm: str
    visibility: str
    questions: int
    open_cases: int
    is_retired: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A main category with those below it that were looked for."""

    code: str
    name: str
    is_retired: bool
    lines: list[CategoryLine]


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def kinds() -> ResponseReturnValue:
    """Show the kinds by their heading; with words, those that they tell of."""
    words = clean_text(request.args.get("q", ""))[:_LONGEST_SEARCH]
    with provided().get(Database).transaction() as transaction:
        there = kept_categories(transaction)
        cases = provided().get(OpenCases)(transaction)
    headings = _headings(there, cases, words.casefold())
    return render_template(
        "triage/kinds.html",
        headings=headings,
        words=words,
        found=sum(len(one.lines) for one in headings),
    )


def _headings(
    there: Mapping[str, KeptCategory], cases: Mapping[str, int], words: str
) -> list[Heading]:
    below: dict[str, list[CategoryLine]] = {}
    for one in there.values():
        if one.parent_code is None or one.facts is None:
            continue
        lines = below.setdefault(one.parent_code, [])
        if words and not _tells(one, there[one.parent_code], words):
            continue
        lines.append(
            CategoryLine(
                code=one.code,
                name=one.name.in_language(language()),
                norm=term_words(one.facts.norm.term),
                visibility=visibility_words(one.facts.public_visibility),
                questions=len(questions_asked(one)),
                open_cases=cases.get(one.code, 0),
                is_retired=one.is_retired,
            )
        )
    return [
        Heading(one.code, one.name.in_language(language()), one.is_retired, below.get(one.code, []))
        for one in there.values()
        if one.parent_code is None and (below.get(one.code) or not words)
    ]


def _tells(one: KeptCategory, heading: KeptCategory, words: str) -> bool:
    said = [one.code, one.name.nl, one.name.en, heading.name.nl, heading.name.en]
    if one.facts:
        said += [keyword.words for keyword in one.facts.keywords]
    return any(words in each.casefold() for each in said)


@blueprint.route("/nieuw/hoofdsoort", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def new_heading() -> ResponseReturnValue:
    """Show the form of a new main category, or add it."""
    typed = Typed()
    if request.method == "POST":
        name = read_name(typed)
        if not typed.errors:
            added = _try(
                typed,
                lambda transaction: add_category(
                    transaction, name, parent_code=None, by=by_acting(), now=now()
                ),
            )
            if added is not None:
                flash(gettext("Added. Reporters see it as soon as there is a kind below it."), "ok")
                return redirect(f"/beheer/soorten/{added}", code=303)
    page = render_template("triage/heading_new.html", values=typed.values, errors=typed.errors)
    return page, _status(typed)


@blueprint.route("/nieuw/soort", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def new_kind() -> ResponseReturnValue:
    """Show the form of a new kind, or add it."""
    typed = Typed()
    with provided().get(Database).transaction() as transaction:
        there = kept_categories(transaction)
        offered = choices(transaction, there, None)
    headings = [
        {"value": one.code, "label": one.name.in_language(language())}
        for one in there.values()
        if one.parent_code is None
    ]
    if request.method == "POST":
        parent = typed.choice("heading", [str(one["value"]) for one in headings])
        facts = read_category(typed, offered, None)
        if facts is not None:
            added = _try(
                typed,
                lambda transaction: add_category(
                    transaction, facts, parent_code=parent, by=by_acting(), now=now()
                ),
            )
            if added is not None:
                flash(
                    gettext("Added as %(code)s. Reporters can choose it now.", code=added),
                    "ok",
                )
                return redirect(f"/beheer/soorten/{added}", code=303)
    else:
        typed.values = {**new_values(), "heading": request.args.get("onder", "")[:100]}
    page = render_template(
        "triage/kind_new.html",
        values=typed.values,
        errors=typed.errors,
        choices=offered,
        headings=headings,
    )
    return page, _status(typed)


@blueprint.route("/<code>", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def one_kind(code: str) -> ResponseReturnValue:
    """Show a kind with the form that changes it, or change it."""
    typed = Typed()
    with provided().get(Database).transaction() as transaction:
        there = kept_categories(transaction)
        one = _found(there, code)
        offered = choices(transaction, there, one)
        cases = provided().get(OpenCases)(transaction)
    if request.method == "GET":
        typed.values = values_of(one, {each["value"] for each in offered.groups})
        return _kind_page(one, there, offered, typed, cases)
    facts = read_name(typed) if one.facts is None else read_category(typed, offered, one)
    if facts is None or typed.errors:
        return _kind_page(one, there, offered, typed, cases, version=seen_version())
    seen = seen_version()

    def change(transaction: Transaction) -> str:
        change_category(transaction, code, facts, expected_version=seen, by=by_acting(), now=now())
        return code

    try:
        done = _try(typed, change)
    except ChangedMeanwhile:
        return _moved_on(code, typed, seen)
    if done is None:
        return _kind_page(one, there, offered, typed, cases, version=seen)
    flash(gettext("The change is saved, and holds for new reports from now on."), "ok")
    return redirect(f"/beheer/soorten/{code}", code=303)


@blueprint.post("/<code>/verplaatsen")
@open_to(Permission.ADMINISTER)
def move_kind(code: str) -> ResponseReturnValue:
    """Show a kind one place earlier or later."""
    with provided().get(Database).transaction() as transaction:
        move_category(
            transaction,
            code,
            earlier=request.form.get("way") == "up",
            by=by_acting(),
            now=now(),
        )
    flash(gettext("Moved."), "ok")
    return redirect(f"/beheer/soorten/{code}", code=303)


@blueprint.route("/<code>/uit-gebruik", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def retire_kind(code: str) -> ResponseReturnValue:
    """Say what still rests on a kind, or offer it no more."""
    if request.method == "POST":
        return _set(code, retire_category, gettext("No longer in use. Nobody can choose it now."))
    today = now().astimezone(LOCAL_ZONE).date()
    with provided().get(Database).transaction() as transaction:
        there = kept_categories(transaction)
        one = _found(there, code)
        cases = provided().get(OpenCases)(transaction)
        agreements = provided().get(AgreementsAboutKinds)(transaction, on=today)
    codes = [code, *(each.code for each in there.values() if each.parent_code == code)]
    return render_template(
        "triage/kind_retire.html",
        kind=one,
        name=one.name.in_language(language()),
        may_go=code not in NEVER_RETIRED,
        open_cases=sum(cases.get(each, 0) for each in codes),
        agreements=sum(agreements.get(each, 0) for each in codes),
        below=sum(not there[each].is_retired for each in codes[1:]),
    )


@blueprint.post("/<code>/terug")
@open_to(Permission.ADMINISTER)
def bring_back_kind(code: str) -> ResponseReturnValue:
    """Offer a kind again."""
    return _set(code, bring_back_category, gettext("In use again. Reporters can choose it now."))


def _set(code: str, change: Callable[..., None], sentence: str) -> ResponseReturnValue:
    try:
        with provided().get(Database).transaction() as transaction:
            change(transaction, code, expected_version=seen_version(), by=by_acting(), now=now())
    except ChangedMeanwhile:
        return _moved_on(code, None, seen_version())
    flash(sentence, "ok")
    return redirect(f"/beheer/soorten/{code}", code=303)


def _try(typed: Typed, change: Callable[[Transaction], str | None]) -> str | None:
    """Return what a change gives, or None with the reasons of its refusal beside the fields."""
    try:
        with provided().get(Database).transaction() as transaction:
            return change(transaction)
    except CategoryRefused as refused:
        if not refused.errors:
            raise
        say_errors(typed, refused.errors)
        return None


def _moved_on(code: str, typed: Typed | None, seen: int) -> ResponseReturnValue:
    """Show a kind as it is by now, what was changed meanwhile, and what was typed."""
    with provided().get(Database).transaction() as transaction:
        there = kept_categories(transaction)
        one = _found(there, code)
        offered = choices(transaction, there, one)
        cases = provided().get(OpenCases)(transaction)
        meanwhile = changed_meanwhile(
            transaction, what=CATEGORY, code=code, versions=one.version - seen if seen > 0 else 1
        )
    if typed is None:
        typed = Typed(values=values_of(one, {each["value"] for each in offered.groups}))
    page, _ = _kind_page(one, there, offered, typed, cases, meanwhile=meanwhile)
    return page, HTTPStatus.PRECONDITION_FAILED


def _kind_page(
    one: KeptCategory,
    there: Mapping[str, KeptCategory],
    offered: Choices,
    typed: Typed,
    cases: Mapping[str, int],
    *,
    version: int | None = None,
    meanwhile: list[MeanwhileShown] | None = None,
) -> tuple[str, HTTPStatus]:
    beside = [each.code for each in there.values() if each.parent_code == one.parent_code]
    heading = there.get(one.parent_code or "")
    page = render_template(
        "triage/kind.html" if one.facts else "triage/heading.html",
        kind=one,
        name=one.name.in_language(language()),
        heading=heading,
        heading_name=heading.name.in_language(language()) if heading else None,
        values=typed.values,
        errors=typed.errors,
        choices=offered,
        version=one.version if version is None else version,
        place=beside.index(one.code) + 1,
        places=len(beside),
        may_go=one.code not in NEVER_RETIRED,
        open_cases=cases.get(one.code, 0),
        questions=len(questions_asked(one)),
        below=_below(one, there),
        meanwhile=meanwhile,
    )
    return page, _status(typed)


def _below(one: KeptCategory, there: Mapping[str, KeptCategory]) -> Iterable[tuple[str, str]]:
    return [
        (each.code, each.name.in_language(language()))
        for each in there.values()
        if each.parent_code == one.code
    ]


def _found(there: Mapping[str, KeptCategory], code: str) -> KeptCategory:
    try:
        return there[code]
    except KeyError:
        raise CategoryNotFound from None


def _status(typed: Typed) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK
