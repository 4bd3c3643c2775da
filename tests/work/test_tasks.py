"""What happens to a case when its party works on the task, on the real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.intake.model import Channel, NewReport
from app.reception.model import ReceivedReport
from app.reception.operations import receive_report
from app.work.model import (
    ActedBy,
    CaseStage,
    DeclineReason,
    DeskReason,
    TaskStage,
    WorkResult,
)
from app.work.operations.cases import ResponsibleParty, case
from app.work.operations.desk import assign_case, merge_case
from app.work.operations.history import history_of_case
from app.work.operations.lists import desk_entries_of_case
from app.work.operations.tasks import (
    accept_task,
    complete_task,
    decline_task,
    start_task,
    tasks_of_case,
)
from app.work.refusals import (
    CannotJoin,
    MovedOn,
    StageNotReachable,
    TaskNotFound,
)
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


def a_received_tile(transaction: Transaction, *, east: float = 0.0) -> ReceivedReport:
    return receive_report(
        transaction,
        NewReport(
            description="Losse tegel",
            longitude=IN_DISTRICT[0] + east,
            latitude=IN_DISTRICT[1],
            channel=Channel.MOBILE,
            category="wegen.losse-tegel",
        ),
        municipality_code="GM0851",
        now=NOW,
    )


def the_task(transaction: Transaction, received: ReceivedReport) -> UUID:
    (task,) = tasks_of_case(transaction, received.case.id)
    return task.id


class TestATaskThatIsDone:
    @pytest.mark.parametrize(
        ("result", "stage"),
        [
            (WorkResult.SOLVED, CaseStage.RESOLVED),
            (WorkResult.NOTHING_FOUND, CaseStage.CLOSED_WITHOUT_WORK),
            (WorkResult.NOT_SOLVED, CaseStage.RECEIVED),
        ],
    )
    def test_brings_its_case_where_the_result_says(
        self,
        transaction: Transaction,
        place: SmallMunicipality,
        result: WorkResult,
        stage: CaseStage,
    ) -> None:
        received = a_received_tile(transaction)

        complete_task(
            transaction,
            the_task(transaction, received),
            party_id=place.team_id,
            result=result,
            remark="Gedaan",
            by=SOMEBODY,
            now=NOW,
        )

        after = case(transaction, received.case.id)
        assert after.stage is stage
        has_desk_entry = bool(desk_entries_of_case(transaction, after.id))
        assert has_desk_entry is (result is WorkResult.NOT_SOLVED)

    def test_never_moves_again(self, transaction: Transaction, place: SmallMunicipality) -> None:
        task_id = the_task(transaction, a_received_tile(transaction))
        complete_task(
            transaction,
            task_id,
            party_id=place.team_id,
            result=WorkResult.SOLVED,
            remark="",
            by=SOMEBODY,
            now=NOW,
        )

        with pytest.raises(StageNotReachable):
            start_task(transaction, task_id, party_id=place.team_id, by=SOMEBODY, now=NOW)


class TestATaskThatIsDeclined:
    def test_stands_at_the_desk_without_a_party_until_it_is_assigned(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        received = a_received_tile(transaction)

        decline_task(
            transaction,
            the_task(transaction, received),
            party_id=place.team_id,
            reason=DeclineReason.NOT_MINE,
            remark="",
            by=SOMEBODY,
            now=NOW,
        )

        declined = case(transaction, received.case.id)
        assert (declined.stage, declined.party_id) == (CaseStage.RECEIVED, None)
        (entry,) = desk_entries_of_case(transaction, declined.id)
        assert entry.reason is DeskReason.DECLINED
        assign_case(
            transaction,
            declined.reference,
            party=ResponsibleParty(place.contractor_id, "lux", "Lux Verlichting", "contractor"),
            by=SOMEBODY,
            now=NOW,
        )
        assert desk_entries_of_case(transaction, declined.id) == []
        stages = [task.stage for task in tasks_of_case(transaction, declined.id)]
        assert sorted(stages) == [TaskStage.DECLINED, TaskStage.OFFERED]


class TestAChange:
    def test_based_on_an_older_version_is_refused(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        task_id = the_task(transaction, a_received_tile(transaction))
        accept_task(transaction, task_id, party_id=place.team_id, by=SOMEBODY, now=NOW)

        with pytest.raises(MovedOn):
            start_task(
                transaction,
                task_id,
                party_id=place.team_id,
                by=SOMEBODY,
                now=NOW,
                expected_version=1,
            )

    def test_of_another_partys_task_finds_no_task(
        self, transaction: Transaction, place: SmallMunicipality
    ) -> None:
        task_id = the_task(transaction, a_received_tile(transaction))

        with pytest.raises(TaskNotFound):
            accept_task(transaction, task_id, party_id=place.contractor_id, by=SOMEBODY, now=NOW)


@pytest.mark.usefixtures("place")
class TestTwoCasesOfOneDefect:
    def test_become_one_with_both_reports_counted(self, transaction: Transaction) -> None:
        first = a_received_tile(transaction)
        second = a_received_tile(transaction, east=0.0001)

        merged, into = merge_case(
            transaction, second.case.reference, first.case.reference, by=SOMEBODY, now=NOW
        )

        assert (merged.stage, merged.merged_into) == (CaseStage.MERGED, into.id)
        assert into.report_count == 2
        assert [task.stage for task in tasks_of_case(transaction, merged.id)] == ["cancelled"]
        public = transaction.connection.execute(
            text("SELECT reference, report_count FROM public_case")
        ).all()
        assert public == [(into.reference, 2)]

    def test_are_not_the_same_case_twice(self, transaction: Transaction) -> None:
        received = a_received_tile(transaction)

        with pytest.raises(CannotJoin):
            merge_case(
                transaction,
                received.case.reference,
                received.case.reference,
                by=SOMEBODY,
                now=NOW,
            )


@pytest.mark.usefixtures("place")
class TestTheHistory:
    def test_tells_what_happened_in_order(self, transaction: Transaction) -> None:
        received = a_received_tile(transaction)

        told = history_of_case(transaction, received.case.id)

        assert [entry.happening for entry in told] == ["opened", "task-offered"]

    @pytest.mark.parametrize(
        "statement", ["DELETE FROM history_entry", "UPDATE history_entry SET happening = 'opened'"]
    )
    def test_only_grows(self, transaction: Transaction, statement: str) -> None:
        a_received_tile(transaction)

        with (
            pytest.raises(IntegrityError) as refused,
            transaction.session.begin_nested(),
        ):
            transaction.connection.execute(text(statement))
        assert isinstance(refused.value.orig, psycopg.errors.RestrictViolation)
