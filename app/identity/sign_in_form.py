"""The form of signing in: whether address and password belong together, and its page."""

from __future__ import annotations

from flask import Response, make_response, render_template
from flask_babel import lazy_gettext as _
from flask_security import LoginForm
from wtforms import EmailField, Field, HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity import own_password, passwords, security
from app.identity.half_way import SECOND_STEP_PATH, SET_UP_PATH, go_half_way
from app.identity.held_forms import form_of_this_request, hold_this_form
from app.identity.password_strength import LONGEST_PASSWORD
from app.identity.rules import is_own_page
from app.identity.second_factor import SecondStep, second_step
from app.identity.security import Person


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
            security.leave_session()
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


def sign_in_first(lead_to: str) -> Response:
    """Ask who sent a form without being signed in to sign in; what was typed goes along."""
    kept = hold_this_form()
    page = render_template(
        "identity/sign_in.html",
        login_user_form=SignInForm(formdata=None, next=lead_to),
        sign_in_is_over=True,
        token=kept[0] if kept else "",
        held=kept[1] if kept else form_of_this_request(),
    )
    answer = make_response(page, 401)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def sign_in_page_after(refusal: str, *, lead_to: str) -> Response:
    """Ask once more, with what was refused; what travels along stays."""
    form = SignInForm(formdata=None, next=lead_to if is_own_page(lead_to) else "")
    form.form_errors = [refusal]
    return make_response(render_template("identity/sign_in.html", login_user_form=form), 400)
