"""Signing in and out, choosing a password, and a person's own sign-ins."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import (
    Blueprint,
    Flask,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_security import LoginForm
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy
from wtforms import EmailField, Field, HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity import operations, own_password, passwords, second_factor_pages, security
from app.identity.access import (
    BEGIN_PATH,
    SIGN_IN_PATH,
    SIGN_OUT_PATH,
    Recognition,
    acting,
    open_to,
)
from app.identity.devices import hold_to_rates_of_signing_in, remember_device
from app.identity.half_way import SECOND_STEP_PATH, SET_UP_PATH, go_half_way, went_half_way
from app.identity.invitations import INVITATION_PATH, choose_password, invited_account
from app.identity.model import (
    NOBODY,
    Actor,
    InvitationOver,
    NotThePresentPassword,
    PasswordTooWeak,
)
from app.identity.permissions import ROLES_WITH_SECOND_FACTOR, Permission
from app.identity.records import Account
from app.identity.rules import HOME_OF_ROLE, LONGEST_PASSWORD, is_own_page
from app.identity.second_factor import SecondStep, second_step
from app.identity.security import Person, WebRecognition
from app.identity.single_sign_on.pages import page_after_signing_out

blueprint = Blueprint("identity", __name__)


class SignInForm(LoginForm):
    """E-mail address and password; one answer for whatever is not right about them."""

    email = EmailField(_("E-mail address"), validators=[DataRequired(), Length(max=254)])
    password = PasswordField(_("Password"), validators=[DataRequired(), Length(max=1024)])
    next = HiddenField()
    remember = None
    submit = None

    user: Person | None

    def validate_next(self, field: Field) -> None:
        """Forget an address that is not a page of ours."""
        if field.data and not is_own_page(field.data):
            field.data = ""

    def validate(self, **named: object) -> bool:
        """Whether these two belong to an account that may sign in.

        One Argon2 check is made whether the account exists or not, and nothing in the answer
        tells which of the reasons it was.
        """
        del named
        self.ifield = self.email
        if not super(LoginForm, self).validate():
            self.form_errors = [_("Fill in your e-mail address and your password.")]
            return False
        found = security.find_person(self.email.data)
        password = self.password.data[: LONGEST_PASSWORD + 1]
        if found is None:
            passwords.matches(password, None)
        elif found.verify_and_update_password(password) and found.active:
            if _goes_half_way(found, self.next.data or ""):
                return False
            self.user = found
            return True
        else:
            found.track_failed_authn("password")
        self.form_errors = [_("The e-mail address and the password do not belong together.")]
        return False


def _goes_half_way(found: Person, next_page: str) -> bool:
    """Whether a second step comes after the password; the page of that step is next then."""
    with provided().get(Database).transaction() as transaction:
        account = own_password.own_account(transaction, found.account_id)
        match second_step(transaction, account):
            case SecondStep.NONE:
                return False
            case SecondStep.ASK:
                path = SECOND_STEP_PATH
            case SecondStep.SET_UP:
                path = SET_UP_PATH
        go_half_way(account, next_page=next_page, path=path)
    security.keep_new_hash()
    return True


@blueprint.get(BEGIN_PATH)
@open_to(Permission.SIGNED_IN)
def begin() -> ResponseReturnValue:
    """Lead a person to where their work starts."""
    role = acting().role
    return redirect(HOME_OF_ROLE[role] if role else "/", code=303)


@blueprint.get("/mijn-account")
@open_to(Permission.SIGNED_IN)
def own_account() -> ResponseReturnValue:
    """Show a person where they are signed in, and with what they sign in."""
    services = provided()
    with services.get(Database).transaction() as transaction:
        own = operations.sign_ins(transaction, _own_account_id(), now=services.get(Clock).now())
        account = own_password.own_account(transaction, _own_account_id())
        return render_template(
            "identity/own_account.html",
            own_sign_ins=own,
            this_one=g.get("sign_in_id"),
            account=account,
            recovery_codes_left=len(account.mf_recovery_codes or ()),
            needs_second_factor=acting().role in ROLES_WITH_SECOND_FACTOR,
        )


@blueprint.post("/mijn-account/aanmeldingen/<uuid:sign_in_id>/beeindigen")
@open_to(Permission.SIGNED_IN)
def end_own_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    """End one of a person's own sign-ins, such as the one on a lost phone."""
    services = provided()
    with services.get(Database).transaction() as transaction:
        operations.end_own_sign_in(
            transaction,
            sign_in_id,
            account_id=_own_account_id(),
            now=services.get(Clock).now(),
        )
    return redirect("/mijn-account", code=303)


