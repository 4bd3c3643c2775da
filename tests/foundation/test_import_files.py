"""Files that an operator brings in: what is no file, what is endless, what cannot be written."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import pytest

from app.foundation.import_files import FileRefused, FileTooLarge, InFile, content_of, read_toml

MEGABYTE = 1_000_000


class Clock(InFile):
    name: str


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock.toml"


class TestAFile:
    def test_is_read_when_it_is_an_ordinary_one(self, file: Path) -> None:
        file.write_text('name = "Torenklok"')

        assert read_toml(file, Clock) == Clock(name="Torenklok")

    def test_is_refused_when_it_is_a_pipe_that_nobody_writes_to(self, file: Path) -> None:
        os.mkfifo(file)

        with pytest.raises(FileRefused, match="no ordinary file"):
            read_toml(file, Clock)

    def test_is_refused_when_it_is_endless(self, file: Path) -> None:
        file.symlink_to("/dev/zero")

        with pytest.raises(FileRefused, match="no ordinary file"):
            content_of(file, at_most_bytes=10)

    def test_is_refused_when_it_is_larger_than_what_is_read(self, file: Path) -> None:
        file.write_bytes(b"x" * (MEGABYTE + 1))

        with pytest.raises(FileTooLarge, match="larger than 1 MB"):
            read_toml(file, Clock)

    @pytest.mark.parametrize(
        "written",
        [
            ".".join(["a"] * 200_000) + " = 1",
            "[" + ".".join(["a"] * 200_000) + "]",
            "name = " + "9" * 500_000,
            "name = " + "[" * 100_000,
            "name = '" + "a." * 400_000 + "'",
        ],
        ids=["dots", "table of dots", "long number", "nested", "dots in a text"],
    )
    def test_that_is_made_to_take_long_does_not(self, file: Path, written: str) -> None:
        file.write_text(written)
        begun = time.process_time()

        with contextlib.suppress(FileRefused):
            read_toml(file, Clock)

        assert time.process_time() - begun < 5

    @pytest.mark.parametrize("sign", ["\\u001b[31m", "\\u202e", "\\u0000", "\\n", "\\u0085"])
    def test_with_a_name_that_steers_a_screen_is_refused(self, file: Path, sign: str) -> None:
        file.write_text(f'name = "Toren{sign}klok"')

        with pytest.raises(FileRefused, match=r"name: .*no keyboard writes"):
            read_toml(file, Clock)

    def test_with_a_name_of_nothing_to_see_is_refused(self, file: Path) -> None:
        file.write_text('name = "\\u200b"')

        with pytest.raises(FileRefused, match="nothing that can be seen"):
            read_toml(file, Clock)
