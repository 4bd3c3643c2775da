"""Accounts and sign-ins in the database."""

from __future__ import annotations

from datetime import timedelta
from importlib.util import find_spec, module_from_spec

import pytest
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select

from app.foundation.database import Transaction
from app.identity import operations, own_sign_ins, passwords
from app.identity.model import EmailTaken, PartyNeeded
from app.identity.permissions import Role
from app.identity.recognising import signed_in
from app.identity.records import SignIn
from tests.makers.people import MONDAY_MORNING, PASSWORD, an_account


class TestAnAccount:
    def test_is_one_per_address_however_it_is_typed(self, transaction: Transaction) -> None:
        an_account(transaction, email="noor@example.org")

        with pytest.raises(EmailTaken):
            operations.create_account(
                transaction,
                email="NOOR@example.org",
                name="Noor",
                role=Role.DESK,
                password=PASSWORD,
                now=MONDAY_MORNING,
            )

    def test_keeps_no_password(self, transaction: Transaction) -> None:
        made = operations.create_account(
            transaction,
            email="noor@example.org",
            name="Noor",
            role=Role.DESK,
            password=PASSWORD,
            now=MONDAY_MORNING,
        )

        assert made.password_hash is not None
        assert made.password_hash.startswith("$argon2id$")

    def test_of_a_crew_needs_a_party(self, transaction: Transaction) -> None:
        with pytest.raises(PartyNeeded):
            operations.create_account(
                transaction,
                email="ploeg@example.org",
                name="Ploeg",
                role=Role.CREW,
                password=PASSWORD,
                now=MONDAY_MORNING,
            )


class TestAPasswordOfNobody:
    def test_takes_as_long_to_check_as_one_of_somebody(self) -> None:
        # As it is outside of tests, where a password costs what it should.
        spec = find_spec(passwords.__name__)
        assert spec is not None
        assert spec.loader is not None
        in_earnest = module_from_spec(spec)
        spec.loader.exec_module(in_earnest)

        assert not in_earnest.needs_new_hash(in_earnest._NOBODYS_HASH)
        # A hash that is none would be refused at once.
        with pytest.raises(VerifyMismatchError):
            in_earnest._HASHER.verify(in_earnest._NOBODYS_HASH, PASSWORD)


class TestASignInInTheDatabase:
    def test_is_kept_without_its_token(self, transaction: Transaction) -> None:
        token = operations.start_sign_in(
            transaction, an_account(transaction).id, now=MONDAY_MORNING
        )

        kept = transaction.session.scalars(select(SignIn)).one()

        assert token.encode() not in kept.token_digest

    def test_is_found_by_its_token_alone(self, transaction: Transaction) -> None:
        account = an_account(transaction)
        token = operations.start_sign_in(transaction, account.id, now=MONDAY_MORNING)
        operations.start_sign_in(transaction, an_account(transaction).id, now=MONDAY_MORNING)

        found = signed_in(transaction, token, now=MONDAY_MORNING)

        assert found is not None
        assert found.id == account.id
        assert signed_in(transaction, token + "x", now=MONDAY_MORNING) is None

    def test_that_ended_never_comes_back(self, transaction: Transaction) -> None:
        token = operations.start_sign_in(
            transaction, an_account(transaction).id, now=MONDAY_MORNING
        )

        operations.end_sign_in(transaction, token, now=MONDAY_MORNING)

        assert signed_in(transaction, token, now=MONDAY_MORNING) is None

    def test_that_was_unused_too_long_is_ended(self, transaction: Transaction) -> None:
        token = operations.start_sign_in(
            transaction, an_account(transaction).id, now=MONDAY_MORNING
        )
        signed_in(transaction, token, now=MONDAY_MORNING + timedelta(hours=3))

        back_in_time = signed_in(transaction, token, now=MONDAY_MORNING)

        assert back_in_time is None

    def test_writes_its_last_use_once_a_minute(self, transaction: Transaction) -> None:
        token = operations.start_sign_in(
            transaction, an_account(transaction).id, now=MONDAY_MORNING
        )
        soon = MONDAY_MORNING + timedelta(seconds=59)
        later = MONDAY_MORNING + timedelta(seconds=61)

        signed_in(transaction, token, now=soon)
        sign_in = transaction.session.scalars(select(SignIn)).one()
        assert sign_in.last_seen_at == MONDAY_MORNING
        signed_in(transaction, token, now=later)
        transaction.session.refresh(sign_in)

        assert sign_in.last_seen_at == later


class TestDeactivating:
    def test_ends_every_sign_in_at_once_and_nobody_elses(self, transaction: Transaction) -> None:
        account = an_account(transaction)
        phone = operations.start_sign_in(transaction, account.id, now=MONDAY_MORNING)
        desk = operations.start_sign_in(transaction, account.id, now=MONDAY_MORNING)
        colleague = operations.start_sign_in(
            transaction, an_account(transaction).id, now=MONDAY_MORNING
        )

        operations.deactivate(transaction, account.id, now=MONDAY_MORNING)

        for token in (phone, desk):
            assert signed_in(transaction, token, now=MONDAY_MORNING) is None
        assert signed_in(transaction, colleague, now=MONDAY_MORNING)
        assert own_sign_ins.sign_ins(transaction, account.id, now=MONDAY_MORNING) == []


class TestForgetting:
    def test_takes_old_sign_ins_and_leaves_the_others(self, transaction: Transaction) -> None:
        account = an_account(transaction)
        operations.start_sign_in(transaction, account.id, now=MONDAY_MORNING - timedelta(days=31))
        operations.start_sign_in(transaction, account.id, now=MONDAY_MORNING)

        operations.forget_what_is_over(transaction, now=MONDAY_MORNING)

        assert len(transaction.session.scalars(select(SignIn)).all()) == 1
