"""What goes wrong is told to people in their own language, and to programs as a problem."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.entrypoints.web import create_app
from app.foundation.provided import Provided
from app.identity.model import TooOften


class TestAPageThatIsNotThere:
    def test_is_told_in_dutch(self, web: FlaskClient) -> None:
        answered = web.get("/geen-pagina")

        assert answered.status_code == 404
        assert "Deze pagina bestaat niet" in answered.text
        assert "was not found" not in answered.text

    def test_is_told_in_english_to_whoever_asks(self, web: FlaskClient) -> None:
        answered = web.get("/geen-pagina?taal=en")

        assert "This page does not exist" in answered.text

    def test_is_a_problem_for_a_program(self, web: FlaskClient) -> None:
        answered = web.get("/api/v1/nothing-here")

        assert answered.status_code == 404
        assert answered.content_type == "application/problem+json"


class TestAMethodThatIsNotThere:
    def test_is_no_fault_of_ours(self, web: FlaskClient) -> None:
        answered = web.put("/")

        assert answered.status_code == 405
        assert "Er ging bij ons iets mis" not in answered.text
        assert "GET" in answered.headers["Allow"]


class TestAnAddressWithTwoSlashes:
    def test_leads_nowhere_and_to_no_other_host(self, web: FlaskClient) -> None:
        answered = web.get("/volg//x", headers={"Host": "evil.example"})

        assert answered.status_code == 404
        assert "Location" not in answered.headers


class TestTooOften:
    @pytest.fixture
    def web(self, provided: Provided) -> FlaskClient:
        """A client of an application of its own, which gets a page more."""
        application = create_app(provided)
        application.testing = True
        return application.test_client()

    @pytest.mark.parametrize(
        ("seconds", "said"),
        [(1, "over 1 seconde "), (90, "over 90 seconden "), (999, "over 17 minuten ")],
    )
    def test_says_how_long_to_wait_as_people_count(
        self, web: FlaskClient, seconds: int, said: str
    ) -> None:
        @web.application.get("/te-vaak")
        def too_often() -> str:
            raise TooOften(retry_after_seconds=seconds)

        answered = web.get("/te-vaak")

        assert answered.status_code == 429
        assert answered.headers["Retry-After"] == str(seconds)
        assert said in answered.text
        assert "heel veel aanvragen" in answered.text

    def test_at_signing_in_names_the_password_and_a_way_in(self, web: FlaskClient) -> None:
        @web.application.get("/te-vaak")
        def too_often() -> str:
            raise TooOften(retry_after_seconds=999, is_signing_in=True)

        answered = web.get("/te-vaak")

        assert "wachtwoord dat niet klopt" in answered.text
        assert "vraag een beheerder" in answered.text
        assert "heel veel aanvragen" not in answered.text
