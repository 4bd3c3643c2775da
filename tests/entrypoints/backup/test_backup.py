"""A back-up is whole, and what was lost comes back from it."""

from __future__ import annotations

import json
import stat
import tarfile
from pathlib import Path
from typing import BinaryIO

import psycopg
import pytest
from click.testing import CliRunner

from app.entrypoints.backup.archive import DUMP, MANIFEST, BackupDamaged, NotABackup
from app.entrypoints.backup.commands import backup, restore
from app.entrypoints.backup.making import FileInTheWay, make_backup
from app.entrypoints.backup.restoring import (
    InUseNow,
    NotEmpty,
    OfANewerVersion,
    require_alone,
    restore_backup,
)
from app.foundation.database import Database
from app.foundation.settings import Settings, read_settings
from app.photos.storage import FileMissing, FolderPhotoStore, PhotoStore
from tests.entrypoints.backup.conftest import AnInstallation
from tests.makers.people import MONDAY_MORNING


class ErasesOnce(FolderPhotoStore):
    """A store in which the first original that is asked for has gone a moment ago."""

    missed = 0

    def open(self, name: str) -> BinaryIO:
        """Miss the first original, then find everything."""
        if name.endswith(".original") and not self.missed:
            self.missed += 1
            raise FileMissing(name)
        return super().open(name)


@pytest.fixture
def archive(installation: AnInstallation, tmp_path: Path) -> Path:
    path = tmp_path / "straatbeeld.backup"
    make_backup(installation.provided, path, now=MONDAY_MORNING)
    return path


def rewritten(archive: Path, **changes: object) -> Path:
    """Return a copy whose manifest says something else."""
    changed = archive.with_name("changed.backup")
    with tarfile.open(archive) as old, tarfile.open(changed, "w") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            told = content.read()
            if member.name == MANIFEST:
                told = json.dumps({**json.loads(told), **changes}).encode()
                member.size = len(told)
            kept = archive.with_name("member")
            kept.write_bytes(told)
            with kept.open("rb") as file:
                new.addfile(member, file)
    return changed


