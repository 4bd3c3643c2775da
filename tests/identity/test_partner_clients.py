"""The programs of partners: secrets, access tokens, and withdrawing them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from app.foundation.database import Transaction
from app.foundation.settings import Settings
from app.identity import operations
from app.identity.access_tokens import LIFETIME, access_token, partner_behind
from app.identity.model import PartnerClientRefused, PartyUnknown, ScopeUnknown
from app.identity.permissions import Permission
from tests.identity.web import small_settings
from tests.makers.people import MONDAY_MORNING, a_partner_client, a_party

EVERYTHING = frozenset({"tasks:read", "tasks:work"})


@pytest.fixture
def settings() -> Settings:
    return small_settings()


class TestAPartnerClient:
    def test_is_known_by_its_secret(self, transaction: Transaction) -> None:
        client, secret = a_partner_client(transaction)
        a_partner_client(transaction)

        known = operations.authenticate_client(
            transaction, client_id=client.client_id, secret=secret
        )

        assert known.id == client.id

    def test_is_kept_without_its_secret(self, transaction: Transaction) -> None:
        client, secret = a_partner_client(transaction)

        assert secret.encode() not in client.secret_digest

    @pytest.mark.parametrize("strange", ["", "nul\x00teken", "half \ud800 teken", "x" * 9000])
    def test_with_a_strange_name_is_refused(self, transaction: Transaction, strange: str) -> None:
        with pytest.raises(PartnerClientRefused):
            operations.authenticate_client(transaction, client_id=strange, secret=strange)

    @pytest.mark.parametrize("wrong", ["", "x", "0" * 43])
    def test_is_refused_with_another_secret(self, transaction: Transaction, wrong: str) -> None:
        client, _ = a_partner_client(transaction)

        with pytest.raises(PartnerClientRefused):
            operations.authenticate_client(transaction, client_id=client.client_id, secret=wrong)

    def test_that_does_not_exist_is_refused_in_the_same_words(
        self, transaction: Transaction
    ) -> None:
        client, secret = a_partner_client(transaction)

        with pytest.raises(PartnerClientRefused) as unknown:
            operations.authenticate_client(transaction, client_id="nobody", secret=secret)
        with pytest.raises(PartnerClientRefused) as wrong:
            operations.authenticate_client(transaction, client_id=client.client_id, secret="x")

        assert unknown.value.detail == wrong.value.detail

    def test_that_was_withdrawn_is_refused(self, transaction: Transaction) -> None:
        client, secret = a_partner_client(transaction)

        operations.revoke_client(transaction, client.client_id, now=MONDAY_MORNING)

        with pytest.raises(PartnerClientRefused):
            operations.authenticate_client(transaction, client_id=client.client_id, secret=secret)

    def test_has_a_scope_that_exists(self, transaction: Transaction) -> None:
        with pytest.raises(ScopeUnknown):
            a_partner_client(transaction, scopes=("tasks:burn",))


class TestAnAccessToken:
    def test_tells_which_party_calls_and_what_it_may(
        self, transaction: Transaction, settings: Settings
    ) -> None:
        party = a_party(transaction, name="Lichtbedrijf Zuid")
        client, _ = a_partner_client(transaction, party_id=party.id)
        token = access_token(client, scopes=EVERYTHING, settings=settings, now=MONDAY_MORNING)

        partner = partner_behind(transaction, token, settings=settings, now=MONDAY_MORNING)

        assert partner is not None
        assert (partner.name, partner.party_id) == ("Lichtbedrijf Zuid", party.id)
        assert partner.may(Permission.PARTNER_WORK_TASKS)
        assert not partner.may(Permission.WORK_TASKS)

    def test_carries_no_scope_that_the_client_lacks(
        self, transaction: Transaction, settings: Settings
    ) -> None:
        client, _ = a_partner_client(transaction, scopes=("tasks:read",))
        token = access_token(client, scopes=EVERYTHING, settings=settings, now=MONDAY_MORNING)

        partner = partner_behind(transaction, token, settings=settings, now=MONDAY_MORNING)

        assert partner is not None
        assert partner.may(Permission.PARTNER_READ_TASKS)
        assert not partner.may(Permission.PARTNER_WORK_TASKS)

    def test_is_good_for_fifteen_minutes(
        self, transaction: Transaction, settings: Settings
    ) -> None:
        client, _ = a_partner_client(transaction)
        token = access_token(client, scopes=EVERYTHING, settings=settings, now=MONDAY_MORNING)
        almost = MONDAY_MORNING + LIFETIME - timedelta(seconds=1)

        assert partner_behind(transaction, token, settings=settings, now=almost)
        assert not partner_behind(
            transaction, token, settings=settings, now=MONDAY_MORNING + LIFETIME
        )
        assert timedelta(minutes=15) == LIFETIME

    def test_stops_at_once_when_its_client_is_withdrawn(
        self, transaction: Transaction, settings: Settings
    ) -> None:
        client, _ = a_partner_client(transaction)
        token = access_token(client, scopes=EVERYTHING, settings=settings, now=MONDAY_MORNING)

        operations.revoke_client(transaction, client.client_id, now=MONDAY_MORNING)

        assert partner_behind(transaction, token, settings=settings, now=MONDAY_MORNING) is None

    def test_of_another_installation_is_worth_nothing(
        self, transaction: Transaction, settings: Settings
    ) -> None:
        client, _ = a_partner_client(transaction)
        elsewhere = settings.model_copy(update={"base_url": "https://elsewhere.example"})
        token = access_token(client, scopes=EVERYTHING, settings=elsewhere, now=MONDAY_MORNING)

        assert partner_behind(transaction, token, settings=settings, now=MONDAY_MORNING) is None

    @pytest.mark.parametrize("junk", ["", "x", "a.b.c", "ey.ey.ey", "é" * 30])
    def test_that_is_junk_is_worth_nothing(
        self, transaction: Transaction, settings: Settings, junk: str
    ) -> None:
        assert partner_behind(transaction, junk, settings=settings, now=MONDAY_MORNING) is None

    def test_signed_by_somebody_else_is_worth_nothing(
        self, transaction: Transaction, settings: Settings
    ) -> None:
        client, _ = a_partner_client(transaction)
        forged = jwt.encode(
            {"alg": "HS256", "typ": "at+jwt"},
            {"sub": str(client.id), "scope": "tasks:read", "exp": 9_999_999_999},
            OctKey.import_key(b"another key of some length......"),
        )

        assert partner_behind(transaction, forged, settings=settings, now=MONDAY_MORNING) is None


class TestAParty:
    def test_that_does_not_exist_is_said_by_its_code(self, transaction: Transaction) -> None:
        with pytest.raises(PartyUnknown, match="bestaat-niet"):
            operations.party(transaction, "bestaat-niet")

    def test_that_ended_gets_no_new_work_and_stays_in_the_list_of_all(
        self, transaction: Transaction
    ) -> None:
        ended = a_party(transaction, code="oude-aannemer")
        ended.ended_on = MONDAY_MORNING.date()
        going_on = a_party(transaction, code="buitendienst")
        transaction.session.flush()

        codes = {p.code for p in operations.parties(transaction, on=MONDAY_MORNING.date())}
        everyone = {p.code for p in operations.parties(transaction)}

        assert going_on.code in codes
        assert ended.code not in codes
        assert ended.code in everyone
