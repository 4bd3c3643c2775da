"""What an operator is told about files with areas and assets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.entrypoints.import_commands import import_
from app.foundation.database import Transaction
from app.foundation.provided import Provided
from app.geography.importing.pdok import Boundaries, BoundaryRegister, KeptBoundaries
from app.geography.model import AgreementsWouldEnd, AreasRefused, MapFileRefused
from tests.geography.map_files import SQUARE, a_feature, a_file, a_shape
from tests.makers.areas import a_rectangle, an_area
from tests.makers.places import a_small_municipality

FIELDS = ("--kind", "village", "--code-field", "code", "--name-field", "name")


def command(provided: Provided, *words: str) -> Result:
    return CliRunner().invoke(import_, list(words), obj=provided)


def import_command(provided: Provided, file: Path, *words: str) -> Result:
    return command(provided, "areas", str(file), *words)


def current(transaction: Transaction, kind: str = "village") -> list[str]:
    return list(
        transaction.connection.scalars(
            text("SELECT code FROM area WHERE kind = :kind AND valid_until IS NULL ORDER BY code"),
            {"kind": kind},
        )
    )


class TestImportingAreas:
    @pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"GIF89a"])
    def test_refuses_what_is_no_geojson(
        self, provided: Provided, tmp_path: Path, content: bytes
    ) -> None:
        file = tmp_path / "areas.geojson"
        file.write_bytes(content)

        result = import_command(provided, file, *FIELDS)

        assert isinstance(result.exception, MapFileRefused)
        assert "areas.geojson" in result.exception.detail

    def test_refuses_a_file_of_500_megabytes_without_reading_it(
        self, provided: Provided, tmp_path: Path
    ) -> None:
        file = tmp_path / "areas.geojson"
        with file.open("wb") as huge:
            huge.truncate(500_000_000)

        result = import_command(provided, file, *FIELDS)

        assert "is 500 MB; at most 200 MB is read (IMPORT_AT_MOST_MB)" in str(result.exception)

    def test_in_a_trial_changes_nothing_and_says_what_it_would_do(
        self, provided: Provided, transaction: Transaction, tmp_path: Path
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), code="old")

        result = import_command(provided, a_file(tmp_path), *FIELDS, "--dry-run")

        assert result.exit_code == 0
        assert "1 new: here." in result.output
        assert "1 ended: old." in result.output
        assert "1 areas of kind village would be in use from" in result.output
        assert "import undo" not in result.output
        assert "Nothing was changed" in result.output
        assert current(transaction) == ["old"]

    def test_in_a_trial_takes_no_number(
        self, provided: Provided, transaction: Transaction, tmp_path: Path
    ) -> None:
        numbers = []
        for code in ("first", "second"):
            file = a_file(tmp_path, a_feature(code=code))
            for words in (("--dry-run",), ("--dry-run",), ()):
                assert import_command(provided, file, *FIELDS, *words).exit_code == 0
            numbers.append(
                transaction.connection.scalar(text("SELECT max(number) FROM area_import"))
            )

        assert numbers[1] == numbers[0] + 1

    def test_from_under_an_agreement_needs_a_word(
        self, provided: Provided, transaction: Transaction, tmp_path: Path
    ) -> None:
        a_small_municipality(transaction)
        kind = ("--kind", "team-district", "--code-field", "code", "--name-field", "name")
        file = a_file(tmp_path)

        refused = import_command(provided, file, *kind)
        tried = import_command(provided, file, *kind, "--dry-run")
        under = current(transaction, "team-district")
        kept = import_command(provided, file, *kind, "--code-for", "here=zuid")
        wanted = import_command(provided, file, *kind, "--even-if-agreements-end")

        assert isinstance(refused.exception, AgreementsWouldEnd)
        assert "team-district zuid" in str(refused.exception)
        assert "--code-for" in str(refused.exception)
        assert tried.exit_code == 0
        assert "would no longer count" in tried.output
        assert under == ["zuid"]
        assert (kept.exit_code, wanted.exit_code) == (0, 0)
        assert "team-district zuid" in wanted.output
        assert current(transaction, "team-district") == ["here"]

    def test_says_nothing_of_an_area_that_was_missing_before(
        self, provided: Provided, transaction: Transaction, tmp_path: Path
    ) -> None:
        a_small_municipality(transaction)
        transaction.connection.execute(text("DELETE FROM area WHERE kind = 'team-district'"))

        result = import_command(provided, a_file(tmp_path), *FIELDS)

        assert result.exit_code == 0

    def test_lists_what_it_skipped(
        self, provided: Provided, transaction: Transaction, tmp_path: Path
    ) -> None:
        file = a_file(tmp_path, a_feature(), {**a_feature(code="b"), "geometry": None})

        result = import_command(provided, file, *FIELDS, "--skip-bad")

        assert "Skipped feature 2: Here has no geometry that can be read" in result.output
        assert current(transaction) == ["here"]

    def test_takes_nothing_of_a_file_that_is_not_all_right(
        self, provided: Provided, transaction: Transaction, tmp_path: Path
    ) -> None:
        file = a_file(tmp_path, a_feature(), {**a_feature(code="b"), "geometry": None})

        result = import_command(provided, file, *FIELDS)

        assert isinstance(result.exception, AreasRefused)
        assert current(transaction) == []

    def test_can_be_listed_and_taken_back(
        self, provided: Provided, transaction: Transaction, tmp_path: Path
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), code="old")
        import_command(provided, a_file(tmp_path), *FIELDS)
        listed = command(provided, "list").output

        result = command(provided, "undo", "--kind", "village")

        assert "village  1 areas" in listed
        assert "1 back: old." in result.output
        assert current(transaction) == ["old"]

    def test_makes_villages_of_neighbourhoods(
        self, provided: Provided, transaction: Transaction, tmp_path: Path
    ) -> None:
        parts = [[[x + east, y] for x, y in SQUARE] for east in (0, 0.1, 0.2)]
        file = a_file(tmp_path, *(a_feature(part, code=f"B{n}") for n, part in enumerate(parts)))
        mapping = tmp_path / "villages.toml"
        mapping.write_text(
            '[[area]]\ncode = "west"\nname = "West"\nmade_of = ["B0", "B1"]\n', encoding="utf-8"
        )

        result = import_command(provided, file, *FIELDS, "--unite", str(mapping))

        assert "In no area of the mapping: B2." in result.output
        assert current(transaction) == ["west"]
        assert transaction.connection.scalar(text("SELECT ST_NumGeometries(shape) FROM area")) == 1

    @pytest.mark.parametrize(
        ("mapping", "said"),
        [
            ('[[area]]\ncode = "a"\nname = "A"\nmade_of = ["nowhere"]', "not there: nowhere"),
            ('[[area]]\ncode = "a"\nname = "A"\nmade_of = ["here", "here"]', "stands twice: here"),
            ("area = 1", "is not right"),
            ("[[area", "is no TOML"),
        ],
    )
    def test_refuses_a_mapping_that_is_not_right(
        self, provided: Provided, tmp_path: Path, mapping: str, said: str
    ) -> None:
        file = tmp_path / "villages.toml"
        file.write_text(mapping, encoding="utf-8")

        result = import_command(provided, a_file(tmp_path), *FIELDS, "--unite", str(file))

        assert said in str(result.exception)

    @pytest.mark.parametrize(
        "words",
        [
            ("--kind", "village", "--name-field", "name"),
            ("--kind", "village", "--code-field", "code"),
            ("--code-field", "code", "--name-field", "name"),
            (*FIELDS, "--code", "a"),
            (*FIELDS, "--code-for", "a"),
            (*FIELDS, "--name-pattern", "("),
            (*FIELDS, "--crs", "rd"),
            (*FIELDS, "--buffer-metres", "0"),
            (*FIELDS, "--from", "tomorrow"),
            (*FIELDS, "--pdok", "municipality"),
            ("--pdok", "streets"),
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


class TestImportingFromTheRegister:
    def test_brings_the_municipality_and_then_its_neighbourhoods(
        self, provided: Provided, transaction: Transaction
    ) -> None:
        whole = a_feature()
        whole["properties"] = {"identificatie": "GM0851", "naam": "Steenbergen"}
        noise = a_feature()
        noise["properties"] = {"identificatie": "GM1709", "naam": "Moerdijk"}
        part = a_feature()
        part["properties"] = {
            "gemeentecode": "GM0851",
            "buurtcode": "BU08510001",
            "buurtnaam": "Welberg",
        }
        provided.put(
            BoundaryRegister,
            KeptBoundaries(
                {
                    Boundaries.MUNICIPALITY: [[noise], [whole]],
                    Boundaries.NEIGHBOURHOODS: [[part]],
                }
            ),
        )

        results = [command(provided, "areas", "--pdok", what.value) for what in Boundaries]

        assert [result.exit_code for result in results] == [0, 0]
        assert current(transaction, "municipality") == ["GM0851"]
        assert current(transaction, "neighbourhood") == ["BU08510001"]

    def test_says_when_the_register_knows_nothing(self, provided: Provided) -> None:
        provided.put(BoundaryRegister, KeptBoundaries({}))

        result = command(provided, "areas", "--pdok", "neighbourhoods", "--code", "GM9999")

        assert str(result.exception) == "PDOK knows no neighbourhoods of GM9999."


class TestImportingAssets:
    def test_adds_then_changes_and_removes(
        self, provided: Provided, transaction: Transaction, tmp_path: Path
    ) -> None:
        words = ("--kind", "bin", "--number-field", "code", "--street-field", "name")
        first = a_file(
            tmp_path,
            *(a_shape("Point", [4.3, 51.5 + n / 100], code=f"{n}/a") for n in range(3)),
        )
        command(provided, "assets", str(first), *words)
        second = a_file(
            tmp_path,
            *(a_shape("Point", [4.3, 51.5 + n / 50], code=f"{n}/a") for n in range(2)),
        )

        result = command(provided, "assets", str(second), *words, "--remove-missing")

        assert "0 added, 1 changed (of which 1 moved), 1 removed, 1 as they were" in result.output
        numbers = transaction.connection.scalars(
            text("SELECT number FROM asset WHERE removed_on IS NULL ORDER BY number")
        )
        assert list(numbers) == ["0/a", "1/a"]

    def test_refuses_an_owner_that_nobody_knows(self, provided: Provided, tmp_path: Path) -> None:
        file = tmp_path / "bins.geojson"
        file.write_text(
            json.dumps({"type": "FeatureCollection", "features": [a_shape("Point", [4.3, 51.5])]})
        )

        result = command(
            provided, "assets", str(file), "--kind", "bin", "--number-field", "code",
            "--owner", "nobody",
        )  # fmt: skip

        assert result.exception is not None
        assert "nobody" in str(result.exception)
