"""While somebody types, at most three kinds are proposed; nothing they type does any harm."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from tests.makers.statements import statements

pytestmark = pytest.mark.usefixtures("categories")

PATH = "/api/v1/categories/suggestions"


def ask(web: FlaskClient, words: str) -> TestResponse:
    return web.get(PATH, query_string={"text": words})


def proposed(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.get_json()["suggestions"]
    return found


class TestWhatIsProposed:
    def test_is_the_likeliest_first_with_its_name_and_certainty(self, web: FlaskClient) -> None:
        found = proposed(ask(web, "De lantaarnpaal doet het niet meer"))

        assert found[0]["code"] == "verlichting.lamp-brandt-niet"
        assert found[0]["name"] == {"nl": "Lamp brandt niet", "en": "Street light not working"}
        assert 0.45 < found[0]["certainty"] <= 1

    def test_are_three_at_the_most_in_order(self, web: FlaskClient) -> None:
        found = proposed(ask(web, "boom put bank hek ratten wespen graffiti stoeptegel lamp"))

        certain = [one["certainty"] for one in found]
        assert len(found) == 3
        assert certain == sorted(certain, reverse=True)

    def test_is_the_same_whatever_the_case_and_the_spelling_of_accents(
        self, web: FlaskClient
    ) -> None:
        plain = proposed(ask(web, "Prullenbak is vol"))

        assert proposed(ask(web, "  PRULLENBAK\nIS VOL ")) == plain

    def test_costs_one_statement(self, web: FlaskClient, connection: Connection) -> None:
        with statements(connection) as heard:
            ask(web, "lantaarnpaal")

        assert len(heard) == 1


class TestWordsThatTellNothing:
    @pytest.mark.parametrize(
        "words",
        [
            "de het een en of",
            "🦄🦄🦄",
            "?!...",
            "asdfghjkl",
            "123",
            "x" * 3000,
            "x " * 1500,
        ],
        ids=["stop words", "emoji", "signs", "keys", "number", "one word", "letters"],
    )
    def test_propose_nothing(self, web: FlaskClient, words: str) -> None:
        assert proposed(ask(web, words)) == []


class TestWordsThatMeanHarm:
    @pytest.mark.parametrize(
        "words",
        [
            "'; DROP TABLE category; --",
            "lamp' OR '1'='1",
            "lamp & | ! <-> ( ) :* \\",
            "%(words)s :words {words} %s",
            "<script>alert(1)</script>",
            "\\x00 \\u0000 \\",
            "lamp':A*",
        ],
    )
    def test_are_words_like_all_others(
        self, web: FlaskClient, connection: Connection, words: str
    ) -> None:
        proposed(ask(web, words))

        assert connection.scalar(text("SELECT count(*) FROM category")) == 41


class TestAQueryThatIsNotRight:
    @pytest.mark.parametrize(
        "query",
        [
            "",
            "text=",
            "text=%20%0A",
            "text=%E2%80%8B%E2%80%AE",
            f"text={'x' * 3001}",
            "text=lamp%00",
            "text=lamp%1B%5B2J",
            "text=%C2%85",
            "word=lamp",
        ],
    )
    def test_is_refused_and_names_the_field(self, web: FlaskClient, query: str) -> None:
        answered = web.get(f"{PATH}?{query}")

        assert answered.status_code == 400
        assert answered.content_type == "application/problem+json"
        assert answered.get_json()["errors"][0]["in"] == "query"

    def test_with_bytes_that_are_no_text_is_no_fault(self, web: FlaskClient) -> None:
        answered = web.get(f"{PATH}?text=%FF%FElamp%ED%A0%80")

        assert answered.status_code in {200, 400}

    def test_in_another_spelling_of_an_accent_is_the_same_text(self, web: FlaskClient) -> None:
        composed, decomposed = quote("café"), quote("cafe\u0301")

        assert proposed(web.get(f"{PATH}?text={composed}%20lamp%20kapot")) == proposed(
            web.get(f"{PATH}?text={decomposed}%20lamp%20kapot")
        )