class TestABackup:
    def test_brings_every_row_and_every_photo_back(
        self, installation: AnInstallation, archive: Path
    ) -> None:
        rows, files = installation.rows(), installation.files()
        installation.destroy()

        restored = restore_backup(installation.provided, archive, replaces=False)

        assert installation.rows() == rows
        assert installation.files() == files
        assert (restored.reports, restored.photo_files) == (2, 5)
        assert len(files) == 5

    def test_can_be_worked_with_after_it_came_back(
        self, installation: AnInstallation, archive: Path
    ) -> None:
        installation.destroy()
        restore_backup(installation.provided, archive, replaces=False)

        installation.another_report("En nu nog een.")

        with psycopg.connect(installation.database.url) as connection:
            assert connection.execute("SELECT count(*) FROM report").fetchone() == (3,)
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute("DELETE FROM history_entry")

    def test_lets_the_maps_reader_read_what_is_public_and_nothing_else(
        self, installation: AnInstallation, archive: Path
    ) -> None:
        installation.destroy()
        restore_backup(installation.provided, archive, replaces=False)

        with psycopg.connect(installation.database.map_url, autocommit=True) as reader:
            assert reader.execute("SELECT count(*) FROM public_case").fetchone() == (2,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute("SELECT * FROM report")

    def test_knows_every_photo_that_rows_know(
        self, installation: AnInstallation, archive: Path
    ) -> None:
        stray = installation.photos / "ab" / f"{'ab' * 16}.original"
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(b"nobody knows me")

        with tarfile.open(archive) as tar:
            names = {member.name for member in tar}

        known = {f"photos/{name}" for name in installation.files() if name != stray.name}
        assert names == {DUMP, MANIFEST, *known}

    def test_is_for_its_owner_alone(self, archive: Path) -> None:
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600

    def test_holds_no_secret_key(self, installation: AnInstallation, archive: Path) -> None:
        key = installation.provided.get(Settings).secret_key.get_secret_value()

        assert key.encode() not in archive.read_bytes()

    def test_says_after_restoring_whether_the_key_is_the_same(
        self, installation: AnInstallation, archive: Path
    ) -> None:
        given = installation.provided.get(Settings).model_dump()
        another = read_settings(**{**given, "secret_key": "another key, as long as it has to be."})

        sign_ins = installation.photos.parent / "demo-credentials.json"
        sign_ins.write_text("of this installation")

        same = restore_backup(installation.provided, archive, replaces=True)
        kept = sign_ins.exists()
        installation.provided.put(Settings, another)
        other = restore_backup(installation.provided, archive, replaces=True)

        assert (same.has_same_key, kept) == (True, True)
        assert (other.has_same_key, sign_ins.exists()) == (False, False)

    def test_never_replaces_a_file(self, installation: AnInstallation, archive: Path) -> None:
        before = archive.read_bytes()

        with pytest.raises(FileInTheWay):
            make_backup(installation.provided, archive, now=MONDAY_MORNING)

        assert archive.read_bytes() == before

    def test_leaves_nothing_when_it_cannot_be_made(
        self, installation: AnInstallation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        folder = tmp_path / "backups"
        folder.mkdir()

        result = CliRunner().invoke(backup, [str(folder / "b")], obj=installation.provided)

        assert "pg_dump is missing" in str(result.exception)
        assert list(folder.iterdir()) == []

    def test_takes_another_look_when_an_original_has_just_been_made_safe(
        self, installation: AnInstallation, tmp_path: Path
    ) -> None:
        store = ErasesOnce(installation.photos)
        installation.provided.put(PhotoStore, store)

        made = make_backup(installation.provided, tmp_path / "b", now=MONDAY_MORNING)

        assert store.missed == 1
        assert (made.photo_files, made.missing) == (5, ())

    def test_tells_of_photos_that_were_lost_before(
        self, installation: AnInstallation, tmp_path: Path
    ) -> None:
        lost = next(name for name in installation.files() if name.endswith("320.webp"))
        (installation.photos / lost[:2] / lost).unlink()

        made = make_backup(installation.provided, tmp_path / "b", now=MONDAY_MORNING)

        assert made.missing == (lost,)


class TestRestoring:
    def test_keeps_out_of_a_database_with_something_in_it(
        self, installation: AnInstallation, archive: Path
    ) -> None:
        installation.another_report("Die mag niet weg.")
        rows = installation.rows()

        with pytest.raises(NotEmpty, match="3 report"):
            restore_backup(installation.provided, archive, replaces=False)

        assert installation.rows() == rows

    def test_replaces_it_when_told(self, installation: AnInstallation, archive: Path) -> None:
        rows = installation.rows()
        installation.another_report("Die gaat weg.")

        restore_backup(installation.provided, archive, replaces=True)

        assert installation.rows() == rows

    def test_is_all_or_nothing(self, installation: AnInstallation, archive: Path) -> None:
        wrong = rewritten(archive, rows={"report": 7})
        installation.another_report("Die moet blijven.")
        rows = installation.rows()
        lost = next(path for path in installation.photos.rglob("*.original"))
        lost.unlink()
        files = installation.files()

        result = CliRunner().invoke(restore, [str(wrong), "--replace"], obj=installation.provided)

        assert result.exit_code == 1
        assert installation.rows() == rows
        assert installation.files() == files

    @pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
    def test_refuses_what_was_cut_short(
        self, installation: AnInstallation, archive: Path, kept: float
    ) -> None:
        cut = archive.with_name("cut")
        whole = archive.read_bytes().rstrip(b"\0")
        cut.write_bytes(whole[: int(len(whole) * kept)])
        rows = installation.rows()

        with pytest.raises(BackupDamaged):
            restore_backup(installation.provided, cut, replaces=True)

        assert installation.rows() == rows

    def test_refuses_what_was_damaged(self, installation: AnInstallation, archive: Path) -> None:
        content = bytearray(archive.read_bytes())
        content[2_000] ^= 0xFF
        archive.write_bytes(content)
        rows = installation.rows()

        with pytest.raises(BackupDamaged, match="not as it was"):
            restore_backup(installation.provided, archive, replaces=True)

        assert installation.rows() == rows

    @pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 20_000])
    def test_refuses_what_is_no_backup(
        self, installation: AnInstallation, tmp_path: Path, content: bytes
    ) -> None:
        strange = tmp_path / "strange"
        strange.write_bytes(content)

        with pytest.raises(NotABackup):
            restore_backup(installation.provided, strange, replaces=True)

    @pytest.mark.parametrize(
        "told",
        [
            {"format": 2},
            {"photos": {"../../etc/passwd": {"size_bytes": 1, "sha256": "0"}}},
            {"rows": {"report; drop table report": 1}},
            {"erased_meanwhile": ["' or 'a' = 'a"]},
            {"unknown": 1},
        ],
    )
    def test_refuses_a_manifest_that_it_cannot_read(
        self, installation: AnInstallation, archive: Path, told: dict[str, object]
    ) -> None:
        with pytest.raises(NotABackup):
            restore_backup(installation.provided, rewritten(archive, **told), replaces=True)

    def test_refuses_what_a_newer_version_made(
        self, installation: AnInstallation, archive: Path
    ) -> None:
        with pytest.raises(OfANewerVersion):
            restore_backup(
                installation.provided, rewritten(archive, revision="9999"), replaces=True
            )

    def test_takes_out_what_was_erased_while_the_backup_was_made(
        self, installation: AnInstallation, archive: Path
    ) -> None:
        erased = next(path.name for path in installation.photos.rglob("*.original"))[:32]

        restore_backup(
            installation.provided,
            rewritten(archive, erased_meanwhile=[erased]),
            replaces=True,
        )

        with psycopg.connect(installation.database.url) as connection:
            left = connection.execute("SELECT storage_key FROM photo").fetchall()
        assert len(left) == 2
        assert (erased,) not in left

    def test_waits_until_nobody_uses_the_database(self, installation: AnInstallation) -> None:
        with (
            psycopg.connect(installation.database.url),
            pytest.raises(InUseNow, match="stop script/server"),
            installation.provided.get(Database).transaction() as transaction,
        ):
            require_alone(transaction)
