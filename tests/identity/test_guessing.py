"""Guessing passwords is slow from wherever, and keeps nobody out on a device of their own."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity import operations
from app.identity.permissions import Role
from app.identity.records import Account
from tests.identity.web import small_settings, small_web
from tests.makers.people import MONDAY_MORNING, PASSWORD, an_account

EMAIL = "noor@example.org"


@pytest.fixture
def app(connection: Connection) -> Flask:
    return small_web(connection, small_settings(rate_limits="on"))


@pytest.fixture
def noor(app: Flask) -> Account:
    with app.app_context():
        database = provided().get(Database)
    with database.transaction() as transaction:
        return an_account(transaction, role=Role.CREW, email=EMAIL, password=PASSWORD)


def attempt(
    client: FlaskClient, *, password: str = "", email: str = EMAIL, address: str = "192.0.2.1"
) -> int:
    """Return the status of one attempt; without a password none is hashed, and it counts."""
    client.delete_cookie("straatbeeld")  # signed out, as after a night
    page = client.get("/inloggen", environ_base={"REMOTE_ADDR": address})
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    return client.post(
        "/inloggen",
        data={"csrf_token": token[1], "email": email, "password": password},
        environ_base={"REMOTE_ADDR": address},
    ).status_code


def guess_from(app: Flask, addresses: int, *, times: int, email: str = EMAIL) -> list[int]:
    stranger = app.test_client()
    return [
        attempt(stranger, email=email, address=f"198.51.100.{address}")
        for address in range(addresses)
        for _ in range(times)
    ]


class TestGuessing:
    def test_from_one_address_ends_after_ten_times(self, app: Flask, noor: Account) -> None:
        assert guess_from(app, 1, times=11) == [200] * 10 + [429]

    def test_from_many_addresses_ends_after_thirty_times(self, app: Flask, noor: Account) -> None:
        assert guess_from(app, 32, times=1) == [200] * 30 + [429] * 2

    def test_from_one_address_leaves_others_room(self, app: Flask, noor: Account) -> None:
        guess_from(app, 1, times=25)

        assert attempt(app.test_client(), password=PASSWORD) == 302

    def test_is_held_the_same_whether_the_account_exists(self, app: Flask, noor: Account) -> None:
        with_account = guess_from(app, 1, times=11)
        without = guess_from(app, 1, times=11, email="niemand@example.org")

        assert with_account == without

    def test_is_not_what_who_signs_in_does(self, app: Flask, noor: Account) -> None:
        statuses = [attempt(app.test_client(), password=PASSWORD) for _ in range(12)]

        assert statuses == [302] * 12

    def test_stays_counted_when_somebody_signs_in_after_it(self, app: Flask, noor: Account) -> None:
        stranger = app.test_client()
        guess_from(app, 1, times=9, email=EMAIL)

        good = attempt(stranger, password=PASSWORD, address="198.51.100.0")

        assert good == 302
        assert guess_from(app, 1, times=2) == [200, 429]

    def test_at_many_accounts_from_one_address_ends(self, app: Flask) -> None:
        stranger = app.test_client()

        statuses = [attempt(stranger, email=f"a{number}@example.org") for number in range(121)]

        assert statuses == [200] * 120 + [429]


class TestADeviceWhereSomebodySignedInBefore:
    def test_is_not_kept_out_by_who_guesses_elsewhere(self, app: Flask, noor: Account) -> None:
        own = app.test_client()
        attempt(own, password=PASSWORD)

        guess_from(app, 32, times=1)

        assert attempt(app.test_client(), password=PASSWORD) == 429
        assert attempt(own, password=PASSWORD) == 302

    def test_is_not_kept_out_by_who_guesses_at_the_same_address(
        self, app: Flask, noor: Account
    ) -> None:
        own = app.test_client()
        attempt(own, password=PASSWORD)
        guest = app.test_client()
        for _ in range(11):
            attempt(guest)

        assert attempt(own, password=PASSWORD) == 302

    def test_may_guess_ten_times_itself(self, app: Flask, noor: Account) -> None:
        own = app.test_client()
        attempt(own, password=PASSWORD)

        statuses = [attempt(own) for _ in range(11)]

        assert statuses == [200] * 10 + [429]

    def test_is_known_to_whom_signed_in_there_alone(self, app: Flask, noor: Account) -> None:
        own = app.test_client()
        attempt(own, password=PASSWORD)
        guess_from(app, 31, times=1, email="ander@example.org")

        assert attempt(own, email="ander@example.org") == 429

    def test_is_forgotten_with_the_password(self, app: Flask, noor: Account) -> None:
        own = app.test_client()
        attempt(own, password=PASSWORD)
        with app.app_context():
            database = provided().get(Database)
        with database.transaction() as transaction:
            operations.deactivate(transaction, noor.id, now=MONDAY_MORNING)
        guess_from(app, 31, times=1)

        assert attempt(own, password=PASSWORD) == 429

    def test_is_known_to_several_people(self, app: Flask, noor: Account) -> None:
        with app.app_context():
            database = provided().get(Database)
        with database.transaction() as transaction:
            an_account(transaction, role=Role.CREW, email="bert@example.org", password=PASSWORD)
        shared = app.test_client()
        attempt(shared, password=PASSWORD)
        attempt(shared, password=PASSWORD, email="bert@example.org")
        guess_from(app, 31, times=1)

        assert attempt(shared, password=PASSWORD) == 302

    def test_keeps_a_cookie_that_scripts_do_not_get_and_names_nobody(
        self, connection: Connection, noor: Account
    ) -> None:
        app = small_web(connection, small_settings(base_url="https://meldingen.example.org"))
        client = app.test_client()
        here = "https://meldingen.example.org"
        page = client.get("/inloggen", base_url=here)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None

        answer = client.post(
            "/inloggen",
            data={"csrf_token": token[1], "email": EMAIL, "password": PASSWORD},
            base_url=here,
            headers={"Referer": f"{here}/inloggen"},
        )

        cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "-device=" in c)
        assert cookie.startswith("__Host-straatbeeld-device=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert str(noor.id) not in cookie

    @pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "é" * 300])
    def test_is_not_made_up(self, app: Flask, noor: Account, cookie: str) -> None:
        stranger = app.test_client()
        stranger.set_cookie("straatbeeld-device", cookie)
        guess_from(app, 31, times=1)

        assert attempt(stranger, password=PASSWORD) == 429
