"""What goes wrong is told to people in their own language, and to programs as a problem."""

from __future__ import annotations

from flask.testing import FlaskClient


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
