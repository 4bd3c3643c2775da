"""The pages about the site itself are true and can be found."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from app.foundation.clock import Clock, StoppedClock
from app.foundation.provided import Provided
from app.foundation.settings import Settings

NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def words_of(web: FlaskClient, path: str) -> str:
    answered = web.get(path)
    assert answered.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answered.get_data(as_text=True))))


class TestThePrivacyPage:
    def test_says_how_long_contact_details_are_kept(
        self, web: FlaskClient, provided: Provided, settings: Settings
    ) -> None:
        provided.put(Settings, settings.model_copy(update={"retention_days": 17}))

        assert "Tot 17 dagen nadat uw melding is gesloten" in words_of(web, "/privacy")
        assert "Until 17 days after" in words_of(web, "/privacy?taal=en")

    def test_says_how_long_is_known_who_opened_contact_details(
        self, web: FlaskClient, provided: Provided, settings: Settings
    ) -> None:
        provided.put(Settings, settings.model_copy(update={"contact_log_days": 23}))

        told = words_of(web, "/privacy")

        assert (
            "Welke medewerker uw naam, e-mailadres en telefoonnummer opende, en wanneer 23 d"
            in told
        )

    def test_speaks_of_the_map_service_only_where_it_is_asked(
        self, web: FlaskClient, provided: Provided, settings: Settings
    ) -> None:
        without = words_of(web, "/privacy")
        tiles = {"tile_url": "https://tiles.example.org/{z}/{x}/{y}.png"}
        provided.put(Settings, settings.model_copy(update=tiles))

        assert "landelijke kaartdienst" not in without
        assert "landelijke kaartdienst" in words_of(web, "/privacy")

    def test_names_every_cookie_that_pages_set(self, web: FlaskClient) -> None:
        told = words_of(web, "/privacy")
        paths = ("/", "/melden", "/inloggen", "/volg", "/?taal=en")
        cookies = {
            header.partition("=")[0]
            for path in paths
            for header in web.get(path).headers.getlist("Set-Cookie")
        }

        assert len(cookies) >= 2
        assert [name for name in cookies if name not in told] == []


class TestTheAccessibilityPage:
    def test_says_whom_to_tell(self, web: FlaskClient, settings: Settings) -> None:
        told = words_of(web, "/toegankelijkheid")

        assert "WCAG 2.2" in told
        assert settings.contact_email in told
        assert settings.contact_phone in told


class TestSecurityText:
    @pytest.fixture
    def fields(self, web: FlaskClient, provided: Provided) -> dict[str, str]:
        provided.put(Clock, StoppedClock(NEW_YEARS_EVE))
        answered = web.get("/.well-known/security.txt")
        assert answered.content_type == "text/plain; charset=utf-8"
        lines = answered.get_data(as_text=True).splitlines()
        return dict(line.split(": ", 1) for line in lines)

    def test_says_whom_to_tell_and_in_which_languages(self, fields: dict[str, str]) -> None:
        assert fields["Contact"] == "mailto:meldingen@example.org"
        assert fields["Preferred-Languages"] == "nl, en"
        assert fields["Canonical"] == "http://127.0.0.1:8000/.well-known/security.txt"

    def test_holds_for_less_than_a_year(self, fields: dict[str, str]) -> None:
        expires = datetime.fromisoformat(fields["Expires"])

        assert NEW_YEARS_EVE < expires < NEW_YEARS_EVE + timedelta(days=365)


@pytest.mark.parametrize("path", ["/privacy", "/toegankelijkheid", "/.well-known/security.txt"])
def test_every_page_leads_there(web: FlaskClient, path: str) -> None:
    for page in ("/", "/volg", "/privacy"):
        assert f'href="{path}"' in web.get(page).get_data(as_text=True)
