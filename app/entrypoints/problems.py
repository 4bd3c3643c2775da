"""How refusals and faults look: problem+json for programs (RFC 9457), a page for people."""

from __future__ import annotations

import re
from http import HTTPStatus
from math import ceil

import structlog
from flask import Flask, Response, json, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import TemplateNotFound
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    NotFound,
)

from app.entrypoints.form_pages import form_page
from app.entrypoints.refusals import status_of
from app.foundation.api_documents import PROBLEM_MEDIA_TYPE
from app.foundation.errors import DomainError, FieldError
from app.foundation.kept_jobs import in_words
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import is_program
from app.identity.model import SignInNeeded
from app.identity.sign_in_form import sign_in_first
from app.photos.storage import StoreFull

_log = structlog.get_logger(__name__)

#: The interfaces that describe themselves, in a document below the same prefix.
_DESCRIBED = ("/api/v1", "/partner/v1")

#: Killed, stopped, starting, or so busy that a lock or a connection did not come in time.
_DATABASE_AWAY = (OperationalError, InterfaceError, NoConnectionInTime)
#: A killed server of ours is back in about this time.
_BACK_IN_SECONDS = 3
#: Somebody has to make room first.
_ROOM_IN_SECONDS = 60
#: Up to here a page says how long to wait in seconds.
_SAID_IN_SECONDS = 90


def answer_problems(app: Flask) -> None:
    """Let every refusal and fault of `app` be answered in one shape."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "about:blank",
    title: str | None = None,
    errors: tuple[FieldError, ...] = (),
    more: dict[str, object] | None = None,
) -> Response:
    """Return a problem document."""
    body: dict[str, object] = {
        "type": kind,
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = [
            {
                "in": error.location,
                "location": _pointer(error.field) if error.location == "body" else error.field,
                "code": error.code,
                "detail": error.detail,
            }
            for error in errors
        ]
    body.update(more or {})
    # What a sentence repeats may hold half a character, which no encoding has.
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, status=status, content_type=PROBLEM_MEDIA_TYPE)


def _pointer(field: str) -> str:
    """Return the JSON pointer of a field such as `contact.email` or `photo[1]`."""
    return "#/" + re.sub(r"\.|\[(\d+)\]", lambda found: f"/{found[1] or ''}", field)


def _refused(refusal: DomainError) -> ResponseReturnValue:
    status = status_of(refusal)
    if is_program():
        words = re.sub(r"(?<!^)(?=[A-Z])", "-", type(refusal).__name__).lower()
        answer = problem(
            status,
            refusal.detail,
            kind=f"urn:straatbeeld:problem:{words}",
            title=words.replace("-", " ").capitalize(),
            errors=refusal.errors,
            more=dict(refusal.more),
        )
    elif isinstance(refusal, SignInNeeded):
        answer = sign_in_first(form_page() or "")
    else:
        answer = _page(
            status,
            refusal.detail,
            retry_after_seconds=getattr(refusal, "retry_after_seconds", None),
            is_signing_in=getattr(refusal, "is_signing_in", False),
        )
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    retry_after = getattr(refusal, "retry_after_seconds", None)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    if isinstance(error, InternalServerError):
        return _fault(error.original_exception or error)
    detail = _way_out(error) or error.description or HTTPStatus(error.code).phrase
    answer = problem(error.code, detail) if is_program() else _page(error.code, detail)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    return answer


def _way_out(error: HTTPException) -> str | None:
    """Return what to do about an address that an interface does not have, if that is what it is."""
    interface = next((one for one in _DESCRIBED if request.path.startswith(f"{one}/")), None)
    # An endpoint that was found says itself what it did not find.
    if interface is None or request.url_rule is not None:
        return None
    every_address = f"{provided().get(Settings).base_url}{interface}/openapi.json"
    if isinstance(error, NotFound):
        return f"There is nothing at this address. Choose one that stands in {every_address}."
    if isinstance(error, MethodNotAllowed):
        return (
            f"This address does not take {request.method}. What it takes stands in {every_address}."
        )
    return None


def _away(fault: BaseException) -> ResponseReturnValue:
    """Answer that the database is away or too busy; whether a commit just made it nobody knows."""
    _log.error("database_away", reason=in_words(fault))
    detail = "The database does not answer at this moment. Try again in a few seconds."
    return _unavailable(detail, kind="database-away", seconds=_BACK_IN_SECONDS)


def _full(fault: BaseException) -> ResponseReturnValue:
    """Answer that a photo has no room on the disk; nothing of the request was kept."""
    _log.error("photo_store_full", reason=in_words(fault))
    detail = "There is no room for photos at this moment. Nothing was kept: send it again later."
    return _unavailable(detail, kind="photo-store-full", seconds=_ROOM_IN_SECONDS)


def _unavailable(detail: str, *, kind: str, seconds: int) -> ResponseReturnValue:
    answer = (
        problem(503, detail, kind=f"urn:straatbeeld:problem:{kind}")
        if is_program()
        else _page(503, detail)
    )
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _fault(fault: BaseException) -> ResponseReturnValue:
    if isinstance(fault, _DATABASE_AWAY):
        return _away(fault)
    if isinstance(fault, StoreFull):
        return _full(fault)
    _log.error("fault", exc_info=fault)
    detail = "Something went wrong on our side. Try again in a moment."
    return problem(500, detail) if is_program() else _page(500, detail)


def _page(
    status: int,
    detail: str,
    *,
    retry_after_seconds: int | None = None,
    is_signing_in: bool = False,
) -> Response:
    """Return the page for people; `detail` is English, so the Dutch page has words of its own."""
    told = {
        "detail": detail,
        "code": status,
        "retry_after_seconds": retry_after_seconds,
        # Nobody counts to 999: longer than a minute and a half is said in minutes.
        "retry_after_minutes": (
            ceil(retry_after_seconds / 60)
            if retry_after_seconds is not None and retry_after_seconds > _SAID_IN_SECONDS
            else None
        ),
        "is_signing_in": is_signing_in,
        "form_page": form_page(),
    }
    try:
        page = render_template(f"_page/{status}.html", **told)
    except TemplateNotFound:
        page = render_template("_page/error.html", **told)
    return Response(page, status=status, mimetype="text/html")
