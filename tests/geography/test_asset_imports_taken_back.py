"""What an import did to each object, and an import of objects that is taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND, rule_changes
from app.geography.changing import move_asset
from app.geography.importing.asset_files import AssetFields, read_assets
from app.geography.importing.asset_history import (
    AssetImportUndone,
    Done,
    asset_changes,
    asset_import,
    asset_import_rows,
    asset_imports,
    undo_asset_import,
)
from app.geography.importing.assets import AssetsImported, AssetsToImport, import_assets
from app.geography.model import ImportNotFound, ImportNotUndone, Spot
from tests.geography.map_files import NOW, TODAY, a_file, a_shape, said_nothing
from tests.makers.areas import an_asset

PER_STREET = AssetFields(number="code", street="name")
BY_ID = AssetFields(number="name", source_id="code")
LATER = NOW + timedelta(hours=1)


def lamp(code: str, name: str = "Kerkstraat", at: tuple[float, float] = (4.3, 51.5)) -> object:
    return a_shape("Point", list(at), code=code, name=name)


def imported(
    transaction: Transaction, folder: Path, *lamps: object, fields: AssetFields = PER_STREET
) -> AssetsImported:
    """Let these be all the bins."""
    path = a_file(folder, *lamps)
    read = read_assets(
        path,
        fields,
        epsg=None,
        layer=None,
        skips_bad=False,
        at_most_bytes=1_000_000,
        tell=said_nothing,
    )
    return import_assets(
        transaction,
        AssetsToImport("bin", read.assets, path.name, None, removes_missing=True),
        by=BY_COMMAND,
        now=NOW,
        on=TODAY,
        tell=said_nothing,
    )


def undone(transaction: Transaction, number: int | None) -> AssetImportUndone:
    return undo_asset_import(transaction, number or 0, by=BY_COMMAND, now=LATER, today=TODAY)


def present(transaction: Transaction) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for row in transaction.connection.execute(
            text(
                "SELECT id, number, street, source_id, ST_AsBinary(spot), attributes, is_demo,"
                " owner_party_id FROM asset WHERE removed_on IS NULL ORDER BY id"
            )
        )
    ]


def id_of(transaction: Transaction, number: str) -> UUID:
    found: UUID = transaction.connection.execute(
        text("SELECT id FROM asset WHERE number = :number AND kind = 'bin'"), {"number": number}
    ).scalar_one()
    return found


class TestTheRowsOfAnImport:
    def test_tell_what_was_added_changed_and_removed_and_not_what_stayed(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        imported(transaction, tmp_path, lamp("stays"), lamp("moves"), lamp("goes"))

        number = imported(
            transaction, tmp_path, lamp("stays"), lamp("moves", at=(4.31, 51.5)), lamp("comes")
        ).number

        rows = asset_import_rows(transaction, number or 0, at_most=10)
        told = {(row.after or row.before or {})["number"]: row for row in rows}
        assert {name: row.what for name, row in told.items()} == {
            "comes": Done.ADDED,
            "moves": Done.CHANGED,
            "goes": Done.REMOVED,
        }
        assert (told["comes"].before, told["goes"].after) == (None, None)
        before, after = told["moves"].before or {}, told["moves"].after or {}
        assert (before["longitude"], after["longitude"]) == (4.3, 4.31)

    def test_are_told_of_one_object_with_the_import_that_did_it(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        first = imported(transaction, tmp_path, lamp("1"), lamp("noise")).number
        second = imported(transaction, tmp_path, lamp("1", at=(4.31, 51.5)), lamp("noise")).number
        undone(transaction, second)

        changes = asset_changes(transaction, id_of(transaction, "1"))

        assert [(one.number, one.is_undo) for one in changes[:1]] == [(second, True)]
        assert {one.number for one in changes} == {first, second}
        assert {one.source for one in changes} == {"areas.geojson"}

    def test_are_not_there_when_nothing_differs(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        imported(transaction, tmp_path, lamp("1"))

        again = imported(transaction, tmp_path, lamp("1"))

        assert again.number is None
        assert len(asset_imports(transaction)) == 1

    def test_have_a_number_that_no_import_of_areas_has(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        number = imported(transaction, tmp_path, lamp("1")).number

        following = transaction.connection.scalar(
            text(
                "INSERT INTO area_import (kind, source, at, valid_from)"
                " VALUES ('village', 'x', now(), now()) RETURNING number"
            )
        )

        assert number is not None
        assert following > number


class TestAnImportOfObjectsTakenBack:
    def test_leaves_what_there_was(self, transaction: Transaction, tmp_path: Path) -> None:
        an_asset(transaction, (4.3, 51.5), kind="tree", number="noise")
        imported(
            transaction, tmp_path, lamp("a", "1"), lamp("b", "2"), lamp("c", "3"), fields=BY_ID
        )
        before = present(transaction)
        number = imported(
            transaction,
            tmp_path,
            lamp("a", "1"),
            lamp("b", "two", (4.3123456789, 51.5)),
            lamp("d", "4"),
            fields=BY_ID,
        ).number

        done = undone(transaction, number)

        assert present(transaction) == before
        assert (done.gone, done.as_before, done.back) == (1, 1, 1)
        assert asset_import(transaction, number or 0).undone_at == LATER

    def test_takes_what_it_added_off_the_map_and_deletes_nothing(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        number = imported(transaction, tmp_path, lamp("1")).number

        undone(transaction, number)

        removed = transaction.connection.scalars(text("SELECT removed_on FROM asset")).all()
        assert removed == [TODAY]

    def test_goes_back_one_at_a_time(self, transaction: Transaction, tmp_path: Path) -> None:
        seen = []
        numbers = []
        for east in (4.3, 4.31, 4.32):
            seen.append(present(transaction))
            numbers.append(imported(transaction, tmp_path, lamp("1", at=(east, 51.5))).number)

        for number in reversed(numbers):
            undone(transaction, number)
            assert present(transaction) == seen.pop()

    def test_is_refused_while_a_later_import_changed_the_same_object(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        first = imported(transaction, tmp_path, lamp("1")).number
        second = imported(transaction, tmp_path, lamp("1", at=(4.31, 51.5))).number
        before = present(transaction)

        with pytest.raises(ImportNotUndone, match=f"Import {second} .*1, Kerkstraat.*first"):
            undone(transaction, first)

        assert present(transaction) == before

    def test_is_refused_where_somebody_moved_an_object_since(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        number = imported(transaction, tmp_path, lamp("1"), lamp("2")).number
        move_asset(
            transaction,
            id_of(transaction, "2"),
            version=1,
            spot=Spot(4.32, 51.5),
            by=BY_COMMAND,
            now=NOW,
        )

        with pytest.raises(ImportNotUndone, match="changed these objects after it: 2, Kerkstraat"):
            undone(transaction, number)

    def test_is_refused_where_another_has_the_number_that_would_come_back(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        imported(transaction, tmp_path, lamp("1", " "), lamp("2", " "))
        number = imported(transaction, tmp_path, lamp("2", " ")).number
        an_asset(transaction, (4.3, 51.5), kind="bin", number="1")

        with pytest.raises(ImportNotUndone, match="would come back: 1"):
            undone(transaction, number)

    def test_is_not_taken_back_twice(self, transaction: Transaction, tmp_path: Path) -> None:
        number = imported(transaction, tmp_path, lamp("1")).number
        undone(transaction, number)

        with pytest.raises(ImportNotFound):
            undone(transaction, number)

    def test_is_noted_in_the_list_of_changes(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        number = imported(transaction, tmp_path, lamp("1")).number
        undone(transaction, number)

        back, made = rule_changes(transaction, what="asset", code="bin")

        assert (made.after or {})["import"] == number
        assert (back.before or {})["import"] == number
        assert back.after is None
