"""Flask-Security over our own account table: sign-ins that really end, and no roles table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import structlog
from flask import Flask, current_app, g, request, session
from flask_security import (
    LoginForm,
    RoleMixin,
    Security,
    UserDatastore,
    UserMixin,
    current_user,
)
from flask_security.signals import user_authenticated, user_failed_authn
from flask_security.utils import login_user, set_request_attr
from sqlalchemy import select, update

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity import access, operations, own_sign_ins, passwords
from app.identity.access import BEGIN_PATH, SIGN_IN_PATH, SIGN_OUT_PATH, Recognition, forget_actor
from app.identity.access_tokens import partner_behind
from app.identity.device_words import device_words
from app.identity.model import NOBODY, Actor, EmailNotValid, Limits
from app.identity.own_sign_ins import OverBecause
from app.identity.permissions import Role
from app.identity.recognising import SignedIn, signed_in
from app.identity.records import Account
from app.identity.rules import normal_email

log = structlog.get_logger(__name__)

#: Where the session cookie carries the token of the sign-in.
SIGN_IN_TOKEN = "sign_in"  # noqa: S105  # a name, no secret

#: Where it says that the organisation's sign-in came first, so that signing out there is offered.
CAME_IN_BY_PROVIDER = "came_in_by_provider"

#: Flask-Security reads a negative time as "never ask again".
_NEVER = timedelta(minutes=-1)


class RoleWord(RoleMixin):
    """A role as Flask-Security wants to see it; the permissions are in `permissions.py`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.permissions: list[str] = []


class Person(UserMixin):
    """An account as Flask-Security wants to see it: a copy, not bound to a database session."""

    #: Flask-Security looks on the class for what it needs.
    fs_uniquifier: str = ""

    def __init__(self, account: Account | SignedIn) -> None:
        self.account_id = account.id
        self.email = account.email
        self.name = account.name
        self.active = account.is_active
        self.role = Role(account.role)
        self.party_id = account.party_id
        self.limits = Limits(tuple(account.within_areas), tuple(account.within_categories))
        #: The hash; this is the name Flask-Security uses.
        self.password = account.password_hash
        self.roles = [RoleWord(account.role)]
        self.fs_uniquifier = account.fs_uniquifier

    def verify_and_update_password(self, password: str) -> bool:
        """Whether this is the password; its hash is renewed when the parameters have changed."""
        if not passwords.matches(password, self.password):
            return False
        if self.password is not None and passwords.needs_new_hash(self.password):
            self.password = passwords.hashed(password)
            _people().put(self)
        return True

    def as_actor(self) -> Actor:
        """Return this person as who acts."""
        return Actor.account(
            self.account_id,
            name=self.name,
            role=self.role,
            party_id=self.party_id,
            limits=self.limits,
        )


class People(UserDatastore):
    """Finds and keeps people for Flask-Security, each time in a short transaction of its own."""

    def __init__(self) -> None:
        super().__init__(Person, RoleWord)

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Person | None:  # noqa: ANN401, FBT001, FBT002, RUF100  # Flask-Security's own arguments
        """Return the person whose attribute has this value; addresses match in any case."""
        del case_insensitive
        name, value = wanted.popitem()
        if name == "email":
            value = str(value).strip().lower()
        with provided().get(Database).transaction() as transaction:
            account = transaction.session.scalar(
                select(Account).where(getattr(Account, name) == value)
            )
            return None if account is None else Person(account)

    def find_role(self, role: str) -> RoleWord | None:
        """Return the role with this word."""
        return RoleWord(role) if role in set(Role) else None

    def put(self, model: Person) -> Person:
        """Remember that this person changed; `commit` writes it."""
        changed = g.setdefault("changed_people", {})
        changed[model.account_id] = model
        return model

    def commit(self) -> None:
        """Write the people that changed in this request."""
        changed: dict[UUID, Person] = g.pop("changed_people", {})
        if not changed:
            return
        with provided().get(Database).transaction() as transaction:
            for person in changed.values():
                transaction.session.execute(
                    update(Account)
                    .where(Account.id == person.account_id)
                    .values(
                        password_hash=person.password,
                        fs_uniquifier=person.fs_uniquifier,
                    )
                )


class WebRecognition(Recognition):
    """Recognises a person by the sign-in in their cookie, a program by its access token."""

    def person(self) -> Actor:
        """Return who is signed in, or nobody."""
        if SIGN_IN_TOKEN not in session:
            return NOBODY
        return current_user.as_actor() if current_user.is_authenticated else NOBODY

    def program(self, access_token: str) -> Actor:
        """Return the partner that this access token belongs to, or nobody."""
        services = provided()
        with services.get(Database).transaction() as transaction:
            partner = partner_behind(
                transaction,
                access_token,
                settings=services.get(Settings),
                now=services.get(Clock).now(),
            )
        return partner or NOBODY


