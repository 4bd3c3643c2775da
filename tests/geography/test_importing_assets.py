"""Assets that come from a register, come again, and come by the hundred thousand."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.entrypoints.import_commands import import_
from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.geography.importing import files
from app.geography.importing.asset_files import AssetFields, AssetsRead, read_assets
from app.geography.importing.assets import AssetsImported, AssetsToImport, import_assets
from app.geography.model import AssetsRefused
from tests.geography.map_files import NOW, TODAY, a_file, a_shape, said_nothing
from tests.ground import Clone
from tests.makers.areas import an_asset

PER_STREET = AssetFields(number="code", street="name")
BY_ID = AssetFields(number="name", source_id="code")


def read(path: Path, fields: AssetFields = PER_STREET, *, skips_bad: bool = False) -> AssetsRead:
    return read_assets(
        path,
        fields,
        epsg=None,
        layer=None,
        skips_bad=skips_bad,
        at_most_bytes=100_000_000,
        tell=said_nothing,
    )


def imported(
    transaction: Transaction,
    path: Path,
    fields: AssetFields = PER_STREET,
    *,
    removes_missing: bool = False,
) -> AssetsImported:
    return import_assets(
        transaction,
        AssetsToImport("bin", read(path, fields).assets, path.name, None, removes_missing),
        by=BY_COMMAND,
        now=NOW,
        on=TODAY,
        tell=said_nothing,
    )


def lamp(code: str, name: str = "Kerkstraat", at: tuple[float, float] = (4.3, 51.5)) -> object:
    return a_shape("Point", list(at), code=code, name=name)


def rows(transaction: Transaction) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for row in transaction.connection.execute(
            text(
                "SELECT id, number, street, version FROM asset WHERE removed_on IS NULL ORDER BY id"
            )
        )
    ]


class TestNumbersOfAssets:
    def test_may_be_the_same_in_two_streets_and_hold_slashes(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        done = imported(transaction, a_file(tmp_path, lamp("1/a"), lamp("1/a", "Dorpsstraat")))

        assert done.added == 2

    def test_may_not_be_the_same_in_one_street(self, tmp_path: Path) -> None:
        with pytest.raises(AssetsRefused, match="feature 2: '1' in 'Kerkstraat' is that of feat"):
            read(a_file(tmp_path, lamp("1"), lamp("1")))

    def test_may_be_anything_where_the_register_has_ids(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        done = imported(transaction, a_file(tmp_path, lamp("id-1"), lamp("id-2")), BY_ID)

        assert done.added == 2


class TestTheSameAssetsAgain:
    def test_change_nothing(self, transaction: Transaction, tmp_path: Path) -> None:
        path = a_file(tmp_path, lamp("1"), lamp("2"))
        imported(transaction, path)
        before = rows(transaction)

        done = imported(transaction, path)

        assert (done.added, done.changed, done.as_they_were) == (0, 0, 2)
        assert rows(transaction) == before

    def test_keep_their_row_where_they_move_or_are_renamed(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        imported(transaction, a_file(tmp_path, lamp("id-1", "A"), lamp("id-2", "B")), BY_ID)
        before = {row[0] for row in rows(transaction)}

        done = imported(
            transaction,
            a_file(tmp_path, lamp("id-1", "Z"), lamp("id-2", "B", (4.31, 51.5))),
            BY_ID,
        )

        assert (done.changed, done.moved) == (2, 1)
        assert {row[0] for row in rows(transaction)} == before

    def test_take_away_what_is_gone_only_when_asked(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        an_asset(transaction, (4.3, 51.5), kind="tree", number="noise")
        imported(transaction, a_file(tmp_path, lamp("1"), lamp("2")))
        path = a_file(tmp_path, lamp("1"))

        asked = [imported(transaction, path, removes_missing=gone) for gone in (False, True)]

        assert [(one.removed, one.not_in_file) for one in asked] == [(0, 1), (1, 0)]
        assert sorted(str(row[1]) for row in rows(transaction)) == ["1", "noise"]


class TestBadAssets:
    @pytest.mark.parametrize(
        ("bad", "said"),
        [
            (lamp(""), "has nothing in the field 'code'"),
            (a_shape("LineString", [[4.3, 51.5], [4.4, 51.5]]), "is a LineString, not a Point"),
            (lamp("1", at=(51.5, 4.3)), "longitude, or east, comes first"),
            (lamp("1", at=(400, 51.5)), "is not in the Netherlands"),
            (a_shape("Point", []), "has no geometry"),
        ],
    )
    def test_are_refused_or_skipped_with_their_number_and_the_reason(
        self, tmp_path: Path, bad: object, said: str
    ) -> None:
        path = a_file(tmp_path, lamp("good"), bad)

        with pytest.raises(AssetsRefused, match="feature 2: ") as refused:
            read(path)

        assert said in refused.value.detail
        assert [one.number for one in read(path, skips_bad=True).assets] == ["good"]


def many(folder: Path, count: int) -> Path:
    return a_file(
        folder,
        *(
            {
                "type": "Feature",
                "properties": {"code": f"{n % 50}/a", "name": f"Straat {n // 50}"},
                "geometry": {
                    "type": "Point",
                    "coordinates": [4.2 + n % 1000 / 5000, 51.5 + n // 1000 / 1000],
                },
            }
            for n in range(count)
        ),
    )


def words_for(path: Path) -> list[str]:
    """Return what is typed after `import`."""
    return [
        "assets", str(path), "--kind", "bin", "--number-field", "code", "--street-field", "name",
    ]  # fmt: skip


def until_somebody_waits(database: Clone) -> bool:
    """Whether somebody comes to wait for a lock that another has."""
    deadline = time.monotonic() + 60
    with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
        while time.monotonic() < deadline:
            waiting = superuser.execute(
                "SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock'"
            )
            if waiting.fetchone() is not None:
                return True
            time.sleep(0.05)
    return False


def started(database: Clone, folder: Path, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.entrypoints.command_line", "import", *words_for(path)],
        env={
            **os.environ,
            "DATABASE_URL": database.url,
            "SECRET_KEY": "a secret for tests, long enough to be one",
            "DATA_DIR": str(folder),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class TestManyAssets:
    def test_say_how_far_their_import_is(
        self, provided: Provided, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "FEATURES_AT_ONCE", 500)

        done = CliRunner().invoke(import_, words_for(many(tmp_path, 1_200)), obj=provided)

        assert done.exit_code == 0, done.output
        assert "1,200 added" in done.stdout
        assert "500 of 1,200 read" in done.stderr
        assert "1,000 of 1,200 read" in done.stderr

    @pytest.mark.processes
    def test_of_which_the_import_is_killed_leave_nothing(
        self, fresh_database: Clone, committing_database: Database, tmp_path: Path
    ) -> None:
        path = many(tmp_path, 3_000)
        with psycopg.connect(fresh_database.url) as first:
            # The last it writes is what was done: there it waits for us, with everything written.
            first.execute("LOCK TABLE rule_change IN ACCESS EXCLUSIVE MODE")
            with started(fresh_database, tmp_path, path) as process:
                assert until_somebody_waits(fresh_database)
                process.kill()
                _, said = process.communicate()

        assert "3,000 objects written aside; comparing" in said
        with committing_database.transaction() as transaction:
            count = transaction.connection.scalar(text("SELECT count(*) FROM asset"))
            notes = transaction.connection.scalar(text("SELECT count(*) FROM rule_change"))
        assert (count, notes) == (0, 0)
