"""Looking after accounts: what is kept, what is noted, and who cannot be missed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest

from app.foundation.database import Database, Transaction
from app.foundation.rule_changes import ChangedBy, ChangedThrough, rule_changes
from app.identity.administration.listing import ACCOUNTS_ON_A_PAGE, list_accounts
from app.identity.administration.model import (
    AccountFilter,
    AccountRefused,
    AccountState,
    AccountToKeep,
    LastAdministrator,
    OwnAccountElsewhere,
)
from app.identity.administration.operations import (
    change_account,
    end_account,
    invite,
    let_back,
    renew_link,
    take_second_factor,
)
from app.identity.invitations import invitation, invited_account
from app.identity.model import Limits
from app.identity.operations import start_sign_in
from app.identity.own_sign_ins import sign_ins
from app.identity.permissions import ROLES_OF_A_PARTY, Role
from app.identity.records import Account
from tests.identity.web import small_settings
from tests.makers.people import MONDAY_MORNING, a_party, a_passkey, an_account

NOW = MONDAY_MORNING
SETTINGS = small_settings()
BY = ChangedBy(ChangedThrough.PAGE, UUID(int=7))


def noor(role: Role = Role.DESK, **given: object) -> AccountToKeep:
    wanted: dict[str, object] = {"email": "noor@example.org", "name": "Noor Bakker", "role": role}
    return AccountToKeep(**(wanted | given))  # type: ignore[arg-type]  # fields by name


def an_administrator(transaction: Transaction, **given: object) -> Account:
    made = an_account(transaction, role=Role.ADMINISTRATOR, **given)  # type: ignore[arg-type]  # fields by name
    made.password_hash = "a hash"
    transaction.session.flush()
    return made


class TestInviting:
    def test_makes_an_account_without_a_password(self, transaction: Transaction) -> None:
        made = invite(transaction, noor(), by=BY, now=NOW)

        assert (made.role, made.password_hash, made.is_active) == ("desk", None, True)

    def test_is_noted_with_who_did_it_and_without_a_name(self, transaction: Transaction) -> None:
        made = invite(transaction, noor(), by=BY, now=NOW)

        [noted] = rule_changes(transaction, what="account", code=str(made.id))
        assert (noted.by, noted.at, noted.before) == (BY, NOW, None)
        assert "Noor" not in str(noted.after)
        assert "noor@" not in str(noted.after)

    @pytest.mark.parametrize("role", sorted(ROLES_OF_A_PARTY))
    def test_needs_a_party_where_the_role_does(self, transaction: Transaction, role: Role) -> None:
        with pytest.raises(AccountRefused) as refused:
            invite(transaction, noor(role), by=BY, now=NOW)

        assert [one.field for one in refused.value.errors] == ["party"]

    def test_keeps_no_party_where_the_role_has_none(self, transaction: Transaction) -> None:
        a_party(transaction, code="noord")

        assert invite(transaction, noor(party="noord"), by=BY, now=NOW).party_id is None

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": " "}, "name"),
            ({"name": "x" * 121}, "name"),
            ({"name": "deog\u202egoed"}, "name"),
            ({"email": "noor"}, "email"),
            ({"email": "NOOR@example.org "}, "email"),
        ],
    )
    def test_says_what_is_not_right(
        self, transaction: Transaction, wrong: dict[str, str], field: str
    ) -> None:
        an_account(transaction, email="noor@example.org")

        with pytest.raises(AccountRefused) as refused:
            invite(
                transaction,
                replace(
                    noor(),
                    name=wrong.get("name", "Noor Bakker"),
                    email=wrong.get("email", "other@example.org"),
                ),
                by=BY,
                now=NOW,
            )

        assert [one.field for one in refused.value.errors] == [field]

    def test_keeps_limits_of_a_role_that_can_be_limited(self, transaction: Transaction) -> None:
        limits = Limits(("village:kruisland",), ("wegen",))

        made = invite(transaction, noor(limits=limits), by=BY, now=NOW)
        other = noor(Role.ADMINISTRATOR, email="bea@example.org", limits=limits)
        unlimited = invite(transaction, other, by=BY, now=NOW)

        assert (made.within_areas, made.within_categories) == (["village:kruisland"], ["wegen"])
        assert (unlimited.within_areas, unlimited.within_categories) == ([], [])


class TestChanging:
    def test_of_the_role_ends_every_sign_in(self, transaction: Transaction) -> None:
        kept = an_account(transaction, role=Role.ANALYST, email="noor@example.org")
        start_sign_in(transaction, kept.id, now=NOW)

        change_account(transaction, kept.id, noor(Role.COORDINATOR), by=BY, now=NOW)

        assert sign_ins(transaction, kept.id, now=NOW) == []

    def test_of_the_name_alone_ends_none_and_is_noted(self, transaction: Transaction) -> None:
        kept = an_account(transaction, role=Role.DESK, email="noor@example.org", name="N. Bakker")
        start_sign_in(transaction, kept.id, now=NOW)

        change_account(transaction, kept.id, noor(), by=BY, now=NOW)

        assert len(sign_ins(transaction, kept.id, now=NOW)) == 1
        [noted] = rule_changes(transaction, what="account", code=str(kept.id))
        assert noted.after is not None
        assert noted.after["done"] == ["renamed"]

    def test_of_nothing_is_not_noted(self, transaction: Transaction) -> None:
        kept = an_account(transaction, role=Role.DESK, email="noor@example.org")

        change_account(transaction, kept.id, noor(), by=BY, now=NOW)

        assert rule_changes(transaction, what="account", code=str(kept.id)) == []


class TestTheLastAdministrator:
    def test_is_not_ended_and_stays_one(self, transaction: Transaction) -> None:
        only = an_administrator(transaction)
        an_account(transaction, role=Role.COORDINATOR)

        with pytest.raises(LastAdministrator):
            end_account(transaction, only.id, by=BY, now=NOW)
        with pytest.raises(LastAdministrator):
            change_account(transaction, only.id, noor(), by=BY, now=NOW)

        assert (only.is_active, only.role) == (True, "administrator")

    @pytest.mark.parametrize("why", ["ended", "not come yet"])
    def test_is_also_one_beside_who_cannot_sign_in(
        self, transaction: Transaction, why: str
    ) -> None:
        only, other = an_administrator(transaction), an_administrator(transaction)
        if why == "ended":
            other.is_active = False
        else:
            other.password_hash = None
        transaction.session.flush()

        with pytest.raises(LastAdministrator):
            end_account(transaction, only.id, by=BY, now=NOW)

    def test_is_not_alone_beside_one_who_comes_with_a_passkey(
        self, transaction: Transaction
    ) -> None:
        only, other = an_administrator(transaction), an_administrator(transaction)
        other.password_hash = None
        a_passkey(transaction, other)

        end_account(transaction, only.id, by=BY, now=NOW)

        assert not only.is_active

    def test_is_left_when_two_end_each_other_at_once(self, committing_database: Database) -> None:
        with committing_database.transaction() as transaction:
            ids = [an_administrator(transaction).id for _ in range(2)]
        together = Barrier(2)

        def end(account_id: UUID) -> bool:
            together.wait()
            try:
                with committing_database.transaction() as transaction:
                    end_account(transaction, account_id, by=BY, now=NOW)
            except LastAdministrator:
                return False
            return True

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(end, ids)) == [False, True]


class TestAnotherRole:
    def test_ends_what_began_before(self, transaction: Transaction) -> None:
        kept = an_account(transaction, email="noor@example.org", role=Role.ANALYST)
        kept.password_hash = "a hash"
        colleague = an_account(transaction)
        before, of_colleague = kept.fs_uniquifier, colleague.fs_uniquifier

        change_account(transaction, kept.id, noor(Role.DESK), by=BY, now=NOW)

        assert kept.fs_uniquifier != before
        assert colleague.fs_uniquifier == of_colleague

    def test_leaves_an_invitation_good(self, transaction: Transaction) -> None:
        made = invite(transaction, noor(Role.ANALYST), by=BY, now=NOW)
        token = invitation(made, settings=SETTINGS, now=NOW).rpartition("/")[2]

        change_account(transaction, made.id, noor(Role.DESK), by=BY, now=NOW)

        assert invited_account(transaction, token, settings=SETTINGS, now=NOW).id == made.id

    def test_is_not_needed_to_be_called_otherwise(self, transaction: Transaction) -> None:
        kept = an_account(transaction, email="noor@example.org", role=Role.DESK)
        kept.password_hash = "a hash"
        before = kept.fs_uniquifier

        change_account(transaction, kept.id, noor(name="Noor de Bakker"), by=BY, now=NOW)

        assert kept.fs_uniquifier == before


class TestTakingTheSecondStepAway:
    def test_ends_what_began_before(self, transaction: Transaction) -> None:
        kept = an_account(transaction, email="noor@example.org")
        kept.password_hash = "a hash"
        before = kept.fs_uniquifier

        take_second_factor(transaction, kept.id, by=BY, now=NOW)

        assert kept.fs_uniquifier != before


class TestEnding:
    def test_ends_sign_ins_and_keeps_the_name(self, transaction: Transaction) -> None:
        an_administrator(transaction)
        kept = an_account(transaction, name="Noor Bakker")
        start_sign_in(transaction, kept.id, now=NOW)

        end_account(transaction, kept.id, by=BY, now=NOW)

        assert sign_ins(transaction, kept.id, now=NOW) == []
        assert (kept.is_active, kept.name) == (False, "Noor Bakker")

    def test_can_be_taken_back_and_both_are_noted(self, transaction: Transaction) -> None:
        kept = an_account(transaction, password="tuinhek 7 paardenbloem")

        end_account(transaction, kept.id, by=BY, now=NOW)
        let_back(transaction, kept.id, by=BY, now=NOW + timedelta(days=1))

        assert (kept.is_active, kept.password_hash) == (True, None)
        noted = rule_changes(transaction, what="account", code=str(kept.id))
        assert [one.after and one.after["isActive"] for one in noted] == [True, False]


class TestTheOwnAccount:
    def test_gets_its_link_and_its_second_step_elsewhere(self, transaction: Transaction) -> None:
        own = an_administrator(transaction)
        by = ChangedBy(ChangedThrough.PAGE, own.id)

        with pytest.raises(OwnAccountElsewhere):
            renew_link(transaction, own.id, by=by, now=NOW)
        with pytest.raises(OwnAccountElsewhere):
            take_second_factor(transaction, own.id, by=by, now=NOW)

        assert own.password_hash == "a hash"


class TestTheListOfAccounts:
    @pytest.fixture
    def everyone(self, transaction: Transaction) -> dict[str, Account]:
        """Four people; each filter below leaves some of them out."""
        north = a_party(transaction, code="noord", name="Team Noord")
        made = {
            "anna": an_account(transaction, name="Anna de Wit", role=Role.COORDINATOR),
            "bert": an_account(transaction, name="Bert", role=Role.CREW, party_id=north.id),
            "carla": an_account(transaction, name="Carla", role=Role.DESK, email="cw@example.org"),
            "dirk": an_account(transaction, name="Dirk", role=Role.DESK),
        }
        made["anna"].tf_primary_method = "app"
        made["anna"].last_signed_in_at = NOW
        made["dirk"].is_active = False
        transaction.session.flush()
        return made

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (AccountFilter(), ["anna", "bert", "carla"]),
            (AccountFilter(state=AccountState.ALL), ["anna", "bert", "carla", "dirk"]),
            (AccountFilter(state=AccountState.ENDED), ["dirk"]),
            (AccountFilter(state=AccountState.NEVER_SIGNED_IN), ["bert", "carla"]),
            (AccountFilter(state=AccountState.WITHOUT_SECOND_FACTOR), ["carla"]),
            (AccountFilter(role=Role.CREW), ["bert"]),
            (AccountFilter(party="noord"), ["bert"]),
            (AccountFilter(words="wit ANNA"), ["anna"]),
            (AccountFilter(words="cw@"), ["carla"]),
            (AccountFilter(words="%"), []),
        ],
    )
    def test_holds_those_that_are_asked_for(
        self,
        transaction: Transaction,
        everyone: dict[str, Account],
        wanted: AccountFilter,
        found: list[str],
    ) -> None:
        page = list_accounts(transaction, wanted)

        assert [one.id for one in page.lines] == [everyone[name].id for name in found]
        assert page.count == len(found)

    def test_goes_on_on_a_second_page(self, transaction: Transaction) -> None:
        for number in range(ACCOUNTS_ON_A_PAGE + 1):
            an_account(transaction, name=f"Persoon {number:02}")

        page = list_accounts(transaction, AccountFilter(), page=2)

        assert [one.name for one in page.lines] == [f"Persoon {ACCOUNTS_ON_A_PAGE}"]
        assert page.count == ACCOUNTS_ON_A_PAGE + 1
        assert list_accounts(transaction, AccountFilter(), page=9).count == page.count
