"""Files of the pages on the wire: compressed once, and kept by browsers as long as they may be."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, request
from werkzeug.wsgi import FileWrapper

from app.foundation.assets import STATIC_FOLDER

#: What shrinks; fonts and photos are compressed already.
_SHRINKS = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
_A_YEAR = 365 * 24 * 3600


def serve_well(app: Flask) -> None:
    """Let static files travel compressed, and stay where their address is a version."""
    app.after_request(_as_it_travels)


def _as_it_travels(answer: Response) -> Response:
    if request.endpoint != "static" or answer.status_code not in {200, 304}:
        return answer
    name = (request.view_args or {}).get("filename", "")
    if "v" in request.args or name.startswith("vendor/"):
        answer.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    else:
        answer.headers["Cache-Control"] = "public, no-cache"
    if answer.mimetype not in _SHRINKS:
        return answer
    answer.headers["Vary"] = "Accept-Encoding"
    encoding = next((e for e in ("br", "gzip") if request.accept_encodings.quality(e) > 0), None)
    if encoding is None or answer.status_code != 200 or "Range" in request.headers:
        return answer
    path = STATIC_FOLDER / name
    answer.direct_passthrough = False
    if isinstance(answer.response, FileWrapper):
        answer.response.close()
    answer.set_data(_compressed(path, path.stat().st_mtime_ns, encoding))
    answer.headers["Content-Encoding"] = encoding
    return answer


@lru_cache(maxsize=128)
def _compressed(path: Path, changed: int, encoding: str) -> bytes:
    """Return the compressed content; `changed` makes a new version a new entry."""
    content = path.read_bytes()
    if encoding == "br":
        return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=9))
    return gzip.compress(content, compresslevel=9)
