"""What stands between the web and the pages: headers, forged forms, rates, client addresses."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from datetime import timedelta
from secrets import token_bytes
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.entrypoints.form_pages import form_page
from app.foundation.errors import DomainError
from app.foundation.settings import Settings
from app.identity.access import PROGRAM_PATHS, is_program, permission_of
from app.identity.held_forms import form_of_this_request
from app.identity.model import ActorKind
from app.identity.permissions import PARTNER_PERMISSIONS, Permission
from app.identity.rates import (
    ASKING_TOKENS,
    POSTING_PHOTOS,
    POSTING_REPORTS,
    READING,
    WRITING,
    Rate,
)
from app.identity.throttle import hold

#: The rate a request is held to: the first line whose path matches. Methods that write only.
#: Signing in has rates of its own besides (`identity/devices.py`).
WRITING_RATES: tuple[tuple[re.Pattern[str], Rate], ...] = (
    (re.compile(r"/partner/v1/oauth/token$"), ASKING_TOKENS),
    (re.compile(r"/api/v1/reports$|/open311/v2/requests\b"), POSTING_REPORTS),
    # The first page of the form brings photos; its other pages are many and small.
    (
        re.compile(r"/api/v1/reports/[^/]+/photos$|/melden$|/melden/fotos\b|/volg/"),
        POSTING_PHOTOS,
    ),
    (re.compile(r"/"), WRITING),
)

#: Reading these is never held back: monitors and proxies ask them all day.
NOT_COUNTED = ("/static/", "/health/", "/metrics")

#: What anyone's page or program may load from us; everything else stays with our own pages.
PUBLIC_DATA = ("/api/", "/map/", "/feeds/", "/open311/", "/ogc/", "/partner/v1/openapi.json")

#: A year, as internet.nl asks.
STRICT_TRANSPORT = "max-age=31536000"

PERMISSIONS_POLICY = (
    "geolocation=(self), camera=(self), microphone=(), payment=(), usb=(), browsing-topics=()"
)


class FormRefused(DomainError):
    """The form was open too long or did not come from this site; nothing was changed."""


def secure(app: Flask, settings: Settings) -> None:
    """Put the security layer round `app`; called before any page is registered."""
    app.config.update(
        SECRET_KEY=_derived(settings, "session 1"),
        # A name that browsers take over TLS only, from this host, for the whole site.
        SESSION_COOKIE_NAME="__Host-straatbeeld" if settings.is_https else "straatbeeld",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
        # A form may stay open over lunch; its token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        # Browsers that hide the referrer are welcome; the token is what counts.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    believe_own_proxies(app, settings)
    csrf = CSRFProtect(app)
    pages_policy = content_security_policy(settings.tile_url)
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.before_request
    def hold_to_rates() -> None:
        if (rate := rate_of(request.method, request.path)) is not None:
            hold(rate)

    @app.before_request
    def refuse_forged_forms() -> None:
        if request.endpoint is not None and carries_authority_by_itself():
            csrf.protect()

    @app.after_request
    def add_headers(answer: Response) -> Response:
        return with_headers(answer, pages_policy, is_https=settings.is_https)

    app.register_error_handler(CSRFError, _forged)


def believe_own_proxies(app: Flask, settings: Settings) -> None:
    """Take the client's address and scheme from our own proxies, and from nobody else's header."""
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way to wrap
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0
        )


def rate_of(method: str, path: str) -> Rate | None:
    """Return the rate that a request is held to; none for what is never held back."""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return None if path.startswith(NOT_COUNTED) else READING
    return next(rate for pattern, rate in WRITING_RATES if pattern.match(path))


def carries_authority_by_itself() -> bool:
    """Whether this request could act with a cookie that the browser adds by itself.

    Programs show a token that no other site can add, or need none at all. A page always
    protects its forms, signed in or not.
    """
    permission = permission_of(request.endpoint or "")
    if permission in PARTNER_PERMISSIONS:
        return False
    return not (permission is Permission.ANYONE and request.path.startswith(PROGRAM_PATHS))


def csp_nonce() -> str:
    """Return the nonce of this answer, for `<script nonce>` and `<style nonce>`."""
    nonce = g.get("csp_nonce")
    if nonce is None:
        # internet.nl takes the signs of plain base64 alone.
        nonce = g.csp_nonce = b64encode(token_bytes(16)).decode()
    return str(nonce)


def content_security_policy(tile_url: str) -> str:
    """Return the policy of our pages, with `{nonce}` to be filled in per answer."""
    nonce = "'nonce-{nonce}'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {nonce}",
            f"style-src 'self' {nonce}",
            f"img-src {_picture_sources(tile_url)}",
            "connect-src 'self'",
            "font-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "manifest-src 'self'",
            "worker-src 'self'",
        )
    )


def _picture_sources(tile_url: str) -> str:
    host = tile_host(tile_url)
    # Leaflet puts an empty picture of its own (a data: address) in the place of a tile that left
    # the view. Pictures run no script, so internet.nl takes it for them.
    return f"'self' blob: data: {host}" if host else "'self' blob:"


def tile_host(tile_url: str) -> str | None:
    """Return where tiles come from as a policy source; none when there are none or they are ours.

    `{s}`, Leaflet's placeholder for a, b or c, becomes a wildcard.
    """
    parts = urlsplit(tile_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    host = re.sub(r"^\{[^}]*\}", "*", parts.netloc)
    return f"{parts.scheme}://{host}" if re.fullmatch(r"[\w.*:\[\]-]+", host) else None


def with_headers(answer: Response, pages_policy: str, *, is_https: bool) -> Response:
    """Put the security headers on an answer; one that has a header already keeps it."""
    is_page = answer.mimetype == "text/html"
    policy = (
        pages_policy.format(nonce=csp_nonce())
        if is_page
        else "default-src 'none'; frame-ancestors 'none'"
    )
    headers = answer.headers
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault(
        "Cross-Origin-Resource-Policy",
        "cross-origin" if request.path.startswith(PUBLIC_DATA) else "same-origin",
    )
    if is_https:
        headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    actor = g.get("acting_actor")
    if actor is not None and actor.kind is not ActorKind.NOBODY:
        # What somebody with an account or a token saw must not be found on a shared computer.
        headers.setdefault("Cache-Control", "private, no-store")
    return answer


def _forged(error: CSRFError) -> ResponseReturnValue:
    if is_program():
        refusal = current_app.ensure_sync(current_app.handle_user_exception)
        return refusal(FormRefused())  # type: ignore[no-any-return]  # the library carries no types
    page = render_template(
        "identity/form_refused.html",
        refused=form_of_this_request(),
        # The browser itself says where the form was; no other site can say it for it.
        may_send_again=request.headers.get("Sec-Fetch-Site") == "same-origin",
        form_page=form_page(),
    )
    return page, 400


def _derived(settings: Settings, purpose: str) -> str:
    secret = settings.secret_key.get_secret_value().encode()
    return hmac.new(secret, purpose.encode(), "sha256").hexdigest()
