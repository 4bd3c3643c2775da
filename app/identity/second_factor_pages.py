"""The second step of signing in, and a person's own second factor: app and recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import segno
from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity import second_factor, security
from app.identity.access import BEGIN_PATH, SIGN_IN_PATH, acting, open_to
from app.identity.app_keys import forget_key, key_that_was_shown, key_to_set_up
from app.identity.devices import hold_to_rates_of_second_step, remember_device
from app.identity.half_way import (
    SECOND_STEP_PATH,
    SET_UP_PATH,
    next_page,
    standing_of,
    who_is_half_way,
)
from app.identity.held_forms import held_form, instead_of_a_page, is_of_who_signed_in
from app.identity.invitations import locked_account
from app.identity.model import CodeNotRight, SecondFactorNeeded
from app.identity.one_time_codes import key_address
from app.identity.own_password import own_account
from app.identity.passkeys import has_passkey, site_of
from app.identity.permissions import Permission
from app.identity.records import Account
from app.identity.rules import is_own_page
from app.identity.second_factor import SecondStep, Taken, second_step

blueprint = Blueprint("second_factor", __name__)

#: What changes how somebody signs in is for who signed in just now, not for an open computer.
FRESH_FOR = timedelta(minutes=15)

OWN_ACCOUNT_PATH = "/mijn-account"
SIGN_IN_AGAIN_PATH = "/mijn-account/opnieuw"


@blueprint.get(SECOND_STEP_PATH)
@open_to(Permission.ANYONE)
def ask_code() -> ResponseReturnValue:
    """Ask for a code after the right password."""
    account = who_is_half_way()
    return _code_page(account, {}) if account is not None else from_the_start()


def page_of(path: str) -> ResponseReturnValue:
    """Return the page of the second step that comes next, without going there."""
    account = who_is_half_way()
    if account is None:
        return from_the_start()
    return _code_page(account, {}) if path == SECOND_STEP_PATH else _set_up_page(account, {})


@blueprint.post(SECOND_STEP_PATH)
@open_to(Permission.ANYONE)
def take_code() -> ResponseReturnValue:
    """Sign in with a code of the app, or with a recovery code."""
    account = who_is_half_way()
    if account is None:
        return from_the_start()
    typed = request.form.get("code", "").strip()
    if not typed:
        return _code_page(account, {"code": gettext("Fill in the code.")}, status=400)
    attempt = hold_to_rates_of_second_step(account.email, known_as=account.fs_uniquifier)
    services = provided()
    try:
        with services.get(Database).transaction() as transaction:
            by = second_factor.take_code(
                transaction,
                account.id,
                typed,
                settings=services.get(Settings),
                now=services.get(Clock).now(),
            )
            left = len(own_account(transaction, account.id).mf_recovery_codes or ())
    except CodeNotRight:
        return _code_page(account, _code_not_right(), status=400)
    attempt.succeeded()
    answer = signed_in_fully(account, by=by)
    if by is Taken.RECOVERY_CODE:
        sentence = gettext("You used a recovery code. %(count)s are left.", count=left)
        flash(sentence, "warning")
    return answer


@blueprint.route(SET_UP_PATH, methods=["GET", "POST"])
@open_to(Permission.ANYONE)
def set_up() -> ResponseReturnValue:
    """Set up the app that the role needs, before the first sign-in is whole."""
    account = who_is_half_way()
    if account is None:
        return from_the_start()
    with provided().get(Database).transaction() as transaction:
        present = own_account(transaction, account.id)
        if second_step(transaction, present) is not SecondStep.SET_UP:
            return redirect(SECOND_STEP_PATH, code=303)
        was_reset = present.tf_reset_at is not None
    if request.method == "GET":
        return _set_up_page(account, {}, was_reset=was_reset)
    attempt = hold_to_rates_of_second_step(account.email, known_as=account.fs_uniquifier)
    if (key := key_that_was_shown(account)) is None:
        return _set_up_page(account, _key_is_over(), was_reset=was_reset, status=400)
    try:
        with provided().get(Database).transaction() as transaction:
            present = locked_account(transaction, account.id)
            if standing_of(present) != standing_of(account) or (
                second_step(transaction, present) is not SecondStep.SET_UP
            ):
                # Somebody set one up since this was looked at.
                return from_the_start()
            codes = _confirm(transaction, account.id, key)
    except CodeNotRight:
        return _set_up_page(account, _code_not_right(), was_reset=was_reset, status=400)
    attempt.succeeded()
    page = next_page()
    whole = signed_in_fully(account, by=Taken.CODE)
    shown = recovery_codes_page(codes, lead_to=page or BEGIN_PATH)
    for cookie_set in whole.headers.getlist("Set-Cookie"):
        shown.headers.add("Set-Cookie", cookie_set)
    return shown


@blueprint.route("/mijn-account/app", methods=["GET", "POST"])
@open_to(Permission.SIGNED_IN)
def set_up_own_app() -> ResponseReturnValue:
    """Set up an app, or another one in the place of the present one."""
    if not is_fresh():
        return redirect(SIGN_IN_AGAIN_PATH, code=303)
    account = own()
    if request.method == "GET":
        return _set_up_page(account, {})
    attempt = hold_to_rates_of_second_step(account.email, known_as=account.fs_uniquifier)
    if (key := key_that_was_shown(account)) is None:
        return _set_up_page(account, _key_is_over(), status=400)
    try:
        with provided().get(Database).transaction() as transaction:
            codes = _confirm(transaction, account.id, key)
    except CodeNotRight:
        return _set_up_page(account, _code_not_right(), status=400)
    attempt.succeeded()
    forget_key()
    return recovery_codes_page(codes, lead_to=OWN_ACCOUNT_PATH)


@blueprint.post("/mijn-account/app/weg")
@open_to(Permission.SIGNED_IN)
def remove_own_app() -> ResponseReturnValue:
    """Let the app count no more."""
    if not is_fresh():
        return redirect(SIGN_IN_AGAIN_PATH, code=303)
    try:
        with provided().get(Database).transaction() as transaction:
            second_factor.remove_app(transaction, own().id)
    except SecondFactorNeeded:
        flash(gettext("Your work needs a second step. Set up another one first."), "error")
    else:
        flash(gettext("The app is not asked for any more."), "ok")
    return redirect(OWN_ACCOUNT_PATH, code=303)


@blueprint.post("/mijn-account/herstelcodes")
@open_to(Permission.SIGNED_IN)
def renew_own_recovery_codes() -> ResponseReturnValue:
    """Make a new set of recovery codes and show it once."""
    if not is_fresh():
        return redirect(SIGN_IN_AGAIN_PATH, code=303)
    services = provided()
    with services.get(Database).transaction() as transaction:
        codes = second_factor.renew_recovery_codes(
            transaction, own().id, settings=services.get(Settings)
        )
    return recovery_codes_page(codes, lead_to=OWN_ACCOUNT_PATH)


@blueprint.get(SIGN_IN_AGAIN_PATH)
@open_to(Permission.SIGNED_IN)
def ask_to_sign_in_again() -> ResponseReturnValue:
    """Say that this needs a fresh sign-in."""
    return render_template("identity/sign_in_again.html")


@blueprint.post(SIGN_IN_AGAIN_PATH)
@open_to(Permission.SIGNED_IN)
def sign_in_again() -> ResponseReturnValue:
    """End this sign-in and lead to the next, and back to the own account."""
    security.end_this_sign_in()
    cookie.clear()
    return redirect(f"{SIGN_IN_PATH}?next={OWN_ACCOUNT_PATH}", code=303)


def is_fresh() -> bool:
    """Whether who acts signed in just now."""
    acting()
    signed_in_at = g.get("signed_in_at")
    return signed_in_at is not None and provided().get(Clock).now() - signed_in_at < FRESH_FOR


def signed_in_fully(account: Account, *, by: str, page: str | None = None) -> Response:
    """Sign somebody in who showed all that is needed, and lead to the page they asked for."""
    page = next_page() if page is None else page
    person = security.sign_in_fully(account, by=by)
    answer = make_response(redirect(page if is_own_page(page) else BEGIN_PATH, code=303))
    remember_device(answer, known_as=person.fs_uniquifier)
    return instead_of_a_page(answer)


def own() -> Account:
    """Return the account that acts in this request."""
    account_id = acting().id
    assert account_id is not None  # open_to(SIGNED_IN) lets accounts in alone  # noqa: S101
    with provided().get(Database).transaction() as transaction:
        account = own_account(transaction, account_id)
        transaction.session.expunge(account)
    return account


def _confirm(transaction: Transaction, account_id: UUID, key: str) -> list[str]:
    services = provided()
    return second_factor.confirm_app(
        transaction,
        account_id,
        request.form.get("code", ""),
        key=key,
        settings=services.get(Settings),
        now=services.get(Clock).now(),
    )


def from_the_start() -> Response:
    """Lead to signing in: too much time went by since the password."""
    flash(gettext("That took too long. Sign in once more."), "info")
    return make_response(redirect(SIGN_IN_PATH, code=303))


def _code_not_right() -> dict[str, str]:
    return {
        "code": gettext(
            "This code is not right, or was used already. Wait for the next one and try that."
        )
    }


def _key_is_over() -> dict[str, str]:
    return {
        "code": gettext(
            "That took too long, so the key on this page is a new one. Take the old one out of"
            " your app and add this one."
        )
    }


def _code_page(
    account: Account, errors: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    services = provided()
    with services.get(Database).transaction() as transaction:
        by_passkey = has_passkey(transaction, account.id)
    page = render_template(
        "identity/second_step.html",
        errors=errors,
        has_app=account.tf_primary_method is not None,
        site=site_of(services.get(Settings)) if by_passkey else None,
    )
    return _for_one(page, status)


def _set_up_page(
    account: Account, errors: dict[str, str], *, was_reset: bool = False, status: int = 200
) -> ResponseReturnValue:
    settings = provided().get(Settings)
    key = key_to_set_up(account)
    issuer = f"Straatbeeld {settings.municipality_name}"
    is_first = acting().id is None
    address = key_address(key, email=account.email, issuer=issuer)
    square = segno.make(address, micro=False)
    page = render_template(
        "identity/set_up_app.html",
        errors=errors,
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        # Made here, of our own text: nothing of it comes from outside but the address, as squares.
        square=Markup(square.svg_inline(scale=5, border=4, light="#ffffff", dark="#000000")),  # noqa: S704  # drawn here
        address=address,
        is_first=is_first,
        site=site_of(settings) if is_first else None,
        was_reset=was_reset,
    )
    return _for_one(page, status)


def recovery_codes_page(codes: Sequence[str], *, lead_to: str) -> Response:
    """Show recovery codes, this once, with a link to what comes next."""
    lead_to = lead_to if is_own_page(lead_to) else BEGIN_PATH
    held = held_form()
    is_own = held is not None and is_of_who_signed_in(held)
    page = render_template(
        "identity/recovery_codes.html",
        codes=codes,
        lead_to=lead_to,
        held=held if is_own else None,
        was_anothers=held is not None and not is_own,
    )
    return _for_one(page, 200)


def _for_one(page: str, status: int) -> Response:
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
