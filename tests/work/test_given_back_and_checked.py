"""What becomes of a case that its party gives back, or whose work a person has to check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.routing.operations.agreements import AgreementToMake, make_agreement
from app.routing.operations.deciding import decisions_of_case
from app.work.model import (
    NEXT_STAGES,
    NEXT_TASK_STAGES,
    ActedBy,
    CaseStage,
    DeclineReason,
    DeskReason,
    TaskStage,
    WorkResult,
)
from app.work.operations.cases import ResponsibleParty, case
from app.work.operations.checking import approve_work
from app.work.operations.desk import assign_case, settle
from app.work.operations.lists import desk_entries_of_case
from app.work.operations.tasks import complete_task, decline_task, tasks_of_case
from app.work.refusals import NothingToCheck, StageNotReachable, StillWithNobody
from app.work.rules import check_move, check_task_move
from tests.makers.places import SmallMunicipality, a_small_municipality
from tests.work.test_tasks import a_received_tile, the_task

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SOMEBODY = ActedBy("account", UUID(int=7))


@pytest.fixture
def transaction(provided: Provided) -> Iterator[Transaction]:
    """One transaction in which facts are told, rolled back with the test."""
    with provided.get(Database).transaction() as transaction:
        yield transaction


@pytest.fixture
def place(transaction: Transaction) -> SmallMunicipality:
    return a_small_municipality(transaction)


def another_agreement(transaction: Transaction, place: SmallMunicipality) -> None:
    """Let the contractor do everything that nobody else does."""
    make_agreement(
        transaction,
        AgreementToMake(
            code="whoever-is-left",
            party_id=place.contractor_id,
            category_code=None,
            area=("municipality", "GM0851"),
            asset_owner_id=None,
            valid_from=date(2020, 1, 1),
        ),
        by=BY_COMMAND,
        now=NOW,
    )


def given_back(transaction: Transaction, place: SmallMunicipality, reason: DeclineReason) -> UUID:
    received = a_received_tile(transaction)
    decline_task(
        transaction,
        the_task(transaction, received),
        party_id=place.team_id,
        reason=reason,
        remark="",
        by=SOMEBODY,
        now=NOW,
    )
    return received.case.id


class TestACaseThatIsGivenBack:
    def test_goes_to_who_is_responsible_without_that_party(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        another_agreement(transaction, place)

        case_id = given_back(transaction, place, DeclineReason.NOT_MINE)

        after = case(transaction, case_id)
        assert (after.stage, after.party_id) == (CaseStage.ASSIGNED, place.contractor_id)
        stages = [(one.party_id, one.stage) for one in tasks_of_case(transaction, case_id)]
        assert sorted(stages, key=str) == sorted(
            [
                (place.team_id, TaskStage.DECLINED),
                (place.contractor_id, TaskStage.OFFERED),
            ],
            key=str,
        )
        assert desk_entries_of_case(transaction, case_id) == []
        looked_at = [
            one["why"]
            for decision in decisions_of_case(transaction, case_id)
            for one in decision["grounds"]["considered"]
        ]
        assert "gave-it-back" in looked_at

    def test_comes_to_the_desk_once_everybody_gave_it_back(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        another_agreement(transaction, place)
        case_id = given_back(transaction, place, DeclineReason.NOT_OURS)
        second = next(
            one
            for one in tasks_of_case(transaction, case_id)
            if one.party_id == place.contractor_id
        )

        decline_task(
            transaction,
            second.id,
            party_id=place.contractor_id,
            reason=DeclineReason.NOT_MINE,
            remark="",
            by=SOMEBODY,
            now=NOW,
        )

        after = case(transaction, case_id)
        assert (after.stage, after.party_id) == (CaseStage.RECEIVED, None)
        (entry,) = desk_entries_of_case(transaction, case_id)
        assert entry.reason is DeskReason.DECLINED

    @pytest.mark.parametrize(
        "reason",
        [DeclineReason.ALREADY_FIXED, DeclineReason.PLACE_UNCLEAR, DeclineReason.OTHER],
    )
    def test_comes_to_the_desk_where_a_person_has_to_look(
        self, transaction: Transaction, place: SmallMunicipality, reason: DeclineReason
    ) -> None:
        another_agreement(transaction, place)

        case_id = given_back(transaction, place, reason)

        (entry,) = desk_entries_of_case(transaction, case_id)
        assert entry.reason is DeskReason.DECLINED
        assert entry.details["why"] == reason.value
        assert case(transaction, case_id).party_id is None


@pytest.fixture
def finished(transaction: Transaction, place: SmallMunicipality) -> UUID:
    """A case of a kind that asks for a check, whose only task was solved."""
    transaction.connection.execute(
        text("UPDATE category SET is_checked = true WHERE code = 'wegen.losse-tegel'")
    )
    received = a_received_tile(transaction)
    complete_task(
        transaction,
        the_task(transaction, received),
        party_id=place.team_id,
        result=WorkResult.SOLVED,
        remark="",
        by=SOMEBODY,
        now=NOW,
    )
    return received.case.id


class TestWorkThatAPersonChecks:
    def test_stands_on_the_list_of_the_desk_until_then(
        self, transaction: Transaction, place: SmallMunicipality, finished: UUID
    ) -> None:
        (entry,) = desk_entries_of_case(transaction, finished)

        assert entry.reason is DeskReason.TO_CHECK
        waiting = case(transaction, finished)
        assert (waiting.stage, waiting.party_id) == (CaseStage.IN_PROGRESS, place.team_id)
        with pytest.raises(StillWithNobody):
            settle(
                transaction,
                waiting.reference,
                reason=DeskReason.TO_CHECK,
                by=SOMEBODY,
                now=NOW,
            )

    def test_that_is_good_ends_the_case(self, transaction: Transaction, finished: UUID) -> None:
        reference = case(transaction, finished).reference

        ended = approve_work(transaction, reference, by=SOMEBODY, now=NOW)

        assert ended.stage is CaseStage.RESOLVED
        assert desk_entries_of_case(transaction, finished) == []
        with pytest.raises(NothingToCheck):
            approve_work(transaction, reference, by=SOMEBODY, now=NOW)

    def test_that_is_not_good_goes_back_to_its_party(
        self, transaction: Transaction, place: SmallMunicipality, finished: UUID
    ) -> None:
        found = case(transaction, finished)
        party = ResponsibleParty(
            place.team_id, found.party_code or "", found.party_name or "", "team"
        )

        assign_case(transaction, found.reference, party=party, by=SOMEBODY, now=NOW)

        assert desk_entries_of_case(transaction, finished) == []
        assert {one.stage for one in tasks_of_case(transaction, finished)} == {
            TaskStage.DONE,
            TaskStage.OFFERED,
        }
        with pytest.raises(NothingToCheck):
            approve_work(transaction, found.reference, by=SOMEBODY, now=NOW)

    def test_that_was_given_back_since_cannot_be_found_good(
        self, transaction: Transaction, place: SmallMunicipality, finished: UUID
    ) -> None:
        found = case(transaction, finished)
        party = ResponsibleParty(
            place.team_id, found.party_code or "", found.party_name or "", "team"
        )
        assign_case(transaction, found.reference, party=party, by=SOMEBODY, now=NOW)
        (again,) = (
            one for one in tasks_of_case(transaction, finished) if one.stage is TaskStage.OFFERED
        )
        decline_task(
            transaction,
            again.id,
            party_id=place.team_id,
            reason=DeclineReason.PLACE_UNCLEAR,
            remark="",
            by=SOMEBODY,
            now=NOW,
        )

        with pytest.raises(NothingToCheck):
            approve_work(transaction, found.reference, by=SOMEBODY, now=NOW)


class TestAMoveThatIsNotAllowed:
    @pytest.mark.parametrize("stage", CaseStage)
    def test_of_a_case_is_refused_with_the_moves_that_are(self, stage: CaseStage) -> None:
        for wanted in set(CaseStage) - NEXT_STAGES[stage]:
            with pytest.raises(StageNotReachable) as refused:
                check_move(stage, wanted)

            assert refused.value.more["possible"] == sorted(NEXT_STAGES[stage])

    @pytest.mark.parametrize("stage", TaskStage)
    def test_of_a_task_is_refused_with_the_moves_that_are(self, stage: TaskStage) -> None:
        for wanted in set(TaskStage) - NEXT_TASK_STAGES[stage]:
            with pytest.raises(StageNotReachable) as refused:
                check_task_move(stage, wanted)

            assert refused.value.more["possible"] == sorted(NEXT_TASK_STAGES[stage])
