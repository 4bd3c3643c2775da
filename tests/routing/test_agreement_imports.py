"""Agreements from a file: all of it or nothing, and the same file again changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.import_files import FileRefused
from app.foundation.provided import Provided
from app.routing.commands import export_agreements_command, import_agreements_command
from tests.makers.categories import a_category, a_question
from tests.makers.people import a_party

FILE = """
[[agreement]]
code = "klokken"
party = "noord"
category = "meubilair.klok"
area_kind = "municipality"
area_code = "GM0851"
valid_from = 2026-01-01

[[agreement]]
code = "lampen"
party = "lichtwacht"
assets_of = "lichtwacht"
priority = 2
asset_kind = "lamp-post"
answers = { gevaar = ["ja", "misschien"] }
windows = ["doordeweeks 17:00-8:00", "weekend en feestdagen"]
valid_from = 2026-01-01
valid_until = 2099-12-31
"""


@pytest.fixture
def municipality(provided: Provided) -> None:
    with provided.get(Database).transaction() as transaction:
        a_party(transaction, code="noord")
        a_party(transaction, code="lichtwacht")
        a_party(transaction, code="voorbij").ended_on = date(2020, 1, 1)
        a_category(transaction, "meubilair.klok")
        a_question(transaction, "meubilair.klok", "gevaar", ("ja", "misschien", "nee"))
        transaction.connection.execute(
            text(
                "INSERT INTO area (kind, code, name, shape, valid_from, source) VALUES"
                " ('municipality', 'GM0851', 'Steenbergen',"
                " ST_Multi(ST_MakeEnvelope(4.1, 51.5, 4.5, 51.7, 4326)), '2020-01-01', 'test')"
            )
        )


def imported(provided: Provided, folder: Path, content: str = FILE) -> Result:
    file = folder / "agreements.toml"
    file.write_text(content, encoding="utf-8")
    return CliRunner().invoke(import_agreements_command, [str(file)], obj=provided)


@pytest.mark.usefixtures("municipality")
class TestAgreementsFromAFile:
    def test_come_in_once(self, provided: Provided, tmp_path: Path) -> None:
        first = imported(provided, tmp_path)
        again = imported(provided, tmp_path)

        assert first.output == "Agreements: 2 added, 0 changed, 0 as they were.\n"
        assert again.output == "Agreements: 0 added, 0 changed, 2 as they were.\n"

    def test_keep_all_that_the_file_says(self, provided: Provided, tmp_path: Path) -> None:
        imported(provided, tmp_path)

        with provided.get(Database).transaction() as transaction:
            kept = transaction.connection.execute(
                text("SELECT priority, valid_until, is_demo FROM agreement WHERE code = 'lampen'")
            ).one()
        assert (kept.priority, str(kept.valid_until), kept.is_demo) == (2, "2099-12-31", False)

    def test_come_out_as_they_come_in(self, provided: Provided, tmp_path: Path) -> None:
        imported(provided, tmp_path)

        out = CliRunner().invoke(export_agreements_command, obj=provided).output

        assert 'windows = ["doordeweeks 17:00-08:00", "weekend en feestdagen"]' in out
        assert 'answers = { "gevaar" = ["ja", "misschien"] }' in out
        again = imported(provided, tmp_path, out)
        assert again.output == "Agreements: 0 added, 0 changed, 2 as they were.\n"

    def test_that_were_the_demos_are_as_they_were_and_stay_without_it(
        self, provided: Provided, tmp_path: Path, connection: Connection
    ) -> None:
        imported(provided, tmp_path)
        connection.execute(text("UPDATE agreement SET is_demo = code = 'lampen'"))
        noted = connection.scalar(text("SELECT count(*) FROM rule_change"))

        result = imported(
            provided, tmp_path, CliRunner().invoke(export_agreements_command, obj=provided).output
        )

        assert result.output == (
            "Agreements: 0 added, 0 changed, 2 as they were (1 of the demo, now your own).\n"
        )
        assert connection.scalar(text("SELECT count(*) FROM rule_change")) == noted
        assert connection.scalar(text("SELECT bool_or(is_demo) FROM agreement")) is False

    def test_end_with_a_last_day(self, provided: Provided, tmp_path: Path) -> None:
        imported(provided, tmp_path)

        result = imported(
            provided,
            tmp_path,
            FILE.replace("valid_from = 2026-01-01\n\n", "valid_from = 2026-01-01\n"
                         "valid_until = 2026-06-30\n\n"),
        )  # fmt: skip

        assert "1 changed, 1 as they were" in result.output

    def test_that_are_missing_are_named_and_stay(self, provided: Provided, tmp_path: Path) -> None:
        imported(provided, tmp_path)

        result = imported(provided, tmp_path, FILE[: FILE.rindex("[[agreement]]")])

        assert "left as they are: lampen" in result.output

    @pytest.mark.parametrize(
        ("good", "wrong", "said"),
        [
            ('party = "noord"', 'party = "niemand"', "klokken: there is no party 'niemand'"),
            ("meubilair.klok", "meubilair.bank", "there is no category 'meubilair.bank'"),
            ("GM0851", "GM0001", "there is no area municipality 'GM0001' today"),
            ('area_code = "GM0851"', "", "area_kind and area_code go together"),
            ('code = "lampen"', 'code = "klokken"', "klokken stands there twice"),
            ("2099-12-31", "2020-12-31", "valid_until is before valid_from"),
            ("priority = 2", 'area_kind = "village"\narea_code = "x"', "give either"),
            ("priority = 2", "priority = 1e9", "agreement 2, priority"),
            ("doordeweeks 17:00-8:00", "soms", "'soms' is no part of a week"),
            ("lamp-post", "Lamp Post", "agreement 2, asset_kind"),
            ('["ja", "misschien"]', "[]", "agreement 2, answers"),
            ("misschien", "soms", "lampen: 'soms' is no answer to 'gevaar'"),
            ("gevaar", "risico", "lampen: no report of any kind is asked 'risico'"),
            ('party = "noord"', 'party = "voorbij"', "party 'voorbij' has ended on 2020-01-01"),
            ("priority = 2", "prioriteit = 2", "agreement 2, prioriteit"),
        ],
    )
    def test_are_refused_as_a_whole(
        self, provided: Provided, tmp_path: Path, good: str, wrong: str, said: str
    ) -> None:
        assert good in FILE

        result = imported(provided, tmp_path, FILE.replace(good, wrong))

        assert isinstance(result.exception, FileRefused)
        assert said in result.exception.detail
        with provided.get(Database).transaction() as transaction:
            assert transaction.connection.scalar(text("SELECT count(*) FROM agreement")) == 0
