"""Administrators at one moment, each on a connection: one gets it, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Event
from typing import Any
from uuid import uuid4

import pytest
import shapely
from sqlalchemy import text

from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.rule_changes import ChangedBy, ChangedThrough
from app.geography.importing.areas import AreasToImport, import_areas
from app.geography.importing.model import AreaToImport
from app.geography.model import Spot
from app.identity.parties import end_party
from app.routing.drafted import DraftMovedOn, LaterChangeRestsOnIt, RulesChangedSince
from app.routing.model import AgreementChangedMeanwhile, AgreementRefused
from app.routing.operations.agreements import (
    AgreementToMake,
    agreement_version,
    end_agreement,
    make_agreement,
)
from app.routing.operations.changing import change_agreement_from, correct_agreement
from app.routing.operations.drafting import draft_agreement, draft_areas
from app.routing.operations.drafts import drafts, make_draft, rename_draft
from app.routing.operations.explaining import explain
from app.routing.operations.putting_in_force import put_in_force
from app.routing.operations.undoing import undo
from tests.makers.drafts import NOW, TODAY, an_agreement_to_draft, boxes
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, LONG_AGO, SmallMunicipality, a_small_municipality

BY = ChangedBy(ChangedThrough.PAGE, uuid4())
FRIDAY = TODAY + timedelta(days=3)
ZUID = ("team-district", "zuid")

Step = Callable[[Transaction], object]


class Town:
    """A small municipality whose every change is committed, and what was refused of several."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as transaction:
            self.place: SmallMunicipality = a_small_municipality(transaction)

    def at_once(self, *steps: Step) -> list[DomainError]:
        """Take several steps at one moment; return the refusals. Any other failure is raised."""
        ready = Barrier(len(steps))

        def take(step: Step) -> DomainError | None:
            try:
                with self.database.transaction() as transaction:
                    _ = transaction.driver_connection
                    ready.wait(10)
                    step(transaction)
            except DomainError as refused:
                return refused
            return None

        with ThreadPoolExecutor(len(steps)) as threads:
            return [one for one in threads.map(take, steps) if one is not None]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.database.transaction() as transaction:
            return [tuple(row) for row in transaction.connection.execute(text(statement))]

    def do(self, step: Callable[[Transaction], Any]) -> Any:  # noqa: ANN401  # what the step gives
        with self.database.transaction() as transaction:
            return step(transaction)


@pytest.fixture
def town(committing_database: Database) -> Town:
    return Town(committing_database)


def an_agreement(town: Town, code: str, **different: object) -> AgreementToMake:
    wanted = AgreementToMake(code, town.place.contractor_id, "wegen", ZUID, None, LONG_AGO)
    return replace(wanted, **different)  # type: ignore[arg-type]  # columns by name


def a_draft(town: Town, *, code: str, instead_of: str | None = "all-in-zuid") -> Any:  # noqa: ANN401  # an id
    def begin(transaction: Transaction) -> object:
        made = make_draft(transaction, f"Draft {code}", by=None, now=NOW)
        draft_agreement(
            transaction,
            made,
            an_agreement_to_draft(town.place.contractor_id, code=code),
            instead_of=instead_of,
            expected_version=1,
            today=TODAY,
        )
        return made

    return town.do(begin)


def putting_in_force(draft_id: Any, version: int = 2) -> Step:  # noqa: ANN401  # an id
    return lambda transaction: put_in_force(
        transaction, draft_id, from_day=FRIDAY, expected_version=version, by=BY, now=NOW,
        today=TODAY,
    )  # fmt: skip


ALL_IN_ZUID = "SELECT code, valid_until FROM agreement WHERE code LIKE 'all-in-zuid%' ORDER BY code"


