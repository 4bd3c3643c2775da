"""Whether a database has the newest shape, as the start looks at it."""

from __future__ import annotations

import psycopg

from app.entrypoints.ground.shape import has_newest_shape, newest_step
from app.entrypoints.migrations import newest_revision
from tests.ground import Clone


class TestTheShapeOfADatabase:
    def test_is_the_newest_after_every_migration(self, fresh_database: Clone) -> None:
        assert has_newest_shape(fresh_database.url)

    def test_is_not_the_newest_when_a_step_has_not_run(self, fresh_database: Clone) -> None:
        with psycopg.connect(fresh_database.url) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0001'")

        assert not has_newest_shape(fresh_database.url)

    def test_is_not_the_newest_without_tables(self, fresh_database: Clone) -> None:
        with psycopg.connect(fresh_database.url) as connection:
            connection.execute("DROP TABLE alembic_version")

        assert not has_newest_shape(fresh_database.url)

    def test_is_called_as_the_migrations_call_it(self) -> None:
        assert newest_step() == newest_revision()
