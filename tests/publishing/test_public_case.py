"""The public case follows its case with every move, and shows no more than it may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Row, text
from sqlalchemy.exc import DataError

from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.geography.model import Spot
from app.geography.rules import metres_between
from app.publishing.operations import publish_case
from app.publishing.rules import GRID_METRES, blurred, is_public, public_spot
from app.routing.calendar import Promise
from app.triage.model import CategoryShownOtherwise
from app.work.model import NEXT_STAGES, Case, CaseMoved, CaseStage
from app.work.operations.cases import grow_case, move_case
from tests.makers.cases import NOON, a_case, a_kept_case
from tests.makers.categories import the_demo_categories

MOVES = [(stage, after) for stage, all_after in NEXT_STAGES.items() for after in all_after]


@pytest.fixture
def transaction(provided: Provided) -> Iterator[Transaction]:
    """A transaction in which publishing hears what is told."""
    with provided.get(Database).transaction() as transaction:
        yield transaction


def public(transaction: Transaction, reference: str) -> Row[tuple[object, ...]] | None:
    row: Row[tuple[object, ...]] | None = transaction.connection.execute(
        text(
            "SELECT *, ST_X(spot) AS longitude, ST_Y(spot) AS latitude"
            " FROM public_case WHERE reference = :reference"
        ),
        {"reference": reference},
    ).one_or_none()
    return row


def publish(transaction: Transaction, moved: Case) -> None:
    publish_case(transaction, CaseMoved(moved, previous_stage=None, at=NOON))


class TestAMoveOfACase:
    @pytest.mark.parametrize(("stage", "after"), MOVES, ids=str)
    def test_is_seen_by_everyone_at_once(
        self, transaction: Transaction, stage: CaseStage, after: CaseStage
    ) -> None:
        moving, other = a_kept_case(transaction, stage), a_kept_case(transaction)
        merged_into = other.id if after is CaseStage.MERGED else None

        move_case(transaction, moving, after, now=NOON, merged_into=merged_into)

        seen = public(transaction, moving.reference)
        assert (seen.stage if seen else "nothing") == (
            "nothing" if after is CaseStage.MERGED else after
        )
        assert public(transaction, other.reference) is not None

    def test_that_is_taken_back_is_not_seen(
        self, provided: Provided, transaction: Transaction
    ) -> None:
        moving = a_kept_case(transaction)

        def move_and_fail() -> None:
            with provided.get(Database).transaction() as another:
                move_case(another, moving, CaseStage.ASSIGNED, now=NOON)
                another.connection.execute(text("SELECT 1 / 0"))

        with pytest.raises(DataError):
            move_and_fail()

        seen = public(transaction, moving.reference)
        assert seen is not None
        assert seen.stage == "received"


class TestAPublicCase:
    def test_says_what_its_case_says(self, transaction: Transaction) -> None:
        told = a_case(reference="TOLD")
        publish(transaction, a_case(reference="NOISE"))

        publish(transaction, told)

        seen = public(transaction, "TOLD")
        assert seen is not None
        assert (seen.category_code, seen.stage, seen.party_name, seen.report_count) == (
            "overig.anders",
            "assigned",
            "Buitendienst Zuid",
            1,
        )
        assert (seen.longitude, seen.latitude) == (4.3201, 51.5802)
        assert (seen.reported_at, seen.due_at) == (told.received_at, told.due_at)

    def test_counts_a_report_that_joins(self, transaction: Transaction) -> None:
        joined = a_kept_case(transaction)

        grow_case(
            transaction,
            joined,
            by_reports=1,
            is_danger=True,
            promised=Promise(NOON, NOON),
            now=NOON,
        )

        seen = public(transaction, joined.reference)
        assert seen is not None
        assert (seen.report_count, seen.due_at) == (2, NOON)

    def test_goes_when_its_case_becomes_hidden_and_comes_back_blurred(
        self, transaction: Transaction
    ) -> None:
        shown = a_case()
        publish(transaction, shown)

        publish(transaction, replace(shown, public_visibility="hidden"))
        hidden = public(transaction, shown.reference)
        publish(transaction, replace(shown, public_visibility="blurred"))
        again = public(transaction, shown.reference)

        assert hidden is None
        assert again is not None
        assert (again.longitude, again.latitude) == blurred(shown.longitude, shown.latitude)

    def test_of_a_hidden_case_never_was(self, transaction: Transaction) -> None:
        hidden = a_case(public_visibility="hidden")

        publish(transaction, hidden)

        assert public(transaction, hidden.reference) is None

    @pytest.mark.parametrize("visibility", ["hidden", "exact", "blurred"])
    def test_of_a_merged_case_is_none(self, visibility: str) -> None:
        merged = a_case(
            stage=CaseStage.MERGED, merged_into=UUID(int=1), public_visibility=visibility
        )

        assert not is_public(merged)

    def test_has_columns_that_a_stranger_may_read_and_no_others(
        self, transaction: Transaction
    ) -> None:
        columns = transaction.connection.scalars(
            text(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = 'public_case'"
            )
        )

        assert set(columns) == {
            "reference",
            "category_code",
            "stage",
            "spot",
            "party_name",
            "report_count",
            "reported_at",
            "due_at",
            "changed_at",
        }


spots = st.builds(
    Spot,
    st.floats(min_value=-179, max_value=179),
    st.floats(min_value=-85, max_value=85),
)
#: Steps so small that both ends are mostly in one square.
steps = st.floats(min_value=-0.001, max_value=0.001)


def shown(spot: Spot) -> Spot:
    return Spot(*blurred(spot.longitude, spot.latitude))


class TestABlurredSpot:
    @given(spots)
    def test_stays_within_one_grid_square(self, spot: Spot) -> None:
        # From the middle of a square its corners are less than three quarters of a side away.
        assert metres_between(shown(spot), spot) <= GRID_METRES * 0.75

    @given(spots)
    def test_is_always_the_same_and_its_own_square_s(self, spot: Spot) -> None:
        assert shown(shown(spot)) == shown(spot) == shown(spot)

    @given(spots, steps, steps)
    def test_tells_nothing_of_where_in_its_square_it_is(
        self, spot: Spot, aside: float, up: float
    ) -> None:
        other = Spot(spot.longitude + aside, spot.latitude + up)

        apart = metres_between(shown(spot), shown(other))

        # Either the very same point, or the middle of another square: never something between.
        assert apart == 0 or apart > GRID_METRES * 0.4

    @given(spots)
    def test_is_what_a_blurred_category_shows(self, spot: Spot) -> None:
        kept = a_case(longitude=spot.longitude, latitude=spot.latitude, public_visibility="blurred")

        assert public_spot(kept) == blurred(spot.longitude, spot.latitude)


class TestACategoryThatBecomesSecret:
    def test_takes_its_cases_from_the_map_at_once(self, provided: Provided) -> None:
        database = provided.get(Database)
        with database.transaction() as transaction:
            the_demo_categories(transaction)
            opened = a_kept_case(transaction)
            publish_case(transaction, CaseMoved(opened, previous_stage=None, at=NOON))
            shown = _is_published(transaction, opened.reference)
            transaction.connection.execute(
                text(
                    "UPDATE category SET public_visibility = 'hidden' WHERE code = 'overig.anders'"
                )
            )

            transaction.tell(CategoryShownOtherwise("overig.anders", NOON))

            assert shown
            assert not _is_published(transaction, opened.reference)


def _is_published(transaction: Transaction, reference: str) -> bool:
    return bool(
        transaction.connection.scalar(
            text("SELECT count(*) FROM public_case WHERE reference = :reference"),
            {"reference": reference},
        )
    )
