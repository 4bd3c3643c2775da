"""Whoever changes the language on the answer to a form comes to a page, never to a 405."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.identity.access import PROGRAM_PATHS

_LINK = re.compile(r'<div class="language">\s*<a href="([^"]*)"')
_SOMETHING = {
    "UUIDConverter": UUID(int=1),
    "UnicodeConverter": "SB-2026-000001",
    "IntegerConverter": 1,
}


def only_posted(app: Flask) -> list[Rule]:
    """Every address for people that takes a form and cannot be opened."""
    opened = {str(rule) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and str(rule) not in opened
        and not str(rule).startswith(PROGRAM_PATHS)
    ]


def addresses(app: Flask) -> list[str]:
    adapter = app.url_map.bind("localhost")
    return [
        adapter.build(
            rule.endpoint,
            {
                name: _SOMETHING[type(converter).__name__]
                for name, converter in rule._converters.items()
            },
            method="POST",
        )
        for rule in only_posted(app)
    ]


def language_link(page: str, path: str) -> str | None:
    found = _LINK.search(page)
    if found is None:
        return None
    return f"{path}{found[1]}" if found[1].startswith("?") else found[1]


class TestTheLanguageLink:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_leads_from_no_form_to_an_address_that_cannot_be_opened(
        self, web: FlaskClient, method: str
    ) -> None:
        every_one = addresses(web.application)

        links = {
            path: language_link(web.open(path, method=method).text, path) for path in every_one
        }

        assert len(every_one) > 15
        assert [path for path, link in links.items() if link is None] == ["/uitloggen"]
        assert not [link for link in links.values() if link and web.get(link).status_code == 405]

    def test_leads_from_a_step_to_the_page_that_it_stands_on(self, web: FlaskClient) -> None:
        step = "/balie/zaken/SB-2026-000001/sluiten?pagina=2"

        answered = web.post(step)

        assert language_link(answered.text, step) == "/balie/zaken/SB-2026-000001?taal=en"

    def test_keeps_what_else_the_address_of_a_page_says(self, web: FlaskClient) -> None:
        answered = web.get("/?status=open")

        assert language_link(answered.text, "/") == "/?status=open&amp;taal=en"


class TestAnAddressOfAFormThatIsOpened:
    def test_leads_to_the_page_of_the_form_in_plain_words(self, web: FlaskClient) -> None:
        answered = web.get("/melden/opnieuw")

        assert answered.status_code == 405
        assert "Deze pagina bestaat niet meer" in answered.text
        assert 'href="/melden">Open het formulier' in answered.text
        assert "method is not allowed" not in answered.text


class TestAFormThatWasOpenTooLong:
    def test_is_opened_again_on_the_page_it_stands_on(self, web: FlaskClient) -> None:
        answered = web.post("/balie/zaken/SB-2026-000001/sluiten")

        assert 'href="/balie/zaken/SB-2026-000001">Het formulier opnieuw openen' in answered.text
