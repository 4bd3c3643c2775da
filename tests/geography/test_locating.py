"""A spot is in the areas that cover it on that day, or in those at the asset that was named."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from app.foundation.database import Transaction
from app.geography.model import Located, NotAPlace, Spot, UnknownAsset
from app.geography.operations import brought_inside, locate
from tests.makers.areas import a_rectangle, an_area, an_asset
from tests.makers.statements import statements

TODAY = date(2026, 11, 24)
VILLAGE = a_rectangle(4.3, 51.5, 4.4, 51.6)
WITH_A_HOLE = (
    "POLYGON((4.3 51.5, 4.4 51.5, 4.4 51.6, 4.3 51.6, 4.3 51.5),"
    " (4.34 51.54, 4.36 51.54, 4.36 51.56, 4.34 51.56, 4.34 51.54))"
)


@pytest.fixture(autouse=True)
def elsewhere(transaction: Transaction) -> None:
    """An area and an asset that must never be found."""
    an_area(transaction, a_rectangle(5.0, 52.0, 5.1, 52.1), code="elsewhere")
    an_asset(transaction, (5.05, 52.05), number="elsewhere")


def codes(transaction: Transaction, x: float, y: float, on: date = TODAY) -> list[str]:
    return [area.code for area in locate(transaction, Spot(x, y), asset_id=None, on=on).areas]


class TestAnArea:
    @pytest.mark.parametrize(
        ("x", "y"),
        [(4.35, 51.55), (4.3, 51.55), (4.3, 51.5), (4.4, 51.6)],
        ids=["inside", "on the border", "on a corner", "on the far corner"],
    )
    def test_covers_what_is_in_it_and_on_its_border(
        self, transaction: Transaction, x: float, y: float
    ) -> None:
        an_area(transaction, VILLAGE, code="village")

        assert codes(transaction, x, y) == ["village"]

    @pytest.mark.parametrize(("x", "y"), [(4.29999, 51.55), (4.35, 51.60001), (0, 0), (-180, 90)])
    def test_does_not_cover_what_is_beside_it(
        self, transaction: Transaction, x: float, y: float
    ) -> None:
        an_area(transaction, VILLAGE)

        assert codes(transaction, x, y) == []

    def test_does_not_cover_its_hole(self, transaction: Transaction) -> None:
        an_area(transaction, WITH_A_HOLE, code="with-a-hole")

        assert codes(transaction, 4.35, 51.55) == []
        assert codes(transaction, 4.34, 51.55) == ["with-a-hole"]
        assert codes(transaction, 4.31, 51.51) == ["with-a-hole"]

    def test_in_two_pieces_covers_both(self, transaction: Transaction) -> None:
        an_area(
            transaction,
            "MULTIPOLYGON(((4.3 51.5, 4.31 51.5, 4.31 51.51, 4.3 51.5)),"
            " ((4.5 51.7, 4.51 51.7, 4.51 51.71, 4.5 51.7)))",
            code="two",
        )

        assert codes(transaction, 4.309, 51.505) == ["two"]
        assert codes(transaction, 4.509, 51.705) == ["two"]
        assert codes(transaction, 4.4, 51.6) == []

    def test_is_found_beside_those_of_other_kinds(self, transaction: Transaction) -> None:
        an_area(transaction, VILLAGE, code="village")
        an_area(transaction, VILLAGE, code="north", kind="team-district")
        an_area(transaction, VILLAGE, code="GM0851", kind="municipality")

        located = locate(transaction, Spot(4.35, 51.55), asset_id=None, on=TODAY)

        assert [(area.kind, area.code) for area in located.areas] == [
            ("municipality", "GM0851"),
            ("team-district", "north"),
            ("village", "village"),
        ]
        assert located.inside_municipality
        assert located.area("team-district") == located.areas[1]
        assert located.area("lighting-contract") is None

    @pytest.mark.parametrize(
        ("on", "found"),
        [
            (date(2025, 12, 31), []),
            (date(2026, 1, 1), ["old"]),
            (date(2026, 6, 30), ["old"]),
            (date(2026, 7, 1), ["new"]),
            (date(2030, 1, 1), ["new"]),
        ],
    )
    def test_counts_from_its_first_day_until_the_day_it_ends(
        self, transaction: Transaction, on: date, found: list[str]
    ) -> None:
        an_area(
            transaction,
            VILLAGE,
            code="old",
            valid_from=date(2026, 1, 1),
            valid_until=date(2026, 7, 1),
        )
        an_area(transaction, VILLAGE, code="new", valid_from=date(2026, 7, 1))

        assert codes(transaction, 4.35, 51.55, on) == found


class TestAnAssetThatIsNamed:
    def test_stands_where_it_stands_whatever_the_phone_says(self, transaction: Transaction) -> None:
        an_area(transaction, VILLAGE, code="of-the-lamp")
        an_area(transaction, a_rectangle(4.4, 51.5, 4.5, 51.6), code="of-the-phone")
        lamp = an_asset(transaction, (4.3999, 51.55), number="L-7")
        phone = Spot(4.4003, 51.55)

        located = locate(transaction, phone, asset_id=lamp, on=TODAY)

        assert [area.code for area in located.areas] == ["of-the-lamp"]
        assert located.asset is not None
        assert (located.asset.id, located.asset.number) == (lamp, "L-7")
        assert located.place == Spot(4.3999, 51.55)
        assert located.spot == phone

    def test_brings_a_phone_from_outside_into_the_municipality(
        self, transaction: Transaction
    ) -> None:
        an_area(transaction, VILLAGE, kind="municipality")
        lamp = an_asset(transaction, (4.3999, 51.55))

        assert locate(transaction, Spot(4.4003, 51.55), asset_id=lamp, on=TODAY).inside_municipality

    @pytest.mark.parametrize("gone", ["removed", "never there"])
    def test_must_be_there(self, transaction: Transaction, gone: str) -> None:
        removed = an_asset(transaction, (4.35, 51.55), removed_on=date(2026, 1, 1))
        an_area(transaction, VILLAGE)

        with pytest.raises(UnknownAsset) as refused:
            locate(
                transaction,
                Spot(4.35, 51.55),
                asset_id=removed if gone == "removed" else uuid4(),
                on=TODAY,
            )

        assert refused.value.errors[0].field == "asset"


class TestASpotOutside:
    @pytest.fixture
    def municipality(self, transaction: Transaction) -> None:
        an_area(transaction, VILLAGE, kind="municipality")

    def located(self, transaction: Transaction, x: float, y: float) -> Located:
        found = locate(transaction, Spot(x, y), asset_id=None, on=TODAY)
        return brought_inside(transaction, found, municipality_code="GM0851", on=TODAY)

    @pytest.mark.usefixtures("municipality")
    def test_is_told_to_be_ours_when_its_axes_are_swapped(self, transaction: Transaction) -> None:
        swapped = self.located(transaction, 51.55, 4.35)

        assert (swapped.inside_municipality, swapped.inside_when_swapped) == (False, True)

    @pytest.mark.usefixtures("municipality")
    @pytest.mark.parametrize(("x", "y"), [(4.35, 51.55), (5.05, 52.05), (51.55, 4.5), (180, 90)])
    def test_is_not_called_swapped_for_nothing(
        self, transaction: Transaction, x: float, y: float
    ) -> None:
        assert not self.located(transaction, x, y).inside_when_swapped

    def test_is_in_no_municipality_before_any_is_brought_in(self, transaction: Transaction) -> None:
        assert not self.located(transaction, 4.35, 51.55).inside_municipality

    @pytest.mark.parametrize(
        ("x", "y"),
        [(999, 999), (float("nan"), 51), (4, float("inf")), (180.1, 0), (0, -90.1)],
    )
    def test_of_the_earth_is_no_place(self, x: float, y: float) -> None:
        with pytest.raises(NotAPlace) as refused:
            Spot(x, y)

        assert {error.field for error in refused.value.errors} == {"location"}


class TestLocating:
    @pytest.mark.parametrize("with_asset", [True, False])
    def test_asks_one_statement(self, transaction: Transaction, *, with_asset: bool) -> None:
        an_area(transaction, VILLAGE)
        lamp = an_asset(transaction, (4.35, 51.55))

        with statements(transaction.connection) as heard:
            locate(transaction, Spot(4.35, 51.55), asset_id=lamp if with_asset else None, on=TODAY)

        assert len(heard) == 1
