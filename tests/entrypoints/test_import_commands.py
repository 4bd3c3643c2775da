"""What an operator is told about a file with areas."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.import_commands import import_
from app.foundation.provided import Provided
from app.geography.model import AreasRefused

FIELDS = ("--kind", "village", "--code-field", "code", "--name-field", "name")


def import_command(provided: Provided, file: Path, *words: str) -> Result:
    return CliRunner().invoke(import_, ["areas", str(file), *words], obj=provided)


class TestImportingAreas:
    @pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"GIF89a"])
    def test_refuses_what_is_no_json(
        self, provided: Provided, tmp_path: Path, content: bytes
    ) -> None:
        file = tmp_path / "areas.geojson"
        file.write_bytes(content)

        result = import_command(provided, file, *FIELDS)

        assert isinstance(result.exception, AreasRefused)
        assert result.exception.detail == "areas.geojson is no JSON."

    def test_refuses_a_file_of_500_megabytes_without_reading_it(
        self, provided: Provided, tmp_path: Path
    ) -> None:
        file = tmp_path / "areas.geojson"
        with file.open("wb") as huge:
            huge.truncate(500_000_000)

        result = import_command(provided, file, *FIELDS)

        assert "is larger than 100 MB" in str(result.exception)

    @pytest.mark.parametrize(
        "words",
        [
            ("--kind", "village", "--name-field", "name"),
            ("--kind", "village", "--code-field", "code"),
            (*FIELDS, "--code", "a"),
            (*FIELDS, "--code-for", "a"),
            (*FIELDS, "--name-pattern", "("),
            (*FIELDS, "--crs", "rd"),
        ],
    )
    def test_says_how_it_is_used(
        self, provided: Provided, tmp_path: Path, words: tuple[str, ...]
    ) -> None:
        file = tmp_path / "areas.geojson"
        file.write_text("{}")

        result = import_command(provided, file, *words)

        assert result.exit_code == 2
        assert "Usage:" in result.output
