"""Refuses requests whose body did not come in; the shell round the application says so."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable

from app.foundation.bodies import BodyTooLarge
from app.foundation.errors import DomainError

#: Where the shell says how far the body came; absent when there is no shell or no body.
BODY_STATE = "straatbeeld.body"


class BodyStopped(DomainError):
    """The request stopped before all of it had come. Nothing was kept: please send it again."""


class BodyBroken(DomainError):
    """The request broke off or is not written as HTTP asks. Nothing was kept: send it again."""


#: There is room again as soon as some of those that are coming in are there.
_COME_BACK_IN_SECONDS = 5


def refuse_unfinished(app: Flask) -> None:
    """Let no view see a request whose body is not there."""

    @app.before_request
    def refuse() -> None:
        match request.environ.get(BODY_STATE):
            case "broken":
                raise BodyBroken
            case "stopped":
                raise BodyStopped
            case "too long":
                raise BodyTooLarge if request.is_json else RequestEntityTooLarge
            case "no room":
                raise ServiceUnavailable(
                    "Too many requests are coming in at this moment. Send it again in a few "
                    "seconds.",
                    retry_after=_COME_BACK_IN_SECONDS,
                )