def install(app: Flask, *, sign_in_form: type[LoginForm]) -> None:
    """Put Flask-Security into `app`; CSRF protection and the secret key must be there already."""
    people = People()
    app.config.update(
        SECURITY_LOGIN_URL=SIGN_IN_PATH,
        SECURITY_LOGOUT_URL=SIGN_OUT_PATH,
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_LOGIN_USER_TEMPLATE="identity/sign_in.html",
        SECURITY_POST_LOGIN_VIEW=BEGIN_PATH,
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_STATIC_FOLDER=None,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_JOIN_USER_ROLES=False,
        # What asks for a fresh sign-in here looks at the row of the sign-in (second_factor_pages).
        SECURITY_FRESHNESS=_NEVER,
        # Flask-Security's own hashing is not used (see Person), but it wants its pepper.
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
    )
    security = Security(app, people, login_form=sign_in_form)
    security.want_json(lambda request: False)
    login_manager = security.login_manager
    login_manager.user_loader(_person_of_session)
    login_manager.request_loader(None)
    login_manager.session_protection = None
    _leave_public_answers_alone(app, security)
    user_authenticated.connect(_start_sign_in, app)
    user_failed_authn.connect(_note_failure, app)


def find_person(email: str) -> Person | None:
    """Return the person with this e-mail address, in any case, if there is one."""
    try:
        return _people().find_user(email=normal_email(email))
    except EmailNotValid:
        return None


def signed_in_just_now() -> Person | None:
    """Return who signed in with this very request, if somebody did."""
    return cast("Person | None", g.get("signed_in_just_now"))


def sign_in_again(account: Account) -> Person:
    """Sign the person of this request in anew, after all their sign-ins ended."""
    return sign_in_fully(account, by="password")


def keep_new_hash() -> None:
    """Write the hash of a password that `verify_and_update_password` renewed."""
    _people().commit()


def sign_in_fully(account: Account, *, by: str) -> Person:
    """Sign in somebody who showed all that their account needs; `by` is how, for the log."""
    person = Person(account)
    came_in = session.get(CAME_IN_BY_PROVIDER)
    leave_session()
    if came_in:
        session[CAME_IN_BY_PROVIDER] = True
    login_user(person, authn_via=[by])
    return person


def leave_session() -> None:
    """Begin the session anew: nothing of before goes on in it, also not the proof of forms."""
    session.clear()
    # The proof that this request made belongs to the session that is gone.
    g.pop("csrf_token", None)


def whose_sign_in_it_was() -> UUID | None:
    """Return the account whose sign-in this browser has or had, as long as its row is kept."""
    token = session.get(SIGN_IN_TOKEN)
    if not token:
        return None
    with provided().get(Database).transaction() as transaction:
        return own_sign_ins.whose_sign_in(transaction, str(token))


def why_signed_out() -> OverBecause | None:
    """Return why the sign-in that this browser had is over, for the page that asks for a new one.

    Whoever signed out here, or never signed in, reads of nothing.
    """
    token = session.get(SIGN_IN_TOKEN)
    if not token:
        return None
    with provided().get(Database).transaction() as transaction:
        return own_sign_ins.is_over_because(transaction, str(token))


def end_this_sign_in() -> None:
    """End the sign-in of this request for good."""
    token = session.pop(SIGN_IN_TOKEN, None)
    if token:
        with provided().get(Database).transaction() as transaction:
            operations.end_sign_in(transaction, token, now=provided().get(Clock).now())
    forget_actor()


def _person_of_session(fs_uniquifier: str) -> Person | None:
    token = session.get(SIGN_IN_TOKEN)
    if not token:
        return None
    services = provided()
    with services.get(Database).transaction() as transaction:
        found = signed_in(transaction, token, now=services.get(Clock).now(), is_use=access.is_use())
    if found is None or found.fs_uniquifier != fs_uniquifier:
        return None
    g.sign_in_id = found.sign_in_id
    g.signed_in_at = found.signed_in_at
    person = Person(found)
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return person


def _start_sign_in(sender: Flask, *, user: Person, **_: object) -> None:
    del sender
    services = provided()
    with services.get(Database).transaction() as transaction:
        token = operations.start_sign_in(
            transaction,
            user.account_id,
            now=services.get(Clock).now(),
            on=device_words(request.user_agent.string),
        )
    session[SIGN_IN_TOKEN] = token
    g.signed_in_just_now = user
    forget_actor()
    log.info("signed in", account=str(user.account_id))


def _note_failure(sender: Flask, *, user: Person, **_: object) -> None:
    del sender
    log.warning("sign-in refused", account=str(user.account_id))


def _leave_public_answers_alone(app: Flask, security: Security) -> None:
    """Take out the hooks that read the session on every request.

    They would put `Vary: Cookie` on tiles and feeds, which no cache could then share. Nothing
    of ours uses Flask-Principal's identity, a remember-me cookie, or `current_user` in templates.
    """
    _without(app.before_request_funcs, security.principal._on_before_request)
    _without(app.after_request_funcs, security.login_manager._update_remember_cookie)
    processors = app.template_context_processors[None]
    app.template_context_processors[None] = [
        one for one in processors if one.__module__ != "flask_login.utils"
    ]


def _without(hooks: Any, hook: Callable[..., object]) -> None:  # noqa: ANN401  # Flask-Security's own arguments
    hooks[None] = [one for one in hooks[None] if one != hook]


def _people() -> People:
    return cast(People, current_app.extensions["security"].datastore)
