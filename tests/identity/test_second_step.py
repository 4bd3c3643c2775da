"""The second step of signing in: the app, recovery codes, and who needs one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from werkzeug.test import TestResponse

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity.app_keys import KEY_LASTS
from app.identity.half_way import SECOND_STEP_PATH, SET_UP_PATH
from app.identity.one_time_codes import (
    code_at,
    new_key,
    new_recovery_codes,
    place_of,
    recovery_digest,
    sealed,
    step_of,
    unsealed,
)
from app.identity.operations import account_with_email, deactivate
from app.identity.permissions import ROLES_WITH_SECOND_FACTOR, Role
from app.identity.records import Account, SignIn
from app.identity.second_factor import give_app, renew_recovery_codes, reset_second_factor
from tests.identity.web import small_settings, small_web
from tests.makers.people import MONDAY_MORNING, PASSWORD, an_account

EMAIL = "noor@example.org"
SETTINGS = small_settings(rate_limits="on")


@pytest.fixture
def app(connection: Connection) -> Flask:
    return small_web(connection, SETTINGS)


@pytest.fixture
def database(app: Flask) -> Database:
    with app.app_context():
        return provided().get(Database)


def noor(database: Database, *, role: Role = Role.DESK) -> None:
    """Make Noor, who has no second factor yet, and a colleague who has one."""
    with database.transaction() as transaction:
        an_account(transaction, role=role, email=EMAIL, password=PASSWORD)
        give_app(transaction, an_account(transaction), settings=SETTINGS)


def noor_with_app(database: Database, *, role: Role = Role.DESK) -> str:
    """Make Noor with an app; return its key."""
    noor(database, role=role)
    with database.transaction() as transaction:
        return give_app(transaction, account_with_email(transaction, EMAIL), settings=SETTINGS)


def account(database: Database) -> Account:
    with database.transaction() as transaction:
        found = account_with_email(transaction, EMAIL)
        transaction.session.expunge(found)
        return found


def recovery_codes(database: Database) -> list[str]:
    with database.transaction() as transaction:
        own = account_with_email(transaction, EMAIL)
        return renew_recovery_codes(transaction, own.id, settings=SETTINGS)


def send(client: FlaskClient, path: str, **typed: str) -> TestResponse:
    """Fill in the form of a page and send it."""
    proof = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert proof is not None
    return client.post(path, data={"csrf_token": proof[1], **typed})


def password_shown(app: Flask, to: str = "") -> FlaskClient:
    """Return a browser in which Noor's password was typed."""
    client = app.test_client()
    send(client, "/inloggen", email=EMAIL, password=PASSWORD, next=to)
    return client


def at(app: Flask, by: timedelta) -> None:
    with app.app_context():
        provided().put(Clock, StoppedClock(MONDAY_MORNING + by))


def proof_on(page: TestResponse) -> str:
    proof = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert proof is not None
    return proof[1]


def key_on(page: TestResponse) -> str:
    found = re.search(r'<strong class="key">([^<]+)</strong>', page.text)
    assert found is not None
    return found[1].replace(" ", "")


class TestThePasswordAlone:
    def test_opens_nothing_for_who_sees_contact_details(
        self, app: Flask, database: Database
    ) -> None:
        noor_with_app(database)
        client = app.test_client()

        answer = send(client, "/inloggen", email=EMAIL, password=PASSWORD)

        assert answer.location == SECOND_STEP_PATH
        assert client.get("/balie").status_code == 303

    @pytest.mark.parametrize("role", [Role.CREW, Role.ANALYST])
    def test_is_enough_for_who_sees_none(self, app: Flask, database: Database, role: Role) -> None:
        noor(database, role=role)

        answer = send(app.test_client(), "/inloggen", email=EMAIL, password=PASSWORD)

        assert answer.location == "/begin"

    def test_is_not_enough_for_a_crew_that_has_an_app(self, app: Flask, database: Database) -> None:
        noor_with_app(database, role=Role.CREW)

        assert password_shown(app).get("/werk").status_code == 303

    def test_makes_no_device_known(self, app: Flask, database: Database) -> None:
        noor_with_app(database)

        assert password_shown(app).get_cookie("straatbeeld-device") is None

    def test_must_be_one_that_opens_contact_details_or_gives_out_rights(self) -> None:
        assert {Role.ADMINISTRATOR, Role.COORDINATOR, Role.DESK} == ROLES_WITH_SECOND_FACTOR


