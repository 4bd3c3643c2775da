"""Steps three and four of the form: contact, a last look at who gets it and when, and sending."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.model import NotAPlace, OutsideServiceArea, UnknownAsset
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.identity.rates import POSTING_REPORTS
from app.identity.throttle import hold
from app.intake.operations import report
from app.intake.rules import report_token
from app.photos.operations.reading import photos_of_report
from app.reception.authority import Authority, authority_of
from app.reception.drafts import open_draft, send_draft
from app.reception.model import DraftContent, SameAsUnknown
from app.reception.pages.authority_words import silence_words, whose_words
from app.reception.pages.known_step import asset_name, joins_at_its_asset
from app.reception.pages.own_draft import this_key
from app.reception.pages.question_fields import answers_shown
from app.reception.pages.steps import (
    Page,
    filled_in,
    kept,
    language,
    next_page,
    onward,
    own_sent_draft,
    previewed,
    show_what_was_sent,
    shown,
)
from app.reception.pages.words_step import photos_so_far
from app.reception.preview import Preview
from app.reception.rules import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_PHONE,
    is_email,
    is_phone,
    place_in_words,
    typed,
)
from app.triage.model import AnswersRefused, NormUnit, RetiredCategory, UnknownCategory
from app.triage.operations import category
from app.triage.words import term_words
from app.work.operations.cases import case as case_with_id
from app.work.refusals import CannotJoin

blueprint = Blueprint("send", __name__)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a report and by when it should be handled, in words of the page."""

    party: str | None
    by: str
    #: Another authority sets its own terms, so no day is named for it.
    authority: Authority | None = None

    @property
    def whose(self) -> str | None:
        """Whose the place is, where it is not ours."""
        return whose_words(self.authority) if self.authority else None

    @property
    def silence(self) -> str | None:
        """That they do not answer, where it is not ours."""
        return silence_words() if self.authority else None


@blueprint.get("/contact")
@open_to(Permission.ANYONE)
def ask_contact() -> ResponseReturnValue:
    """Ask how to reach the reporter; nothing of it has to be answered."""
    return _contact_page(filled_in())


@blueprint.post("/contact")
@open_to(Permission.ANYONE)
def take_contact() -> ResponseReturnValue:
    """Keep how to reach the reporter."""
    name = typed(request.form.get("name", ""), most=LONGEST_NAME)
    email = typed(request.form.get("email", ""), most=2 * LONGEST_EMAIL)
    phone = typed(request.form.get("phone", ""), most=2 * LONGEST_PHONE)
    errors: dict[str, str] = {}
    if email and not is_email(email):
        errors["email"] = gettext("Write the e-mail address like name@example.nl, or leave it out.")
    if phone and not is_phone(phone):
        errors["phone"] = gettext("Write the phone number in digits, or leave it out.")
    content = kept(
        lambda content: replace(
            content, name=name, email=email, phone=phone, has_answered_contact=not errors
        )
    )
    return _contact_page(content, errors) if errors else onward(content)


@blueprint.get("/controle")
@open_to(Permission.ANYONE)
def ask_to_check() -> ResponseReturnValue:
    """Show everything once more, with who will get it and by when."""
    content = filled_in()
    missing = next_page(content)
    found = previewed(content)
    if missing is not Page.CHECK or found is None:
        return redirect(missing, code=303)
    return shown(
        Page.CHECK,
        "check",
        content,
        kind=found.category.name.in_language(language()),
        photos=photos_so_far(),
        place=_place(content),
        place_in_words=place_in_words(content),
        questions=answers_shown(found.category.questions, content.answers, language()),
        object_name=_asset(content, found),
        joins=found.joins,
        recipient=_recipient(found.party_name, found.due_at, found.authority),
        norm=term_words(found.term),
        is_same_day=found.term.amount == 0 and found.term.unit is not NormUnit.HOURS,
        pages=Page,
    )


