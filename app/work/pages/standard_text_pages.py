"""`/beheer/standaardteksten`: what reporters read more often, and the short lists of the desk."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity.access import by_acting, open_to
from app.identity.permissions import Permission
from app.triage.model import CategoryTree, Name
from app.triage.operations import category_tree
from app.work.operations.choices import ChoiceList, add_choice, all_choices, retire_choice
from app.work.operations.standard_texts import (
    StandardText,
    UsedFor,
    add_standard_text,
    change_standard_text,
    has_broken_gap,
    standard_text,
    standard_texts,
)
from app.work.pages.shown import reader_language
from app.work.pages.typed import Typed
from app.work.refusals import StandardTextMovedOn

blueprint = Blueprint("standard_texts", __name__, url_prefix="/beheer/standaardteksten")

_LONGEST_TITLE = 100
#: As long as the field it is put into.
_LONGEST_WORDS = 500
_LONGEST_CHOICE = 80


def used_for_words(used_for: UsedFor) -> str:
    """Return at which step of the desk a standard text is offered."""
    named: dict[UsedFor, str] = {
        UsedFor.WAITING: gettext("When a report has to wait"),
        UsedFor.CLOSING: gettext("When a report is closed without work"),
    }
    return named[used_for]


def _list_words(on: ChoiceList) -> str:
    named: dict[ChoiceList, str] = {
        ChoiceList.CAUSE: gettext("Causes"),
        ChoiceList.THIRD_PARTY: gettext("Third parties to wait for"),
    }
    return named[on]


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def show() -> ResponseReturnValue:
    """Show all standard texts and lists, to add to them."""
    return _list_page(Typed())


@blueprint.post("")
@open_to(Permission.ADMINISTER)
def add() -> ResponseReturnValue:
    """Add a standard text."""
    typed = Typed()
    read = _read(typed)
    if read is None:
        return _list_page(typed, status=HTTPStatus.BAD_REQUEST)
    with provided().get(Database).transaction() as transaction:
        if not _is_known(category_tree(transaction), read.category_code):
            typed.errors["category"] = gettext("Choose a kind from the list.")
        else:
            add_standard_text(
                transaction,
                used_for=read.used_for,
                category_code=read.category_code,
                title=read.title,
                words=read.words,
                by=by_acting(),
                now=provided().get(Clock).now(),
            )
    if typed.errors:
        return _list_page(typed, status=HTTPStatus.BAD_REQUEST)
    flash(gettext("Saved."), "ok")
    return redirect("/beheer/standaardteksten", code=303)


@blueprint.get("/<uuid:text_id>")
@open_to(Permission.ADMINISTER)
def show_one(text_id: UUID) -> ResponseReturnValue:
    """Show one standard text, to change it."""
    return _one_page(text_id, Typed())


@blueprint.post("/<uuid:text_id>")
@open_to(Permission.ADMINISTER)
def change(text_id: UUID) -> ResponseReturnValue:
    """Change a standard text, or offer it no more."""
    typed = Typed()
    read, version = _read(typed), typed.version()
    is_retired = request.form.get("retired") == "yes"
    typed.values["retired"] = "yes" if is_retired else "no"
    if read is None or version is None:
        return _one_page(text_id, typed, status=HTTPStatus.BAD_REQUEST)
    try:
        with provided().get(Database).transaction() as transaction:
            if not _is_known(category_tree(transaction), read.category_code):
                typed.errors["category"] = gettext("Choose a kind from the list.")
            else:
                change_standard_text(
                    transaction,
                    replace(read, id=text_id, is_retired=is_retired, version=version),
                    by=by_acting(),
                    now=provided().get(Clock).now(),
                )
    except StandardTextMovedOn:
        typed.errors["page"] = gettext(
            "Somebody changed this text meanwhile. What you typed still stands below: look at it"
            " again, and save again if yours should hold."
        )
        return _one_page(text_id, typed, status=HTTPStatus.PRECONDITION_FAILED)
    if typed.errors:
        return _one_page(text_id, typed, status=HTTPStatus.BAD_REQUEST)
    flash(gettext("Saved."), "ok")
    return redirect("/beheer/standaardteksten", code=303)


@blueprint.post("/lijsten")
@open_to(Permission.ADMINISTER)
def add_to_list() -> ResponseReturnValue:
    """Add a cause, or a third party to wait for."""
    typed = Typed()
    on = typed.word("list", ChoiceList, missing=gettext("Choose one from the list."))
    dutch = typed.text("name_nl", most=_LONGEST_CHOICE)
    english = typed.text("name_en", most=_LONGEST_CHOICE)
    if not dutch:
        typed.errors["name_nl"] = gettext("Fill this in.")
    if on is None or typed.errors:
        return _list_page(typed, status=HTTPStatus.BAD_REQUEST)
    with provided().get(Database).transaction() as transaction:
        is_new = add_choice(
            transaction,
            on,
            Name(dutch, english or dutch),
            by=by_acting(),
            now=provided().get(Clock).now(),
        )
    if is_new:
        flash(gettext("Saved."), "ok")
    else:
        flash(gettext("“%(name)s” stands on the list already.", name=dutch), "info")
    return redirect("/beheer/standaardteksten", code=303)


@blueprint.post("/lijsten/weg")
@open_to(Permission.ADMINISTER)
def take_from_list() -> ResponseReturnValue:
    """Offer a cause or a third party no more; where it was chosen it stays."""
    code = Typed().text("code", most=200)
    with provided().get(Database).transaction() as transaction:
        retire_choice(transaction, code, by=by_acting(), now=provided().get(Clock).now())
    flash(gettext("Taken off the list."), "ok")
    return redirect("/beheer/standaardteksten", code=303)


def _read(typed: Typed) -> StandardText | None:
    used_for = typed.word("used_for", UsedFor, missing=gettext("Choose when it is used."))
    category = typed.text("category", most=100)
    title = typed.text("title", most=_LONGEST_TITLE)
    words = typed.text("words", most=_LONGEST_WORDS)
    for name, value in (("title", title), ("words", words)):
        if not value:
            typed.errors[name] = gettext("Fill this in.")
    if has_broken_gap(words):
        typed.errors.setdefault(
            "words", gettext("A gap stands between [ and ], such as [day]. One of them is missing.")
        )
    if used_for is None or typed.errors:
        return None
    return StandardText(UUID(int=0), used_for, category or None, title, words)


def _is_known(tree: CategoryTree, code: str | None) -> bool:
    mains = tree.main_categories
    return code is None or code in {
        *(main.code for main in mains),
        *(one.code for main in mains for one in main.categories),
    }


def _kinds(tree: CategoryTree) -> list[dict[str, str]]:
    language = reader_language()
    kinds: list[dict[str, str]] = []
    for main in tree.main_categories:
        heading = main.name.in_language(language)
        kinds.append({"value": main.code, "label": heading})
        kinds += [
            {"value": one.code, "label": f"{heading}: {one.name.in_language(language)}"}
            for one in main.categories
        ]
    return kinds


def _uses() -> list[dict[str, str]]:
    return [{"value": one.value, "label": used_for_words(one)} for one in UsedFor]


def _list_page(typed: Typed, *, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    with provided().get(Database).transaction() as transaction:
        kinds = _kinds(category_tree(transaction))
        texts = standard_texts(transaction)
        choices = all_choices(transaction)
    names = {one["value"]: one["label"] for one in kinds}
    page = render_template(
        "work/standard_texts.html",
        texts=[
            {
                "id": one.id,
                "title": one.title,
                "used_for": used_for_words(one.used_for),
                "kind": names.get(one.category_code or "", one.category_code),
                "is_retired": one.is_retired,
            }
            for one in texts
        ],
        lists=[
            {
                "value": on.value,
                "label": _list_words(on),
                "choices": [one for one in choices if one.list is on and not one.is_retired],
            }
            for on in ChoiceList
        ],
        kinds=kinds,
        uses=_uses(),
        language=reader_language(),
        typed=typed.values,
        errors=typed.errors,
    )
    return page, status


def _one_page(text_id: UUID, typed: Typed, *, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    with provided().get(Database).transaction() as transaction:
        found = standard_text(transaction, text_id)
        kinds = _kinds(category_tree(transaction))
    kept = {
        "used_for": found.used_for.value,
        "category": found.category_code or "",
        "title": found.title,
        "words": found.words,
        "retired": "yes" if found.is_retired else "no",
    }
    page = render_template(
        "work/standard_text.html",
        found=found,
        kinds=kinds,
        uses=_uses(),
        typed={**kept, **typed.values},
        errors=typed.errors,
    )
    return page, status
