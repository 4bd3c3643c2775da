"""The operator's command line works in the folder one stands in, wherever that is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from app.entrypoints.ground.installation import CHECKOUT, Installation
from app.entrypoints.ground.provision import find_or_install
from tests import ground


def typed(
    *words: str, standing_in: Path, clone: ground.Clone, data_folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(CHECKOUT / "script/straatbeeld"), *words],
        cwd=standing_in,
        env={
            **os.environ,
            # The server's own client programs, where the machine has none.
            "PATH": find_or_install(CHECKOUT).search_path(os.environ["PATH"]),
            "DATABASE_URL": clone.url,
            "DATA_DIR": str(data_folder),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with files of its own, and with a package that is named as ours."""
    folder = tmp_path / "elsewhere"
    (folder / "app").mkdir(parents=True)
    (folder / "app/__init__.py").write_text("raise SystemExit('the wrong app')", encoding="utf-8")
    (folder / "parties.toml").write_text(
        '[[party]]\ncode = "buitendienst"\nname = "Buitendienst"\nkind = "team"\n',
        encoding="utf-8",
    )
    return folder


class TestACommand:
    def test_reads_and_writes_files_where_one_stands(
        self, elsewhere: Path, fresh_database: ground.Clone, tmp_path: Path
    ) -> None:
        data_folder = tmp_path / "data"

        read = typed(
            "import",
            "parties",
            "parties.toml",
            standing_in=elsewhere,
            clone=fresh_database,
            data_folder=data_folder,
        )
        written = typed(
            "backup",
            "my.backup",
            standing_in=elsewhere,
            clone=fresh_database,
            data_folder=data_folder,
        )

        assert read.returncode == 0, read.stderr
        assert written.returncode == 0, written.stderr
        assert (elsewhere / "my.backup").stat().st_size > 0
        assert not (CHECKOUT / "my.backup").exists()


class TestTheDataFolder:
    @pytest.mark.parametrize("named", ["", ".data"])
    def test_is_the_checkouts_wherever_one_stands(
        self, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATA_DIR", named)
        monkeypatch.chdir(tmp_path)

        assert Installation.of_this_environment().data_folder == (CHECKOUT / ".data").resolve()
