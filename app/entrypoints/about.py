"""Pages about the site itself: privacy, accessibility, and where to report a security problem."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.given_answers import ANSWERS_ARE_KEPT
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.reception.drafts import UNSENT_DRAFTS_REST_FOR

blueprint = Blueprint("about", __name__)

#: Well within the year that RFC 9116 advises.
_SECURITY_TEXT_HOLDS = timedelta(days=180)


@blueprint.get("/privacy")
@open_to(Permission.ANYONE)
def privacy() -> str:
    """Say what is kept of a report, why, how long, and who sees it."""
    settings = provided().get(Settings)
    return render_template(
        "about/privacy.html",
        contact_days=settings.retention_days,
        opening_days=settings.contact_log_days,
        draft_days=UNSENT_DRAFTS_REST_FOR.days,
        answer_days=ANSWERS_ARE_KEPT.days,
        has_tiles=settings.tile_url.strip().lower() not in {"", "none"},
        session_cookie=f"{'__Host-' if settings.is_https else ''}straatbeeld",
    )


@blueprint.get("/toegankelijkheid")
@open_to(Permission.ANYONE)
def accessibility() -> str:
    """Say how accessible the site is, and what to do where it is not."""
    return render_template("about/accessibility.html")


@blueprint.get("/.well-known/security.txt")
@open_to(Permission.ANYONE)
def security_text() -> Response:
    """Say where to report a security problem, as RFC 9116 has it."""
    services = provided()
    settings = services.get(Settings)
    today = services.get(Clock).now().astimezone(LOCAL_ZONE).date()
    lines = (
        f"Contact: mailto:{settings.contact_email}",
        f"Expires: {today + _SECURITY_TEXT_HOLDS}T00:00:00Z",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    )
    answer = Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
