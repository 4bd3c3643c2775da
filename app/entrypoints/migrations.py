"""Brings a database to the shape this version needs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.foundation.database import make_engine

#: All that the map's reader may read. Said after every migration, because the role may be made
#: later than the tables; where it does not exist, nothing is granted to anyone.
_MAP_READER_MAY = """
    DO $$
    BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'straatbeeld_map') THEN
            GRANT SELECT ON public_case, table_change TO straatbeeld_map;
            GRANT SELECT (reference, title_nl, title_en, description_nl, description_en, shape,
                          kind, hindrance, join_groups, starts_on, ends_on, carried_out_by,
                          updated_at)
                ON planned_work TO straatbeeld_map;
        END IF;
    END
    $$
"""

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def configuration(database_url: str) -> Config:
    """Return Alembic's configuration for the database at `database_url`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    return config


def migrate(database_url: str) -> None:
    """Run every migration that has not run yet, then say again what the map's reader may read."""
    command.upgrade(configuration(database_url), "head")
    engine = make_engine(database_url, connections=1)
    with engine.begin() as connection:
        connection.execute(text(_MAP_READER_MAY))
    engine.dispose()


def migrations_as_sql() -> None:
    """Print all migrations as SQL, for a linter or a careful database administrator."""
    command.upgrade(configuration("postgresql://"), "head", sql=True)


def revisions() -> frozenset[str]:
    """Return every revision that this version of the code knows."""
    known = ScriptDirectory.from_config(configuration("postgresql://")).walk_revisions()
    return frozenset(step.revision for step in known)


def newest_revision() -> str:
    """Return the revision that this version of the code needs."""
    head = ScriptDirectory.from_config(configuration("postgresql://")).get_current_head()
    if head is None:
        raise RuntimeError("There are no migrations.")
    return head
