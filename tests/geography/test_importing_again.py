"""What happens when a file comes a second time, and when an import is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio.raw import write
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND, rule_changes
from app.geography.importing.areas import area_imports, undo_import
from app.geography.importing.frames import in_metres
from app.geography.importing.model import ImportUndone
from app.geography.model import ImportNotFound, ImportNotUndone, Spot
from app.geography.operations import locate
from tests.geography.map_files import (
    NOW,
    SQUARE,
    TODAY,
    a_feature,
    a_file,
    a_shape,
    imported,
    read,
)
from tests.makers.areas import a_rectangle, an_area

EAST = [[x + 0.2, y] for x, y in SQUARE]


def codes(transaction: Transaction, on: date = TODAY) -> list[str]:
    return [
        area.code for area in locate(transaction, Spot(4.35, 51.55), asset_id=None, on=on).areas
    ]


def rows(transaction: Transaction) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for row in transaction.connection.execute(
            text("SELECT id, code, name, valid_from, valid_until FROM area ORDER BY id")
        )
    ]


def undone(
    transaction: Transaction,
    *,
    kind: str | None = "village",
    number: int | None = None,
    today: date = TODAY,
) -> ImportUndone:
    return undo_import(transaction, kind=kind, number=number, by=BY_COMMAND, now=NOW, today=today)


class TestTheSameFileAgain:
    def test_changes_nothing(self, transaction: Transaction, tmp_path: Path) -> None:
        path = a_file(tmp_path, a_feature(), a_feature(EAST, code="east"))
        imported(transaction, path)
        before = rows(transaction)

        again = imported(transaction, path, on=TODAY + timedelta(days=3))

        assert again.number is None
        assert again.as_they_were == 2
        assert rows(transaction) == before
        assert len(area_imports(transaction)) == 1

    def test_with_one_area_that_looks_otherwise_changes_that_one(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        imported(transaction, a_file(tmp_path, a_feature(), a_feature(EAST, code="east")))
        kept = rows(transaction)

        again = imported(
            transaction,
            a_file(tmp_path, a_feature(), a_feature(EAST, code="east", name="Oost")),
            on=TODAY + timedelta(days=3),
        )

        assert (again.added, again.changed, again.ended) == ([], ["east"], [])
        assert again.as_they_were == 1
        assert {row for row in rows(transaction) if row[1] == "here"} <= set(kept)

    def test_in_another_frame_and_format_changes_nothing(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        imported(transaction, a_file(tmp_path, a_feature(), a_feature(EAST, code="east")))
        before = rows(transaction)
        there = read(a_file(tmp_path, a_feature(), a_feature(EAST, code="east"))).areas
        path = tmp_path / "areas.gpkg"
        # Whole decimetres, as a national register has them.
        in_rd = [shapely.to_wkb(shapely.set_precision(in_metres(one.shape), 0.1)) for one in there]
        write(
            path,
            np.array(in_rd, dtype=object),
            field_data=[
                np.array([one.code for one in there]),
                np.array([one.name for one in there]),
            ],
            fields=["code", "name"],
            geometry_type="MultiPolygon",
            crs="EPSG:28992",
        )

        again = imported(transaction, path, on=TODAY + timedelta(days=3))

        assert (again.number, again.as_they_were) == (None, 2)
        assert rows(transaction) == before

    @pytest.mark.parametrize(("metres", "is_change"), [(0.3, False), (2, True)])
    def test_with_a_corner_that_moved_changes_when_one_could_see_it(
        self, transaction: Transaction, tmp_path: Path, metres: float, is_change: bool
    ) -> None:
        imported(transaction, a_file(tmp_path))
        east = metres / 69_000
        moved = [[x + east if (x, y) == (4.4, 51.6) else x, y] for x, y in SQUARE]

        again = imported(
            transaction, a_file(tmp_path, a_feature(moved)), on=TODAY + timedelta(days=3)
        )

        assert again.changed == (["here"] if is_change else ())
        assert again.is_different is is_change

    def test_with_a_hole_or_without_a_part_is_a_change(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        hole = [[4.34, 51.54], [4.36, 51.54], [4.36, 51.56], [4.34, 51.56], [4.34, 51.54]]
        far = [[x + 0.05, y] for x, y in hole]
        holed = a_shape("Polygon", [SQUARE, hole])
        two = a_shape("MultiPolygon", [[SQUARE], [[[x + 0.2, y] for x, y in far]]])

        seen = [
            imported(
                transaction, a_file(tmp_path, feature), on=TODAY + timedelta(days=day)
            ).is_different
            for day, feature in enumerate([a_feature(), holed, holed, two, a_feature()])
        ]

        assert seen == [True, True, False, True, True]

    def test_notes_what_changed_and_nothing_else(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        path = a_file(tmp_path, a_feature())
        imported(transaction, path)
        imported(transaction, path)

        (change,) = rule_changes(transaction, what="area")

        assert (change.code, change.before) == ("village/here", None)
        assert change.after is not None
        assert change.after["source"] == "areas.geojson"


class TestAnImportTakenBack:
    def test_the_same_day_leaves_what_there_was(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="district", code="noise")
        before = rows(transaction)
        imported(transaction, a_file(tmp_path))

        done = undone(transaction)

        assert rows(transaction) == before
        assert (done.gone, done.back) == (["here"], ["old"])

    def test_a_week_later_leaves_the_week_as_history(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")
        imported(transaction, a_file(tmp_path))
        later = TODAY + timedelta(days=7)

        undone(transaction, today=later)

        assert codes(transaction, on=later) == ["old"]
        assert codes(transaction, on=TODAY + timedelta(days=3)) == ["here"]
        assert codes(transaction, on=TODAY - timedelta(days=1)) == ["old"]

    def test_goes_back_one_at_a_time(self, transaction: Transaction, tmp_path: Path) -> None:
        for code in ("first", "second", "third"):
            imported(transaction, a_file(tmp_path, a_feature(code=code)))

        seen = []
        for _ in range(2):
            undone(transaction)
            seen += codes(transaction)

        assert seen == ["second", "first"]

    def test_is_the_last_of_its_kind(self, transaction: Transaction, tmp_path: Path) -> None:
        first = imported(transaction, a_file(tmp_path, a_feature(code="first")))
        imported(transaction, a_file(tmp_path, a_feature(code="second")))
        imported(transaction, a_file(tmp_path, a_feature(code="noise")), kind="district")

        with pytest.raises(ImportNotUndone, match="later: take that back first"):
            undone(transaction, kind=None, number=first.number)

    def test_is_not_taken_back_twice(self, transaction: Transaction, tmp_path: Path) -> None:
        number = imported(transaction, a_file(tmp_path)).number
        undone(transaction, kind=None, number=number)

        with pytest.raises(ImportNotFound):
            undone(transaction, kind=None, number=number)

    def test_does_not_bring_back_what_was_made_anew_since(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")
        imported(transaction, a_file(tmp_path))
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")

        with pytest.raises(ImportNotUndone, match="made anew: old"):
            undone(transaction)

    def test_is_noted(self, transaction: Transaction, tmp_path: Path) -> None:
        number = imported(transaction, a_file(tmp_path)).number

        undone(transaction)

        (change, _) = rule_changes(transaction, what="area", code="village/here")
        assert change.before is not None
        assert change.after is None
        assert [one.undone_at for one in area_imports(transaction) if one.number == number] == [NOW]