class TestTwoChangesOfOneAgreement:
    def test_are_one_change_and_one_who_is_told(self, town: Town) -> None:
        seen = town.do(lambda transaction: agreement_version(transaction, "all-in-zuid"))

        refused = town.at_once(
            *(
                lambda transaction, priority=priority: correct_agreement(
                    transaction,
                    an_agreement(town, "all-in-zuid", priority=priority),
                    by=BY,
                    now=NOW,
                    expected_version=seen,
                )
                for priority in (5, 7)
            )
        )

        assert [type(one) for one in refused] == [AgreementChangedMeanwhile]
        assert town.rows("SELECT count(*) FROM rule_change WHERE before IS NOT NULL") == [(1,)]

    def test_from_a_day_on_make_one_that_comes_after_it(self, town: Town) -> None:
        seen = town.do(lambda transaction: agreement_version(transaction, "all-in-zuid"))

        def change(transaction: Transaction) -> object:
            return change_agreement_from(
                transaction, an_agreement(town, "all-in-zuid"), from_day=FRIDAY, by=BY, now=NOW,
                expected_version=seen,
            )  # fmt: skip

        refused = town.at_once(change, change)

        assert [type(one) for one in refused] == [AgreementChangedMeanwhile]
        assert town.rows(ALL_IN_ZUID) == [
            ("all-in-zuid", FRIDAY - timedelta(days=1)),
            ("all-in-zuid-2", None),
        ]

    def test_that_are_new_of_one_name_are_one(self, town: Town) -> None:
        def make(transaction: Transaction) -> object:
            return make_agreement(transaction, an_agreement(town, "tegels"), by=BY, now=NOW)

        refused = town.at_once(make, make, make)

        assert [one.errors[0].code for one in refused] == ["taken", "taken"]
        assert town.rows("SELECT count(*) FROM agreement WHERE code = 'tegels'") == [(1,)]


class TestEndingAPartyWhileAnAgreementIsMadeWithIt:
    @pytest.mark.parametrize("_turn", range(4))
    def test_refuses_the_agreement_or_comes_after_it(self, town: Town, _turn: int) -> None:
        refused = town.at_once(
            lambda transaction: end_party(
                transaction, "lux", last_day=TODAY - timedelta(days=1), by=BY, now=NOW
            ),
            lambda transaction: make_agreement(
                transaction, an_agreement(town, "tegels"), by=BY, now=NOW
            ),
        )

        made = town.rows("SELECT count(*) FROM agreement WHERE code = 'tegels'") == [(1,)]
        assert [type(one) for one in refused] == ([] if made else [AgreementRefused])
        assert town.rows("SELECT ended_on FROM party WHERE code = 'lux'") == [(TODAY,)]

    def test_is_seen_by_the_one_who_waits(self, town: Town) -> None:
        """The agreement is asked for while the end is written and not yet committed."""
        ended, asked = Event(), Event()

        def end(transaction: Transaction) -> None:
            end_party(transaction, "lux", last_day=TODAY - timedelta(days=1), by=BY, now=NOW)
            ended.set()
            asked.wait(10)

        def make(transaction: Transaction) -> None:
            ended.wait(10)
            asked.set()
            make_agreement(transaction, an_agreement(town, "tegels"), by=BY, now=NOW)

        (refused,) = town.at_once(end, make)

        assert refused.errors[0].code == "ended-party"


class TestTwoDrafts:
    def test_about_one_agreement_are_in_force_one_at_a_time(self, town: Town) -> None:
        drafts = [a_draft(town, code=code) for code in ("a", "b")]

        refused = town.at_once(*map(putting_in_force, drafts))

        assert [type(one) for one in refused] == [RulesChangedSince]
        assert town.rows(ALL_IN_ZUID) == [
            ("all-in-zuid", FRIDAY - timedelta(days=1)),
            ("all-in-zuid-2", None),
        ]
        in_force = "SELECT count(*) FROM routing_draft WHERE put_in_force_at IS NOT NULL"
        assert town.rows(in_force) == [(1,)]

    def test_that_make_agreements_of_one_name_are_in_force_one_at_a_time(self, town: Town) -> None:
        drafts = [a_draft(town, code="new", instead_of=None) for _ in range(2)]

        refused = town.at_once(*map(putting_in_force, drafts))

        assert [type(one) for one in refused] == [AgreementRefused]
        assert town.rows("SELECT count(*) FROM agreement WHERE code = 'new'") == [(1,)]

    def test_begun_twice_at_once_by_one_form_are_one(self, town: Town) -> None:
        def begin(transaction: Transaction) -> object:
            return make_draft(transaction, "Zomer", by=administrator, now=NOW)

        with town.database.transaction() as transaction:
            administrator = an_account(transaction).id
        assert town.at_once(begin, begin) == []

        with town.database.transaction() as transaction:
            (only,) = [one for one in drafts(transaction) if one.name == "Zomer"]
            rename_draft(transaction, only.id, "Zomer", expected_version=only.version)
            assert begin(transaction) != only.id

    def test_put_in_force_twice_by_two_people_is_in_force_once(self, town: Town) -> None:
        wanted = a_draft(town, code="a")

        refused = town.at_once(putting_in_force(wanted), putting_in_force(wanted))

        assert [type(one) for one in refused] == [DraftMovedOn]
        assert len(town.rows(ALL_IN_ZUID)) == 2


