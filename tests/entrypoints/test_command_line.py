"""What an operator types: help on everything, and a sentence for whatever is not right."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import click
import psycopg
import pytest

from app.entrypoints.command_line import cli
from tests.ground import CHECKOUT, Clone

KEY = "a secret for tests, long enough to be one"


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command and group."""
    yield path
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from commands(inner, (*path, name))


EVERY_COMMAND = list(commands(cli))


def found(path: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for word in path:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    return command


def typed(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own, with these settings alone."""
    return subprocess.run(
        [sys.executable, "-m", "app.entrypoints.command_line", *words],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestEveryCommand:
    @pytest.mark.parametrize("path", EVERY_COMMAND, ids=" ".join)
    def test_says_what_it_is_for(self, path: tuple[str, ...]) -> None:
        command = found(path)

        assert command.help
        assert command.get_short_help_str(200)[0].isupper()

    @pytest.mark.parametrize("path", EVERY_COMMAND, ids=" ".join)
    def test_says_what_every_option_is_for(self, path: tuple[str, ...]) -> None:
        silent = [
            parameter.opts
            for parameter in found(path).params
            if isinstance(parameter, click.Option) and not parameter.help
        ]

        assert silent == []

    def test_shows_its_help_without_any_setting(self) -> None:
        shown = typed("demo", "fill", "--help")

        assert shown.returncode == 0
        assert "--open-share" in shown.stdout


class TestWhatIsNotRight:
    @pytest.mark.parametrize("words", [("nonsense",), ("migrate", "--nonsense"), ("demo", "fill")])
    def test_shows_how_it_is_used(self, words: tuple[str, ...]) -> None:
        said = typed(*words, DATABASE_URL="postgresql://127.0.0.1:1/x", SECRET_KEY=KEY)

        assert said.returncode == 2
        assert said.stderr.startswith("Usage:")

    @pytest.mark.parametrize(
        ("environment", "sentence"),
        [
            ({}, "SECRET_KEY"),
            ({"SECRET_KEY": "short"}, "SECRET_KEY"),
            ({"DATABASE_URL": "mysql://anna:geheim@host/x"}, "DATABASE_URL"),
            (
                {"SECRET_KEY": KEY, "DATABASE_URL": "postgresql://anna:geheim@127.0.0.1:1/x"},
                "the database does not answer",
            ),
        ],
    )
    def test_is_said_in_a_sentence_without_a_trace_or_a_password(
        self, environment: dict[str, str], sentence: str
    ) -> None:
        said = typed("accounts", "list", **environment)

        assert said.returncode == 1
        assert sentence in said.stderr
        assert "Traceback" not in said.stderr
        assert "geheim" not in said.stderr

    def test_may_be_a_database_without_tables(self, fresh_database: Clone) -> None:
        with psycopg.connect(fresh_database.url) as connection:
            connection.execute("DROP TABLE party CASCADE")

        said = typed("demo", "clear", DATABASE_URL=fresh_database.url, SECRET_KEY=KEY)

        assert said.returncode == 1
        assert "run 'straatbeeld migrate' first" in said.stderr

    def test_may_be_a_refusal(self, fresh_database: Clone) -> None:
        said = typed("demo", "clear", DATABASE_URL=fresh_database.url, SECRET_KEY=KEY)

        assert said.returncode == 1
        assert said.stderr.count("\n") == 1
        assert "no demo" in said.stderr
