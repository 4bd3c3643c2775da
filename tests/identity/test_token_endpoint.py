"""The token endpoint over HTTP, as RFC 6749 has it."""

from __future__ import annotations

import base64

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.operations import revoke_client
from tests.makers.partners import Program, a_program

TOKEN = "/partner/v1/oauth/token"


@pytest.fixture
def program(provided: Provided, web: FlaskClient) -> Program:
    a_program(provided, web)
    return a_program(provided, web)


def ask(web: FlaskClient, form: dict[str, str], **headers: str) -> TestResponse:
    return web.post(TOKEN, data=form, headers=headers)


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


class TestAProgramThatShowsItsSecret:
    def test_gets_a_token_of_fifteen_minutes_that_nobody_keeps(self, program: Program) -> None:
        answered = program.ask_token()

        assert answered.status_code == 200
        assert answered.headers["Cache-Control"] == "no-store"
        said = answered.get_json()
        assert said.pop("access_token")
        assert said == {
            "token_type": "Bearer",
            "expires_in": 900,
            "scope": "tasks:read tasks:work",
        }

    def test_may_show_it_in_the_form(self, web: FlaskClient, program: Program) -> None:
        answered = ask(
            web,
            {
                "grant_type": "client_credentials",
                "client_id": program.client.client_id,
                "client_secret": program.secret,
            },
        )

        assert answered.status_code == 200

    def test_gets_no_more_than_it_asked_for(self, program: Program) -> None:
        program.token = program.ask_token(scope="tasks:read").get_json()["access_token"]

        assert program.get("/tasks").status_code == 200
        refused = program.post("/tasks/00000000-0000-0000-0000-000000000001/accept", version=1)
        assert refused.status_code == 403
        assert refused.get_json()["type"] == "urn:straatbeeld:problem:scope-missing"

    def test_gets_all_it_has_when_it_asks_for_nothing(self, program: Program) -> None:
        assert program.ask_token(scope="").get_json()["scope"] == "tasks:read tasks:work"


class TestWhoIsNotKnown:
    def expect_refused(self, answered: TestResponse) -> None:
        assert answered.status_code == 401
        assert answered.content_type == "application/json"
        assert answered.get_json()["error"] == "invalid_client"
        assert answered.headers["WWW-Authenticate"].startswith("Basic ")
        assert answered.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "Basic",
            "Basic %%%",
            basic("nobody", "nothing"),
            basic("no\0body", "x"),
            basic("é", "ü"),
            "Bearer abc",
            "Digest username=x",
        ],
    )
    def test_is_told_how_to_show_it(self, web: FlaskClient, header: str) -> None:
        self.expect_refused(ask(web, {"grant_type": "client_credentials"}, Authorization=header))

    def test_shows_nothing(self, web: FlaskClient) -> None:
        self.expect_refused(ask(web, {"grant_type": "client_credentials"}))

    def test_has_another_secret(self, web: FlaskClient, program: Program) -> None:
        header = basic(program.client.client_id, program.secret + "x")

        self.expect_refused(ask(web, {"grant_type": "client_credentials"}, Authorization=header))

    def test_was_withdrawn(self, provided: Provided, program: Program) -> None:
        with provided.get(Database).transaction() as transaction:
            revoke_client(transaction, program.client.client_id, now=provided.get(Clock).now())

        self.expect_refused(program.ask_token())


class TestAFormThatIsNotRight:
    @pytest.mark.parametrize(
        ("form", "error"),
        [
            ({}, "invalid_request"),
            ({"grant_type": ""}, "invalid_request"),
            ({"grant_type": "password"}, "unsupported_grant_type"),
            ({"grant_type": "client_credentials", "scope": "tasks:burn"}, "invalid_scope"),
            ({"grant_type": "client_credentials", "scope": "tasks:read x"}, "invalid_scope"),
            ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_request"),
            ({"grant_type": "client_credentials", "client_id": "x"}, "invalid_request"),
        ],
    )
    def test_is_told_by_its_word(
        self, web: FlaskClient, program: Program, form: dict[str, str], error: str
    ) -> None:
        header = basic(program.client.client_id, program.secret)

        answered = ask(web, form, Authorization=header)

        assert answered.status_code == 400
        assert answered.get_json()["error"] == error

    def test_asks_twice(self, web: FlaskClient, program: Program) -> None:
        answered = web.post(
            TOKEN,
            data="grant_type=client_credentials&grant_type=client_credentials",
            content_type="application/x-www-form-urlencoded",
            auth=(program.client.client_id, program.secret),
        )

        assert answered.get_json()["error"] == "invalid_request"

    def test_asks_for_a_scope_the_client_has_not(
        self, provided: Provided, web: FlaskClient
    ) -> None:
        reader = a_program(provided, web, scopes=("tasks:read",))

        answered = reader.ask_token(scope="tasks:read tasks:work")

        assert answered.get_json()["error"] == "invalid_scope"

    def test_is_no_form(self, web: FlaskClient) -> None:
        answered = web.post(TOKEN, json={"grant_type": "client_credentials"})

        assert answered.status_code == 415
        assert answered.content_type == "application/problem+json"

    def test_is_told_as_a_problem_to_those_who_want_one(self, web: FlaskClient) -> None:
        answered = ask(web, {}, Accept="application/problem+json")

        assert answered.content_type == "application/problem+json"
        assert answered.get_json()["status"] == 400


class TestASecretInTheAddress:
    def test_is_not_looked_at(self, web: FlaskClient, program: Program) -> None:
        answered = web.post(
            TOKEN,
            query_string={
                "client_id": program.client.client_id,
                "client_secret": program.secret,
            },
            data={"grant_type": "client_credentials"},
        )

        assert answered.status_code == 401
