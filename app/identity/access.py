"""What every page and endpoint says about who may use it, and who acts in this request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from urllib.parse import quote

from flask import abort, current_app, g, redirect, request

from app.foundation.provided import provided
from app.foundation.rule_changes import ChangedBy, ChangedThrough
from app.identity.model import (
    NOBODY,
    AccessTokenNeeded,
    Actor,
    NotAllowed,
    ScopeMissing,
    SignInNeeded,
)
from app.identity.permissions import PARTNER_PERMISSIONS, Permission

P = ParamSpec("P")
R = TypeVar("R")

#: Paths that programs call: they are answered with a problem, never sent to the sign-in page.
PROGRAM_PATHS = ("/api/", "/partner/", "/open311/", "/ogc/", "/map/", "/feeds/")

SIGN_IN_PATH = "/inloggen"
SIGN_OUT_PATH = "/uitloggen"
#: Leads each role to where its work starts.
BEGIN_PATH = "/begin"

_ACTOR = "acting_actor"


class Recognition:
    """How a request is recognised: by a sign-in, or by a partner's access token."""

    def person(self) -> Actor:
        """Return who is signed in, or nobody."""
        raise NotImplementedError

    def program(self, access_token: str) -> Actor:
        """Return the partner that this access token belongs to, or nobody."""
        raise NotImplementedError


def open_to(
    permission: Permission, *, counts_as_use: bool = True
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view be used by those with `permission` alone.

    What a page asks by itself, with nobody there, does not count as use: a sign-in ends by rest.

    It stands directly below the route, above everything that reads the request. Without a
    sign-in a person is sent to the sign-in page and comes back afterwards.

    Raises (in the view):
        SignInNeeded: a program, or a form, came without a sign-in.
        AccessTokenNeeded: a partner's program came without a valid token.
        NotAllowed: who came is known and has not this permission; ScopeMissing is that of a token.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*arguments: P.args, **named: P.kwargs) -> R:
            admit(permission)
            return view(*arguments, **named)

        guarded.__permission__ = permission  # type: ignore[attr-defined]  # the mark that tests look for
        guarded.__counts_as_use__ = counts_as_use  # type: ignore[attr-defined]  # see `is_use`
        return guarded

    return decorate


def admit(permission: Permission) -> None:
    """Go on if who acts in this request has `permission`; otherwise see `open_to`."""
    if permission is Permission.ANYONE:
        return
    actor = _by_access_token() if permission in PARTNER_PERMISSIONS else _by_sign_in()
    setattr(g, _ACTOR, actor)
    if actor is NOBODY:
        if permission in PARTNER_PERMISSIONS:
            raise AccessTokenNeeded()
        if request.method in {"GET", "HEAD"} and not is_program():
            abort(redirect(sign_in_url(), code=303))
        raise SignInNeeded()
    if not actor.may(permission):
        raise ScopeMissing() if permission in PARTNER_PERMISSIONS else NotAllowed()


def acting() -> Actor:
    """Return who acts in this request: an account, a partner, or nobody.

    On a page that is open to anyone this is the account that happens to be signed in.
    """
    actor = g.get(_ACTOR)
    if actor is None:
        actor = _by_sign_in()
        setattr(g, _ACTOR, actor)
    return cast(Actor, actor)


def by_acting() -> ChangedBy:
    """Return who changes a rule in this request."""
    return ChangedBy(ChangedThrough.PAGE, acting().id)


def forget_actor() -> None:
    """Have `acting` look again; called when somebody signs in or out during the request."""
    g.pop(_ACTOR, None)


def is_program() -> bool:
    """Whether this request comes from a program rather than from a person with a browser."""
    if request.path.startswith(PROGRAM_PATHS):
        return True
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/problem+json", "application/json"])
    return best is not None and best != "text/html"


def sign_in_url() -> str:
    """Return the sign-in page that leads back to this request's page."""
    here = request.full_path if request.query_string else request.path
    return f"{SIGN_IN_PATH}?next={quote(here, safe='/')}"


def permission_of(endpoint: str) -> Permission | None:
    """Return what the view at `endpoint` says about who may use it; none if it says nothing."""
    view = current_app.view_functions[endpoint]
    return cast("Permission | None", getattr(view, "__permission__", None))


def is_use() -> bool:
    """Whether this request shows that somebody is there."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "__counts_as_use__", True))


def _by_sign_in() -> Actor:
    return provided().get(Recognition).person()


def _by_access_token() -> Actor:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        return NOBODY
    return provided().get(Recognition).program(authorization.token)
