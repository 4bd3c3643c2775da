"""Parties: made, changed and ended with their hours, noted each time, and never half."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.foundation.database import Database, Transaction
from app.foundation.import_files import FileRefused
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND, rule_changes
from app.foundation.windows import Window
from app.identity import operations
from app.identity.commands import export_parties_command, import_parties_command
from app.identity.model import PartyChangedMeanwhile, PartyKind, PartyRefused, PartyUnknown
from app.identity.parties import (
    PartyToKeep,
    change_party,
    end_party,
    make_party,
    party_version,
    stands_in_for,
)
from tests.makers.people import MONDAY_MORNING, a_party

OFFICE_HOURS = (Window(frozenset({1, 2, 3, 4, 5}), time(8), time(17)),)
TODAY = MONDAY_MORNING.date()
LIGHTS = PartyToKeep("lichtwacht", "Lichtwacht BV", PartyKind.CONTRACTOR, hours=OFFICE_HOURS)


def made(transaction: Transaction, wanted: PartyToKeep = LIGHTS) -> None:
    make_party(transaction, wanted, by=BY_COMMAND, now=MONDAY_MORNING)


class TestAParty:
    def test_is_kept_with_its_hours_and_stand_in(self, transaction: Transaction) -> None:
        a_party(transaction, code="piket", name="Piket")
        a_party(transaction, code="noise")

        made(transaction, replace(LIGHTS, stand_in="piket"))

        kept = operations.party(transaction, "lichtwacht")
        assert kept.hours == [
            {"days": [1, 2, 3, 4, 5], "from": "08:00", "until": "17:00", "daysOff": False}
        ]
        on_call = operations.party(transaction, "piket")
        assert [one.code for one in stands_in_for(transaction, on_call, on=TODAY)] == ["lichtwacht"]

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"code": "Licht Wacht"}, "code"),
            ({"code": ""}, "code"),
            ({"code": "noord"}, "code"),
            ({"name": ""}, "name"),
            ({"name": "x" * 121}, "name"),
            ({"email": "geen adres"}, "email"),
            ({"phone": "bel ons"}, "phone"),
            ({"web_form": "http://licht.example"}, "webForm"),
            ({"web_form": "javascript:alert(1)"}, "webForm"),
            ({"web_form": "https://user:pw@licht.example/"}, "webForm"),
            ({"web_form": "https://licht.example:99999/"}, "webForm"),
            ({"web_form": "https://licht.example:0/"}, "webForm"),
            ({"web_form": "https://licht.example:een/"}, "webForm"),
            ({"web_form": "https://[::1.x/"}, "webForm"),
            ({"code": "nieuw"}, "code"),
            ({"stand_in": "lichtwacht"}, "standIn"),
            ({"stand_in": "niemand"}, "standIn"),
            ({"stand_in": "weg"}, "standIn"),
            ({"stand_in": "noord", "hours": ()}, "hours"),
        ],
    )
    def test_that_is_not_right_is_refused_by_field(
        self, transaction: Transaction, wrong: dict[str, object], field: str
    ) -> None:
        a_party(transaction, code="noord")
        a_party(transaction, code="weg").ended_on = TODAY
        transaction.session.flush()

        with pytest.raises(PartyRefused) as refused:
            made(transaction, replace(LIGHTS, **wrong))  # type: ignore[arg-type]  # columns by name

        assert [one.field for one in refused.value.errors] == [field]
        assert rule_changes(transaction, what="party") == []

    def test_that_changes_is_noted_from_what_to_what(self, transaction: Transaction) -> None:
        made(transaction)

        change_party(
            transaction, replace(LIGHTS, name="Licht & Wacht"), by=BY_COMMAND, now=MONDAY_MORNING
        )

        changed, begun = rule_changes(transaction, what="party", code="lichtwacht")
        assert changed.before is not None
        assert changed.after is not None
        assert (changed.before["name"], changed.after["name"]) == ("Lichtwacht BV", "Licht & Wacht")
        assert begun.before is None

    def test_that_somebody_else_changed_is_left_as_it_is(self, transaction: Transaction) -> None:
        made(transaction)
        version = party_version(transaction, operations.party(transaction, "lichtwacht"))
        change_party(
            transaction, replace(LIGHTS, phone="0800 1"), by=BY_COMMAND, now=MONDAY_MORNING
        )

        with pytest.raises(PartyChangedMeanwhile):
            change_party(
                transaction, LIGHTS, by=BY_COMMAND, now=MONDAY_MORNING, expected_version=version
            )

        assert operations.party(transaction, "lichtwacht").phone == "0800 1"

    def test_ends_after_its_last_day(self, transaction: Transaction) -> None:
        made(transaction)

        end_party(transaction, "lichtwacht", last_day=TODAY, by=BY_COMMAND, now=MONDAY_MORNING)

        kept = operations.party(transaction, "lichtwacht")
        assert kept.ended_on == date(2026, 11, 24)
        assert kept in operations.parties(transaction, on=TODAY)
        assert kept not in operations.parties(transaction, on=date(2026, 11, 24))

    def test_does_not_end_in_the_past(self, transaction: Transaction) -> None:
        made(transaction)

        with pytest.raises(PartyRefused):
            end_party(
                transaction,
                "lichtwacht",
                last_day=date(2026, 11, 1),
                by=BY_COMMAND,
                now=MONDAY_MORNING,
            )

    def test_that_is_not_there_cannot_change_or_end(self, transaction: Transaction) -> None:
        with pytest.raises(PartyUnknown):
            change_party(transaction, LIGHTS, by=BY_COMMAND, now=MONDAY_MORNING)
        with pytest.raises(PartyUnknown):
            end_party(transaction, "x", last_day=TODAY, by=BY_COMMAND, now=MONDAY_MORNING)


FILE = """
[[party]]
code = "lichtwacht"
name = "Licht \\"wacht\\" BV"
kind = "contractor"
hours = ["doordeweeks 07:30-16:00", "za 9-12"]
stand_in = "piket"

