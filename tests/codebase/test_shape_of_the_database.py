"""Migrations and records tell of one and the same database, in numbered steps with one head."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, text

from app.entrypoints.migrations import MIGRATIONS, configuration
from app.entrypoints.tables import METADATA, is_ours

STEPS = sorted((MIGRATIONS / "versions").glob("*.py"))

#: What the queue's own package and PostGIS bring; no record of ours tells of them.
_OF_OTHERS = re.compile(r"procrastinate_|spatial_ref_sys|alembic_version")


@pytest.fixture
def scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration("postgresql://"))


class TestTheMigrations:
    def test_are_numbered_without_a_gap(self) -> None:
        numbers = [step.name[:4] for step in STEPS]

        assert numbers == [f"{number:04}" for number in range(1, len(STEPS) + 1)]
        assert all(re.fullmatch(r"\d{4}_[a-z][a-z0-9_]*\.py", step.name) for step in STEPS)

    def test_follow_one_upon_the_other_to_one_head(self, scripts: ScriptDirectory) -> None:
        newest_first = list(scripts.walk_revisions())

        assert scripts.get_heads() == [STEPS[-1].name[:4]]
        assert [step.revision for step in newest_first] == [
            step.name[:4] for step in reversed(STEPS)
        ]
        assert [step.down_revision for step in newest_first] == [
            *(step.name[:4] for step in reversed(STEPS[:-1])),
            None,
        ]

    def test_say_what_they_are_for(self, scripts: ScriptDirectory) -> None:
        assert [step.revision for step in scripts.walk_revisions() if not step.doc] == []


class TestRecordsAndMigrations:
    def test_have_the_same_tables_columns_and_indexes(self, connection: Connection) -> None:
        context = MigrationContext.configure(
            connection, opts={"include_object": is_ours, "compare_type": True}
        )

        assert compare_metadata(context, METADATA) == []

    def test_have_the_same_constraints_by_the_same_names(self, connection: Connection) -> None:
        in_database = connection.scalars(
            text(
                """
                SELECT conrelid::regclass || ': ' || conname
                FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 't'
                """
            )
        )

        ours = {one for one in in_database if not _OF_OTHERS.match(one)}
        assert ours == set(_constraints_in_records())

    def test_have_no_table_that_nobody_tells_of(self, connection: Connection) -> None:
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )

        assert {name for name in tables if not _OF_OTHERS.match(name)} == set(METADATA.tables)


def _constraints_in_records() -> Iterator[str]:
    for table in METADATA.tables.values():
        for constraint in table.constraints:
            name = constraint.name
            assert name is not None, f"{table.name}: a constraint without a name"
            if isinstance(constraint, CheckConstraint) and not str(name).startswith("ck_"):
                name = f"ck_{table.name}_{name}"
            yield f"{table.name}: {name}"
