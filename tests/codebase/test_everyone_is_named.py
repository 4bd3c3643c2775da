"""Every page and endpoint of the web application says who may use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app.identity.permissions import Permission
from tests.identity.web import small_settings, small_web

#: Endpoints that need not say it, each with the reason.
NEED_NOT_SAY: dict[str, str] = {
    "static": "style sheets, scripts and pictures are for anyone",
}


def silent_views(app: Flask) -> list[str]:
    """Return the rules whose view does not say who may use it, as people read them."""
    return sorted(
        f"{rule.rule} ({method})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in NEED_NOT_SAY
        for method, permission in _permissions(app, rule.endpoint, rule.methods or set())
        if not isinstance(permission, Permission)
    )


def _permissions(app: Flask, endpoint: str, methods: set[str]) -> Iterator[tuple[str, object]]:
    view = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    for method in methods - {"HEAD", "OPTIONS"}:
        handler = view if view_class is None else getattr(view_class, method.lower(), view)
        yield method, getattr(handler, "__permission__", None)


@pytest.fixture
def whole_web(web: FlaskClient) -> Flask:
    return web.application


class TestEveryPageAndEndpoint:
    def test_says_who_may_use_it(self, whole_web: Flask) -> None:
        assert silent_views(whole_web) == []

    def test_that_need_not_say_it_exists(self, whole_web: Flask) -> None:
        assert set(NEED_NOT_SAY) <= set(whole_web.view_functions)


class TestAViewThatSaysNothing:
    def test_is_found(self, connection: Connection) -> None:
        app = small_web(connection, small_settings())

        @app.route("/vergeten", methods=["GET", "POST"])
        def forgotten() -> str:
            return "who may see this?"

        assert silent_views(app) == ["/vergeten (GET)", "/vergeten (POST)"]

    def test_is_not_among_those_for_signing_in(self, connection: Connection) -> None:
        assert silent_views(small_web(connection, small_settings())) == []
