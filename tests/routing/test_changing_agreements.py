"""Agreements change from a day on, or are corrected while nothing rests on them; never half."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND, rule_changes
from app.identity.operations import party
from app.routing.model import AgreementChangedMeanwhile, AgreementNotFound, AgreementRefused
from app.routing.operations.agreements import (
    AgreementToMake,
    agreement_version,
    end_agreement,
    make_agreement,
)
from app.routing.operations.changing import change_agreement_from, correct_agreement
from app.routing.operations.listing import Filter, When, agreement_named, agreements_listed
from tests.makers.areas import a_rectangle, an_area
from tests.makers.cases import a_kept_case
from tests.makers.people import a_party
from tests.makers.places import a_small_municipality

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)
TOMORROW = date(2026, 11, 25)


@pytest.fixture
def wanted(transaction: Transaction) -> AgreementToMake:
    """An agreement that is kept, about tiles in a district, with others around it."""
    place = a_small_municipality(transaction)
    made = AgreementToMake(
        code="tegels",
        party_id=place.team_id,
        category_code="wegen",
        area=("team-district", "zuid"),
        asset_owner_id=None,
        valid_from=date(2026, 1, 1),
    )
    make_agreement(transaction, made, by=BY_COMMAND, now=NOW)
    return made


def decided(transaction: Transaction, code: str, at: datetime = NOW) -> None:
    """Let a report have been decided by an agreement."""
    case = a_kept_case(transaction).id
    transaction.connection.execute(
        text(
            "INSERT INTO routing_decision (id, case_id, agreement_id, because, grounds,"
            " rule_version, decided_at) SELECT :id, :case, agreement.id, 'category-in-area', '{}',"
            " 2, :at FROM agreement WHERE code = :code"
        ),
        {"id": uuid4(), "case": case, "at": at, "code": code},
    )


class TestAnAgreementNothingRestsOn:
    def test_is_corrected_as_if_it_had_always_been_so(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        correct_agreement(transaction, replace(wanted, priority=5), by=BY_COMMAND, now=NOW)

        kept = agreement_named(transaction, "tegels", today=TODAY)
        assert (kept.agreement.priority, kept.valid_from) == (5, date(2026, 1, 1))

    def test_is_not_changed_by_the_second_of_two(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        version = agreement_version(transaction, "tegels")
        correct_agreement(transaction, replace(wanted, priority=5), by=BY_COMMAND, now=NOW)

        with pytest.raises(AgreementChangedMeanwhile):
            correct_agreement(transaction, wanted, by=BY_COMMAND, now=NOW, expected_version=version)
        with pytest.raises(AgreementChangedMeanwhile):
            end_agreement(
                transaction,
                "tegels",
                last_day=TODAY,
                by=BY_COMMAND,
                now=NOW,
                expected_version=version,
            )

        assert agreement_named(transaction, "tegels", today=TODAY).agreement.priority == 5


class TestAnAgreementThatDecided:
    def test_is_not_corrected(self, transaction: Transaction, wanted: AgreementToMake) -> None:
        decided(transaction, "tegels")

        with pytest.raises(AgreementRefused) as refused:
            correct_agreement(transaction, replace(wanted, priority=5), by=BY_COMMAND, now=NOW)

        assert [one.code for one in refused.value.errors] == ["decided"]

    def test_ends_the_day_before_the_new_one_begins(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        decided(transaction, "tegels")

        code = change_agreement_from(
            transaction, replace(wanted, priority=5), from_day=TOMORROW, by=BY_COMMAND, now=NOW
        )

        old = agreement_named(transaction, "tegels", today=TODAY)
        new = agreement_named(transaction, code, today=TODAY)
        assert (old.valid_until, old.agreement.priority) == (TODAY, 0)
        assert (code, new.valid_from, new.valid_until) == ("tegels-2", TOMORROW, None)
        assert new.agreement.priority == 5
        assert len(rule_changes(transaction, what="agreement", code="tegels")) == 2
        assert len(rule_changes(transaction, what="agreement", code="tegels-2")) == 1

    def test_is_not_taken_out_of_the_days_on_which_it_decided(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        decided(transaction, "tegels")

        with pytest.raises(AgreementRefused, match="choose a later day"):
            change_agreement_from(transaction, wanted, from_day=TODAY, by=BY_COMMAND, now=NOW)
        with pytest.raises(AgreementRefused, match="cannot end before"):
            end_agreement(
                transaction, "tegels", last_day=date(2026, 11, 20), by=BY_COMMAND, now=NOW
            )

    def test_may_end_today(self, transaction: Transaction, wanted: AgreementToMake) -> None:
        decided(transaction, wanted.code)

        end_agreement(transaction, "tegels", last_day=TODAY, by=BY_COMMAND, now=NOW)

        assert agreement_named(transaction, "tegels", today=TODAY).valid_until == TODAY


class TestAChangeFromADay:
    def test_counts_on_where_a_number_is_taken(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        make_agreement(transaction, replace(wanted, code="tegels-2"), by=BY_COMMAND, now=NOW)

        code = change_agreement_from(transaction, wanted, from_day=TOMORROW, by=BY_COMMAND, now=NOW)
        again = change_agreement_from(
            transaction,
            replace(wanted, code=code),
            from_day=date(2026, 12, 1),
            by=BY_COMMAND,
            now=NOW,
        )

        assert (code, again) == ("tegels-3", "tegels-4")

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            (date(2026, 11, 23), "This day is over"),
            (date(2026, 12, 2), "It ends on 2026-12-01"),
        ],
    )
    def test_is_refused_on_a_day_it_cannot_begin(
        self, transaction: Transaction, wanted: AgreementToMake, day: date, said: str
    ) -> None:
        end_agreement(transaction, "tegels", last_day=date(2026, 12, 1), by=BY_COMMAND, now=NOW)

        with pytest.raises(AgreementRefused, match=said):
            change_agreement_from(transaction, wanted, from_day=day, by=BY_COMMAND, now=NOW)

    def test_needs_an_agreement(self, transaction: Transaction, wanted: AgreementToMake) -> None:
        with pytest.raises(AgreementNotFound):
            change_agreement_from(
                transaction,
                replace(wanted, code="niets"),
                from_day=TODAY,
                by=BY_COMMAND,
                now=NOW,
            )

    def test_that_is_refused_leaves_the_old_one(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        with (
            pytest.raises(AgreementRefused),
            transaction.session.begin_nested(),
        ):
            change_agreement_from(
                transaction,
                replace(wanted, party_id=uuid4()),
                from_day=TOMORROW,
                by=BY_COMMAND,
                now=NOW,
            )

        transaction.session.expire_all()
        assert agreement_named(transaction, "tegels", today=TODAY).valid_until is None


class TestANewAgreement:
    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"code": "Tegels!"}, "missing"),
            ({"code": "tegels"}, "taken"),
            ({"party_id": UUID(int=1)}, "unknown-party"),
            ({"category_code": "wegen.gat"}, "unknown-category"),
            ({"area": ("village", "nergens")}, "unknown-area"),
            ({"area": None}, "area-or-owner"),
            ({"area": None, "asset_owner_id": UUID(int=1)}, "unknown-party"),
            ({"priority": 1001}, "out-of-range"),
            ({"valid_until": date(2025, 12, 31)}, "too-early"),
        ],
    )
    def test_that_cannot_be_is_refused(
        self,
        transaction: Transaction,
        wanted: AgreementToMake,
        wrong: dict[str, object],
        code: str,
    ) -> None:
        with pytest.raises(AgreementRefused) as refused:
            make_agreement(
                transaction,
                replace(wanted, **({"code": "ander"} | wrong)),  # type: ignore[arg-type]  # columns by name
                by=BY_COMMAND,
                now=NOW,
            )

        assert [one.code for one in refused.value.errors] == [code]

    def test_with_a_party_that_has_ended_is_refused_though_it_began_before(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        gone = a_party(transaction, code="weg")
        gone.ended_on = date(2026, 6, 1)
        transaction.session.flush()

        with pytest.raises(AgreementRefused, match="has ended"):
            make_agreement(
                transaction,
                replace(wanted, code="nieuw", party_id=gone.id),
                by=BY_COMMAND,
                now=NOW,
            )


class TestTheList:
    def test_tells_now_coming_and_ended_apart(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        make_agreement(
            transaction, replace(wanted, code="later", valid_from=TOMORROW), by=BY_COMMAND, now=NOW
        )
        make_agreement(
            transaction,
            replace(wanted, code="vroeger", valid_until=date(2026, 3, 1)),
            by=BY_COMMAND,
            now=NOW,
        )

        def codes(when: When) -> list[str]:
            listed, in_all = agreements_listed(transaction, Filter(when=when), today=TODAY)
            assert in_all == len(listed)
            return sorted(one.agreement.code for one in listed)

        assert codes(When.NOW) == ["all-in-zuid", "lighting", "motorway", "tegels"]
        assert codes(When.COMING) == ["later"]
        assert codes(When.ENDED) == ["vroeger"]

    def test_is_narrowed_by_party_category_and_area(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        assert wanted.category_code == "wegen"

        def codes(asked: Filter) -> set[str]:
            return {
                one.agreement.code for one in agreements_listed(transaction, asked, today=TODAY)[0]
            }

        assert codes(Filter(party="rws")) == {"motorway"}
        assert codes(Filter(category="wegen")) == {"tegels"}
        assert codes(Filter(area=("road-authority", "a4"))) == {"motorway"}
        assert codes(Filter(party="rws", category="wegen")) == set()

    def test_says_that_an_area_is_not_there_any_more(
        self, transaction: Transaction, wanted: AgreementToMake
    ) -> None:
        an_area(
            transaction,
            a_rectangle(4.3, 51.5, 4.31, 51.51),
            kind="village",
            code="weg",
            valid_until=TOMORROW,
        )
        make_agreement(
            transaction, replace(wanted, code="x", area=("village", "weg")), by=BY_COMMAND, now=NOW
        )

        before = agreement_named(transaction, "x", today=TODAY)
        after = agreement_named(transaction, "x", today=TOMORROW)

        assert (before.area_is_there, after.area_is_there) == (True, False)
        assert party(transaction, "team").name == after.agreement.party.name
