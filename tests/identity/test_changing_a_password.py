"""A person changes their own password: with the present one, and nobody else stays signed in."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity import operations, passwords
from app.identity.permissions import Role
from tests.identity.web import small_settings, small_web
from tests.makers.people import PASSWORD, an_account

EMAIL = "noor@example.org"
BETTER = "zeven paarden en een kar"
PAGE = "/mijn-account/wachtwoord"


@pytest.fixture
def app(connection: Connection) -> Flask:
    return small_web(connection, small_settings(rate_limits="on"))


@pytest.fixture
def database(app: Flask) -> Database:
    with app.app_context():
        return provided().get(Database)


@pytest.fixture
def noor(app: Flask, database: Database) -> FlaskClient:
    """Noor, signed in; a colleague has an account too."""
    with database.transaction() as transaction:
        an_account(transaction, role=Role.CREW, email=EMAIL, password=PASSWORD)
        an_account(transaction, role=Role.CREW, email="ander@example.org", password=PASSWORD)
    return signed_in(app)


def signed_in(app: Flask, email: str = EMAIL) -> FlaskClient:
    client = app.test_client()
    client.post(
        "/inloggen",
        data={"csrf_token": proof(client, "/inloggen"), "email": email, "password": PASSWORD},
    )
    return client


def proof(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def change(
    client: FlaskClient, present: str = PASSWORD, chosen: str = BETTER, again: str | None = None
) -> TestResponse:
    return client.post(
        PAGE,
        data={
            "csrf_token": proof(client, PAGE),
            "present_password": present,
            "password": chosen,
            "password_again": chosen if again is None else again,
        },
    )


def password_of(database: Database, email: str = EMAIL) -> str | None:
    with database.transaction() as transaction:
        return operations.account_with_email(transaction, email).password_hash


class TestTheNameInTheHeader:
    def test_leads_to_ones_own_account_and_from_there_to_the_password(
        self, noor: FlaskClient
    ) -> None:
        page = noor.get("/mijn-account").text

        assert '<a href="/mijn-account"' in page
        assert f'href="{PAGE}"' in page


class TestAPasswordThatIsChanged:
    def test_is_the_one_from_now_on(self, noor: FlaskClient, database: Database) -> None:
        answered = change(noor)

        assert answered.location == "/mijn-account"
        assert passwords.matches(BETTER, password_of(database))
        assert passwords.matches(PASSWORD, password_of(database, "ander@example.org"))

    def test_ends_every_other_sign_in_and_leaves_this_one(
        self, app: Flask, noor: FlaskClient
    ) -> None:
        phone, colleague = signed_in(app), signed_in(app, "ander@example.org")

        change(noor)

        assert noor.get("/mijn-account").status_code == 200
        assert phone.get("/mijn-account").status_code == 303
        assert colleague.get("/mijn-account").status_code == 200

    def test_leaves_no_copy_of_the_old_cookie_good(self, app: Flask, noor: FlaskClient) -> None:
        cookie = noor.get_cookie("straatbeeld")
        assert cookie is not None
        thief = app.test_client()
        thief.set_cookie("straatbeeld", cookie.value)

        before = thief.get("/mijn-account").status_code
        change(noor)

        assert (before, thief.get("/mijn-account").status_code) == (200, 303)


class TestAPasswordThatIsNotChanged:
    @pytest.mark.parametrize(
        ("present", "chosen", "again"),
        [
            ("not the password", BETTER, None),
            ("", BETTER, None),
            ("\x00", BETTER, None),
            (PASSWORD, "kort", None),
            (PASSWORD, "", None),
            (PASSWORD, EMAIL, None),
            (PASSWORD, "x" * 300, None),
            (PASSWORD, BETTER, "iets anders"),
        ],
    )
    def test_stays_as_it_was_and_so_do_the_sign_ins(
        self,
        app: Flask,
        noor: FlaskClient,
        database: Database,
        present: str,
        chosen: str,
        again: str | None,
    ) -> None:
        phone = signed_in(app)

        refused = change(noor, present, chosen, again)

        assert refused.status_code == 400
        assert 'aria-invalid="true"' in refused.text
        assert passwords.matches(PASSWORD, password_of(database))
        assert phone.get("/mijn-account").status_code == 200

    def test_is_guessed_at_no_faster_than_at_the_sign_in(
        self, noor: FlaskClient, database: Database
    ) -> None:
        # Signing in on this device was one time from a device that nobody knew.
        guesses = [change(noor, "not the password").status_code for _ in range(11)]

        assert guesses == [400] * 10 + [429]
        assert change(noor).status_code == 429
        assert passwords.matches(PASSWORD, password_of(database))

    def test_is_asked_of_nobody_who_is_not_signed_in(self, app: Flask) -> None:
        assert app.test_client().get(PAGE).status_code == 303
