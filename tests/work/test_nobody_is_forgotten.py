"""Whatever people do, in whatever order: an open case is with a party or on the desk's list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.provided import Provided
from app.geography.model import Spot
from app.intake.model import Channel, NewReport
from app.intake.operations import move_reports, reports_of_case
from app.reception.operations import receive_report
from app.reception.taking_off import take_off_report
from app.triage.operations import category
from app.work.model import (
    ActedBy,
    ClosingReason,
    DeclineReason,
    DeskReason,
    WaitingFor,
    WorkResult,
)
from app.work.operations.cases import ResponsibleParty, case_by_reference
from app.work.operations.checking import approve_work
from app.work.operations.danger import take_danger_away
from app.work.operations.desk import (
    assign_case,
    close_without_work,
    merge_case,
    reopen_case,
    settle,
)
from app.work.operations.moving_pin import move_pin
from app.work.operations.recategorising import change_category
from app.work.operations.splitting import split_off_task
from app.work.operations.tasks import (
    accept_task,
    complete_task,
    decline_task,
    hold_task,
    start_task,
)
from app.work.operations.unmerging import undo_merge
from app.work.operations.waiting import let_go_on, let_wait
from app.work.weights import PlaceReason
from tests.makers.places import (
    ELSEWHERE,
    IN_DISTRICT,
    ON_MOTORWAY,
    SmallMunicipality,
    a_small_municipality,
)

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SOMEBODY = ActedBy("account", UUID(int=7))
WITH_NOBODY = (4.25, 51.58)
CATEGORIES = ("wegen.losse-tegel", "verlichting.lamp-brandt-niet", "overig.anders")

#: What is wrong with a case: open without anybody, over with somebody, or another in public.
WRONG = text(
    """
    WITH stood AS (
        SELECT c.id, c.reference, c.stage,
               c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting') AS is_open,
               EXISTS (SELECT FROM task WHERE task.case_id = c.id
                   AND task.stage IN ('offered', 'accepted', 'started', 'on-hold')) AS has_task,
               EXISTS (SELECT FROM desk_entry WHERE desk_entry.case_id = c.id
                   AND settled_at IS NULL
                   AND reason IN ('nobody-responsible', 'declined', 'not-solved', 'to-check'))
                   AS is_asked
        FROM defect_case AS c
    )
    SELECT stood.reference, stood.stage, 'open and with nobody' AS what FROM stood
    WHERE is_open AND NOT has_task AND NOT is_asked
    UNION ALL
    SELECT stood.reference, stood.stage, 'passed on and with nobody' FROM stood
    WHERE stage = 'referred' AND NOT has_task AND NOT is_asked
    UNION ALL
    SELECT stood.reference, stood.stage, 'over and still with somebody' FROM stood
    WHERE stage IN ('resolved', 'closed-without-work', 'merged') AND has_task
    UNION ALL
    SELECT stood.reference, stood.stage, 'in public it stands at ' || public_case.stage
    FROM stood JOIN public_case USING (reference) WHERE public_case.stage <> stood.stage
    UNION ALL
    SELECT stood.reference, stood.stage, 'its reports are not counted right'
    FROM stood JOIN defect_case USING (id)
    WHERE stood.stage <> 'merged'
      AND report_count <> (SELECT count(*) FROM report WHERE case_id = stood.id)
    UNION ALL
    SELECT stood.reference, stood.stage, 'it has no report'
    FROM stood
    WHERE stood.stage <> 'merged' AND NOT EXISTS (SELECT FROM report WHERE case_id = stood.id)
    UNION ALL
    SELECT stood.reference, stood.stage, 'a report is of what is part of another'
    FROM stood
    WHERE stood.stage = 'merged' AND EXISTS (SELECT FROM report WHERE case_id = stood.id)
    UNION ALL
    SELECT min(stood.reference), min(stood.stage), 'it is not the only open one at its object'
    FROM stood JOIN defect_case USING (id)
    WHERE is_open AND asset_id IS NOT NULL GROUP BY asset_id, category_group HAVING count(*) > 1
    UNION ALL
    SELECT stood.reference, stood.stage, 'a danger that nobody speaks of'
    FROM stood JOIN defect_case USING (id)
    WHERE stood.stage <> 'merged' AND is_danger
      AND NOT EXISTS (SELECT FROM report WHERE case_id = stood.id AND report.is_danger)
    """
)

Move = tuple[str, int, int]

moves = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "report lamp",
                "report tile",
                "accept",
                "start",
                "hold",
                "complete",
                "decline",
                "assign",
                "change kind",
                "merge",
                "close",
                "reopen",
                "settle",
                "check",
                "wait",
                "go on",
                "split again",
                "take off",
                "take danger away",
                "move pin",
                "part for another",
            )
        ),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=14,
)


class Town:
    """The small municipality, in which moves are made on the cases there are."""

    def __init__(self, transaction: Transaction, place: SmallMunicipality) -> None:
        self.transaction = transaction
        self.place = place
        self.parties = [
            ResponsibleParty(row.id, row.code, row.name, row.kind)
            for row in transaction.connection.execute(
                text("SELECT id, code, name, kind FROM party ORDER BY code")
            )
        ]

    def make(self, move: Move) -> None:
        """Make a move; what the house refuses changes nothing."""
        name, which, how = move
        made: dict[str, Callable[[int, int], object]] = {
            "report lamp": lambda which, how: self.report(
                IN_DISTRICT, lamp=how % 2 == 0, danger=which == 0
            ),
            "report tile": lambda _, how: self.report(
                (IN_DISTRICT, ON_MOTORWAY, WITH_NOBODY)[how % 3]
            ),
            "accept": lambda which, _: self.step(accept_task, which),
            "start": lambda which, _: self.step(start_task, which),
            "hold": self.hold,
            "complete": self.complete,
            "decline": self.decline,
            "assign": lambda which, how: assign_case(
                self.transaction,
                self.case(which),
                party=self.parties[how % len(self.parties)],
                by=SOMEBODY,
                now=NOW,
            ),
            "change kind": lambda which, how: change_category(
                self.transaction,
                self.case(which),
                category=category(self.transaction, CATEGORIES[how % len(CATEGORIES)]),
                by=SOMEBODY,
                now=NOW,
            ),
            "merge": self.merge,
            "close": lambda which, how: close_without_work(
                self.transaction,
                self.case(which),
                reason=list(ClosingReason)[how].value,
                by=SOMEBODY,
                now=NOW,
            ),
            "reopen": lambda which, _: reopen_case(
                self.transaction, self.case(which), by=SOMEBODY, now=NOW
            ),
            "check": lambda which, _: approve_work(
                self.transaction, self.case(which), by=SOMEBODY, now=NOW
            ),
            "wait": lambda which, how: let_wait(
                self.transaction,
                self.case(which),
                waiting_for=list(WaitingFor)[how % 4],
                until=NOW.date() + timedelta(days=1),
                words="",
                party="Netbeheerder",
                by=SOMEBODY,
                now=NOW,
            ),
            "split again": lambda which, _: undo_merge(
                self.transaction, self.case(which), by=SOMEBODY, now=NOW
            ),
            "take off": self.take_off,
            "take danger away": lambda which, _: take_danger_away(
                self.transaction, self.case(which), by=SOMEBODY, now=NOW
            ),
            "move pin": lambda which, how: move_pin(
                self.transaction,
                self.case(which),
                spot=Spot(*(IN_DISTRICT, ON_MOTORWAY, WITH_NOBODY, ELSEWHERE)[how % 4]),
                reason=PlaceReason.MISTAKE,
                route_again=how > 0,
                by=SOMEBODY,
                now=NOW,
            ),
            "part for another": lambda which, how: split_off_task(
                self.transaction,
                case_by_reference(self.transaction, self.case(which), lock=True),
                party=self.parties[how % len(self.parties)],
                request="Een deel",
                by=SOMEBODY,
                now=NOW,
            ),
            "go on": lambda which, _: let_go_on(
                self.transaction, self.case(which), by=SOMEBODY, now=NOW
            ),
            "settle": lambda which, how: settle(
                self.transaction,
                self.case(which),
                reason=list(DeskReason)[how],
                by=SOMEBODY,
                now=NOW,
            ),
        }
        try:
            with self.transaction.session.begin_nested():
                made[name](which, how)
        except DomainError:
            pass

    def report(self, at: tuple[float, float], *, lamp: bool = False, danger: bool = False) -> None:
        receive_report(
            self.transaction,
            NewReport(
                description="Het is kapot",
                longitude=at[0],
                latitude=at[1],
                channel=Channel.WEB,
                category=CATEGORIES[1 if lamp else 0],
                asset_id=self.place.lamp_id if lamp else None,
                is_danger=danger,
            ),
            municipality_code="GM0851",
            now=NOW,
        )

    def case(self, which: int) -> str:
        references = self.transaction.connection.scalars(
            text(
                """
                SELECT reference FROM defect_case
                ORDER BY (SELECT min(id) FROM history_entry WHERE case_id = defect_case.id)
                """
            )
        ).all()
        return str(references[which % len(references)])

    def task(self, which: int) -> tuple[Transaction, dict[str, Any]]:
        tasks = self.transaction.connection.execute(
            text(
                """
                SELECT task.id, task.party_id FROM task JOIN party ON party.id = task.party_id
                WHERE task.stage IN ('offered', 'accepted', 'started', 'on-hold') OR :any
                ORDER BY (SELECT min(id) FROM history_entry WHERE case_id = task.case_id),
                         party.code, task.stage, task.version
                """
            ),
            # Now and then somebody presses on what is over.
            {"any": which == 5},
        ).all()
        if not tasks:
            raise DomainError("there is no task")
        chosen = tasks[which % len(tasks)]
        return self.transaction, {
            "task_id": chosen.id,
            "party_id": chosen.party_id,
            "by": SOMEBODY,
            "now": NOW,
        }

    def step(self, taken: Callable[..., object], which: int) -> None:
        transaction, known = self.task(which)
        taken(transaction, **known)

    def hold(self, which: int, _: int) -> None:
        transaction, known = self.task(which)
        hold_task(transaction, until=NOW.date(), remark="", **known)

    def complete(self, which: int, how: int) -> None:
        transaction, known = self.task(which)
        complete_task(transaction, result=list(WorkResult)[how % 3], remark="", **known)

    def decline(self, which: int, how: int) -> None:
        transaction, known = self.task(which)
        decline_task(transaction, reason=list(DeclineReason)[how % 5], remark="", **known)

    def merge(self, which: int, how: int) -> None:
        merged, into = merge_case(
            self.transaction, self.case(which), self.case(which + 1 + how), by=SOMEBODY, now=NOW
        )
        move_reports(self.transaction, from_case=merged.id, to_case=into.id)

    def take_off(self, which: int, how: int) -> None:
        reference = self.case(which)
        reports = reports_of_case(
            self.transaction, case_by_reference(self.transaction, reference).id
        )
        if reports:
            one = reports[how % len(reports)]
            take_off_report(self.transaction, reference, one.id, by=SOMEBODY, now=NOW)


@pytest.fixture
def transaction(provided: Provided) -> Iterator[Transaction]:
    """One transaction in which facts are told, rolled back with the test."""
    with provided.get(Database).transaction() as transaction:
        yield transaction


class TestAnOpenCase:
    @given(made=moves)
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    def test_is_with_a_party_or_on_the_desks_list_whatever_people_do(
        self, transaction: Transaction, made: list[Move]
    ) -> None:
        with transaction.session.begin_nested() as town_as_it_was:
            town = Town(transaction, a_small_municipality(transaction))
            transaction.connection.execute(
                text("UPDATE category SET is_checked = true WHERE code = :tile"),
                {"tile": CATEGORIES[0]},
            )
            town.report(IN_DISTRICT, lamp=True)
            town.report(IN_DISTRICT)
            town.report(ON_MOTORWAY)
            town.report(WITH_NOBODY)

            wrong = []
            for move in made:
                town.make(move)
                wrong += [(move, tuple(row)) for row in transaction.connection.execute(WRONG)]

            town_as_it_was.rollback()
        assert wrong == []
