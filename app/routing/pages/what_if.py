"""`/beheer/wat-als`: changed agreements and areas, tried over past reports before they hold."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.geography.changing import area_kinds
from app.geography.model import AREA_KINDS, MUNICIPALITY
from app.geography.words import area_kind_words
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.routing.drafted import Draft
from app.routing.operations.drafts import draft, drafts, make_draft
from app.routing.operations.listing import Filter, When, agreement_named, agreements_listed
from app.routing.pages.agreement_form import choices, values_of
from app.routing.pages.typed import Typed, day_words
from app.routing.pages.what_if_shown import changes_shown

blueprint = Blueprint("what_if", __name__, url_prefix="/beheer/wat-als")

DAYS_COMPARED = 90
_MOST_AGREEMENTS_OFFERED = 1_000


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def draft_list() -> ResponseReturnValue:
    """Show all drafts, and the form that begins one."""
    return list_page(Typed())


@blueprint.post("")
@open_to(Permission.ADMINISTER)
def begin() -> ResponseReturnValue:
    """Begin a draft."""
    typed = Typed()
    name = typed.text("name", most=120)
    if not name:
        typed.errors.setdefault("name", gettext("Give the draft a name."))
    if typed.errors:
        return list_page(typed)
    with provided().get(Database).transaction() as transaction:
        made = make_draft(transaction, name, by=acting().id, now=provided().get(Clock).now())
    return redirect(f"/beheer/wat-als/{made}", HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:draft_id>")
@open_to(Permission.ADMINISTER)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show what a draft changes, and what can be done with it."""
    return draft_page(draft_id, {})


@blueprint.get("/<uuid:draft_id>/werkafspraak")
@open_to(Permission.ADMINISTER)
def agreement(draft_id: UUID) -> ResponseReturnValue:
    """Show the form of an agreement in a draft, filled in with the one that is named."""
    return agreement_page(draft_id, request.args.get("code", "")[:100], Typed())


def list_page(typed: Typed) -> ResponseReturnValue:
    """Return the list of drafts, with the form that begins one."""
    with provided().get(Database).transaction() as transaction:
        found = drafts(transaction)
    page = render_template(
        "routing/what_if.html",
        drafts=[(one, _state(one)) for one in found],
        typed=typed.values,
        errors=typed.errors,
    )
    return page, HTTPStatus.BAD_REQUEST if typed.errors else HTTPStatus.OK


def draft_page(
    draft_id: UUID, errors: dict[str, str], status: HTTPStatus | None = None
) -> ResponseReturnValue:
    """Return the page of a draft, with what is not right about what was sent."""
    today = today_here()
    with provided().get(Database).transaction() as transaction:
        found = draft(transaction, draft_id)
        listed, _ = agreements_listed(
            transaction, Filter(when=When.NOW), today=today, at_most=_MOST_AGREEMENTS_OFFERED
        )
        page = render_template(
            "routing/what_if_draft.html",
            draft=found,
            state=_state(found),
            changes=changes_shown(transaction, found, today=today),
            areas=[(area_kind_words(one.kind), one) for one in found.areas],
            agreements=[
                {
                    "value": one.agreement.code,
                    "label": f"{one.agreement.code} ({one.agreement.party.name})",
                }
                for one in listed
            ],
            kinds=[
                {"value": kind, "label": area_kind_words(kind)}
                for kind in _kinds(transaction, today)
            ],
            typed=request.form,
            since=request.args.get("van") or (today - timedelta(days=DAYS_COMPARED)).isoformat(),
            until=request.args.get("tot") or today.isoformat(),
            today=today.isoformat(),
            errors=errors,
        )
    return page, status or (HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK)


def _kinds(transaction: Transaction, today: date) -> list[str]:
    """Return the kinds whose areas a draft can replace, those that only this municipality has too.

    Not its own outline: that says where reports are taken, not who gets them.
    """
    known = dict.fromkeys([*AREA_KINDS, *area_kinds(transaction, on=today)])
    return [kind for kind in known if kind != MUNICIPALITY]


def agreement_page(draft_id: UUID, code: str, typed: Typed) -> ResponseReturnValue:
    """Return the form of an agreement in a draft, as it was typed."""
    today = today_here()
    with provided().get(Database).transaction() as transaction:
        found = draft(transaction, draft_id)
        values = {"priority": "0", "validFrom": today.isoformat()}
        if code:
            values = values_of(agreement_named(transaction, code, today=today))
        offered = choices(transaction, today=today)
        for one in found.areas:
            options = [
                {"value": f"{one.kind}/{area}", "label": name} for area, name in one.areas.items()
            ]
            label = gettext("%(kind)s, in this draft", kind=area_kind_words(one.kind))
            offered.areas.append({"label": label, "options": options})
        page = render_template(
            "routing/what_if_agreement.html",
            draft=found,
            code=code,
            values={**values, **typed.values},
            errors=typed.errors,
            choices=offered,
        )
    return page, HTTPStatus.BAD_REQUEST if typed.errors else HTTPStatus.OK


def _state(one: Draft) -> str:
    if one.is_put_in_force and one.in_force_from is not None:
        return str(gettext("Holds from %(day)s on", day=day_words(one.in_force_from)))
    if one.undone_at is not None:
        return str(gettext("Taken back"))
    return str(gettext("Draft"))


def today_here() -> date:
    """Return the calendar day in the municipality."""
    return provided().get(Clock).now().astimezone(LOCAL_ZONE).date()
