"""The steps of the form: where each is found, what is kept at each, and which one comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import NoReturn
from uuid import UUID

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from app.foundation.clock import Clock
from app.foundation.database import Database, MapDatabase, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.model import NotAPlace, OutsideServiceArea, UnknownAsset
from app.identity.access import is_program
from app.reception.drafts import find_draft, keep_content, open_draft
from app.reception.model import Draft, DraftContent
from app.reception.pages.own_draft import key_of, read_current_draft, this_key
from app.reception.preview import Preview, preview
from app.reception.rules import draft_id_of, words_problem
from app.triage.model import Category, RetiredCategory, UnknownCategory
from app.triage.operations import choose_category

STEPS = 4


class Page(StrEnum):
    """A page of the form; the word is its address."""

    WORDS = "/melden"
    PHOTOS = "/melden/fotos"
    KIND = "/melden/soort"
    DANGER = "/melden/gevaar"
    CALL = "/melden/gevaar/bellen"
    QUESTIONS = "/melden/vragen"
    STOP = "/melden/vragen/bellen"
    PLACE = "/melden/plek"
    ADDRESS = "/melden/plek/adres"
    ASSET = "/melden/plek/object"
    KNOWN = "/melden/al-bekend"
    CONTACT = "/melden/contact"
    CHECK = "/melden/controle"
    SENT = "/melden/verstuurd"


#: The step that a page belongs to, counted from 1.
STEP_OF = {
    Page.WORDS: 1,
    Page.PHOTOS: 1,
    Page.KIND: 1,
    Page.DANGER: 1,
    Page.CALL: 1,
    Page.QUESTIONS: 1,
    Page.STOP: 1,
    Page.PLACE: 2,
    Page.ADDRESS: 2,
    Page.ASSET: 2,
    Page.KNOWN: 2,
    Page.CONTACT: 3,
    Page.CHECK: 4,
}

#: Where "back" leads.
BEFORE = {
    Page.PHOTOS: Page.WORDS,
    Page.KIND: Page.WORDS,
    Page.DANGER: Page.KIND,
    Page.CALL: Page.DANGER,
    Page.QUESTIONS: Page.KIND,
    Page.STOP: Page.QUESTIONS,
    Page.PLACE: Page.KIND,
    Page.ADDRESS: Page.PLACE,
    Page.ASSET: Page.PLACE,
    Page.KNOWN: Page.PLACE,
    Page.CONTACT: Page.PLACE,
    Page.CHECK: Page.CONTACT,
}


def language() -> str:
    """Return the language of this page: `nl` or `en`."""
    return str(get_locale() or "nl")


def shown(
    page: Page,
    template: str,
    content: DraftContent,
    *,
    errors: dict[str, str] | None = None,
    **more: object,
) -> ResponseReturnValue:
    """Return a page of the form; with errors as a bad request that keeps what was typed."""
    before = BEFORE.get(page)
    body = render_template(
        f"reception/form/{template}.html",
        draft_id=draft_id_of(this_key()),
        content=content,
        errors=errors or {},
        here=page.value,
        back=before.value if before else None,
        step=STEP_OF.get(page),
        steps=STEPS,
        **more,
    )
    return body, 400 if errors else 200


def kept(change: Callable[[DraftContent], DraftContent]) -> DraftContent:
    """Keep a change of this browser's form and return the content; one that was sent is shown."""
    services = provided()
    now = services.get(Clock).now()
    with services.get(Database).transaction() as transaction:
        draft = open_draft(transaction, this_key(), now=now)
        if draft.is_sent:
            show_what_was_sent(draft.id)
        content = change(draft.content)
        keep_content(transaction, draft, content, now=now)
    return content


def show_what_was_sent(draft_id: UUID) -> NoReturn:
    """Lead to the page that says what became of a form that was sent already."""
    if not is_program():
        flash(gettext("You sent this report already. It was not sent again."), "info")
    abort(redirect(f"{Page.SENT}/{draft_id}", code=303))


def filled_in() -> DraftContent:
    """Return what this browser's form holds; without one, or once sent, begin at the beginning."""
    draft = read_current_draft()
    if draft is None:
        abort(redirect(Page.WORDS, code=303))
    if draft.is_sent:
        abort(redirect(f"{Page.SENT}/{draft.id}", code=303))
    return draft.content


def own_sent_draft(transaction: Transaction, draft_id: UUID) -> Draft | None:
    """Return a draft of this browser that was sent."""
    key = key_of(draft_id)
    draft = find_draft(transaction, key) if key else None
    return draft if draft is not None and draft.is_sent else None


def kind_of(content: DraftContent) -> Category | None:
    """Return the kind the form has; None where it has none that can be used."""
    with provided().get(Database).transaction() as transaction:
        try:
            return choose_category(transaction, code=content.category, words=content.words).category
        except (RetiredCategory, UnknownCategory):
            return None


def previewed(content: DraftContent) -> Preview | None:
    """Return what would become of the form; None where its kind or its place will not do."""
    services = provided()
    if not content.has_kind or content.spot is None:
        return None
    for tried in (content, replace(content, asset_id=None)):
        try:
            return preview(
                services.get(Database),
                services.get(MapDatabase),
                tried,
                municipality_code=services.get(Settings).municipality_code,
                now=services.get(Clock).now(),
            )
        except UnknownAsset:
            continue
        except (NotAPlace, OutsideServiceArea, RetiredCategory, UnknownCategory):
            return None
    return None


def onward(content: DraftContent) -> Response:
    """Lead to the first page that was not answered yet."""
    return redirect(next_page(content), code=303)


def next_page(content: DraftContent) -> Page:
    """Return the first page that was not answered yet, in the order of the form."""
    if words_problem(content.words) is not None:
        return Page.WORDS
    kind = kind_of(content) if content.has_kind else None
    if kind is None:
        return Page.KIND
    if kind.danger_advice is not None and content.is_danger is None:
        return Page.DANGER
    if kind.questions and content.answered_for != kind.code:
        return Page.QUESTIONS
    if content.spot is None:
        return Page.ADDRESS if content.address else Page.PLACE
    found = previewed(content)
    if found is None:
        return Page.PLACE
    if found.assets and not content.has_answered_asset:
        return Page.ASSET
    if not content.has_answered_known and (found.joins or found.cases or found.works):
        return Page.KNOWN
    return Page.CHECK if content.has_answered_contact else Page.CONTACT
