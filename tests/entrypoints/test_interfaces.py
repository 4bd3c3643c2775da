"""Interfaces for programs: their document, their version, and how they refuse."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.entrypoints.interfaces import MOBILE_VERSION
from app.foundation.api_documents import PROBLEM_MEDIA_TYPE


class TestTheDocument:
    def test_may_be_read_by_a_page_from_anywhere(self, web: FlaskClient) -> None:
        answered = web.get("/api/v1/openapi.json", headers={"Origin": "https://elsewhere.example"})

        assert answered.status_code == 200
        assert answered.headers["Access-Control-Allow-Origin"] == "*"

    def test_says_whom_to_ask(self, web: FlaskClient) -> None:
        document = web.get("/api/v1/openapi.json").get_json()

        assert document["info"]["contact"]["email"] == "meldingen@example.org"
        assert document["servers"] == [{"url": "http://127.0.0.1:8000/api/v1"}]


class TestEveryAnswer:
    def test_tells_the_version(self, web: FlaskClient) -> None:
        answers = [web.get("/api/v1/categories"), web.get("/api/v1/nothing-here")]

        assert [answer.headers["API-Version"] for answer in answers] == [MOBILE_VERSION] * 2

    def test_stands_in_the_order_in_which_it_was_written(self, web: FlaskClient) -> None:
        answered = web.get("/api/v1/nothing-here")

        assert list(answered.get_json()) == ["type", "title", "status", "detail"]

    def test_of_a_page_has_none(self, web: FlaskClient) -> None:
        assert "API-Version" not in web.get("/health/live").headers


class TestWhatIsNotThere:
    def test_is_a_problem_for_a_program(self, web: FlaskClient) -> None:
        answered = web.get("/api/v1/nothing-here")

        assert answered.status_code == 404
        assert answered.content_type == PROBLEM_MEDIA_TYPE
        assert set(answered.get_json()) == {"type", "title", "status", "detail"}

    def test_is_a_page_for_a_person(self, web: FlaskClient) -> None:
        answered = web.get("/niets-hier", headers={"Accept": "text/html"})

        assert answered.status_code == 404
        assert answered.mimetype == "text/html"


class TestAnAddressThatAnInterfaceDoesNotHave:
    @pytest.mark.parametrize("interface", ["/api/v1", "/partner/v1"])
    def test_leads_to_the_list_of_all_addresses(self, web: FlaskClient, interface: str) -> None:
        said = web.get(f"{interface}/nothing").get_json()

        assert said["status"] == 404
        assert said["detail"].startswith("There is nothing at this address.")
        assert f"{interface}/openapi.json" in said["detail"]

    def test_is_told_which_method_it_does_not_take(self, web: FlaskClient) -> None:
        answered = web.delete("/api/v1/categories")

        assert answered.status_code == 405
        assert "does not take DELETE" in answered.get_json()["detail"]
        assert "GET" in answered.headers["Allow"]


class TestAQueryThatIsNotRight:
    @pytest.mark.parametrize("address", ["/api/v1/places?limit=1&limit=2&q=a&lat=1&lat=1"])
    def test_says_nothing_twice(self, web: FlaskClient, address: str) -> None:
        answered = web.get(address)

        assert answered.status_code == 400
        assert [
            (error["in"], error["location"], error["code"])
            for error in answered.get_json()["errors"]
        ] == [("query", "limit", "duplicate-field"), ("query", "lat", "duplicate-field")]

    def test_names_the_field(self, web: FlaskClient) -> None:
        answered = web.get("/api/v1/categories/suggestions")

        assert answered.status_code == 400
        assert answered.content_type == PROBLEM_MEDIA_TYPE
        assert answered.get_json()["errors"] == [
            {
                "in": "query",
                "location": "text",
                "code": "required",
                "detail": "Missing data for required field.",
            }
        ]
