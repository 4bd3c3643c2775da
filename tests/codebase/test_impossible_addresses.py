"""An address with the sign NUL in it is no page, whichever code or number it stands in for."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import BaseConverter

_TAKES_TEXT = ("UnicodeConverter", "PathConverter")
_NUL = "tegels\0"


def addresses_with_nul(app: Flask) -> list[tuple[str, str]]:
    """Return method and path of every rule that takes a text, with NUL in each of its texts."""
    adapter = app.url_map.bind("localhost")
    return [
        (method, adapter.build(rule.endpoint, values, method=method))
        for rule in app.url_map.iter_rules()
        if any(_takes_text(one) for one in rule._converters.values())
        for values in [{name: _value(one) for name, one in rule._converters.items()}]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _takes_text(converter: BaseConverter) -> bool:
    return type(converter).__name__ in _TAKES_TEXT


def _value(converter: BaseConverter) -> object:
    if _takes_text(converter):
        return _NUL
    return UUID(int=1) if type(converter).__name__ == "UUIDConverter" else 1


class TestAnAddressWithTheSignNul:
    def test_is_no_page_whichever_rule_it_falls_under(self, web: FlaskClient) -> None:
        addresses = addresses_with_nul(web.application)

        statuses = {
            f"{method} {path}": web.open(path, method=method).status_code
            for method, path in addresses
        }

        assert len(addresses) > 25
        assert {one: status for one, status in statuses.items() if status != 404} == {}

    def test_is_a_problem_for_a_program(self, web: FlaskClient) -> None:
        answered = web.get("/api/v1/reports/SB-2026-000001%00")

        assert answered.status_code == 404
        assert answered.content_type == "application/problem+json"
