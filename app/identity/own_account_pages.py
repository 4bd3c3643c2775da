"""A person's own account: where they are signed in, the end of that, and another password."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity import own_password, own_sign_ins, security
from app.identity.access import acting, open_to
from app.identity.devices import hold_to_rates_of_signing_in, remember_device
from app.identity.model import NotThePresentPassword, PasswordTooWeak
from app.identity.passkeys import passkeys_of
from app.identity.password_strength import LONGEST_PASSWORD
from app.identity.password_words import why_too_weak
from app.identity.permissions import ROLES_WITH_SECOND_FACTOR, Permission

blueprint = Blueprint("own_account", __name__, url_prefix="/mijn-account")

_HERE = "/mijn-account"


@blueprint.get("")
@open_to(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show a person where they are signed in, and with what they sign in."""
    services = provided()
    with services.get(Database).transaction() as transaction:
        account = own_password.own_account(transaction, _own_id())
        return render_template(
            "identity/own_account.html",
            own_sign_ins=own_sign_ins.sign_ins(
                transaction, account.id, now=services.get(Clock).now()
            ),
            this_one=g.get("sign_in_id"),
            account=account,
            passkeys=passkeys_of(transaction, account.id),
            recovery_codes_left=len(account.mf_recovery_codes or ()),
            needs_second_factor=acting().role in ROLES_WITH_SECOND_FACTOR,
        )


@blueprint.post("/aanmeldingen/<uuid:sign_in_id>/beeindigen")
@open_to(Permission.SIGNED_IN)
def end_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    """End one of a person's own sign-ins, such as the one on a lost phone."""
    services = provided()
    with services.get(Database).transaction() as transaction:
        ended = own_sign_ins.end_own_sign_in(
            transaction,
            sign_in_id,
            account_id=_own_id(),
            now=services.get(Clock).now(),
        )
    if ended is None:
        flash(gettext("That sign-in was over already."), "info")
    else:
        flash(gettext("That device is signed out."), "ok")
    return redirect(_HERE, code=303)


@blueprint.post("/aanmeldingen/andere/beeindigen")
@open_to(Permission.SIGNED_IN)
def end_other_sign_ins() -> ResponseReturnValue:
    """End every sign-in but the one that asks for it."""
    services = provided()
    with services.get(Database).transaction() as transaction:
        ended = own_sign_ins.end_other_sign_ins(
            transaction, _own_id(), but=g.sign_in_id, now=services.get(Clock).now()
        )
    if ended:
        told = ngettext(
            "%(num)s other device is signed out.", "%(num)s other devices are signed out.", ended
        )
        flash(told, "ok")
    else:
        flash(gettext("You were signed in here alone already."), "info")
    return redirect(_HERE, code=303)


@blueprint.get("/wachtwoord")
@open_to(Permission.SIGNED_IN)
def ask_password() -> ResponseReturnValue:
    """Ask for the present password, and for another one."""
    return _change_password_page({})


@blueprint.post("/wachtwoord")
@open_to(Permission.SIGNED_IN)
def take_password() -> ResponseReturnValue:
    """Keep another password; who is signed in elsewhere as this person is so no more."""
    services = provided()
    chosen = request.form.get("password", "")
    if chosen != request.form.get("password_again", ""):
        wrong = {"password_again": gettext("The two passwords are not the same.")}
        return _change_password_page(wrong, status=400)
    with services.get(Database).transaction() as transaction:
        before = own_password.own_account(transaction, _own_id())
        email, known_as = before.email, before.fs_uniquifier
    # Otherwise whoever finds a computer open could try passwords here without end.
    attempt = hold_to_rates_of_signing_in(email, known_as=known_as)
    try:
        with services.get(Database).transaction() as transaction:
            account = own_password.change_password(
                transaction,
                _own_id(),
                present=request.form.get("present_password", "")[: LONGEST_PASSWORD + 1],
                chosen=chosen,
                municipality=services.get(Settings).municipality_name,
                now=services.get(Clock).now(),
            )
    except PasswordTooWeak as refused:
        weak = {"password": why_too_weak(refused)}
        return _change_password_page(weak, status=400)
    except NotThePresentPassword:
        other = {"present_password": gettext("This is not your present password.")}
        return _change_password_page(other, status=400)
    attempt.succeeded()
    person = security.sign_in_again(account)
    flash(gettext("Your password was changed. You are signed in on this device alone."), "ok")
    answer = make_response(redirect(_HERE, code=303))
    remember_device(answer, known_as=person.fs_uniquifier)
    return answer


def _change_password_page(errors: Mapping[str, str], *, status: int = 200) -> ResponseReturnValue:
    return render_template("identity/change_password.html", errors=errors), status


def _own_id() -> UUID:
    account_id = acting().id
    assert account_id is not None  # open_to(SIGNED_IN) lets accounts in alone  # noqa: S101
    return account_id
