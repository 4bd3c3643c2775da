"""Passkeys in pages: signing in with one, as second step, set up at the first sign-in, one's own.

A page asks the browser by a script for what the device answers, and sends that as a form.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity import passkeys, second_factor
from app.identity.access import SIGN_IN_PATH, acting, open_to
from app.identity.challenges import Purpose, new_challenge, taken_challenge
from app.identity.device_words import device_words
from app.identity.devices import hold_to_rates_of_second_step
from app.identity.half_way import SECOND_STEP_PATH, SET_UP_PATH, next_page, who_is_half_way
from app.identity.invitations import locked_account
from app.identity.model import (
    NoOtherWayIn,
    NotAPasskeyName,
    PasskeyNotRight,
    SecondFactorNeeded,
    TooManyPasskeys,
)
from app.identity.own_password import own_account
from app.identity.passkeys import LONGEST_NAME, Site, site_of
from app.identity.permissions import Permission
from app.identity.rates import SIGNING_IN, client_network
from app.identity.second_factor import SecondStep, Taken, second_step
from app.identity.second_factor_pages import (
    OWN_ACCOUNT_PATH,
    SIGN_IN_AGAIN_PATH,
    from_the_start,
    is_fresh,
    own,
    page_of,
    recovery_codes_page,
    signed_in_fully,
)
from app.identity.sign_in_form import sign_in_page_after
from app.identity.throttle import give_back, hold

blueprint = Blueprint("passkeys", __name__)

_ADD_PATH = f"{OWN_ACCOUNT_PATH}/passkeys"


@blueprint.get(f"{SIGN_IN_PATH}/passkey")
@open_to(Permission.ANYONE)
def what_to_sign_in_with() -> ResponseReturnValue:
    """Say to the browser what to ask for, before anybody said who they are."""
    challenge = new_challenge(Purpose.SIGN_IN)
    return _told(passkeys.what_to_show([], site=_site(), challenge=challenge))


@blueprint.post(f"{SIGN_IN_PATH}/passkey")
@open_to(Permission.ANYONE)
def sign_in() -> ResponseReturnValue:
    """Sign in with a passkey alone: the device asked for finger, face or PIN."""
    network = client_network(request.remote_addr)
    hold(SIGNING_IN, who=network)
    services = provided()
    next_one = request.form.get("next", "")
    try:
        with services.get(Database).transaction() as transaction:
            account = passkeys.use_passkey(
                transaction,
                request.form.get("answer", ""),
                account_id=None,
                site=_site(),
                challenge=taken_challenge(Purpose.SIGN_IN),
                now=services.get(Clock).now(),
            )
            transaction.session.expunge(account)
    except PasskeyNotRight:
        return sign_in_page_after(_not_right(), lead_to=next_one)
    give_back(SIGNING_IN, who=network)
    return signed_in_fully(account, by=Taken.PASSKEY, page=next_one)


@blueprint.get(f"{SECOND_STEP_PATH}/passkey")
@open_to(Permission.ANYONE)
def what_to_step_with() -> ResponseReturnValue:
    """Say to the browser which passkeys the account has whose password was shown."""
    account = who_is_half_way()
    if account is None:
        raise NotFound()
    challenge = new_challenge(Purpose.SECOND_STEP)
    with provided().get(Database).transaction() as transaction:
        known = passkeys.passkeys_of(transaction, account.id)
        if not known:
            raise NotFound()
        return _told(passkeys.what_to_show(known, site=_site(), challenge=challenge))


@blueprint.post(f"{SECOND_STEP_PATH}/passkey")
@open_to(Permission.ANYONE)
def take_second_step() -> ResponseReturnValue:
    """Sign in with a passkey after the password."""
    account = who_is_half_way()
    if account is None:
        return from_the_start()
    attempt = hold_to_rates_of_second_step(account.email, known_as=account.fs_uniquifier)
    services = provided()
    try:
        with services.get(Database).transaction() as transaction:
            passkeys.use_passkey(
                transaction,
                request.form.get("answer", ""),
                account_id=account.id,
                site=_site(),
                challenge=taken_challenge(Purpose.SECOND_STEP),
                now=services.get(Clock).now(),
            )
    except PasskeyNotRight:
        flash(_not_right(), "error")
        return page_of(SECOND_STEP_PATH)
    attempt.succeeded()
    return signed_in_fully(account, by=Taken.PASSKEY)


@blueprint.get(f"{SET_UP_PATH}/passkey")
@open_to(Permission.ANYONE)
def what_to_set_up() -> ResponseReturnValue:
    """Say to the browser for whom to make the passkey that the role needs."""
    account = who_is_half_way()
    if account is None or not _has_to_set_up(account.id):
        raise NotFound()
    return _what_to_make(account.id)


@blueprint.post(f"{SET_UP_PATH}/passkey")
@open_to(Permission.ANYONE)
def set_up() -> ResponseReturnValue:
    """Keep a passkey as the second step that the role needs, and sign in."""
    account = who_is_half_way()
    if account is None or not _has_to_set_up(account.id):
        return from_the_start()
    attempt = hold_to_rates_of_second_step(account.email, known_as=account.fs_uniquifier)
    try:
        with provided().get(Database).transaction() as transaction:
            present = locked_account(transaction, account.id)
            if second_step(transaction, present) is not SecondStep.SET_UP:
                # Somebody set one up since this was looked at.
                return from_the_start()
            codes = _add(transaction, account.id, _name_of_this_device())
    except PasskeyNotRight:
        flash(_not_right(), "error")
        return page_of(SET_UP_PATH)
    attempt.succeeded()
    page = next_page()
    whole = signed_in_fully(account, by=Taken.PASSKEY)
    shown = recovery_codes_page(codes, lead_to=page)
    for cookie in whole.headers.getlist("Set-Cookie"):
        shown.headers.add("Set-Cookie", cookie)
    return shown


@blueprint.get(f"{_ADD_PATH}/nieuw")
@open_to(Permission.SIGNED_IN)
def ask() -> ResponseReturnValue:
    """Ask how a new passkey is called, and let the browser make it."""
    if not is_fresh():
        return redirect(SIGN_IN_AGAIN_PATH, code=303)
    return _new_page({})


@blueprint.get(f"{_ADD_PATH}/vraag")
@open_to(Permission.SIGNED_IN)
def what_to_add() -> ResponseReturnValue:
    """Say to the browser for whom to make another passkey."""
    if not is_fresh():
        raise NotFound()
    return _what_to_make(own().id)


@blueprint.post(_ADD_PATH)
@open_to(Permission.SIGNED_IN)
def add() -> ResponseReturnValue:
    """Keep another passkey of one's own."""
    if not is_fresh():
        return redirect(SIGN_IN_AGAIN_PATH, code=303)
    name = request.form.get("name", "").strip() or _name_of_this_device()
    try:
        with provided().get(Database).transaction() as transaction:
            codes = _add(transaction, own().id, name)
    except NotAPasskeyName:
        wrong = gettext("A name is one line of at most %(count)s signs.", count=LONGEST_NAME)
        return _new_page({"name": wrong}, status=400)
    except TooManyPasskeys:
        flash(gettext("You have as many passkeys as you can. Remove one first."), "warning")
        return redirect(OWN_ACCOUNT_PATH, code=303)
    except PasskeyNotRight:
        flash(_not_right(), "error")
        return _new_page({}, status=400)
    if codes:
        return recovery_codes_page(codes, lead_to=OWN_ACCOUNT_PATH)
    flash(gettext("From now on you sign in with this passkey too."), "ok")
    return redirect(OWN_ACCOUNT_PATH, code=303)