@blueprint.get("/mijn-account/wachtwoord")
@open_to(Permission.SIGNED_IN)
def ask_password() -> ResponseReturnValue:
    """Ask for the present password, and for another one."""
    return _change_password_page({})


@blueprint.post("/mijn-account/wachtwoord")
@open_to(Permission.SIGNED_IN)
def take_password() -> ResponseReturnValue:
    """Keep another password; who is signed in elsewhere as this person is so no more."""
    services = provided()
    chosen = request.form.get("password", "")
    if chosen != request.form.get("password_again", ""):
        wrong = {"password_again": gettext("The two passwords are not the same.")}
        return _change_password_page(wrong, status=400)
    with services.get(Database).transaction() as transaction:
        before = own_password.own_account(transaction, _own_account_id())
        email, known_as = before.email, before.fs_uniquifier
    # Otherwise whoever finds a computer open could try passwords here without end.
    attempt = hold_to_rates_of_signing_in(email, known_as=known_as)
    try:
        with services.get(Database).transaction() as transaction:
            account = own_password.change_password(
                transaction,
                _own_account_id(),
                present=request.form.get("present_password", "")[: LONGEST_PASSWORD + 1],
                chosen=chosen,
                now=services.get(Clock).now(),
            )
    except PasswordTooWeak:
        weak = {"password": gettext("Choose a longer or less well-known password.")}
        return _change_password_page(weak, status=400)
    except NotThePresentPassword:
        other = {"present_password": gettext("This is not your present password.")}
        return _change_password_page(other, status=400)
    attempt.succeeded()
    person = security.sign_in_again(account)
    flash(gettext("Your password was changed. You are signed in on this device alone."), "ok")
    answer = make_response(redirect("/mijn-account", code=303))
    remember_device(answer, known_as=person.fs_uniquifier)
    return answer


def _change_password_page(errors: Mapping[str, str], *, status: int = 200) -> ResponseReturnValue:
    return render_template("identity/change_password.html", errors=errors), status


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
            except PasswordTooWeak:
                weak = {"password": gettext("Choose a longer or less well-known password.")}
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
            return redirect(path, code=303)
        if (somebody := security.signed_in_just_now()) is not None:
            remember_device(answer, known_as=somebody.fs_uniquifier)
            if attempt is not None:
                attempt.succeeded()
        asked = request.form.get("next") or request.args.get("next")
        if answer.location and asked and not is_own_page(asked):
            # Flask-Security makes a strange address harmless; ours is stricter: it is not followed.
            answer.location = BEGIN_PATH
        return answer

    @open_to(Permission.ANYONE)
    def signing_out() -> ResponseReturnValue:
        page = page_after_signing_out()
        answer = app.ensure_sync(sign_out)()
        security.end_this_sign_in()
        session.clear()
        if page is not None:
            return redirect(page, code=303)
        return answer  # type: ignore[no-any-return]  # the library carries no types

    app.view_functions["security.login"] = signing_in
    app.view_functions["security.logout"] = signing_out


def _for_every_page() -> dict[str, object]:
    return {
        "acting": LocalProxy(_shown_actor),
        "sign_in_url": SIGN_IN_PATH,
        "sign_out_url": SIGN_OUT_PATH,
    }


def _shown_actor() -> Actor:
    try:
        return acting()
    except SQLAlchemyError:
        # The page that says the database is away must not need it.
        return NOBODY


def _own_account_id() -> UUID:
    account_id = acting().id
    assert account_id is not None  # open_to(SIGNED_IN) lets accounts in alone  # noqa: S101
    return account_id
