"""Where somebody is signed in: named in words, and ended one by one or all but this one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity import own_sign_ins
from app.identity.device_words import device_words
from app.identity.operations import start_sign_in
from app.identity.permissions import Role
from app.identity.records import Account, SignIn
from tests.identity.web import small_settings, small_web
from tests.makers.people import MONDAY_MORNING, an_account
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements

FIREFOX_ON_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko Firefox/145.0"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) {}"
CHROME_ON_ANDROID = ANDROID.format("Chrome/142.0.0.0 Mobile Safari/537.36")


@pytest.fixture
def app(connection: Connection) -> Flask:
    return small_web(connection, small_settings())


@pytest.fixture
def database(app: Flask) -> Database:
    with app.app_context():
        return provided().get(Database)


@pytest.fixture
def noor(database: Database) -> Account:
    """Noor, beside a colleague who is signed in."""
    with database.transaction() as transaction:
        colleague = an_account(transaction)
        start_sign_in(transaction, colleague.id, now=MONDAY_MORNING)
        return an_account(transaction, role=Role.DESK)


def also_signed_in(database: Database, account: Account, user_agent: str) -> None:
    with database.transaction() as transaction:
        start_sign_in(transaction, account.id, now=MONDAY_MORNING, on=device_words(user_agent))


def living(database: Database, account: Account) -> int:
    with database.transaction() as transaction:
        return len(own_sign_ins.sign_ins(transaction, account.id, now=MONDAY_MORNING))


def living_of_others(database: Database, account: Account) -> int:
    with database.transaction() as transaction:
        others = select(SignIn).where(SignIn.account_id != account.id, SignIn.ended_at.is_(None))
        return len(transaction.session.scalars(others).all())


class TestADevice:
    @pytest.mark.parametrize(
        ("user_agent", "words"),
        [
            (FIREFOX_ON_WINDOWS, ("Firefox", "Windows")),
            (CHROME_ON_ANDROID, ("Chrome", "Android")),
            (
                ANDROID.format("SamsungBrowser/28.0 Chrome/130.0 Safari"),
                ("Samsung Internet", "Android"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0",
                ("Edge", "Windows"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1",
                ("Safari", "iPhone"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) CriOS/142 Safari/604.1",
                ("Chrome", "iPhone"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15",
                ("Safari", "Mac"),
            ),
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36", ("Chrome", "Linux")),
            ("<script>", ("", "")),
            ("", ("", "")),
        ],
    )
    def test_is_named_as_people_know_it(self, user_agent: str, words: tuple[str, str]) -> None:
        assert device_words(user_agent) == words


class TestTheOwnAccount:
    def test_names_each_device_and_marks_this_one(
        self, app: Flask, database: Database, noor: Account
    ) -> None:
        also_signed_in(database, noor, FIREFOX_ON_WINDOWS)
        also_signed_in(database, noor, "curl/8")

        page = signed_in(app.test_client(), noor).get("/mijn-account").text

        assert page.count("You are using this one now") == 1
        assert "Sign out: Firefox on Windows" in page
        assert "Sign out: A device we do not recognise" in page
        assert "Sign out on all other devices" in page

    def test_tells_two_that_look_alike_apart(
        self, app: Flask, database: Database, noor: Account
    ) -> None:
        for tens in (1, 2):
            with database.transaction() as transaction:
                start_sign_in(
                    transaction,
                    noor.id,
                    now=MONDAY_MORNING - timedelta(minutes=10 * tens),
                    on=device_words(FIREFOX_ON_WINDOWS),
                )

        page = signed_in(app.test_client(), noor).get("/mijn-account").text

        buttons = re.findall(r"Sign out: Firefox on Windows(.*?)</button>", page)
        assert len(set(buttons)) == 2
        assert all("signed in on" in one for one in buttons)

    def test_of_who_is_signed_in_once_ends_nothing_else(self, app: Flask, noor: Account) -> None:
        page = signed_in(app.test_client(), noor).get("/mijn-account").text

        assert "You are using this one now" in page
        assert "Sign out:" not in page
        assert "other devices" not in page

    def test_costs_as_many_statements_with_many_devices(
        self, app: Flask, database: Database, noor: Account, connection: Connection
    ) -> None:
        for _ in range(12):
            also_signed_in(database, noor, FIREFOX_ON_WINDOWS)
        browser = signed_in(app.test_client(), noor)

        with statements(connection) as seen:
            browser.get("/mijn-account")

        assert len(seen) == 4


class TestEndingASignIn:
    def end(self, browser: Browser, path: str) -> str:
        answer = browser.submit("/mijn-account", f"/mijn-account/aanmeldingen/{path}/beeindigen")
        assert answer.location == "/mijn-account"
        return browser.get("/mijn-account").text

    def test_of_another_device_leaves_the_rest(
        self, app: Flask, database: Database, noor: Account
    ) -> None:
        also_signed_in(database, noor, CHROME_ON_ANDROID)
        with database.transaction() as transaction:
            (phone,) = own_sign_ins.sign_ins(transaction, noor.id, now=MONDAY_MORNING)
        also_signed_in(database, noor, FIREFOX_ON_WINDOWS)

        page = self.end(signed_in(app.test_client(), noor), str(phone.id))

        assert "Chrome on Android" not in page
        assert "Firefox on Windows" in page

    def test_twice_is_no_fault(self, app: Flask, database: Database, noor: Account) -> None:
        also_signed_in(database, noor, CHROME_ON_ANDROID)
        with database.transaction() as transaction:
            (phone,) = own_sign_ins.sign_ins(transaction, noor.id, now=MONDAY_MORNING)
        browser = signed_in(app.test_client(), noor)
        proof = browser.hidden("/mijn-account", f"/mijn-account/aanmeldingen/{phone.id}/beeindigen")
        path = f"/mijn-account/aanmeldingen/{phone.id}/beeindigen"

        first, again = browser.send(path, proof), browser.send(path, proof)

        assert (first.status_code, again.status_code) == (303, 303)
        assert living(database, noor) == 1

    def test_of_all_others_leaves_this_one_and_those_of_colleagues(
        self, app: Flask, database: Database, noor: Account
    ) -> None:
        also_signed_in(database, noor, CHROME_ON_ANDROID)
        also_signed_in(database, noor, FIREFOX_ON_WINDOWS)
        browser = signed_in(app.test_client(), noor)

        self.end(browser, "andere")

        assert living(database, noor) == 1
        assert living_of_others(database, noor) == 1
        assert browser.get("/balie").status_code == 200

    def test_is_not_for_a_form_of_another_site(
        self, app: Flask, database: Database, noor: Account
    ) -> None:
        also_signed_in(database, noor, CHROME_ON_ANDROID)
        client: FlaskClient = signed_in(app.test_client(), noor).client

        answer = client.post("/mijn-account/aanmeldingen/andere/beeindigen")

        assert answer.status_code == 400
        assert living(database, noor) == 2
