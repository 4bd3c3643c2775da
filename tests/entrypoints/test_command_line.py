"""What an operator types: help on everything, and a sentence for whatever is not right."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import click
import psycopg
import pytest
from sqlalchemy import Engine

from app.entrypoints import command_line
from app.entrypoints.command_line import cli
from app.entrypoints.wiring import wire
from app.foundation.database import Database, MapDatabase
from app.foundation.provided import Provided
from app.foundation.settings import Settings
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


def started(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
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


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said of what was not right."""

    returncode: int
    stderr: str


class Typed(Protocol):
    """Runs the command line here, with these settings alone: starting it takes seconds."""

    def __call__(self, *words: str, **environment: str) -> Said: ...


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Typed]:
    made: list[Provided] = []

    def wired(settings: Settings) -> Provided:
        made.append(wire(settings))
        return made[-1]

    def typed(*words: str, **environment: str) -> Said:
        with monkeypatch.context() as alone:
            for name in [*os.environ]:
                if name != "PATH":
                    alone.delenv(name)
            for name, value in environment.items():
                alone.setenv(name, value)
            alone.setattr(sys, "argv", ["straatbeeld", *words])
            alone.setattr(command_line, "wire", wired)
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                command_line.main()
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, capsys.readouterr().err)

    yield typed
    for services in made:
        for kind in (Database, MapDatabase):
            bind = services.get(kind).bind
            assert isinstance(bind, Engine)
            bind.dispose()


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
        shown = started("demo", "fill", "--help")

        assert shown.returncode == 0
        assert "--open-share" in shown.stdout


class TestWhatIsNotRight:
    @pytest.mark.parametrize("words", [("nonsense",), ("migrate", "--nonsense"), ("demo", "fill")])
    def test_shows_how_it_is_used(self, typed: Typed, words: tuple[str, ...]) -> None:
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
        self, typed: Typed, environment: dict[str, str], sentence: str
    ) -> None:
        said = typed("accounts", "list", **environment)

        assert said.returncode == 1
        assert sentence in said.stderr
        assert "Traceback" not in said.stderr
        assert "geheim" not in said.stderr

    def test_is_said_so_by_the_process_too(self) -> None:
        said = started("accounts", "list", DATABASE_URL="mysql://anna:geheim@host/x")

        assert said.returncode == 1
        assert said.stderr.startswith("straatbeeld: ")
        assert "DATABASE_URL" in said.stderr
        assert "Traceback" not in said.stderr
        assert "geheim" not in said.stderr

    def test_may_be_a_database_without_tables(self, typed: Typed, fresh_database: Clone) -> None:
        with psycopg.connect(fresh_database.url) as connection:
            connection.execute("DROP TABLE party CASCADE")

        said = typed("demo", "clear", DATABASE_URL=fresh_database.url, SECRET_KEY=KEY)

        assert said.returncode == 1
        assert "run 'straatbeeld migrate' first" in said.stderr

    def test_may_be_a_refusal(self, typed: Typed, fresh_database: Clone) -> None:
        said = typed("demo", "clear", DATABASE_URL=fresh_database.url, SECRET_KEY=KEY)

        assert said.returncode == 1
        assert said.stderr.count("\n") == 1
        assert "no demo" in said.stderr