class TestTheFirstSignIn:
    def test_sets_up_the_app_before_anything_opens(self, app: Flask, database: Database) -> None:
        noor(database)
        client = password_shown(app, to="/balie?soort=weg")
        page = client.get(SET_UP_PATH)
        assert client.get("/balie").status_code == 303

        shown = send(client, SET_UP_PATH, code=code_at(key_on(page), MONDAY_MORNING))

        assert len(re.findall(r"<code>([0-9A-Z]{4}-){3}[0-9A-Z]{4}</code>", shown.text)) == 10
        assert 'href="/balie?soort=weg"' in shown.text
        assert "no-store" in shown.headers["Cache-Control"]
        assert client.get("/balie").text == "Noor Bakker"

    def test_shows_the_key_as_a_square_and_as_text_and_keeps_it_in_this_browser(
        self, app: Flask, database: Database
    ) -> None:
        noor(database)
        client = password_shown(app)

        first, again = client.get(SET_UP_PATH), client.get(SET_UP_PATH)

        assert "<svg" in first.text
        assert 'href="otpauth://totp/' in first.text
        assert key_on(first) == key_on(again)

    def test_shows_everybody_a_key_of_their_own(self, app: Flask, database: Database) -> None:
        noor(database)

        thief, owner = password_shown(app).get(SET_UP_PATH), password_shown(app).get(SET_UP_PATH)

        assert key_on(thief) != key_on(owner)

    def test_is_worth_nothing_to_who_looked_before_and_did_nothing(
        self, app: Flask, database: Database
    ) -> None:
        noor(database)
        thief, owner = password_shown(app), password_shown(app)
        seen = key_on(thief.get(SET_UP_PATH))
        proof = proof_on(thief.get(SET_UP_PATH))
        own_key = key_on(owner.get(SET_UP_PATH))
        send(owner, SET_UP_PATH, code=code_at(own_key, MONDAY_MORNING))
        at(app, timedelta(minutes=1))
        later = MONDAY_MORNING + timedelta(minutes=1)

        tried = [
            thief.post(path, data={"csrf_token": proof, "code": code_at(key, later)})
            for path in (SET_UP_PATH, SECOND_STEP_PATH)
            for key in (seen, own_key)
        ]

        assert {one.location for one in tried} == {"/inloggen"}
        assert thief.get(SET_UP_PATH).location == "/inloggen"
        assert thief.get("/balie").status_code == 303
        assert owner.get("/balie").status_code == 200

    def test_takes_no_code_of_a_key_that_somebody_else_was_shown(
        self, app: Flask, database: Database
    ) -> None:
        noor(database)
        seen = key_on(password_shown(app).get(SET_UP_PATH))

        answer = send(password_shown(app), SET_UP_PATH, code=code_at(seen, MONDAY_MORNING))

        assert answer.status_code == 400
        assert account(database).tf_primary_method is None

    @pytest.mark.parametrize("code", ["", "000000", "x" * 10_000, "<script>", "\x00\u202e12345"])
    def test_takes_no_other_code(self, app: Flask, database: Database, code: str) -> None:
        noor(database)
        client = password_shown(app)

        answer = send(client, SET_UP_PATH, code=code)

        assert answer.status_code == 400
        assert "not right" in answer.text
        assert client.get("/balie").status_code == 303
        assert account(database).tf_primary_method is None

    def test_is_no_way_round_an_app_that_is_there(self, app: Flask, database: Database) -> None:
        noor_with_app(database)

        assert password_shown(app).get(SET_UP_PATH).location == SECOND_STEP_PATH

    def test_is_for_who_showed_the_password_alone(self, app: Flask) -> None:
        assert app.test_client().get(SET_UP_PATH).location == "/inloggen"