[[party]]
code = "piket"
name = "Piket"
kind = "team"
phone = "0800 8002"
"""


class TestPartiesWithHoursInAFile:
    def imported(self, provided: Provided, folder: Path, content: str = FILE) -> Result:
        file = folder / "parties.toml"
        file.write_text(content, encoding="utf-8")
        return CliRunner().invoke(import_parties_command, [str(file)], obj=provided)

    def test_may_name_a_stand_in_that_comes_later(self, provided: Provided, tmp_path: Path) -> None:
        first = self.imported(provided, tmp_path)
        again = self.imported(provided, tmp_path)

        assert first.output == "Parties: 2 added, 0 changed, 0 as they were.\n"
        assert again.output == "Parties: 0 added, 0 changed, 2 as they were.\n"

    def test_come_out_as_they_come_in(self, provided: Provided, tmp_path: Path) -> None:
        self.imported(provided, tmp_path)

        out = CliRunner().invoke(export_parties_command, obj=provided).output

        assert 'hours = ["doordeweeks 07:30-16:00", "za 09:00-12:00"]' in out
        again = self.imported(provided, tmp_path, out)
        assert again.output == "Parties: 0 added, 0 changed, 2 as they were.\n"

    @pytest.mark.parametrize(
        ("good", "wrong", "said"),
        [
            ("za 9-12", "ooit", "'ooit' is no part of a week"),
            ('stand_in = "piket"', 'stand_in = "niemand"', "Party 'lichtwacht': Choose a party"),
            ('stand_in = "piket"', 'stand_in = "lichtwacht"', "cannot stand in for itself"),
            ("0800 8002", "bel ons", "Party 'piket': Write a number"),
        ],
    )
    def test_are_refused_as_a_whole(
        self, provided: Provided, tmp_path: Path, good: str, wrong: str, said: str
    ) -> None:
        result = self.imported(provided, tmp_path, FILE.replace(good, wrong))

        assert isinstance(result.exception, FileRefused)
        assert said in result.exception.detail
        with provided.get(Database).transaction() as transaction:
            assert operations.parties(transaction) == []
