"""Whether a database has the newest shape, found without loading what would migrate it."""

from __future__ import annotations

import psycopg

from app.entrypoints.ground.installation import CHECKOUT

_STEPS = CHECKOUT / "migrations" / "versions"


def newest_step() -> str:
    """Return the number of the last migration; steps are named by their number."""
    return max(step.name.partition("_")[0] for step in _STEPS.glob("[0-9]*_*.py"))


def has_newest_shape(database_url: str) -> bool:
    """Whether every migration has run; a database without tables has none."""
    with psycopg.connect(database_url, connect_timeout=10) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return False
    return row is not None and row[0] == newest_step()