class TestTheCodeOfTheApp:
    def test_signs_in_and_leads_to_the_page_that_was_asked_for(
        self, app: Flask, database: Database
    ) -> None:
        key = noor_with_app(database)
        client = password_shown(app, to="/balie?soort=weg")

        code = code_at(key, MONDAY_MORNING)
        answer = send(client, SECOND_STEP_PATH, code=f" {code[:3]} {code[3:]} ")

        assert answer.location == "/balie?soort=weg"
        assert client.get("/balie").status_code == 200
        assert client.get_cookie("straatbeeld-device") is not None

    def test_works_once(self, app: Flask, database: Database) -> None:
        code = code_at(noor_with_app(database), MONDAY_MORNING)
        send(password_shown(app), SECOND_STEP_PATH, code=code)
        thief = password_shown(app)

        answer = send(thief, SECOND_STEP_PATH, code=code)

        assert answer.status_code == 400
        assert thief.get("/balie").status_code == 303

    def test_of_long_ago_is_refused(self, app: Flask, database: Database) -> None:
        key = noor_with_app(database)
        code = code_at(key, MONDAY_MORNING - timedelta(minutes=2))

        assert send(password_shown(app), SECOND_STEP_PATH, code=code).status_code == 400

    def test_comes_too_late_after_ten_minutes(self, app: Flask, database: Database) -> None:
        noor_with_app(database)
        client = password_shown(app)

        at(app, timedelta(minutes=11))

        assert client.get(SECOND_STEP_PATH).location == "/inloggen"

    def test_is_worth_nothing_once_the_account_was_ended(
        self, app: Flask, database: Database
    ) -> None:
        noor_with_app(database)
        client = password_shown(app)
        with database.transaction() as transaction:
            deactivate(transaction, account(database).id, now=MONDAY_MORNING)

        assert client.get(SECOND_STEP_PATH).location == "/inloggen"

    def test_is_guessed_at_ten_times_at_most_from_wherever(
        self, app: Flask, database: Database
    ) -> None:
        key = noor_with_app(database)
        client = password_shown(app)
        guesses = [send(client, SECOND_STEP_PATH, code="000000").status_code for _ in range(10)]

        elsewhere = password_shown(app)
        right = send(elsewhere, SECOND_STEP_PATH, code=code_at(key, MONDAY_MORNING))

        assert guesses == [400] * 10
        assert right.status_code == 429

    def test_that_was_right_is_no_guess(self, app: Flask, database: Database) -> None:
        key = noor_with_app(database)
        code = code_at(key, MONDAY_MORNING)
        signed = send(password_shown(app), SECOND_STEP_PATH, code=code)
        client = password_shown(app)

        guesses = [send(client, SECOND_STEP_PATH, code="000000").status_code for _ in range(11)]

        assert signed.location == "/begin"
        assert guesses == [400] * 10 + [429]


class TestARecoveryCode:
    def test_signs_in_once_and_says_how_many_are_left(self, app: Flask, database: Database) -> None:
        noor_with_app(database)
        code = recovery_codes(database)[3]
        client = password_shown(app)

        first = send(client, SECOND_STEP_PATH, code=code.lower().replace("-", " "))
        again = send(password_shown(app), SECOND_STEP_PATH, code=code)

        assert first.location == "/begin"
        assert "9 are left" in client.get("/mijn-account").text
        assert again.status_code == 400

    def test_of_an_older_set_works_no_more(self, app: Flask, database: Database) -> None:
        noor_with_app(database)
        old = recovery_codes(database)
        recovery_codes(database)

        assert send(password_shown(app), SECOND_STEP_PATH, code=old[0]).status_code == 400

    def test_is_kept_as_a_digest_alone(self, database: Database) -> None:
        noor_with_app(database)
        codes = recovery_codes(database)

        kept = account(database).mf_recovery_codes

        assert kept is not None
        assert not set(codes) & set(kept)


