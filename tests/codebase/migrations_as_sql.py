"""Writes the SQL of the migrations into a folder, for the linter."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from app.entrypoints.migrations import configuration

#: The job queue's own tables come from its package, as they are.
NOT_OURS = {"0002"}

#: Up to here the steps make the first shape of an empty database, so they are read as one.
FIRST_SHAPE_UNTIL = "0014"

#: What Alembic adds around a step.
_FRAME = re.compile(
    r"^(BEGIN|COMMIT);$|^(CREATE TABLE|INSERT INTO|UPDATE) alembic_version.*?;$",
    re.MULTILINE | re.DOTALL,
)


def write_steps(folder: Path) -> None:
    """Write the first shape as one file, and each later step as its own."""
    config = configuration("postgresql://")
    before = "base"
    for step in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
        if step.revision not in NOT_OURS:
            config.output_buffer = io.StringIO()
            command.upgrade(config, f"{before}:{step.revision}", sql=True)
            told = _FRAME.sub("", config.output_buffer.getvalue())
            is_first = step.revision <= FIRST_SHAPE_UNTIL
            with (folder / ("0000.sql" if is_first else f"{step.revision}.sql")).open("a") as file:
                file.write(told)
        before = step.revision


if __name__ == "__main__":
    write_steps(Path(sys.argv[1]))
