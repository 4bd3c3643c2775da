"""Signing in and out, and choosing a password with an invitation."""

from __future__ import annotations

from collections.abc import Mapping

from flask import (
    Blueprint,
    Flask,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity import (
    own_account_pages,
    passkey_pages,
    second_factor_pages,
    security,
)
from app.identity.access import (
    BEGIN_PATH,
    SIGN_IN_PATH,
    SIGN_OUT_PATH,
    Recognition,
    acting,
    open_to,
)
from app.identity.devices import hold_to_rates_of_signing_in, remember_device
from app.identity.half_way import went_half_way
from app.identity.held_forms import (
    held_token,
    instead_of_a_page,
)
from app.identity.invitations import INVITATION_PATH, choose_password, invited_account
from app.identity.model import (
    NOBODY,
    Actor,
    InvitationOver,
    PasswordTooWeak,
)
from app.identity.passkeys import site_of
from app.identity.password_words import why_too_weak
from app.identity.permissions import Permission
from app.identity.records import Account
from app.identity.rules import HOME_OF_ROLE, is_own_page
from app.identity.security import WebRecognition
from app.identity.sign_in_form import SignInForm
from app.identity.single_sign_on.pages import page_after_signing_out
from app.identity.start_pages import StartPages

blueprint = Blueprint("identity", __name__)


@blueprint.get(BEGIN_PATH)
@open_to(Permission.SIGNED_IN)
def begin() -> ResponseReturnValue:
    """Lead a person to where their work starts: where their role does, or where they chose."""
    role = acting().role
    services = provided()
    chosen, account_id = None, acting().id
    if account_id is not None and acting().may(Permission.SEE_CASES):
        with services.get(Database).transaction() as transaction:
            chosen = services.get(StartPages)(transaction, account_id)
    return redirect(chosen or (HOME_OF_ROLE[role] if role else "/"), code=303)


@blueprint.get(f"{INVITATION_PATH}/<token>")
@open_to(Permission.ANYONE)
def invited(token: str) -> ResponseReturnValue:
    """Ask the person who was invited to choose a password."""
    services = provided()
    try:
        with services.get(Database).transaction() as transaction:
            account = invited_account(
                transaction, token, settings=services.get(Settings), now=services.get(Clock).now()
            )
    except InvitationOver:
        return _choose_password_page(None, errors={}, status=410)
    return _choose_password_page(account, errors={})


@blueprint.post(f"{INVITATION_PATH}/<token>")
@open_to(Permission.ANYONE)
def accept_invitation(token: str) -> ResponseReturnValue:
    """Keep the password that was chosen, and lead to signing in with it."""
    services = provided()
    settings, now = services.get(Settings), services.get(Clock).now()
    password = request.form.get("password", "")
    try:
        with services.get(Database).transaction() as transaction:
            account = invited_account(transaction, token, settings=settings, now=now)
            if password != request.form.get("password_again", ""):
                wrong = {"password_again": gettext("The two passwords are not the same.")}
                return _choose_password_page(account, errors=wrong, status=400)
            try:
                choose_password(transaction, token, password, settings=settings, now=now)
            except PasswordTooWeak as refused:
                weak = {"password": why_too_weak(refused)}
                return _choose_password_page(account, errors=weak, status=400)
            known_as = account.fs_uniquifier
    except InvitationOver:
        return _choose_password_page(None, errors={}, status=410)
    answer = make_response(redirect(f"{SIGN_IN_PATH}?wachtwoord=gekozen", code=303))
    remember_device(answer, known_as=known_as)
    return answer


def _choose_password_page(
    account: Account | None, *, errors: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    page = render_template("identity/choose_password.html", account=account, errors=errors)
    # The address is a secret: no copy of its page stays behind, and no search engine keeps it.
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return page, status, headers


def register(app: Flask) -> None:
    """Put signing in and out into `app`.

    `web_security.secure` comes first: it brings the secret key and the forms' protection.
    """
    with app.app_context():
        provided().put(Recognition, WebRecognition())
    security.install(app, sign_in_form=SignInForm)
    app.register_blueprint(blueprint)
    app.register_blueprint(second_factor_pages.blueprint)
    app.register_blueprint(passkey_pages.blueprint)
    app.register_blueprint(own_account_pages.blueprint)
    app.context_processor(_for_every_page)
    sign_in = app.view_functions["security.login"]
    sign_out = app.view_functions["security.logout"]

    @open_to(Permission.ANYONE)
    def signing_in() -> ResponseReturnValue:
        attempt = None
        if request.method == "POST":
            email = request.form.get("email", "").strip().lower()[:254]
            person = security.find_person(email)
            attempt = hold_to_rates_of_signing_in(
                email, known_as=person.fs_uniquifier if person else None
            )
        answer = make_response(app.ensure_sync(sign_in)())
        if (path := went_half_way()) is not None:
            if held_token():
                # What travels along needs a page to travel in.
                return second_factor_pages.page_of(path)
            return redirect(path, code=303)
        if (somebody := security.signed_in_just_now()) is not None:
            remember_device(answer, known_as=somebody.fs_uniquifier)
            if attempt is not None:
                attempt.succeeded()
        asked = request.form.get("next") or request.args.get("next")
        if answer.location and asked and not is_own_page(asked):
            # Flask-Security makes a strange address harmless; ours is stricter: it is not followed.
            answer.location = BEGIN_PATH
        return answer if somebody is None else instead_of_a_page(answer)

    @open_to(Permission.ANYONE)
    def signing_out() -> ResponseReturnValue:
        page = page_after_signing_out()
        was_signed_in = acting().id is not None
        answer = app.ensure_sync(sign_out)()
        security.end_this_sign_in()
        session.clear()
        if page is None:
            page = f"{SIGN_IN_PATH}?afgemeld=ja" if was_signed_in else answer.location
        return redirect(page, code=303)

    app.view_functions["security.login"] = signing_in
    app.view_functions["security.logout"] = signing_out


def _for_every_page() -> dict[str, object]:
    return {
        "acting": LocalProxy(_shown_actor),
        "sign_in_url": SIGN_IN_PATH,
        "sign_out_url": SIGN_OUT_PATH,
        "held_token": held_token,
        "why_signed_out": security.why_signed_out,
        "passkey_site": lambda: site_of(provided().get(Settings)),
    }


def _shown_actor() -> Actor:
    try:
        return acting()
    except SQLAlchemyError:
        # The page that says the database is away must not need it.
        return NOBODY