class TestOnesOwnSecondStep:
    def signed_in(self, app: Flask, database: Database) -> FlaskClient:
        client = password_shown(app)
        send(client, SECOND_STEP_PATH, code=recovery_codes(database)[0])
        return client

    def test_can_be_another_app(self, app: Flask, database: Database) -> None:
        noor_with_app(database)
        client = self.signed_in(app, database)
        key = key_on(client.get("/mijn-account/app"))

        send(client, "/mijn-account/app", code=code_at(key, MONDAY_MORNING))

        at(app, timedelta(minutes=1))
        later = code_at(key, MONDAY_MORNING + timedelta(minutes=1))
        assert send(password_shown(app), SECOND_STEP_PATH, code=later).location == "/begin"

    def test_is_not_an_app_whose_key_was_shown_long_ago(
        self, app: Flask, database: Database
    ) -> None:
        noor_with_app(database)
        client = self.signed_in(app, database)
        page = client.get("/mijn-account/app")
        key, before = key_on(page), account(database).tf_totp_secret
        lasts = KEY_LASTS + timedelta(seconds=1)
        at(app, lasts)
        with database.transaction() as transaction:
            made_fresh = select(SignIn).where(SignIn.account_id == account(database).id)
            for one in transaction.session.scalars(made_fresh):
                one.started_at = MONDAY_MORNING + lasts

        answer = client.post(
            "/mijn-account/app",
            data={"csrf_token": proof_on(page), "code": code_at(key, MONDAY_MORNING + lasts)},
        )

        assert answer.status_code == 400
        assert "That took too long" in answer.text
        assert key_on(answer) != key
        assert account(database).tf_totp_secret == before

    def test_is_not_an_app_whose_key_was_shown_before_the_password_was_changed(
        self, app: Flask, database: Database
    ) -> None:
        noor_with_app(database)
        client = self.signed_in(app, database)
        key = key_on(client.get("/mijn-account/app"))

        another = "zwaan kwartel omelet 77"
        send(
            client,
            "/mijn-account/wachtwoord",
            present_password=PASSWORD,
            password=another,
            password_again=another,
        )

        assert key_on(client.get("/mijn-account/app")) != key

    def test_is_changed_after_a_fresh_sign_in_alone(self, app: Flask, database: Database) -> None:
        noor_with_app(database)
        client = self.signed_in(app, database)

        at(app, timedelta(minutes=16))

        assert client.get("/mijn-account/app").location == "/mijn-account/opnieuw"
        again = send(client, "/mijn-account/opnieuw")
        assert again.location == "/inloggen?next=/mijn-account"
        assert client.get("/balie").status_code == 303

    def test_stays_for_who_needs_one(self, app: Flask, database: Database) -> None:
        noor_with_app(database)
        client = self.signed_in(app, database)
        proof = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/mijn-account").text)
        assert proof is not None

        client.post("/mijn-account/app/weg", data={"csrf_token": proof[1]})

        assert account(database).tf_primary_method == "app"

    def test_that_a_colleague_took_away_is_set_up_anew_with_a_warning(
        self, app: Flask, database: Database
    ) -> None:
        noor_with_app(database)
        client = self.signed_in(app, database)
        with database.transaction() as transaction:
            reset_second_factor(transaction, account(database).id, now=MONDAY_MORNING)

        assert client.get("/balie").status_code == 303
        assert "took your second step away" in password_shown(app).get(SET_UP_PATH).text


class TestCodes:
    @given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=2, max_value=10**6))
    def test_of_another_time_are_not_taken(self, minutes: int, steps: int) -> None:
        key = new_key()
        now = MONDAY_MORNING + timedelta(minutes=minutes)
        code = code_at(key, now + timedelta(seconds=30 * steps))

        near = {code_at(key, now + timedelta(seconds=30 * one)) for one in (-1, 0, 1)}

        assert (step_of(code, key=key, now=now, after=None) is not None) == (code in near)

    def test_are_taken_once_and_never_backwards(self) -> None:
        key = new_key()
        earlier = code_at(key, MONDAY_MORNING - timedelta(seconds=30))
        step = step_of(code_at(key, MONDAY_MORNING), key=key, now=MONDAY_MORNING, after=None)

        assert step is not None
        assert step_of(earlier, key=key, now=MONDAY_MORNING, after=step) is None

    def test_keys_are_sealed_with_the_secret_key(self) -> None:
        key = new_key()
        kept = sealed(key, SETTINGS)

        assert key not in kept
        assert unsealed(kept, SETTINGS) == key
        assert unsealed(kept, small_settings(secret_key="x" * 40)) is None
        assert unsealed("nothing of ours", SETTINGS) is None

    @given(st.text(max_size=80))
    def test_nobody_made_up_open_nothing(self, typed: str) -> None:
        kept = [recovery_digest(code, SETTINGS) for code in new_recovery_codes()]

        assert place_of(typed, kept, SETTINGS) is None
