"""Logs as one JSON object a line, each with its request's id; no person and no token in them."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

from app.foundation.settings import Settings

_log = structlog.get_logger("request")

#: What a path or a message may hold that opens somebody's report, signs in or is somebody's.
_CUT = re.compile(
    r"(/volg/)[^/?#\s\"']+"
    r"|(\b(?:Bearer|Basic)\s+)[^\s\"',]+"
    r"|(\b(?:signature|token|code|password|client_secret)=)[^&\s\"',]+"
    # PostgreSQL repeats the row that it refuses.
    r"|(\bDETAIL: ).*"
    # Begun where an address can begin: from each of its signs a long path would be read anew.
    r"|()(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    # The password in the address of a database.
    r"|(://[^:/?#\s]+:)[^@/\s]+(?=@)"
    # A report's token wherever it stands, such as in an address that was pasted wrongly.
    r"|()[\w-]{40,}",
    re.IGNORECASE,
)

#: What is longer says nothing more, and nobody has a page there.
_LONGEST_PATH = 500

_QUIET_PATHS = ("/health/", "/static/", "/metrics")


class _Lines(structlog.PrintLogger):
    """Writes lines to what standard output is at that moment, where it can.

    A disk that is full must not turn a report that was kept into a fault.
    """

    def msg(self, message: str) -> None:
        """Write one line."""
        with suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = error = fatal = failure = critical = exception = msg


class _ToStandardOutput(logging.StreamHandler[TextIO]):
    """Writes to what standard output is at that moment."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stdout
        super().emit(record)


def configure_logs(settings: Settings) -> None:
    """Let everything that is logged, by libraries too, go to standard output as JSON."""
    steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    structlog.configure(
        processors=[*steps, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level]
        ),
        logger_factory=lambda *_: _Lines(sys.stdout),
        cache_logger_on_first_use=False,
    )
    of_libraries = _ToStandardOutput()
    of_libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        # The web server has put one there that writes no JSON and cuts nothing.
        if type(handler) in {logging.StreamHandler, _ToStandardOutput}:
            root.removeHandler(handler)
    root.addHandler(of_libraries)
    root.setLevel(logging.WARNING)


def without_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Cut tokens, signatures, passwords, addresses and refused rows out of all that is logged."""
    for key, value in event.items():
        event[key] = _without(value)
    return event


def _without(value: object) -> object:
    if isinstance(value, str):
        return _CUT.sub(lambda found: next(g for g in found.groups() if g is not None) + "…", value)
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without(inner) for inner in value]
    return value


def log_requests(app: Flask) -> None:
    """Log each request when it is answered: method, path without query, status, milliseconds."""

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()
        g.request_id = uuid4().hex[:16]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = g.get("request_id", "")
        if not request.path.startswith(_QUIET_PATHS):
            _log.info(
                "answered",
                method=request.method,
                path=request.path[:_LONGEST_PATH],
                status=answer.status_code,
                milliseconds=round((time.perf_counter() - g.get("begun", 0)) * 1000, 1),
            )
        return answer