@blueprint.post(f"{_ADD_PATH}/<uuid:passkey_id>/weg")
@open_to(Permission.SIGNED_IN)
def remove(passkey_id: UUID) -> ResponseReturnValue:
    """Let a passkey of one's own count no more."""
    if not is_fresh():
        return redirect(SIGN_IN_AGAIN_PATH, code=303)
    try:
        with provided().get(Database).transaction() as transaction:
            name = second_factor.remove_passkey(transaction, own().id, passkey_id)
    except SecondFactorNeeded:
        flash(gettext("Set up another second step before you take this one away."), "warning")
    except NoOtherWayIn:
        flash(
            gettext(
                "This passkey is the only way you sign in. Ask an administrator for a link to"
                " choose a password first."
            ),
            "warning",
        )
    else:
        flash(gettext("Nobody signs in with “%(name)s” any more.", name=name), "ok")
    return redirect(OWN_ACCOUNT_PATH, code=303)


def _what_to_make(account_id: UUID) -> Response:
    challenge = new_challenge(Purpose.ADD)
    with provided().get(Database).transaction() as transaction:
        return _told(
            passkeys.what_to_make(transaction, account_id, site=_site(), challenge=challenge)
        )


def _add(transaction: Transaction, account_id: UUID, name: str) -> list[str]:
    services = provided()
    passkeys.add_passkey(
        transaction,
        account_id,
        request.form.get("answer", ""),
        name=name,
        site=_site(),
        challenge=taken_challenge(Purpose.ADD),
        now=services.get(Clock).now(),
    )
    return second_factor.recovery_codes_for_the_first(
        transaction, account_id, settings=services.get(Settings)
    )


def _has_to_set_up(account_id: UUID) -> bool:
    with provided().get(Database).transaction() as transaction:
        return second_step(transaction, own_account(transaction, account_id)) is SecondStep.SET_UP


def _site() -> Site:
    site = site_of(provided().get(Settings))
    if site is None:
        raise NotFound()
    return site


def _name_of_this_device() -> str:
    words = device_words(request.user_agent.string)
    return words.system or words.browser or "Passkey"


def _not_right() -> str:
    told: str = gettext("That did not work with this passkey. Try again, or sign in another way.")
    return told


def _new_page(errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "identity/new_passkey.html",
        errors=errors,
        site=_site(),
        name=request.form.get("name") or _name_of_this_device(),
        acting=acting(),
    )
    return page, status


def _told(options: str) -> Response:
    answer = make_response(options)
    answer.mimetype = "application/json"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