class TestADraftAndAChangeOfItsAgreement:
    @pytest.mark.parametrize("_turn", range(4))
    def test_are_one_of_both(self, town: Town, _turn: int) -> None:
        wanted = a_draft(town, code="a")
        seen = town.do(lambda transaction: agreement_version(transaction, "all-in-zuid"))

        (refused,) = town.at_once(
            putting_in_force(wanted),
            lambda transaction: end_agreement(
                transaction, "all-in-zuid", last_day=TODAY, by=BY, now=NOW, expected_version=seen
            ),
        )

        if isinstance(refused, RulesChangedSince):
            assert town.rows(ALL_IN_ZUID) == [("all-in-zuid", TODAY)]
        else:
            assert isinstance(refused, AgreementChangedMeanwhile)
            assert len(town.rows(ALL_IN_ZUID)) == 2


class TestTakingADraftBack:
    @pytest.mark.parametrize("_turn", range(4))
    def test_while_what_it_made_is_changed_is_one_of_both(self, town: Town, _turn: int) -> None:
        wanted = a_draft(town, code="a")
        town.do(putting_in_force(wanted))

        (refused,) = town.at_once(
            lambda transaction: undo(transaction, wanted, expected_version=3, by=BY, now=NOW),
            lambda transaction: correct_agreement(
                transaction,
                an_agreement(town, "all-in-zuid-2", valid_from=FRIDAY, priority=9),
                by=BY,
                now=NOW,
            ),
        )

        if isinstance(refused, LaterChangeRestsOnIt):
            assert len(town.rows(ALL_IN_ZUID)) == 2
        else:
            # There is nothing left to change.
            assert town.rows(ALL_IN_ZUID) == [("all-in-zuid", None)]

    def test_by_two_people_takes_it_back_once(self, town: Town) -> None:
        wanted = a_draft(town, code="a")
        town.do(putting_in_force(wanted))

        def take_back(transaction: Transaction) -> None:
            undo(transaction, wanted, expected_version=3, by=BY, now=NOW)

        refused = town.at_once(take_back, take_back)

        assert [type(one) for one in refused] == [DraftMovedOn]
        assert town.rows(ALL_IN_ZUID) == [("all-in-zuid", None)]


def bringing_in(*, east: float, on: date = TODAY) -> Step:
    """Import the district with another edge, under its own code."""
    shape = shapely.MultiPolygon([shapely.box(4.3, 51.5, east, 51.7)])
    wanted = AreasToImport(
        kind="team-district",
        source="test",
        areas=[AreaToImport("zuid", "Zuid", shape)],
        valid_from=on,
    )
    return lambda transaction: import_areas(transaction, wanted, by=BY, now=NOW)


class TestAnImportOfAreas:
    def test_while_a_draft_replaces_them_is_one_of_both(self, town: Town) -> None:
        def begin(transaction: Transaction) -> object:
            made = make_draft(transaction, "Districts", by=None, now=NOW)
            draft_areas(
                transaction, made, "team-district", boxes(zuid=(4.3, 51.5, 4.45, 51.7)),
                source="boxes", expected_version=1, today=TODAY,
            )  # fmt: skip
            return made

        wanted = town.do(begin)

        refused = town.at_once(putting_in_force(wanted), bringing_in(east=4.38))

        assert len(refused) == 1
        current = "SELECT count(*) FROM area WHERE code = 'zuid' AND valid_until IS NULL"
        assert town.rows(current) == [(1,)]

    def test_never_leaves_a_report_without_the_district_it_lies_in(self, town: Town) -> None:
        done = Event()

        def ask(transaction: Transaction) -> str | None:
            found = explain(
                transaction,
                Spot(*IN_DISTRICT),
                category_code="wegen.losse-tegel",
                at=NOW,
                municipality_code="GM0851",
            ).decision.party
            return found.code if found else None

        def ask_on() -> set[str | None]:
            said = set()
            while not done.is_set():
                said.add(town.do(ask))
            return said

        with ThreadPoolExecutor(1) as threads:
            asked = threads.submit(ask_on)
            try:
                for number in range(12):
                    town.do(bringing_in(east=4.38 + number / 1000))
            finally:
                done.set()

        assert asked.result(30) == {"team"}
