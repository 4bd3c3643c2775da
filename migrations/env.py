"""How Alembic reaches the database: one at a time, and never waiting long on a lock."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from app.entrypoints.tables import METADATA, is_ours
from app.foundation.database import make_engine

#: One number for "the migrations of Straatbeeld", so that two starts do not migrate at once.
MIGRATION_LOCK = 7_352_114


def migrate_offline() -> None:
    """Print the SQL, for reading and for the linter."""
    context.configure(
        url="postgresql://", target_metadata=METADATA, literal_binds=True, dialect_name="postgresql"
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate_online() -> None:
    """Run the migrations in one transaction under an advisory lock."""
    url = context.config.attributes["database_url"]
    engine = make_engine(url, connections=1)
    try:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = '10min'"))
            connection.execute(text("SET LOCAL lock_timeout = '10min'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATION_LOCK})
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            context.configure(
                connection=connection,
                target_metadata=METADATA,
                include_object=is_ours,
                compare_type=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


if context.is_offline_mode():
    migrate_offline()
else:
    migrate_online()
