"""Every module says in its first sentence what it is for, and is no longer than one can read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.codebase.tree import CHECKOUT, committed

LONGEST = 400

#: Modules that are longer, each with the reason.
LONGER: dict[str, str] = {}


def modules() -> list[Path]:
    """Return the Python modules that git knows and that are still there."""
    return [path for path in committed(CHECKOUT) if path.suffix == ".py" and path.exists()]


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def first_sentence(path: Path) -> str:
    """Return what the first paragraph of a module's docstring says."""
    written = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(written.split("\n\n")[0].split())


class TestEveryModule:
    def test_begins_with_a_sentence(self) -> None:
        without = [
            name_of(path)
            for path in modules()
            if not (sentence := first_sentence(path)).endswith((".", "?")) or len(sentence) > 200
        ]

        assert without == []

    def test_is_no_longer_than_one_can_read(self) -> None:
        long = {
            name_of(path)
            for path in modules()
            if name_of(path).startswith("app/")
            and len(path.read_text(encoding="utf-8").splitlines()) > LONGEST
        }

        assert long - set(LONGER) == set(), "make a folder of it, with one file per verb"
        assert set(LONGER) - long == set(), "short enough now: take it out of the list"


class TestAModuleThatSaysNothing:
    @pytest.mark.parametrize(
        "content", ["", "import re\n", '"""No sentence"""\n', "# A comment.\n"]
    )
    def test_is_found(self, tmp_path: Path, content: str) -> None:
        module = tmp_path / "module.py"
        module.write_text(content)

        assert not first_sentence(module).endswith(".")
