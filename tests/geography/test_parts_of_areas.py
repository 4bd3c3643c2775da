"""The small parts by which a place is looked up: always those of the shape that an area has."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.model import Spot
from app.geography.operations import locate
from tests.makers.areas import LONG_AGO, a_rectangle, an_area

TODAY = date(2026, 11, 24)
WEST, EAST = (4.25, 51.55), (4.75, 51.55)
WEST_HALF = a_rectangle(4.2, 51.5, 4.3, 51.6)
EAST_HALF = a_rectangle(4.7, 51.5, 4.8, 51.6)


@pytest.fixture(autouse=True)
def _another_area(transaction: Transaction) -> None:
    """Noise that keeps its parts whatever happens to others."""
    an_area(transaction, a_rectangle(4.2, 51.5, 4.8, 51.6), kind="municipality", code="noise")


def found(transaction: Transaction, spot: tuple[float, float], *, on: date = TODAY) -> list[str]:
    areas = locate(transaction, Spot(*spot), asset_id=None, on=on).areas
    return sorted(area.code for area in areas)


def one_number(transaction: Transaction, statement: str, code: str) -> float:
    return float(transaction.connection.execute(text(statement), {"code": code}).scalar_one())


PARTS = "SELECT count(*) FROM area_part JOIN area ON area.id = area_id WHERE code = :code"
MOST_CORNERS = """
    SELECT max(ST_NPoints(area_part.shape)) FROM area_part JOIN area ON area.id = area_id
    WHERE code = :code
"""
#: How much of the shape the parts leave out or add, as a share of it.
DIFFERENCE = """
    SELECT ST_Area(ST_SymDifference(area.shape, united.shape)) / ST_Area(area.shape)
    FROM area, LATERAL (SELECT ST_Union(area_part.shape) AS shape FROM area_part
                        WHERE area_id = area.id) AS united
    WHERE code = :code
"""
#: A circle of 400 corners with a hole in it.
RING = """
    ST_Multi(ST_Difference(ST_Buffer(ST_Point(4.25, 51.55, 4326), 0.05, 100),
                           ST_Buffer(ST_Point(4.25, 51.55, 4326), 0.01, 100)))
"""


class TestAShapeOfManyCorners:
    def test_is_cut_into_small_parts_that_are_the_shape_together(
        self, transaction: Transaction
    ) -> None:
        an_area(transaction, WEST_HALF, code="ring")
        transaction.connection.execute(
            text(f"UPDATE area SET shape = {RING} WHERE code = 'ring'")  # our own text
        )

        assert one_number(transaction, PARTS, "ring") > 5
        # A ring is closed: its first corner counts twice.
        assert one_number(transaction, MOST_CORNERS, "ring") <= 65
        assert one_number(transaction, DIFFERENCE, "ring") < 1e-9
        assert found(transaction, WEST) == ["noise"]
        assert found(transaction, (4.25, 51.58)) == ["noise", "ring"]


class TestAChangedShape:
    def test_is_found_where_it_is_and_no_longer_where_it_was(
        self, transaction: Transaction
    ) -> None:
        an_area(transaction, WEST_HALF, code="moves")

        transaction.connection.execute(
            text("UPDATE area SET shape = ST_Multi(ST_GeomFromText(:shape, 4326))"
                 " WHERE code = 'moves'"), {"shape": EAST_HALF}
        )  # fmt: skip

        assert found(transaction, WEST) == ["noise"]
        assert found(transaction, EAST) == ["moves", "noise"]

    def test_is_measured_again(self, transaction: Transaction) -> None:
        an_area(transaction, WEST_HALF, code="grows")
        measured = "SELECT square_metres FROM area WHERE code = :code"
        before = one_number(transaction, measured, "grows")

        transaction.connection.execute(
            text("UPDATE area SET shape = ST_Multi(ST_GeomFromText(:shape, 4326))"
                 " WHERE code = 'grows'"), {"shape": a_rectangle(4.2, 51.5, 4.4, 51.6)}
        )  # fmt: skip

        assert one_number(transaction, measured, "grows") == pytest.approx(2 * before, rel=1e-3)

    def test_that_is_only_renamed_keeps_its_parts(self, transaction: Transaction) -> None:
        an_area(transaction, WEST_HALF, code="named")
        where = "SELECT min(area_part.ctid::text) FROM area_part JOIN area ON id = area_id"
        before = transaction.connection.scalar(text(f"{where} WHERE code = 'named'"))

        transaction.connection.execute(text("UPDATE area SET name = 'Zuid' WHERE code = 'named'"))

        # Nothing was written: the row lies where it lay.
        assert transaction.connection.scalar(text(f"{where} WHERE code = 'named'")) == before


class TestAnAreaThatEnded:
    def test_covers_nothing_from_the_day_it_ends_on(self, transaction: Transaction) -> None:
        an_area(transaction, WEST_HALF, code="ends", valid_from=LONG_AGO)

        transaction.connection.execute(
            text("UPDATE area SET valid_until = :day WHERE code = 'ends'"), {"day": TODAY}
        )

        assert found(transaction, WEST) == ["noise"]
        assert found(transaction, WEST, on=date(2026, 11, 23)) == ["ends", "noise"]

    def test_and_the_one_after_it_never_cover_a_place_on_one_day(
        self, transaction: Transaction
    ) -> None:
        an_area(transaction, WEST_HALF, code="zuid", name="Old", valid_until=TODAY)
        an_area(transaction, WEST_HALF, code="zuid", name="New", valid_from=TODAY)

        names = [
            [area.name for area in locate(transaction, Spot(*WEST), asset_id=None, on=on).areas
             if area.code == "zuid"]
            for on in (date(2026, 11, 23), TODAY)
        ]  # fmt: skip

        assert names == [["Old"], ["New"]]


class TestAnAreaThatIsTakenAway:
    def test_leaves_no_part_behind(self, transaction: Transaction) -> None:
        an_area(transaction, WEST_HALF, code="gone")

        transaction.connection.execute(text("DELETE FROM area WHERE code = 'gone'"))

        parts = transaction.connection.scalar(text("SELECT count(DISTINCT area_id) FROM area_part"))
        assert parts == 1
        assert found(transaction, WEST) == ["noise"]
