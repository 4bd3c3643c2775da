"""What is urgent at night goes to whoever is on call, through the whole way of a report."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.windows import kept_windows, read_windows
from app.geography.model import Spot
from app.identity.operations import party
from app.routing.operations.explaining import explain
from tests.makers.people import a_party
from tests.makers.places import IN_DISTRICT, a_small_municipality

TWO_AT_NIGHT = datetime(2026, 11, 25, 1, tzinfo=UTC)
BY_DAY = datetime(2026, 11, 25, 11, tzinfo=UTC)
CHRISTMAS_BY_DAY = datetime(2026, 12, 25, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_call(transaction: Transaction) -> None:
    """A team with hours and a stand-in; noise that must not count."""
    a_small_municipality(transaction)
    on_call = a_party(transaction, code="piket", name="Piketdienst")
    gone = a_party(transaction, code="oud-piket", name="Oud piket")
    gone.ended_on = datetime(2026, 1, 1).date()  # noqa: DTZ001  # a calendar day
    team = party(transaction, "team")
    team.hours = kept_windows(read_windows(["doordeweeks 7:30-16:00"]))
    team.stand_in_id = on_call.id
    transaction.session.flush()


def gets_it(transaction: Transaction, at: datetime, *, is_urgent: bool) -> str | None:
    decision = explain(
        transaction,
        Spot(*IN_DISTRICT),
        category_code="wegen.losse-tegel",
        at=at,
        municipality_code="GM0851",
        is_urgent=is_urgent,
    ).decision
    return decision.party.name if decision.party else None


class TestWhatIsUrgent:
    def test_goes_to_the_stand_in_at_night(self, transaction: Transaction) -> None:
        assert gets_it(transaction, TWO_AT_NIGHT, is_urgent=True) == "Piketdienst"

    def test_goes_to_the_party_in_its_hours(self, transaction: Transaction) -> None:
        assert gets_it(transaction, BY_DAY, is_urgent=True) == "Team Zuid"

    def test_goes_to_the_stand_in_on_a_day_off(self, transaction: Transaction) -> None:
        transaction.connection.execute(
            text(
                "INSERT INTO day_off (on_day, name, source) VALUES ('2026-12-25', 'Kerst', 'test')"
                " ON CONFLICT DO NOTHING"
            )
        )

        assert gets_it(transaction, CHRISTMAS_BY_DAY, is_urgent=True) == "Piketdienst"

    def test_stays_with_the_party_where_its_stand_in_has_ended(
        self, transaction: Transaction
    ) -> None:
        party(transaction, "team").stand_in_id = party(transaction, "oud-piket").id
        transaction.session.flush()

        assert gets_it(transaction, TWO_AT_NIGHT, is_urgent=True) == "Team Zuid"

    def test_is_also_what_has_a_norm_of_the_same_day(self, transaction: Transaction) -> None:
        assert gets_it(transaction, TWO_AT_NIGHT, is_urgent=False) == "Team Zuid"
        transaction.connection.execute(
            text("UPDATE category SET norm_amount = 4, norm_unit = 'hours'"
                 " WHERE code = 'wegen.losse-tegel'")
        )  # fmt: skip

        assert gets_it(transaction, TWO_AT_NIGHT, is_urgent=False) == "Piketdienst"
