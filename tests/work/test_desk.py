"""What becomes of a case when the desk directs it, where two answers to one question meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.identity.operations import party
from app.intake.model import Channel, NewReport
from app.reception.model import ReceivedReport
from app.reception.operations import receive_report
from app.triage.operations import category
from app.work.model import (
    ActedBy,
    Case,
    CaseStage,
    DeclineReason,
    DeskReason,
    Happening,
    Task,
    TaskStage,
    WorkResult,
)
from app.work.operations.cases import ResponsibleParty, case
from app.work.operations.desk import (
    assign_case,
    close_without_work,
    merge_case,
    reopen_case,
)
from app.work.operations.desk_list import raise_at_desk
from app.work.operations.history import history_of_case
from app.work.operations.lists import desk_entries_of_case, desk_list, open_tasks_of_party
from app.work.operations.planning_task import plan_task
from app.work.operations.recategorising import change_category
from app.work.operations.tasks import (
    complete_task,
    decline_task,
    hold_task,
    start_task,
    tasks_of_case,
)
from app.work.refusals import CaseIsClosed, CaseOpenAtAsset, StageNotReachable
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality

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


def a_lamp(
    transaction: Transaction, asset_id: UUID | None = None, *, is_danger: bool = False
) -> ReceivedReport:
    return receive_report(
        transaction,
        NewReport(
            description="Lamp uit",
            longitude=IN_DISTRICT[0],
            latitude=IN_DISTRICT[1],
            channel=Channel.MOBILE,
            category="verlichting.lamp-brandt-niet",
            asset_id=asset_id,
            is_danger=is_danger,
        ),
        municipality_code="GM0851",
        now=NOW,
    )


def passed_on(transaction: Transaction, lamp: Case) -> Case:
    state = party(transaction, "rws")
    return assign_case(
        transaction,
        lamp.reference,
        party=ResponsibleParty(state.id, state.code, state.name, state.kind),
        by=SOMEBODY,
        now=NOW,
    )


def open_task(transaction: Transaction, of_case: Case) -> Task:
    (task,) = [
        one for one in tasks_of_case(transaction, of_case.id) if one.stage is TaskStage.OFFERED
    ]
    return task


def reasons(transaction: Transaction, of_case: Case) -> list[DeskReason]:
    return [entry.reason for entry in desk_entries_of_case(transaction, of_case.id)]


class TestWhatAnAuthorityHandsBack:
    def test_is_open_again_and_on_the_desks_list(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        referred = passed_on(transaction, a_lamp(transaction, place.lamp_id).case)
        task = open_task(transaction, referred)

        decline_task(
            transaction,
            task.id,
            party_id=task.party_id,
            reason=DeclineReason.NOT_OURS,
            remark="",
            by=SOMEBODY,
            now=NOW,
        )

        after = case(transaction, referred.id)
        assert (after.stage, after.closed_at) == (CaseStage.RECEIVED, None)
        assert reasons(transaction, after) == [DeskReason.DECLINED]

    def test_stays_passed_on_where_the_object_has_an_open_case_and_the_desk_joins_the_two(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        referred = passed_on(transaction, a_lamp(transaction, place.lamp_id).case)
        open_one = a_lamp(transaction, place.lamp_id).case
        task = open_task(transaction, referred)

        decline_task(
            transaction,
            task.id,
            party_id=task.party_id,
            reason=DeclineReason.NOT_OURS,
            remark="",
            by=SOMEBODY,
            now=NOW,
        )

        after = case(transaction, referred.id)
        assert after.stage is CaseStage.REFERRED
        (entry,) = desk_entries_of_case(transaction, after.id)
        assert (entry.reason, entry.details["case"]) == (DeskReason.DECLINED, open_one.reference)
        with pytest.raises(CaseOpenAtAsset):
            assign_case(
                transaction,
                after.reference,
                party=ResponsibleParty(place.team_id, "team", "Team Zuid", "team"),
                by=SOMEBODY,
                now=NOW,
            )
        merged, _ = merge_case(
            transaction, after.reference, open_one.reference, by=SOMEBODY, now=NOW
        )
        assert merged.stage is CaseStage.MERGED


class TestADangerThatIsPutOnHold:
    @pytest.mark.parametrize("is_danger", [True, False])
    def test_comes_on_the_desks_list_until_somebody_begins(
        self, transaction: Transaction, place: SmallMunicipality, is_danger: bool
    ) -> None:
        found = a_lamp(transaction, is_danger=is_danger).case
        (task,) = tasks_of_case(transaction, found.id)
        known: dict[str, Any] = {"party_id": task.party_id, "by": SOMEBODY, "now": NOW}

        for day in (1, 2):
            hold_task(transaction, task.id, until=date(2026, 12, day), remark="", **known)
            held = reasons(transaction, found)
            start_task(transaction, task.id, **known)

        assert held == ([DeskReason.DANGER_WAITS] if is_danger else [])
        assert reasons(transaction, found) == []


class TestACaseThatJoinsAnother:
    def test_makes_the_other_as_urgent_and_leaves_its_remark_to_be_read(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        calm, urgent = a_lamp(transaction), a_lamp(transaction, is_danger=True)
        raise_at_desk(transaction, urgent.case.id, DeskReason.REMARK, details={}, now=NOW)

        _, grown = merge_case(
            transaction, urgent.case.reference, calm.case.reference, by=SOMEBODY, now=NOW
        )

        assert grown.is_danger
        assert grown.due_at == urgent.case.due_at < calm.case.due_at
        (task,) = tasks_of_case(transaction, grown.id)
        assert (task.due_at, task.version) == (grown.due_at, 2)
        assert reasons(transaction, grown) == [DeskReason.REMARK]
        assert reasons(transaction, urgent.case) == []

    def test_as_a_danger_is_named_in_the_history_and_looked_at_where_the_other_waits(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        noise, calm, urgent = (
            a_lamp(transaction),
            a_lamp(transaction),
            a_lamp(transaction, is_danger=True),
        )
        (task,) = tasks_of_case(transaction, calm.case.id)
        hold_task(
            transaction,
            task.id,
            party_id=task.party_id,
            until=date(2026, 12, 20),
            remark="",
            by=SOMEBODY,
            now=NOW,
        )

        _, grown = merge_case(
            transaction, urgent.case.reference, calm.case.reference, by=SOMEBODY, now=NOW
        )

        told = history_of_case(transaction, grown.id)[-1]
        assert (told.happening, told.actor_id) == (Happening.REPORT_JOINED, SOMEBODY.id)
        assert told.details["danger"] is True
        assert told.details["case"] == urgent.case.reference
        assert DeskReason.DANGER_WAITS in reasons(transaction, grown)
        assert desk_list(transaction)[0].case.id == grown.id
        listed = open_tasks_of_party(transaction, task.party_id)
        assert [one.case.id for one in listed] == [grown.id, noise.case.id]

    def test_as_a_danger_is_off_the_list_once_somebody_begins(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        calm, urgent = a_lamp(transaction), a_lamp(transaction, is_danger=True)
        (task,) = tasks_of_case(transaction, calm.case.id)
        known: dict[str, Any] = {"party_id": task.party_id, "by": SOMEBODY, "now": NOW}
        plan_task(transaction, task.id, on=date(2027, 3, 1), **known)
        merge_case(transaction, urgent.case.reference, calm.case.reference, by=SOMEBODY, now=NOW)
        before = reasons(transaction, calm.case)

        start_task(transaction, task.id, **known)

        assert DeskReason.DANGER_WAITS in before
        assert DeskReason.DANGER_WAITS not in reasons(transaction, calm.case)

    def test_answers_the_others_question_whether_they_are_one(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        first, second = a_lamp(transaction), a_lamp(transaction)
        assert reasons(transaction, second.case) == [DeskReason.POSSIBLE_DUPLICATE]

        merge_case(transaction, first.case.reference, second.case.reference, by=SOMEBODY, now=NOW)

        assert reasons(transaction, second.case) == []


class TestTheEndOfACase:
    def test_answers_every_question_but_a_remark(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        a_lamp(transaction)
        suspect = a_lamp(transaction).case
        raise_at_desk(transaction, suspect.id, DeskReason.REMARK, details={}, now=NOW)
        (task,) = tasks_of_case(transaction, suspect.id)

        complete_task(
            transaction,
            task.id,
            party_id=task.party_id,
            result=WorkResult.SOLVED,
            remark="",
            by=SOMEBODY,
            now=NOW,
        )

        assert reasons(transaction, suspect) == [DeskReason.REMARK]


class TestAReasonOnTheList:
    def test_stands_there_once_with_what_was_known_last(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        lamp = a_lamp(transaction).case

        for number in (1, 2):
            raise_at_desk(
                transaction, lamp.id, DeskReason.REMARK, details={"number": number}, now=NOW
            )

        (entry,) = desk_entries_of_case(transaction, lamp.id)
        assert entry.details == {"number": 2}


@pytest.mark.usefixtures("place")
class TestAClosedCase:
    def test_is_directed_by_nobody_until_it_is_reopened(self, transaction: Transaction) -> None:
        closed = a_lamp(transaction).case
        close_without_work(
            transaction, closed.reference, reason="not-a-defect", by=SOMEBODY, now=NOW
        )

        with pytest.raises(CaseIsClosed):
            passed_on(transaction, closed)
        with pytest.raises(CaseIsClosed):
            change_category(
                transaction,
                closed.reference,
                category=category(transaction, "overig.anders"),
                by=SOMEBODY,
                now=NOW,
            )

    def test_comes_back_with_a_norm_that_counts_from_then(self, transaction: Transaction) -> None:
        lamp = a_lamp(transaction).case
        close_without_work(transaction, lamp.reference, reason="not-a-defect", by=SOMEBODY, now=NOW)
        later = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)

        reopened = reopen_case(transaction, lamp.reference, by=SOMEBODY, now=later)

        assert (reopened.stage, reopened.closing_reason) == (CaseStage.ASSIGNED, None)
        assert reopened.due_at == datetime(2027, 3, 8, 16, 0, tzinfo=UTC)

    def test_goes_to_the_desk_where_no_work_comes_to_its_party_any_more(
        self, transaction: Transaction
    ) -> None:
        lamp = a_lamp(transaction).case
        close_without_work(transaction, lamp.reference, reason="not-a-defect", by=SOMEBODY, now=NOW)
        transaction.connection.execute(text("UPDATE party SET ended_on = DATE '2026-11-24'"))
        transaction.session.expire_all()

        reopened = reopen_case(transaction, lamp.reference, by=SOMEBODY, now=NOW)

        assert (reopened.stage, reopened.party_id) == (CaseStage.RECEIVED, None)
        assert reasons(transaction, reopened) == [DeskReason.NOBODY_RESPONSIBLE]

    def test_that_was_joined_is_never_reopened(self, transaction: Transaction) -> None:
        first, second = a_lamp(transaction).case, a_lamp(transaction).case
        merge_case(transaction, second.reference, first.reference, by=SOMEBODY, now=NOW)

        with pytest.raises(StageNotReachable):
            reopen_case(transaction, second.reference, by=SOMEBODY, now=NOW)
