"""Lets public pages travel compressed, where nothing secret stands beside what a stranger chose."""

from __future__ import annotations

import gzip

import brotli
from flask import Flask, Response, g, request

from app.identity.access import permission_of
from app.identity.model import ActorKind
from app.identity.permissions import Permission

#: Below this the headers of a packet weigh more than what is saved.
_LEAST_BYTES = 1024

_SHRINKS = frozenset(
    {"text/html", "application/json", "application/geo+json", "application/xml", "text/xml"}
)


def compress_what_is_public(app: Flask) -> None:
    """Compress what anyone may read; called before other hooks, so that it sees whole answers.

    Flask-Compress compresses every answer of a kind unless told not to. Here it is the other way
    round: an answer that nobody thought about travels as it is.
    """
    app.after_request(_as_it_travels)


def _as_it_travels(answer: Response) -> Response:
    if not _may_be_measured(answer):
        return answer
    answer.vary.add("Accept-Encoding")
    encoding = next((e for e in ("br", "gzip") if request.accept_encodings.quality(e) > 0), None)
    if encoding is None or answer.status_code != 200 or answer.is_streamed:
        return answer
    content = answer.get_data()
    if len(content) < _LEAST_BYTES:
        return answer
    answer.set_data(_compressed(content, encoding))
    answer.headers["Content-Encoding"] = encoding
    tag, is_weak = answer.get_etag()
    if tag is not None and not is_weak:
        # The same content in other bytes is the same in a weak sense alone (RFC 9110, 8.8.1).
        answer.set_etag(tag, weak=True)
    return answer


def _may_be_measured(answer: Response) -> bool:
    """Whether a stranger who learns the compressed length of this answer learns nothing.

    Who can have a page hold text of theirs and sees how long it becomes can guess at a secret on
    the same page, letter by letter (BREACH). So no page is compressed that holds the token of a
    form, that somebody who signed in sees, that sets a cookie, or that is kept private for another
    reason, such as a report's own page. The nonce of scripts is new in every answer, so there is
    nothing to guess at.
    """
    return (
        request.method in {"GET", "HEAD"}
        and answer.mimetype in _SHRINKS
        and permission_of(request.endpoint or "static") is Permission.ANYONE
        and "Authorization" not in request.headers
        and "Content-Encoding" not in answer.headers
        and "Set-Cookie" not in answer.headers
        and "csrf_token" not in g
        and not answer.cache_control.private
        and not answer.cache_control.no_store
        and ("acting_actor" not in g or g.acting_actor.kind is ActorKind.NOBODY)
    )


def _compressed(content: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=4))
    return gzip.compress(content, compresslevel=5)
