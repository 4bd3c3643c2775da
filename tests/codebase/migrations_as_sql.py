"""Writes the SQL of each migration into a folder, for the linter."""

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

#: What Alembic adds around a step.
_FRAME = re.compile(
    r"^(BEGIN|COMMIT);$|^(CREATE TABLE|INSERT INTO|UPDATE) alembic_version.*?;$",
    re.MULTILINE | re.DOTALL,
)


def write_each(folder: Path) -> None:
    """Write one file per migration of ours."""
    config = configuration("postgresql://")
    before = "base"
    for step in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
        if step.revision not in NOT_OURS:
            config.output_buffer = io.StringIO()
            command.upgrade(config, f"{before}:{step.revision}", sql=True)
            told = _FRAME.sub("", config.output_buffer.getvalue())
            (folder / f"{step.revision}.sql").write_text(told)
        before = step.revision


if __name__ == "__main__":
    write_each(Path(sys.argv[1]))
