"""Signing in and out over HTTP, and what a page says to who is not allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.test import TestResponse

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity import operations, own_sign_ins, passwords
from app.identity.access_tokens import access_token
from app.identity.half_way import SECOND_STEP_PATH
from app.identity.permissions import Role
from app.identity.records import Account, SignIn
from tests.identity.web import small_settings, small_web
from tests.makers.people import MONDAY_MORNING, PASSWORD, a_partner_client, an_account
from tests.makers.sign_ins import take_second_step
from tests.makers.statements import statements

EMAIL = "noor@example.org"


@pytest.fixture
def app(connection: Connection) -> Flask:
    return small_web(connection, small_settings())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def books(app: Flask) -> Iterator[Transaction]:
    """What the application sees too."""
    with app.app_context():
        database = provided().get(Database)
    with database.transaction() as transaction:
        yield transaction


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def sign_in(
    client: FlaskClient, *, email: str = EMAIL, password: str = PASSWORD, to: str = ""
) -> TestResponse:
    form = client.get("/inloggen", query_string={"next": to} if to else {})
    answer = client.post(
        "/inloggen",
        data={"csrf_token": token_in(form), "email": email, "password": password, "next": to},
    )
    if not (answer.location or "").startswith(SECOND_STEP_PATH):
        return answer
    return take_second_step(client, email)


def noor(database: Database, *, role: Role = Role.DESK) -> Account:
    with database.transaction() as transaction:
        return an_account(transaction, email=EMAIL, role=role, password=PASSWORD)


@pytest.fixture
def database(app: Flask) -> Database:
    with app.app_context():
        return provided().get(Database)


def later(app: Flask, by: timedelta) -> None:
    with app.app_context():
        provided().put(Clock, StoppedClock(MONDAY_MORNING + by))


class TestAPersonWhoIsNotSignedIn:
    def test_is_led_to_the_sign_in_page_and_back(self, client: FlaskClient) -> None:
        answer = client.get("/balie?soort=weg&pagina=2")

        assert answer.status_code == 303
        assert answer.location == "/inloggen?next=/balie%3Fsoort%3Dweg%26pagina%3D2"

    def test_is_told_so_when_it_is_a_program(self, client: FlaskClient) -> None:
        answer = client.get("/api/v1/desk")

        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"

    def test_sees_what_is_open_to_anyone(self, client: FlaskClient) -> None:
        assert client.get("/open").status_code == 200


class TestSigningIn:
    def test_leads_to_where_the_work_of_the_role_starts(
        self, client: FlaskClient, database: Database
    ) -> None:
        noor(database)

        answer = sign_in(client, email=" Noor@Example.org ")

        assert answer.status_code == 303
        assert answer.location == "/begin"
        assert client.get("/begin").location == "/balie"
        assert client.get("/balie").text == "Noor Bakker"

    def test_leads_an_administrator_to_administration(
        self, client: FlaskClient, database: Database
    ) -> None:
        noor(database, role=Role.ADMINISTRATOR)

        sign_in(client)

        assert client.get("/begin").location == "/beheer"

    def test_leads_back_to_the_page_that_was_asked_for(
        self, client: FlaskClient, database: Database
    ) -> None:
        noor(database)

        assert sign_in(client, to="/balie?soort=weg").location == "/balie?soort=weg"

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "http:evil.example",
        ],
    )
    def test_never_leads_elsewhere(
        self, client: FlaskClient, database: Database, elsewhere: str
    ) -> None:
        noor(database)

        location = sign_in(client, to=elsewhere).location

        assert location == "/begin"

    def test_gives_a_cookie_that_scripts_and_other_sites_do_not_get(
        self, connection: Connection
    ) -> None:
        app = small_web(connection, small_settings(base_url="https://meldingen.example.org"))
        client = app.test_client()

        cookie = client.get("/inloggen", base_url="https://meldingen.example.org").headers[
            "Set-Cookie"
        ]

        assert cookie.startswith("__Host-straatbeeld=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))

    def test_makes_the_proof_of_forms_of_before_worth_nothing(
        self, client: FlaskClient, database: Database
    ) -> None:
        noor(database, role=Role.ANALYST)
        before = token_in(client.get("/inloggen"))
        assert sign_in(client).location == "/begin"

        answer = client.post(
            "/mijn-account/aanmeldingen/andere/beeindigen", data={"csrf_token": before}
        )

        assert answer.status_code == 400

    def test_notes_when(self, client: FlaskClient, database: Database) -> None:
        noor(database)
        sign_in(client)

        with database.transaction() as transaction:
            kept = operations.account_with_email(transaction, EMAIL)
            assert kept.last_signed_in_at == MONDAY_MORNING


class TestSigningInInVain:
    @pytest.mark.parametrize(
        ("email", "password"),
        [
            (EMAIL, "iets heel anders"),
            ("niemand@example.org", PASSWORD),
            (EMAIL, "x" * 1000),
            (EMAIL, "nul\x00teken in het midden"),
            ("noor\x00@example.org", PASSWORD),
            ("geen adres", PASSWORD),
        ],
    )
    def test_says_the_same_whatever_was_wrong(
        self, client: FlaskClient, database: Database, email: str, password: str
    ) -> None:
        noor(database)

        answer = sign_in(client, email=email, password=password)

        assert answer.status_code == 200
        assert "do not belong together" in answer.text
        assert password not in answer.text
        assert client.get("/balie").status_code == 303

    def test_says_nothing_of_an_account_that_was_deactivated(
        self, client: FlaskClient, database: Database
    ) -> None:
        account = noor(database)
        with database.transaction() as transaction:
            operations.deactivate(transaction, account.id, now=MONDAY_MORNING)

        assert "do not belong together" in sign_in(client).text

    def test_checks_a_hash_once_whether_the_account_exists_or_not(
        self, client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        noor(database)
        checked: list[str | None] = []
        really = passwords.matches

        def counting(password: str, password_hash: str | None) -> bool:
            checked.append(password_hash)
            return really(password, password_hash)

        monkeypatch.setattr(passwords, "matches", counting)

        sign_in(client, password="iets heel anders")
        sign_in(client, email="niemand@example.org")

        assert len(checked) == 2

    @pytest.mark.parametrize(("email", "password"), [("", PASSWORD), (EMAIL, ""), ("", "")])
    def test_asks_for_both(self, client: FlaskClient, email: str, password: str) -> None:
        assert "Fill in" in sign_in(client, email=email, password=password).text


class TestASignInOverHttp:
    def test_ends_for_good_when_signing_out_even_for_a_copied_cookie(
        self, app: Flask, client: FlaskClient, database: Database
    ) -> None:
        noor(database)
        sign_in(client)
        stolen = client.get_cookie("straatbeeld")
        assert stolen is not None
        thief = app.test_client()
        thief.set_cookie("straatbeeld", stolen.value)
        assert thief.get("/balie").status_code == 200

        out = client.post("/uitloggen", data={"csrf_token": token_in(client.get("/mijn-account"))})

        assert out.location == "/inloggen?afgemeld=ja"
        assert "You are signed out" in client.get(out.location).text
        assert client.get("/balie").status_code == 303
        assert thief.get("/balie").status_code == 303

    def test_ends_when_the_account_is_deactivated(
        self, client: FlaskClient, database: Database
    ) -> None:
        account = noor(database)
        sign_in(client)

        with database.transaction() as transaction:
            operations.deactivate(transaction, account.id, now=MONDAY_MORNING)

        assert client.get("/balie").status_code == 303

    def test_ends_when_it_is_not_used(
        self, app: Flask, client: FlaskClient, database: Database
    ) -> None:
        noor(database)
        sign_in(client)

        later(app, timedelta(hours=2))

        assert client.get("/balie").status_code == 303
        assert "you were away for a while" in client.get("/inloggen").text

    def test_can_be_ended_from_another_device(
        self, app: Flask, client: FlaskClient, database: Database
    ) -> None:
        account = noor(database)
        lost_phone = app.test_client()
        sign_in(lost_phone)
        with database.transaction() as transaction:
            (phone,) = own_sign_ins.sign_ins(transaction, account.id, now=MONDAY_MORNING)
        sign_in(client)

        client.post(
            f"/mijn-account/aanmeldingen/{phone.id}/beeindigen",
            data={"csrf_token": token_in(client.get("/mijn-account"))},
        )

        assert lost_phone.get("/balie").status_code == 303
        assert "by you on another device" in lost_phone.get("/inloggen").text
        assert client.get("/balie").status_code == 200

    def test_of_a_colleague_is_left_alone(self, client: FlaskClient, database: Database) -> None:
        noor(database)
        with database.transaction() as transaction:
            colleague = an_account(transaction)
            operations.start_sign_in(transaction, colleague.id, now=MONDAY_MORNING)
            theirs = transaction.session.scalars(
                select(SignIn).where(SignIn.account_id == colleague.id)
            ).one()
        sign_in(client)

        client.post(
            f"/mijn-account/aanmeldingen/{theirs.id}/beeindigen",
            data={"csrf_token": token_in(client.get("/mijn-account"))},
        )

        with database.transaction() as transaction:
            assert own_sign_ins.sign_ins(transaction, colleague.id, now=MONDAY_MORNING)

    def test_cannot_be_ended_by_a_link(self, client: FlaskClient) -> None:
        assert client.get("/uitloggen").status_code == 405


class TestAPageForSomebody:
    def test_is_not_kept_by_a_shared_computer(
        self, client: FlaskClient, database: Database
    ) -> None:
        noor(database)
        sign_in(client)

        assert client.get("/balie").headers["Cache-Control"] == "private, no-store"
        assert "no-store" not in client.get("/map/cases.geojson").headers.get("Cache-Control", "")

    def test_costs_one_statement_for_who_acts(
        self, client: FlaskClient, database: Database, connection: Connection
    ) -> None:
        noor(database)
        sign_in(client)

        with statements(connection) as seen:
            client.get("/balie")

        assert len([one for one in seen if "sign_in" in one or " account" in one]) == 1


class TestWhoIsSignedInWithoutThePermission:
    def test_is_told_no(self, client: FlaskClient, database: Database) -> None:
        noor(database)
        sign_in(client)

        assert client.get("/werk").status_code == 403

    def test_gets_no_further_with_a_partners_page(
        self, client: FlaskClient, database: Database
    ) -> None:
        noor(database)
        sign_in(client)

        assert client.get("/partner/v1/tasks").status_code == 401


class TestAPartnersProgram:
    def test_acts_for_its_party_without_a_form_token(
        self, app: Flask, client: FlaskClient, database: Database
    ) -> None:
        with database.transaction() as transaction:
            partner, _ = a_partner_client(transaction)
        token = access_token(
            partner,
            scopes=frozenset({"tasks:read", "tasks:work"}),
            settings=small_settings(),
            now=MONDAY_MORNING,
        )

        answer = client.post(
            "/partner/v1/tasks/1/accept", headers={"Authorization": f"Bearer {token}"}
        )

        assert answer.status_code == 200

    def test_is_refused_what_its_token_does_not_cover(
        self, client: FlaskClient, database: Database
    ) -> None:
        with database.transaction() as transaction:
            partner, _ = a_partner_client(transaction)
        token = access_token(
            partner,
            scopes=frozenset({"tasks:read"}),
            settings=small_settings(),
            now=MONDAY_MORNING,
        )

        answer = client.post(
            "/partner/v1/tasks/1/accept", headers={"Authorization": f"Bearer {token}"}
        )

        assert answer.status_code == 403

    @pytest.mark.parametrize("shown", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer a b"])
    def test_without_a_good_token_is_asked_for_one(self, client: FlaskClient, shown: str) -> None:
        answer = client.get("/partner/v1/tasks", headers={"Authorization": shown})

        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"

    def test_opens_no_page_for_people(self, client: FlaskClient, database: Database) -> None:
        with database.transaction() as transaction:
            partner, _ = a_partner_client(transaction)
        token = access_token(
            partner,
            scopes=frozenset({"tasks:read"}),
            settings=small_settings(),
            now=MONDAY_MORNING,
        )

        answer = client.get("/balie", headers={"Authorization": f"Bearer {token}"})

        assert answer.status_code == 303
