"""Passkeys: adding one, signing in with it, as second step, and what is no passkey of ours."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity.half_way import SECOND_STEP_PATH, SET_UP_PATH
from app.identity.model import PasskeyNotRight
from app.identity.operations import account_with_email, deactivate
from app.identity.passkeys import add_passkey, passkeys_of, site_of, what_to_make
from app.identity.permissions import Role
from app.identity.records import Account, Passkey
from app.identity.second_factor import give_app, reset_second_factor
from tests.identity.web import small_settings, small_web
from tests.makers.passkey_devices import PasskeyDevice
from tests.makers.people import MONDAY_MORNING, PASSWORD, an_account
from tests.makers.sign_ins import signed_in

EMAIL = "noor@example.org"
SETTINGS = small_settings()
OWN = "/mijn-account"
ADD = "/mijn-account/passkeys"
SIGN_IN = "/inloggen/passkey"
STEP = f"{SECOND_STEP_PATH}/passkey"
_PROOF = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def app(connection: Connection) -> Flask:
    return small_web(connection, SETTINGS)


@pytest.fixture
def database(app: Flask) -> Database:
    with app.app_context():
        return provided().get(Database)


def account(database: Database) -> Account:
    with database.transaction() as transaction:
        found = account_with_email(transaction, EMAIL)
        transaction.session.expunge(found)
        return found


def kept(database: Database) -> list[Passkey]:
    with database.transaction() as transaction:
        return list(passkeys_of(transaction, account_with_email(transaction, EMAIL).id))


def noor(database: Database, *, role: Role = Role.DESK) -> Account:
    """Make Noor, and a colleague with an app."""
    with database.transaction() as transaction:
        give_app(transaction, an_account(transaction), settings=SETTINGS)
        return an_account(transaction, role=role, email=EMAIL, password=PASSWORD)


def asked(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    options: dict[str, Any] = json.loads(answer.text)
    return options


def send(client: FlaskClient, path: str, *, page: str = "/inloggen", **typed: str) -> TestResponse:
    proof = _PROOF.search(client.get(page, follow_redirects=True).text)
    assert proof is not None
    return client.post(path, data={"csrf_token": proof[1], **typed})


def noors_device(
    app: Flask, database: Database, *, role: Role = Role.DESK, name: str = "Werktelefoon"
) -> PasskeyDevice:
    """Make Noor, and a passkey that she added."""
    client = signed_in(app.test_client(), noor(database, role=role)).client
    return added(client, name=name)


def added(client: FlaskClient, *, name: str = "Werktelefoon") -> PasskeyDevice:
    device = PasskeyDevice()
    answer = device.makes(asked(client, f"{ADD}/vraag"))
    assert send(client, ADD, page=OWN, answer=answer, name=name).status_code in {200, 303}
    return device


def signing_in_with(app: Flask, device: PasskeyDevice) -> tuple[FlaskClient, TestResponse]:
    client = app.test_client()
    return client, send(client, SIGN_IN, answer=device.shows(asked(client, SIGN_IN)))


def password_shown(app: Flask) -> FlaskClient:
    client = app.test_client()
    send(client, "/inloggen", email=EMAIL, password=PASSWORD)
    return client


def at(app: Flask, by: timedelta) -> None:
    with app.app_context():
        provided().put(Clock, StoppedClock(MONDAY_MORNING + by))


class TestAPasskeyAlone:
    def test_signs_in_and_leads_to_the_page_that_was_asked_for(
        self, app: Flask, database: Database
    ) -> None:
        device = noors_device(app, database)
        client = app.test_client()
        answer = device.shows(asked(client, SIGN_IN))

        signed = send(client, SIGN_IN, answer=answer, next="/balie?soort=weg")

        assert signed.location == "/balie?soort=weg"
        assert client.get("/balie").text == "Noor Bakker"
        assert kept(database)[0].last_used_at == MONDAY_MORNING

    def test_never_leads_elsewhere(self, app: Flask, database: Database) -> None:
        device = noors_device(app, database)
        client = app.test_client()
        answer = device.shows(asked(client, SIGN_IN))

        assert send(client, SIGN_IN, answer=answer, next="//evil.example").location == "/begin"

    def test_tells_nobody_who_has_one(self, app: Flask, database: Database) -> None:
        noors_device(app, database)

        options = asked(app.test_client(), SIGN_IN)

        assert options["allowCredentials"] == []
        assert options["userVerification"] == "required"

    def test_is_asked_for_by_a_challenge_that_works_once_even_with_a_copied_cookie(
        self, app: Flask, database: Database
    ) -> None:
        device = noors_device(app, database)
        device.counter = -1
        client, thief = app.test_client(), app.test_client()
        answer = device.shows(asked(client, SIGN_IN))
        proof = _PROOF.search(client.get("/inloggen").text)
        cookie = client.get_cookie("straatbeeld")
        assert proof is not None
        assert cookie is not None
        thief.set_cookie("straatbeeld", cookie.value)

        first = client.post(SIGN_IN, data={"csrf_token": proof[1], "answer": answer})
        again = thief.post(SIGN_IN, data={"csrf_token": proof[1], "answer": answer})

        assert (first.status_code, again.status_code) == (303, 400)
        assert thief.get("/balie").status_code == 303

    def test_is_too_late_after_five_minutes(self, app: Flask, database: Database) -> None:
        device = noors_device(app, database)
        client = app.test_client()
        answer = device.shows(asked(client, SIGN_IN))

        at(app, timedelta(minutes=6))

        assert send(client, SIGN_IN, answer=answer).status_code == 400

    @pytest.mark.parametrize(
        "wrong",
        [
            {"origin": "https://evil.example"},
            {"rp_id": "evil.example"},
            {"asks_its_owner": False},
            {"user_handle": "AAAA"},
            {"credential_id": b"another one"},
            {"key": PasskeyDevice().key},
        ],
        ids=lambda wrong: next(iter(wrong)),
    )
    def test_of_another_site_device_or_person_opens_nothing(
        self, app: Flask, database: Database, wrong: dict[str, Any]
    ) -> None:
        device = noors_device(app, database)
        for name, value in wrong.items():
            setattr(device, name, value)

        client, answer = signing_in_with(app, device)

        assert answer.status_code == 400
        assert "did not work with this passkey" in answer.text
        assert client.get("/balie").status_code == 303

    def test_that_counts_backwards_is_a_copy(self, app: Flask, database: Database) -> None:
        device = noors_device(app, database)
        device.counter = 7
        assert signing_in_with(app, device)[1].status_code == 303
        device.counter = 5

        assert signing_in_with(app, device)[1].status_code == 400

    def test_of_an_account_that_was_ended_opens_nothing(
        self, app: Flask, database: Database
    ) -> None:
        device = noors_device(app, database)
        with database.transaction() as transaction:
            deactivate(transaction, account(database).id, now=MONDAY_MORNING)

        assert signing_in_with(app, device)[1].status_code == 400

    @pytest.mark.parametrize(
        "answer",
        [
            "",
            "{}",
            "[]",
            "null",
            "7",
            "{",
            "\x00",
            "<script>",
            "[" * 9_000,
            '{"a":' * 3_000,
            "x" * 30_000,
            '{"id": "a"}',
            '{"id": "aGE", "rawId": "aGE", "type": "public-key", "response": {}}',
            '{"id": "aGE", "rawId": "aGE", "type": "public-key", "response": "x"}',
        ],
    )
    def test_that_is_none_is_no_fault(self, app: Flask, database: Database, answer: str) -> None:
        noor(database)
        client = app.test_client()
        asked(client, SIGN_IN)

        assert send(client, SIGN_IN, answer=answer).status_code == 400

    def test_without_being_asked_opens_nothing(self, app: Flask, database: Database) -> None:
        device = noors_device(app, database)
        answer = device.shows({"challenge": "AAAA"})

        assert send(app.test_client(), SIGN_IN, answer=answer).status_code == 400

    def test_is_not_taken_from_a_form_of_another_site(self, app: Flask, database: Database) -> None:
        device = noors_device(app, database)
        client = app.test_client()
        answer = device.shows(asked(client, SIGN_IN))

        assert client.post(SIGN_IN, data={"answer": answer}).status_code == 400
        assert client.get("/balie").status_code == 303


class TestAPasskeyAsSecondStep:
    def test_comes_after_the_password(self, app: Flask, database: Database) -> None:
        device = noors_device(app, database)
        device.asks_its_owner = False
        client = password_shown(app)
        options = asked(client, STEP)

        answer = send(client, STEP, page=SECOND_STEP_PATH, answer=device.shows(options))

        assert len(options["allowCredentials"]) == 1
        assert answer.location == "/begin"
        assert client.get("/balie").status_code == 200

    def test_is_one_of_the_account_whose_password_was_shown(
        self, app: Flask, database: Database
    ) -> None:
        noors_device(app, database)
        with database.transaction() as transaction:
            colleague = an_account(transaction, role=Role.DESK, email="daan@example.org")
        other = added(signed_in(app.test_client(), colleague).client)
        client = password_shown(app)

        answer = send(client, STEP, page=SECOND_STEP_PATH, answer=other.shows(asked(client, STEP)))

        assert "did not work with this passkey" in answer.text
        assert client.get("/balie").status_code == 303

    def test_is_not_answered_by_a_challenge_of_signing_in(
        self, app: Flask, database: Database
    ) -> None:
        device = noors_device(app, database)
        client = password_shown(app)

        send(client, STEP, page=SECOND_STEP_PATH, answer=device.shows(asked(client, SIGN_IN)))

        assert client.get("/balie").status_code == 303

    def test_is_asked_of_nobody_without_a_password(self, app: Flask, database: Database) -> None:
        noors_device(app, database)

        assert app.test_client().get(STEP).status_code == 404

    def test_can_be_set_up_at_the_first_sign_in(self, app: Flask, database: Database) -> None:
        noor(database)
        client = password_shown(app)
        device = PasskeyDevice()
        answer = device.makes(asked(client, f"{SET_UP_PATH}/passkey"))
        assert client.get("/balie").status_code == 303

        shown = send(client, f"{SET_UP_PATH}/passkey", page=SET_UP_PATH, answer=answer)

        assert shown.text.count("<code>") == 10
        assert client.get("/balie").status_code == 200
        assert signing_in_with(app, device)[1].location == "/begin"

    def test_is_no_way_round_a_second_step_that_is_there(
        self, app: Flask, database: Database
    ) -> None:
        noors_device(app, database)

        assert password_shown(app).get(f"{SET_UP_PATH}/passkey").status_code == 404


class TestOnesOwnPasskeys:
    def test_are_listed_with_their_names_and_give_recovery_codes_once(
        self, app: Flask, database: Database
    ) -> None:
        client = signed_in(app.test_client(), noor(database)).client
        first = PasskeyDevice()
        shown = send(
            client, ADD, page=OWN, answer=first.makes(asked(client, f"{ADD}/vraag")), name="Een"
        )
        added(client, name="Sleutel <b>twee</b>")

        page = client.get(OWN).text

        assert shown.text.count("<code>") == 10
        assert "Sleutel &lt;b&gt;twee" in page
        assert "10 recovery codes" in page

    @pytest.mark.parametrize("name", ["x" * 61, "een\ntwee", "a\u202eb", "nul\x00"])
    def test_have_a_plain_name(self, app: Flask, database: Database, name: str) -> None:
        client = signed_in(app.test_client(), noor(database)).client
        answer = PasskeyDevice().makes(asked(client, f"{ADD}/vraag"))

        refused = send(client, ADD, page=OWN, answer=answer, name=name)

        assert refused.status_code == 400
        assert "one line of at most 60" in refused.text

    def test_are_added_once(self, app: Flask, database: Database) -> None:
        client = signed_in(app.test_client(), noor(database)).client
        device = added(client)

        again = device.makes(asked(client, f"{ADD}/vraag"))

        assert send(client, ADD, page=OWN, answer=again, name="Nog eens").status_code == 400
        assert len(kept(database)) == 1

    def test_are_changed_after_a_fresh_sign_in_alone(self, app: Flask, database: Database) -> None:
        client = signed_in(app.test_client(), noor(database)).client
        answer = added(client).makes(asked(client, f"{ADD}/vraag"))

        at(app, timedelta(minutes=16))

        assert client.get(f"{ADD}/nieuw").location == "/mijn-account/opnieuw"
        assert client.get(f"{ADD}/vraag").status_code == 404
        sent = send(client, ADD, page=OWN, answer=answer, name="Later")
        (passkey,) = kept(database)
        removed = send(client, f"{ADD}/{passkey.id}/weg", page=OWN)
        assert sent.location == removed.location == "/mijn-account/opnieuw"
        assert len(kept(database)) == 1

    def test_are_removed_but_for_the_last_that_the_role_needs(
        self, app: Flask, database: Database
    ) -> None:
        client = signed_in(app.test_client(), noor(database)).client
        device = added(client)
        added(client)
        for passkey in sorted(
            kept(database), key=lambda one: one.credential_id != device.credential_id
        ):
            send(client, f"{ADD}/{passkey.id}/weg", page=OWN)

        assert len(kept(database)) == 1
        assert signing_in_with(app, device)[1].status_code == 400

    def test_of_a_crew_can_all_be_removed_with_the_recovery_codes(
        self, app: Flask, database: Database
    ) -> None:
        noors_device(app, database, role=Role.CREW)
        with database.transaction() as transaction:
            account_with_email(transaction, EMAIL).password_hash = "a hash"
        client = signed_in(app.test_client(), account(database)).client
        (passkey,) = kept(database)

        send(client, f"{ADD}/{passkey.id}/weg", page=OWN)

        assert kept(database) == []
        assert account(database).mf_recovery_codes is None

    @pytest.mark.parametrize("has_app", [False, True])
    def test_that_are_the_only_way_in_are_not_removed(
        self, app: Flask, database: Database, has_app: bool
    ) -> None:
        noors_device(app, database, role=Role.CREW)
        with database.transaction() as transaction:
            found = account_with_email(transaction, EMAIL)
            found.password_hash = None
            # A code is asked after a password, and there is none.
            found.tf_primary_method = "app" if has_app else None
        client = signed_in(app.test_client(), account(database)).client
        (passkey,) = kept(database)

        send(client, f"{ADD}/{passkey.id}/weg", page=OWN)

        assert len(kept(database)) == 1
        assert "the only way you sign in" in client.get(OWN).text

    def test_of_a_colleague_are_left_alone(self, app: Flask, database: Database) -> None:
        noors_device(app, database)
        (passkey,) = kept(database)
        with database.transaction() as transaction:
            colleague = an_account(transaction, role=Role.CREW, email="daan@example.org")
        client = signed_in(app.test_client(), colleague).client

        answer = send(client, f"{ADD}/{passkey.id}/weg", page=OWN)

        assert answer.status_code in {400, 404}
        assert len(kept(database)) == 1

    def test_let_the_app_go(self, app: Flask, database: Database) -> None:
        noors_device(app, database)
        with database.transaction() as transaction:
            own = account_with_email(transaction, EMAIL)
            give_app(transaction, own, settings=SETTINGS)
        client = signed_in(app.test_client(), account(database)).client

        send(client, f"{OWN}/app/weg", page=OWN)

        assert account(database).tf_primary_method is None
        assert account(database).mf_recovery_codes is not None

    def test_go_with_a_reset(self, app: Flask, database: Database) -> None:
        device = noors_device(app, database)
        with database.transaction() as transaction:
            reset_second_factor(transaction, account(database).id, now=MONDAY_MORNING)

        assert signing_in_with(app, device)[1].status_code == 400
        assert password_shown(app).get(SECOND_STEP_PATH).status_code == 200


class TestTheSite:
    @pytest.mark.parametrize(
        ("base_url", "site"),
        [
            (
                "https://meldingen.example.org",
                ("meldingen.example.org", "https://meldingen.example.org"),
            ),
            ("http://127.0.0.1:8000", ("localhost", "http://localhost:8000")),
            ("http://localhost:8000", ("localhost", "http://localhost:8000")),
            ("http://meldingen.example.org", None),
            ("https://192.0.2.7", None),
            ("https://[2001:db8::7]", None),
        ],
    )
    def test_of_passkeys_is_a_name_that_browsers_trust(
        self, base_url: str, site: tuple[str, str] | None
    ) -> None:
        found = site_of(small_settings(base_url=base_url))

        assert (found and (found.rp_id, found.origin)) == site

    def test_without_passkeys_offers_none(self, connection: Connection) -> None:
        web = small_web(connection, small_settings(base_url="http://10.0.0.7:8000")).test_client()

        assert "data-passkey" not in web.get("/inloggen").text
        assert web.get(SIGN_IN).status_code == 404


class TestOnePasskeyOfTwoAccounts:
    def test_goes_to_the_one_that_was_first_and_the_other_is_told(
        self, committing_database: Database
    ) -> None:
        device, challenge = PasskeyDevice(), b"c" * 32
        site = site_of(SETTINGS)
        assert site is not None
        with committing_database.transaction() as transaction:
            ids = [an_account(transaction).id for _ in range(2)]
            options = [
                json.loads(what_to_make(transaction, one, site=site, challenge=challenge))
                for one in ids
            ]

        def add(transaction: Transaction, which: int) -> None:
            add_passkey(
                transaction,
                ids[which],
                device.makes(options[which]),
                name="Werktelefoon",
                site=site,
                challenge=challenge,
                now=MONDAY_MORNING,
            )

        def add_meanwhile() -> None:
            with committing_database.transaction() as transaction:
                add(transaction, 1)

        with ThreadPoolExecutor(1) as another:
            with committing_database.transaction() as transaction:
                add(transaction, 0)
                second = another.submit(add_meanwhile)
                # It waits for the first, of which it sees nothing yet.
                with pytest.raises(TimeoutError):
                    second.result(timeout=0.5)
            with pytest.raises(PasskeyNotRight):
                second.result(timeout=20)

        with committing_database.transaction() as transaction:
            assert [len(passkeys_of(transaction, one)) for one in ids] == [1, 0]
