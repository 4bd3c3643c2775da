"""What the desk finds to be of another kind goes where a new report of that kind would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.foundation.windows import kept_windows, read_windows
from app.identity.operations import party
from app.intake.model import Channel, NewReport
from app.reception.operations import receive_report
from app.triage.model import Name, Norm, NormUnit, Term
from app.triage.operations import CategoryToLoad, category, load_categories
from app.work.model import ActedBy
from app.work.operations.recategorising import change_category
from tests.makers.people import a_party
from tests.makers.places import IN_DISTRICT, a_small_municipality

TWO_AT_NIGHT = datetime(2026, 11, 25, 1, tzinfo=UTC)
BY_DAY = datetime(2026, 11, 25, 11, tzinfo=UTC)


@pytest.fixture
def transaction(provided: Provided) -> Iterator[Transaction]:
    """One transaction in which facts are told, with a team that is not at work at night."""
    with provided.get(Database).transaction() as transaction:
        a_small_municipality(transaction)
        on_call = a_party(transaction, code="piket", name="Piketdienst")
        team = party(transaction, "team")
        team.hours = kept_windows(read_windows(["doordeweeks 7:30-16:00"]))
        team.stand_in_id = on_call.id
        load_categories(
            transaction,
            [a_kind("wegen.gat", Term(4, NormUnit.HOURS)), a_kind("wegen.bord", Term(5))],
            is_demo=False,
        )
        transaction.session.flush()
        yield transaction


def a_kind(code: str, term: Term) -> CategoryToLoad:
    return CategoryToLoad(
        code, "wegen", Name(code, code), 2, norm=Norm(term), join_group=code.partition(".")[2]
    )


def found_to_be(
    transaction: Transaction,
    kind: str,
    *,
    at: datetime,
    spot: tuple[float, float] = IN_DISTRICT,
) -> str | None:
    """Return who has a report after the desk found it to be of this kind."""
    received = receive_report(
        transaction,
        NewReport(
            description="Losse tegel",
            longitude=spot[0],
            latitude=spot[1],
            channel=Channel.MOBILE,
            category="wegen.losse-tegel",
        ),
        municipality_code="GM0851",
        now=at,
    )
    changed = change_category(
        transaction,
        received.case.reference,
        category=category(transaction, kind),
        by=ActedBy("account", UUID(int=7)),
        now=at,
    )
    return changed.party_name


def test_a_kind_with_a_norm_of_hours_goes_to_the_stand_in_at_night(
    transaction: Transaction,
) -> None:
    assert found_to_be(transaction, "wegen.gat", at=TWO_AT_NIGHT) == "Piketdienst"


def test_it_goes_to_the_party_itself_by_day(transaction: Transaction) -> None:
    assert found_to_be(transaction, "wegen.gat", at=BY_DAY) == "Team Zuid"


def test_a_kind_with_a_norm_of_days_can_wait_until_the_morning(transaction: Transaction) -> None:
    assert found_to_be(transaction, "wegen.bord", at=TWO_AT_NIGHT) == "Team Zuid"


def test_what_was_taken_from_just_outside_the_border_stays_ours(transaction: Transaction) -> None:
    thirty_metres_outside = (4.32, 51.4997)

    who = found_to_be(transaction, "wegen.bord", at=BY_DAY, spot=thirty_metres_outside)

    assert who == "Team Zuid"
