"""Logs as one JSON object a line, each with its request's id; no person and no token in them."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

from app.foundation.settings import Settings

_log = structlog.get_logger("request")

#: What a path or a message may hold that opens somebody's report.
_TOKEN = re.compile(r"(/volg/)[^/?#\s]+|(Bearer\s+)\S+|((?:signature|token)=)[^&\s]+")

_QUIET_PATHS = ("/health/", "/static/", "/metrics")


def configure_logs(settings: Settings) -> None:
    """Let everything that is logged go to standard error as JSON."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_tokens,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level]
        ),
        cache_logger_on_first_use=False,
    )


def without_tokens(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Cut report tokens and signatures out of every text that is logged."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _TOKEN.sub(lambda found: (found[1] or found[2] or found[3]) + "…", value)
    return event


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
                path=request.path,
                status=answer.status_code,
                milliseconds=round((time.perf_counter() - g.get("begun", 0)) * 1000, 1),
            )
        return answer
