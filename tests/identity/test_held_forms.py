"""A form of somebody whose sign-in is over: what was typed comes back after signing in."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, delete
from werkzeug.test import TestResponse

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.foundation.provided import provided as services_of_this
from app.identity.half_way import SECOND_STEP_PATH, SET_UP_PATH
from app.identity.one_time_codes import code_at
from app.identity.operations import account_with_email
from app.identity.permissions import Role
from app.identity.rates import Rates, rates
from app.identity.records import Account, SignIn
from app.identity.second_factor import give_app, reset_second_factor
from tests.identity.web import small_settings, small_web
from tests.makers.people import MONDAY_MORNING, PASSWORD, an_account
from tests.makers.sign_ins import signed_in

EMAIL = "noor@example.org"
SETTINGS = small_settings()
REMARK = 'Wacht op de aannemer, <b>"morgen"</b> gereed\nen dan verder'
NEXT_DAY = MONDAY_MORNING + timedelta(hours=20)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def app(connection: Connection) -> Flask:
    return small_web(connection, SETTINGS)


@pytest.fixture
def database(app: Flask) -> Database:
    with app.app_context():
        return services_of_this().get(Database)


def noor(database: Database) -> Account:
    """Make Noor, and a colleague besides."""
    with database.transaction() as transaction:
        an_account(transaction)
        return an_account(transaction, role=Role.DESK, email=EMAIL, password=PASSWORD)


def with_app(database: Database) -> str:
    with database.transaction() as transaction:
        return give_app(transaction, account_with_email(transaction, EMAIL), settings=SETTINGS)


def form_sent_too_late(app: Flask, account: Account, **fields: object) -> tuple[FlaskClient, str]:
    """Open a form while signed in, and send it the next day; return the page that comes."""
    client = signed_in(app.test_client(), account).client
    proof = hidden(client.get("/mijn-account/wachtwoord"))["csrf_token"]
    with app.app_context():
        services_of_this().put(Clock, StoppedClock(NEXT_DAY))
    answer = client.post(
        "/balie?soort=weg", data={"csrf_token": proof, "remark": REMARK, "version": "7", **fields}
    )
    assert answer.status_code == 401
    return client, answer.text


def hidden(page: TestResponse | str) -> dict[str, str]:
    text = page if isinstance(page, str) else page.text
    main = text.partition("<main")[2] or text
    return {name: unescape(value) for name, value in _HIDDEN.findall(main)}


def typed_in(page: TestResponse) -> str:
    found = re.search(r'<textarea[^>]*name="remark"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def show_password(client: FlaskClient, page: str, password: str = PASSWORD) -> TestResponse:
    return client.post("/inloggen", data={**hidden(page), "email": EMAIL, "password": password})


def send_again(client: FlaskClient, page: TestResponse) -> TestResponse:
    action = re.search(r'action="(/balie[^"]*)"', page.text)
    assert action is not None
    return client.post(unescape(action[1]), data={**hidden(page), "remark": typed_in(page)})


class TestWhatWasTyped:
    def test_comes_back_after_password_and_code_and_can_be_sent(
        self, app: Flask, database: Database
    ) -> None:
        noor(database)
        key = with_app(database)
        client, page = form_sent_too_late(app, noor_again(database))

        second = show_password(client, page)
        back = client.post(
            SECOND_STEP_PATH, data={**hidden(second), "code": code_at(key, NEXT_DAY)}
        )

        assert typed_in(back) == REMARK
        assert hidden(back)["version"] == "7"
        assert 'action="/balie?soort=weg"' in back.text
        assert "no-store" in back.headers["Cache-Control"]
        assert send_again(client, back).text == f"directed {REMARK}"

    def test_comes_back_after_a_password_and_a_code_that_were_wrong_first(
        self, app: Flask, database: Database
    ) -> None:
        noor(database)
        key = with_app(database)
        client, page = form_sent_too_late(app, noor_again(database))

        wrong = show_password(client, page, "iets heel anders")
        second = show_password(client, wrong.text)
        not_right = client.post(SECOND_STEP_PATH, data={**hidden(second), "code": "000000"})
        back = client.post(
            SECOND_STEP_PATH, data={**hidden(not_right), "code": code_at(key, NEXT_DAY)}
        )

        assert typed_in(back) == REMARK

    def test_comes_back_beside_the_recovery_codes_of_a_second_step_set_up_meanwhile(
        self, app: Flask, database: Database
    ) -> None:
        account = noor(database)
        client, page = form_sent_too_late(app, account)
        with database.transaction() as transaction:
            reset_second_factor(transaction, account.id, now=NEXT_DAY)

        second = show_password(client, page)
        found = re.search(r'<strong class="key">([^<]+)</strong>', second.text)
        assert found is not None
        code = code_at(found[1].replace(" ", ""), NEXT_DAY)
        back = client.post(SET_UP_PATH, data={**hidden(second), "code": code})

        assert back.text.count("<code>") == 10
        assert send_again(client, back).text == f"directed {REMARK}"

    def test_can_be_read_on_the_page_that_says_so_without_what_proves_or_is_secret(
        self, app: Flask, database: Database
    ) -> None:
        noor(database)
        _, page = form_sent_too_late(app, noor_again(database), present_password="geheim woord!")

        assert "Wacht op de aannemer, &lt;b&gt;" in page
        assert "geheim" not in page
        assert "geheim" not in unescape(page)

    def test_goes_without_photos_and_says_so(self, app: Flask, database: Database) -> None:
        noor(database)
        _, page = form_sent_too_late(
            app, noor_again(database), photo=(BytesIO(b"not read"), "lamp.jpg")
        )

        assert "Photos have to be added again" in page

    @pytest.mark.parametrize("remark", ["x" * 70_000, "", "\u202e\x01<script>"])
    def test_of_any_size_is_no_fault(self, app: Flask, database: Database, remark: str) -> None:
        noor(database)
        client, page = form_sent_too_late(app, noor_again(database), remark=remark)

        assert show_password(client, page).status_code in {200, 303}


class TestWhatSomebodyElseTyped:
    @pytest.mark.parametrize("role", [Role.CREW, Role.DESK])
    def test_is_not_for_who_signs_in_on_that_page(
        self, app: Flask, database: Database, role: Role
    ) -> None:
        noor(database)
        with database.transaction() as transaction:
            an_account(transaction, role=role, email="daan@example.org", password=PASSWORD)
        client, page = form_sent_too_late(app, noor_again(database))

        came = client.post(
            "/inloggen",
            data={**hidden(page), "email": "daan@example.org", "password": PASSWORD},
        )
        if role is Role.DESK:
            found = re.search(r'<strong class="key">([^<]+)</strong>', came.text)
            assert found is not None
            code = code_at(found[1].replace(" ", ""), NEXT_DAY)
            came = client.post(SET_UP_PATH, data={**hidden(came), "code": code})

        assert came.status_code == 200
        assert "of somebody else, whose sign-in had ended" in came.text
        assert "aannemer" not in came.text
        assert client.get("/mijn-account").status_code == 200

    def test_does_not_travel_when_nobody_knows_whose_it_is(
        self, app: Flask, database: Database
    ) -> None:
        account = noor(database)
        client, page = form_sent_too_late(app, account)
        proof = hidden(page)["csrf_token"]
        with database.transaction() as transaction:
            transaction.session.execute(delete(SignIn))

        again = client.post("/balie", data={"csrf_token": proof, "remark": REMARK})

        assert again.status_code == 401
        assert "held" not in hidden(again)
        assert "does not come back by itself" in again.text


class TestTooManyPasswords:
    def test_do_not_lose_what_was_typed(
        self, web: FlaskClient, provided: Provided, transaction: Transaction
    ) -> None:
        provided.put(Clock, StoppedClock(MONDAY_MORNING))
        account = an_account(transaction, role=Role.DESK, email=EMAIL)
        client = signed_in(web, account).client
        proof = hidden(client.get("/mijn-account/wachtwoord"))["csrf_token"]
        provided.put(Clock, StoppedClock(NEXT_DAY))
        path = "/balie/zaken/SB-2026-AAAAA/notities"
        page = client.post(path, data={"csrf_token": proof, "remark": REMARK})
        held = hidden(page)["held"]
        provided.put(Rates, rates(SETTINGS, provided.get(Database)))
        elsewhere = {"X-Forwarded-For": "192.0.2.9"}
        filled_in = {**hidden(page), "email": EMAIL, "password": ""}

        tried = [client.post("/inloggen", data=filled_in, headers=elsewhere) for _ in range(11)]
        stopped = tried[-1]
        gone_on = client.post("/inloggen", data=hidden(stopped))

        assert stopped.status_code == 429
        assert hidden(stopped)["held"] == held
        assert hidden(gone_on)["held"] == held
        assert 'name="password"' in gone_on.text


class TestATextOfManyBytes:
    def test_that_cannot_come_back_is_said_to_before(self, app: Flask, database: Database) -> None:
        noor(database)
        _, page = form_sent_too_late(app, noor_again(database), remark="\N{GRINNING FACE}" * 50_000)

        assert "held" not in hidden(page)
        assert "does not come back by itself" in page

    def test_that_can_comes_back(self, app: Flask, database: Database) -> None:
        noor(database)
        key = with_app(database)
        remark = "\N{GRINNING FACE}" * 20_000
        client, page = form_sent_too_late(app, noor_again(database), remark=remark)

        second = show_password(client, page)
        back = client.post(
            SECOND_STEP_PATH, data={**hidden(second), "code": code_at(key, NEXT_DAY)}
        )

        assert typed_in(back) == remark


class TestAFormThatIsMadeUp:
    @pytest.mark.parametrize("token", ["x", "a.b.c", "\x00", "e30.e30.e30"])
    def test_does_not_travel_along(self, app: Flask, database: Database, token: str) -> None:
        noor(database)
        key = with_app(database)
        client = app.test_client()
        first = hidden(client.get("/inloggen"))

        answer = client.post(
            "/inloggen", data={**first, "email": EMAIL, "password": PASSWORD, "held": token}
        )
        proof = hidden(client.get(SECOND_STEP_PATH))
        then = client.post(
            SECOND_STEP_PATH,
            data={**proof, "held": token, "code": code_at(key, MONDAY_MORNING)},
        )

        assert (answer.status_code, then.status_code) == (303, 303)

    def test_is_refused_before_anything_is_held(self, app: Flask) -> None:
        answer = app.test_client().post("/balie", data={"remark": REMARK})

        assert answer.status_code == 400
        assert "held" not in hidden(answer)


class TestAFormOfNothingTyped:
    def test_leads_back_to_its_page(self, app: Flask, database: Database) -> None:
        noor(database)
        with database.transaction() as transaction:
            crew = an_account(transaction, role=Role.CREW, email="crew@example.org")
        client = signed_in(app.test_client(), crew).client
        proof = hidden(client.get("/mijn-account/wachtwoord"))["csrf_token"]
        with app.app_context():
            services_of_this().put(Clock, StoppedClock(MONDAY_MORNING + timedelta(days=9)))

        page = client.post("/balie", data={"csrf_token": proof})

        assert page.status_code == 401
        assert hidden(page)["next"] == "/balie"
        assert "held" not in hidden(page)


def noor_again(database: Database) -> Account:
    with database.transaction() as transaction:
        found = account_with_email(transaction, EMAIL)
        transaction.session.expunge(found)
        return found
