"""The tests themselves: they are the same ones in every process that collects them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

#: What gives something else each time it is asked.
CHANGING = {"uuid4", "now", "today", "token_hex", "token_urlsafe", "random", "urandom", "getpid"}


def changing_cases(source: str) -> list[int]:
    """Return the lines on which a case of a parametrised test is something else each time."""
    return [
        call.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("parametrize")
        for call in ast.walk(decorator)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in CHANGING
    ]


class TestACaseOfATest:
    def test_has_the_same_name_wherever_it_is_collected(self) -> None:
        changing = {
            str(path.relative_to(TESTS)): lines
            for path in sorted(TESTS.rglob("*.py"))
            if (lines := changing_cases(path.read_text(encoding="utf-8")))
        }

        assert changing == {}

    @pytest.mark.parametrize("case", ["uuid4()", 'f"/x/{uuid4()}"', "datetime.now(UTC)"])
    def test_is_found_when_it_changes(self, case: str) -> None:
        source = f"@pytest.mark.parametrize('x', ['same', {case}])\ndef test(x): ...\n"

        assert changing_cases(source) == [1]
