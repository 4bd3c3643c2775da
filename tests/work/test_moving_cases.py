"""Open cases move to who has them by changed rules, only when asked and never what has begun."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND
from app.routing.drafted import Draft
from app.routing.operations.drafting import draft_agreement
from app.routing.operations.drafts import draft
from app.routing.operations.putting_in_force import put_in_force
from app.work.model import SYSTEM
from app.work.operations.moving import move_open_cases
from app.work.refusals import CasesMovedOn
from tests.makers.drafts import NOW, TODAY, a_past_report, an_agreement_to_draft, an_empty_draft
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY, a_small_municipality


@pytest.fixture
def in_force(transaction: Transaction) -> Draft:
    """All work in the district goes to Lux from today; two open cases are with the team."""
    place = a_small_municipality(transaction)
    for spot in (IN_DISTRICT, (4.33, 51.58), ON_MOTORWAY):
        a_past_report(transaction, spot)
    wanted = an_empty_draft(transaction, "Alles naar Lux")
    draft_agreement(
        transaction,
        wanted.id,
        an_agreement_to_draft(place.contractor_id),
        instead_of="all-in-zuid",
        expected_version=1,
        today=TODAY,
    )
    put_in_force(
        transaction,
        wanted.id,
        from_day=TODAY,
        expected_version=2,
        by=BY_COMMAND,
        now=NOW,
        today=TODAY,
    )
    return draft(transaction, wanted.id)


def parties_of_cases(transaction: Transaction) -> list[str]:
    return list(
        transaction.connection.scalars(
            text(
                "SELECT party.code FROM defect_case JOIN party ON party.id = party_id"
                " ORDER BY party.code"
            )
        )
    )


def moved(transaction: Transaction, wanted: Draft, *, with_started: bool = False) -> int:
    return move_open_cases(
        transaction,
        wanted,
        municipality_code="GM0851",
        with_started=with_started,
        by=SYSTEM,
        now=NOW,
        today=TODAY,
    )


class TestOpenCases:
    def test_stay_until_somebody_asks(self, transaction: Transaction, in_force: Draft) -> None:
        assert parties_of_cases(transaction) == ["rws", "team", "team"]

    def test_move_when_asked_and_name_the_draft_in_their_history(
        self, transaction: Transaction, in_force: Draft
    ) -> None:
        how_many = moved(transaction, in_force)

        told = transaction.connection.scalars(
            text("SELECT details ->> 'draft' FROM history_entry WHERE happening = 'assigned'")
        ).all()
        assert how_many == 2
        assert parties_of_cases(transaction) == ["lux", "lux", "rws"]
        assert told == ["Alles naar Lux"] * 2
        assert moved(transaction, in_force) == 0

    @pytest.mark.parametrize(("with_started", "expected"), [(False, 0), (True, 2)])
    def test_at_which_the_work_has_begun_move_only_when_that_is_said(
        self, transaction: Transaction, in_force: Draft, with_started: bool, expected: int
    ) -> None:
        transaction.connection.execute(text("UPDATE task SET stage = 'started'"))

        assert moved(transaction, in_force, with_started=with_started) == expected

    def test_give_the_old_partys_task_up_and_the_new_one_a_task(
        self, transaction: Transaction, in_force: Draft
    ) -> None:
        moved(transaction, in_force)

        tasks = transaction.connection.execute(
            text(
                "SELECT party.code, task.stage, count(*) FROM task"
                " JOIN party ON party.id = task.party_id GROUP BY 1, 2 ORDER BY 1, 2"
            )
        )
        assert [tuple(row) for row in tasks] == [
            ("lux", "offered", 2),
            ("rws", "offered", 1),
            ("team", "cancelled", 2),
        ]

    def test_stay_when_others_would_move_than_those_that_were_seen(
        self, transaction: Transaction, in_force: Draft
    ) -> None:
        with pytest.raises(CasesMovedOn):
            move_open_cases(
                transaction,
                in_force,
                municipality_code="GM0851",
                with_started=False,
                by=SYSTEM,
                now=NOW,
                today=TODAY,
                seen="something else",
            )

        assert parties_of_cases(transaction) == ["rws", "team", "team"]
