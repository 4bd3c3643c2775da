"""Every refusal that a request can meet has its line in the table of HTTP statuses."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import app
from app.entrypoints.refusals import STATUS, status_of
from app.foundation.errors import DomainError
from app.photos.model import PhotoTooLarge
from tests.codebase.tree import CHECKOUT

#: Packages whose refusals are met by an operator at the command line, and by no request.
COMMAND_LINE_ONLY = ("app.entrypoints.backup.", "app.entrypoints.demo.")


def every_refusal() -> list[type[DomainError]]:
    """Import all there is below app/, and return the refusals defined there."""
    for module in pkgutil.walk_packages(app.__path__, prefix="app."):
        importlib.import_module(module.name)
    found: list[type[DomainError]] = []
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found += [kind for kind in below if kind.__module__.startswith("app.")]
    return found


def named(kind: type[DomainError]) -> str:
    return f"{kind.__module__}.{kind.__name__}"


class TestEveryRefusal:
    def test_has_its_line_in_the_table(self) -> None:
        missing = [
            named(kind)
            for kind in every_refusal()
            if kind not in STATUS and not kind.__module__.startswith(COMMAND_LINE_ONLY)
        ]

        assert missing == [], "add them to app/entrypoints/refusals.py"

    def test_says_in_a_sentence_what_people_read(self) -> None:
        without = [
            named(kind)
            for kind in every_refusal()
            if not (kind.__doc__ or "").strip().partition("\n")[0].endswith(".")
        ]

        assert without == []

    def test_is_the_one_who_asks_to_blame(self) -> None:
        assert [kind for kind, status in STATUS.items() if not 400 <= status < 500] == []

    def test_of_the_command_line_is_out_of_reach_for_the_web(self) -> None:
        loaded = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys, app.entrypoints.web; print(*sys.modules, sep='\\n')",
            ],
            cwd=CHECKOUT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()

        assert "app.entrypoints.web" in loaded
        assert [name for name in loaded if f"{name}.".startswith(COMMAND_LINE_ONLY)] == []


class ATooLargePhotoOfACat(PhotoTooLarge):
    """This cat is too large."""


class TestTheStatusOfARefusal:
    def test_that_is_a_kind_of_another_is_that_of_the_other(self) -> None:
        assert status_of(ATooLargePhotoOfACat()) == STATUS[PhotoTooLarge] == 413