@blueprint.post("/controle")
@open_to(Permission.ANYONE)
def send() -> ResponseReturnValue:
    """Send it, once: whoever sends it again sees the same number."""
    hold(POSTING_REPORTS)
    services = provided()
    settings, now = services.get(Settings), services.get(Clock).now()
    missing = next_page(filled_in_or_sent())
    if missing is not Page.CHECK:
        return redirect(missing, code=303)
    try:
        with services.get(Database).transaction() as transaction:
            draft = open_draft(transaction, this_key(), now=now)
            send_draft(
                transaction,
                draft,
                language=language(),
                municipality_code=settings.municipality_code,
                now=now,
            )
    except (SameAsUnknown, CannotJoin):
        content = kept(lambda content: replace(content, same_as=None, has_answered_known=False))
        flash(gettext("The report you wanted to join is closed by now. Look once more."), "warning")
        return onward(content)
    except UnknownAsset:
        content = kept(lambda content: replace(content, asset_id=None, has_answered_asset=False))
        flash(gettext("The object you chose is gone by now. Look once more."), "warning")
        return onward(content)
    except AnswersRefused:
        # A question changed since it was answered.
        kept(lambda content: replace(content, answered_for=None))
        return redirect(Page.QUESTIONS, code=303)
    except (RetiredCategory, UnknownCategory):
        return redirect(Page.KIND, code=303)
    except (NotAPlace, OutsideServiceArea):
        return redirect(Page.PLACE, code=303)
    return redirect(f"{Page.SENT}/{draft.id}", code=303)


@blueprint.get("/verstuurd/<uuid:draft_id>")
@open_to(Permission.ANYONE)
def show_sent(draft_id: UUID) -> ResponseReturnValue:
    """Say the number, who has it, by when, and how to follow it."""
    services = provided()
    settings = services.get(Settings)
    with services.get(Database).transaction() as transaction:
        draft = own_sent_draft(transaction, draft_id)
        if draft is None or draft.report_id is None:
            abort(404)
        sent = report(transaction, draft.report_id)
        case = case_with_id(transaction, sent.case_id)
        photos = photos_of_report(transaction, sent.id)
        kind = _kind(transaction, sent.category_code)
        authority = authority_of(transaction, case)
    token = report_token(settings.secret_key.get_secret_value(), sent.id, sent.token_generation)
    return shown(
        Page.SENT,
        "sent",
        draft.content,
        reference=sent.reference,
        kind=kind,
        joined=case.reference if case.reference != sent.reference else None,
        recipient=_recipient(case.party_name, case.due_at, authority),
        follow_path=f"/volg/{token}",
        follow_url=f"{settings.base_url}/volg/{token}",
        how_many_photos=len(photos),
    )


def filled_in_or_sent() -> DraftContent:
    """Return what is to be sent; a form that was sent leads to what became of it."""
    services = provided()
    with services.get(Database).transaction() as transaction:
        draft = open_draft(transaction, this_key(), now=services.get(Clock).now())
        if draft.is_sent:
            show_what_was_sent(draft.id)
        return draft.content


def _contact_page(
    content: DraftContent, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    return shown(
        Page.CONTACT,
        "contact",
        content,
        errors=errors,
        days=provided().get(Settings).retention_days,
        most_name=LONGEST_NAME,
        most_email=LONGEST_EMAIL,
        most_phone=LONGEST_PHONE,
    )


def _recipient(party: str | None, due_at: datetime, authority: Authority | None) -> Recipient:
    return Recipient(party, day_words(due_at), authority)


def day_words(due_at: datetime) -> str:
    """Return the day of a moment as people say it, with the year."""
    return str(format_date(due_at.astimezone(LOCAL_ZONE).date(), "EEEE d MMMM y"))


def _kind(transaction: Transaction, code: str) -> str:
    try:
        return category(transaction, code).name.in_language(language())
    except RetiredCategory:
        return ""


def _place(content: DraftContent) -> str:
    if content.place_name:
        return (
            str(gettext("near %(address)s", address=content.place_name))
            if content.is_pointed_at
            else content.place_name
        )
    return str(gettext("The point you chose on the map"))


def _asset(content: DraftContent, found: Preview) -> str:
    asset = found.place.located.asset
    if asset is None or content.asset_id is None:
        return ""
    known = (
        str(gettext("This object is reported already: your report joins it."))
        if joins_at_its_asset(content, found)
        else ""
    )
    return " – ".join(filter(None, (asset_name(asset), known)))
