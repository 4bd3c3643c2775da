"""Answers an address that nothing can have with 404, before any page looks for it."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import NotFound


def refuse_impossible_addresses(app: Flask) -> None:
    """Let no view see an address that holds the sign NUL.

    A code or a number stands in it, and neither PostgreSQL nor a file system takes that sign.
    """

    @app.before_request
    def refuse() -> None:
        if "\0" in request.path:
            raise NotFound
