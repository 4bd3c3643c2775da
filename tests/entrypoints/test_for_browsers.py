"""The icon of the site, and what search engines are asked to leave alone."""

from __future__ import annotations

import re
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient

from tests.codebase.tree import CHECKOUT


class TestASearchEngine:
    @pytest.mark.parametrize(
        ("path", "may"),
        [
            ("/", True),
            ("/melden", True),
            ("/privacy", True),
            ("/map/cases.geojson", True),
            ("/static/css/page.css", True),
            ("/volg/abc", False),
            ("/volg", False),
            ("/werk", False),
            ("/balie/zaken", False),
            ("/api/v1/reports", False),
            ("/uitnodiging/abc", False),
        ],
    )
    def test_is_told_what_to_leave_alone(self, web: FlaskClient, path: str, may: bool) -> None:
        answer = web.get("/robots.txt")

        rules = RobotFileParser()
        rules.parse(answer.text.splitlines())
        assert answer.mimetype == "text/plain"
        assert rules.can_fetch("Somebot", path) is may


class TestTheIcon:
    def test_is_the_mark_of_the_site(self, web: FlaskClient) -> None:
        answer = web.get("/favicon.ico")

        assert answer.status_code == 200
        assert answer.mimetype == "image/svg+xml"
        assert answer.text == (CHECKOUT / "static/img/logo.svg").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        "path",
        ["/", "/melden", "/inloggen", "/privacy", "/toegankelijkheid", "/volg", "/bestaat-niet"],
    )
    def test_is_named_by_every_page(self, web: FlaskClient, path: str) -> None:
        found = re.search(r'<link rel="icon" href="([^"]+)"', web.get(path).text)

        assert found is not None
        with web.get(found[1]) as icon:
            assert icon.mimetype == "image/svg+xml"

    def test_is_named_by_every_template_that_is_a_whole_page(self) -> None:
        whole = [
            path
            for path in (CHECKOUT / "templates").rglob("*.html")
            if "<!doctype html>" in path.read_text(encoding="utf-8").lower()
        ]

        assert whole
        assert [p for p in whole if 'rel="icon"' not in p.read_text(encoding="utf-8")] == []
