"""What is asked for without being told of: the icon, and what search engines leave alone."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.foundation.assets import STATIC_FOLDER
from app.identity.access import open_to
from app.identity.permissions import Permission

blueprint = Blueprint("for_browsers", __name__)

#: What no search engine should read: what is somebody's own, and what is for programs. The pages
#: themselves keep others out; this spares both sides the asking.
_NOT_TO_BE_SEARCHED = (
    "/api/", "/balie", "/begin", "/beheer", "/inloggen", "/melden/", "/mijn-account", "/partner/",
    "/sturing", "/uitnodiging/", "/volg", "/werk",
)  # fmt: skip


@blueprint.get("/robots.txt")
@open_to(Permission.ANYONE)
def robots() -> ResponseReturnValue:
    """Say what search engines may read (RFC 9309)."""
    lines = ("User-agent: *", *(f"Disallow: {path}" for path in _NOT_TO_BE_SEARCHED), "Allow: /")
    return _for_a_day(Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))


@blueprint.get("/favicon.ico")
@open_to(Permission.ANYONE)
def icon() -> ResponseReturnValue:
    """Give the mark of the site to who asks without reading a page; browsers read the type."""
    mark = (STATIC_FOLDER / "img" / "logo.svg").read_bytes()
    return _for_a_day(Response(mark, mimetype="image/svg+xml"))


def _for_a_day(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
