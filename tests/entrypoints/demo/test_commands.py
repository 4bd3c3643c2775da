"""What an operator is told about the demo."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.demo.commands import demo as demo_group
from app.entrypoints.demo.loading import InUse
from app.foundation.database import Transaction
from app.foundation.provided import Provided
from tests.entrypoints.demo.conftest import Demo
from tests.makers.people import a_party


def demo_command(provided: Provided, *words: str) -> Result:
    return CliRunner().invoke(demo_group, words, obj=provided)


class TestLoadingTheDemo:
    def test_says_that_it_is_here_already(self, demo: Demo) -> None:
        result = demo_command(demo.provided, "load")

        assert (result.exit_code, result.output) == (0, "The demo municipality is here already.\n")

    def test_is_refused_where_there_is_something_of_ones_own(
        self, provided: Provided, transaction: Transaction
    ) -> None:
        a_party(transaction)

        assert isinstance(demo_command(provided, "load").exception, InUse)

    def test_is_left_where_there_is_something_when_that_is_wished(
        self, provided: Provided, transaction: Transaction
    ) -> None:
        a_party(transaction)

        result = demo_command(provided, "load", "--if-empty")

        assert result.exit_code == 0
        assert "no demo was loaded" in result.output


class TestTheCodeOfThisMoment:
    @pytest.mark.parametrize("name", ["balie", "regie", "beheer@straatbeeld.example"])
    def test_is_told_for_who_has_no_app_at_hand(self, demo: Demo, name: str) -> None:
        result = demo_command(demo.provided, "code", name)

        assert result.exit_code == 0
        assert re.fullmatch(r"\d{6}\n", result.output)

    @pytest.mark.parametrize(
        ("name", "told"),
        [("noord", "with the password alone"), ("niemand", "no such sign-in"), ("", "no such")],
    )
    def test_is_not_for_who_needs_none(self, demo: Demo, name: str, told: str) -> None:
        result = demo_command(demo.provided, "code", name)

        assert result.exit_code == 1
        assert told in result.output


class TestFillingTheDemo:
    def test_says_what_it_added(self, demo: Demo) -> None:
        result = demo_command(demo.provided, "fill", "--reports", "50", "--open-share", "0.5")

        assert result.exit_code == 0
        assert result.output.startswith("Added 50 reports in ")

    @pytest.mark.parametrize(
        "words",
        [
            (),
            ("--reports", "0"),
            ("--reports", "many"),
            ("--reports", "5", "--open-share", "2"),
            ("--reports", "5", "--seed", "x"),
        ],
    )
    def test_says_how_it_is_used(self, demo: Demo, words: tuple[str, ...]) -> None:
        result = demo_command(demo.provided, "fill", *words)

        assert result.exit_code == 2
        assert "Usage:" in result.output


class TestClearingTheDemo:
    def test_says_what_it_removed_or_that_there_was_nothing(self, provided: Provided) -> None:
        result = demo_command(provided, "clear")

        assert result.exit_code == 1
        assert "There is no demo in this database" in result.output
