"""An installation keeps its secret, and its data folder is used by one at a time."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.entrypoints.ground.installation import Installation
from app.entrypoints.ground.progress import CannotStart


class TestTheSecretKey:
    def test_is_made_once_and_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SECRET_KEY", raising=False)

        first = Installation(tmp_path).environment(None)["SECRET_KEY"]
        second = Installation(tmp_path).environment(None)["SECRET_KEY"]

        assert first == second
        assert len(first) >= 32

    def test_is_for_nobody_else(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SECRET_KEY", raising=False)

        Installation(tmp_path).environment(None)

        assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600

    def test_differs_between_installations(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SECRET_KEY", raising=False)

        here = Installation(tmp_path / "here").environment(None)["SECRET_KEY"]
        there = Installation(tmp_path / "there").environment(None)["SECRET_KEY"]

        assert here != there

    def test_of_the_environment_comes_first(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SECRET_KEY", "given by the operator")

        assert Installation(tmp_path).environment(None)["SECRET_KEY"] == "given by the operator"
        assert not (tmp_path / "secret-key").exists()


class TestADataFolder:
    def test_is_held_by_one_at_a_time(self, tmp_path: Path) -> None:
        with (
            Installation(tmp_path).held(),
            pytest.raises(CannotStart, match="already runs"),
            Installation(tmp_path).held(),
        ):
            pass

    def test_can_be_held_again_when_it_was_let_go(self, tmp_path: Path) -> None:
        with Installation(tmp_path).held():
            pass

        with Installation(tmp_path).held():
            assert (tmp_path / "run.lock").exists()

    def test_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("not a folder")

        with pytest.raises(CannotStart, match="DATA_DIR"):
            Installation(tmp_path / "file" / "data")
