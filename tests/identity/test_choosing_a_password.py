"""The link with which a person chooses a password: once, within a day, and nobody else's."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity import invitations, operations, own_sign_ins, passwords
from app.identity.model import InvitationOver
from app.identity.signed import signed
from tests.identity.web import small_settings, small_web
from tests.makers.people import MONDAY_MORNING, PASSWORD, an_account

EMAIL = "noor@example.org"
BETTER = "zeven paarden en een kar"


@pytest.fixture
def app(connection: Connection) -> Flask:
    return small_web(connection, small_settings())


@pytest.fixture
def database(app: Flask) -> Database:
    with app.app_context():
        return provided().get(Database)


@pytest.fixture
def link(database: Database) -> str:
    """The path of Noor's invitation; she signed in with another password before."""
    with database.transaction() as transaction:
        account = an_account(transaction, email=EMAIL, password=PASSWORD)
        an_account(transaction, email="ander@example.org", password=PASSWORD)
        address = invitations.invitation(account, settings=small_settings(), now=MONDAY_MORNING)
    return address.removeprefix("http://127.0.0.1:8000")


def choose(
    client: FlaskClient, link: str, password: str = BETTER, again: str | None = None
) -> TestResponse:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(link).text)
    return client.post(
        link,
        data={
            "csrf_token": found[1] if found else "",
            "password": password,
            "password_again": password if again is None else again,
        },
    )


def password_of_noor(database: Database) -> str | None:
    with database.transaction() as transaction:
        return operations.account_with_email(transaction, EMAIL).password_hash


class TestAnInvitation:
    def test_names_the_person_and_is_kept_by_no_computer(self, app: Flask, link: str) -> None:
        page = app.test_client().get(link)

        assert EMAIL in page.text
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"

    def test_gives_the_password_that_was_chosen(
        self, app: Flask, database: Database, link: str
    ) -> None:
        answer = choose(app.test_client(), link)

        assert answer.status_code == 303
        assert answer.location == "/inloggen?wachtwoord=gekozen"
        assert passwords.matches(BETTER, password_of_noor(database))

    def test_is_good_once(self, app: Flask, database: Database, link: str) -> None:
        choose(app.test_client(), link)

        again = app.test_client().get(link)

        assert again.status_code == 410
        assert "no longer good" in again.text
        assert EMAIL not in again.text

    def test_of_two_who_hold_it_serves_the_first(
        self, app: Flask, database: Database, link: str
    ) -> None:
        second = app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', second.get(link).text)
        assert token is not None
        choose(app.test_client(), link)

        answer = second.post(
            link,
            data={"csrf_token": token[1], "password": "x" + BETTER, "password_again": "x" + BETTER},
        )

        assert answer.status_code == 410
        assert passwords.matches(BETTER, password_of_noor(database))

    def test_of_three_at_the_same_moment_serves_one(self, committing_database: Database) -> None:
        with committing_database.transaction() as transaction:
            account = an_account(transaction, email=EMAIL, password=PASSWORD)
            token = invitations.invitation(
                account, settings=small_settings(), now=MONDAY_MORNING
            ).rpartition("/")[2]
        together = Barrier(3, timeout=20)

        def is_taken(password: str) -> bool:
            now, settings = MONDAY_MORNING, small_settings()
            try:
                with committing_database.transaction() as transaction:
                    # As the page does, which names who was invited.
                    invitations.invited_account(transaction, token, settings=settings, now=now)
                    together.wait()
                    invitations.choose_password(
                        transaction, token, password, settings=settings, now=now
                    )
            except InvitationOver:
                return False
            return True

        with ThreadPoolExecutor(3) as pool:
            taken = list(pool.map(is_taken, [f"{one} {BETTER}" for one in range(3)]))

        assert sorted(taken) == [False, False, True]
        assert passwords.matches(
            f"{taken.index(True)} {BETTER}", password_of_noor(committing_database)
        )

    def test_ends_after_a_day(self, app: Flask, link: str) -> None:
        with app.app_context():
            provided().put(Clock, StoppedClock(MONDAY_MORNING + timedelta(hours=24)))

        assert app.test_client().get(link).status_code == 410

    def test_ends_with_the_next_one(self, app: Flask, database: Database, link: str) -> None:
        with database.transaction() as transaction:
            account = operations.account_with_email(transaction, EMAIL)
            invitations.take_password_away(transaction, account.id, now=MONDAY_MORNING)

        assert app.test_client().get(link).status_code == 410

    def test_ends_with_the_account(self, app: Flask, database: Database, link: str) -> None:
        with database.transaction() as transaction:
            account = operations.account_with_email(transaction, EMAIL)
            operations.deactivate(transaction, account.id, now=MONDAY_MORNING)

        assert app.test_client().get(link).status_code == 410

    @pytest.mark.parametrize(
        ("password", "again"),
        [("kort", None), ("", None), (BETTER, "iets anders"), (EMAIL, None), ("x" * 300, None)],
    )
    def test_stays_good_when_the_password_will_not_do(
        self, app: Flask, database: Database, link: str, password: str, again: str | None
    ) -> None:
        client = app.test_client()

        refused = choose(client, link, password, again)

        assert refused.status_code == 400
        assert passwords.matches(PASSWORD, password_of_noor(database))
        assert choose(client, link).status_code == 303

    def test_ends_the_sign_ins_that_were_there(
        self, app: Flask, database: Database, link: str
    ) -> None:
        with database.transaction() as transaction:
            account = operations.account_with_email(transaction, EMAIL)
            operations.start_sign_in(transaction, account.id, now=MONDAY_MORNING)

        choose(app.test_client(), link)

        with database.transaction() as transaction:
            assert own_sign_ins.sign_ins(transaction, account.id, now=MONDAY_MORNING) == []

    def test_is_no_link_to_post_to_without_its_form(self, app: Flask, link: str) -> None:
        answer = app.test_client().post(link, data={"password": BETTER, "password_again": BETTER})

        assert answer.status_code == 400


class TestAMadeUpInvitation:
    @pytest.mark.parametrize("token", ["x", "a.b.c", "é", "\x00", "." * 5000])
    def test_opens_nothing(self, app: Flask, token: str) -> None:
        assert app.test_client().get(f"/uitnodiging/{token}").status_code == 410

    @pytest.mark.parametrize(
        "stated",
        [{}, {"sub": "noor"}, {"sub": 7}, {"sub": "00000000-0000-0000-0000-000000000000"}],
    )
    def test_opens_nothing_however_well_it_is_signed(
        self, app: Flask, stated: dict[str, object]
    ) -> None:
        token = signed(
            stated,
            kind="invitation",
            until=MONDAY_MORNING + timedelta(hours=1),
            settings=small_settings(),
        )

        assert app.test_client().get(f"/uitnodiging/{token}").status_code == 410

    def test_of_another_kind_opens_nothing(self, app: Flask, database: Database, link: str) -> None:
        with database.transaction() as transaction:
            account = operations.account_with_email(transaction, EMAIL)
        token = signed(
            {"sub": str(account.id), "for": invitations._worth(account)},
            kind="known device",
            until=MONDAY_MORNING + timedelta(hours=1),
            settings=small_settings(),
        )

        assert app.test_client().get(f"/uitnodiging/{token}").status_code == 410
