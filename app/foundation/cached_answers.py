"""Answers with a version: not sent again while the reader has them, and compressed once."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import brotli
from flask import Response, request

#: A program that asks in many ways for what is large fills no more than this.
_KEEP_BYTES = 16 * 1024 * 1024


class RecentAnswers:
    """The bytes of the last answers as they travel, by their entity tag; no more than so many."""

    def __init__(self, at_most_bytes: int) -> None:
        self._at_most_bytes = at_most_bytes
        self._bytes = 0
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, tag: str) -> bytes | None:
        """Return what was answered with this tag, if it is still here."""
        with self._lock:
            if tag in self._answers:
                self._answers.move_to_end(tag)
            return self._answers.get(tag)

    def put(self, tag: str, answer: bytes) -> None:
        """Keep an answer; those that were not asked for longest make room."""
        with self._lock:
            self._bytes += len(answer) - len(self._answers.pop(tag, b""))
            self._answers[tag] = answer
            while self._bytes > self._at_most_bytes:
                _, oldest = self._answers.popitem(last=False)
                self._bytes -= len(oldest)


_recent = RecentAnswers(_KEEP_BYTES)


def versioned_answer(
    version: str, write: Callable[[], str], *, media_type: str, open_to_all_origins: bool = True
) -> Response:
    """Answer what `write` gives, unless the reader has this version already (304).

    `version` changes whenever the content does; the query string is added to it here.
    """
    encoding = _encoding()
    whole = f"{version}|{request.full_path}|{encoding}|{media_type}"
    tag = hashlib.sha256(whole.encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
    else:
        content = _recent.get(tag)
        if content is None:
            content = _compressed(write().encode(), encoding)
            _recent.put(tag, content)
        answer = Response(content, mimetype=media_type)
        if encoding != "identity":
            answer.headers["Content-Encoding"] = encoding
    answer.set_etag(tag, weak=True)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Accept-Encoding"
    if open_to_all_origins:
        answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _encoding() -> str:
    accepted = request.accept_encodings
    for encoding in ("br", "gzip"):
        if accepted.quality(encoding) > 0:
            return encoding
    return "identity"


def _compressed(content: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=5))
    if encoding == "gzip":
        return gzip.compress(content, compresslevel=6)
    return content
