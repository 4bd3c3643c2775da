"""Draws the allowed moves of cases and tasks: a reference page, written from the tables in work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

import click

from app.work.model import NEXT_STAGES, NEXT_TASK_STAGES, OPEN_STAGES, OPEN_TASK_STAGES

S = TypeVar("S", bound=StrEnum)

_HEAD = """# Which moves are allowed

From where a case or a task stands to where it can go, as `NEXT_STAGES` and `NEXT_TASK_STAGES` in
`app/work/model.py` have it: what is not here, nobody can do. A move that is not allowed is
answered with 409 and the moves that are. Written by `script/straatbeeld stages`.
"""

_BEGINNING = """
A case begins at `received` with nobody, at `assigned` with its party, or at `referred` with
another authority.
"""


def stages_reference() -> str:
    """Return the reference page of stages, as Markdown with a diagram for each table."""
    return "".join(
        [
            _HEAD,
            "\n## A case\n\n",
            _diagram(NEXT_STAGES, OPEN_STAGES),
            "\n",
            _table(NEXT_STAGES),
            _BEGINNING,
            "\n## A task\n\n",
            _diagram(NEXT_TASK_STAGES, OPEN_TASK_STAGES),
            "\n",
            _table(NEXT_TASK_STAGES),
            "\nA task begins at `offered`.\n",
        ]
    )


@click.command("stages")
def stages_command() -> None:
    """Which moves of cases and tasks are allowed, as the reference page has it."""
    click.echo(stages_reference(), nl=False)


def _diagram(table: Mapping[S, frozenset[S]], is_open: Collection[S]) -> str:
    """Return the moves as a diagram; what every open stage can do is drawn once, from the box."""
    opened = [stage for stage in table if stage in is_open]
    from_all = frozenset.intersection(*(table[stage] for stage in opened)) - set(opened)
    lines = ["```mermaid\n", "stateDiagram-v2\n", "    state open {\n"]
    lines += [f"        {_name(stage)}: {stage}\n" for stage in opened]
    lines += [
        f"        {_name(stage)} --> {_name(after)}\n"
        for stage in opened
        for after in _in_order(table, table[stage] & set(opened))
    ]
    lines.append("    }\n")
    lines += [f"    {_name(stage)}: {stage}\n" for stage in table if stage not in is_open]
    lines += [f"    open --> {_name(after)}\n" for after in _in_order(table, from_all)]
    lines += [
        f"    {_name(stage)} --> {_name(after)}\n"
        for stage in table
        for after in _in_order(table, table[stage])
        if stage not in is_open or (after not in is_open and after not in from_all)
    ]
    return "".join([*lines, "```\n"])


def _table(table: Mapping[S, frozenset[S]]) -> str:
    lines = [
        f"| from \\ to | {' | '.join(f'`{stage}`' for stage in table)} |\n",
        f"|---|{'---|' * len(table)}\n",
    ]
    for stage, possible in table.items():
        cells = ("yes" if after in possible else "–" for after in table)
        lines.append(f"| `{stage}` | {' | '.join(cells)} |\n")
    return "".join(lines)


def _in_order(table: Mapping[S, frozenset[S]], stages: Collection[S]) -> list[S]:
    return [stage for stage in table if stage in stages]


def _name(stage: StrEnum) -> str:
    """Return a stage as a diagram can name it."""
    return stage.value.replace("-", "_")
