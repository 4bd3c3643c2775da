"""Which version of what everyone may see a reader has, whoever writes and whenever they commit."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make `table_change`, and have the two public tables write into it."""
    op.execute(
        """
        CREATE TABLE table_change (
            table_name text NOT NULL,
            changed_by bigint NOT NULL,
            changes integer NOT NULL DEFAULT 1,
            CONSTRAINT pk_table_change PRIMARY KEY (table_name, changed_by)
        )
        """
    )
    op.execute(
        """
        CREATE FUNCTION note_table_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- Every transaction has a row of its own, so nobody waits for another here. After a
            -- restore into a new server a number may have been there before; it counts on.
            INSERT INTO table_change (table_name, changed_by)
            VALUES (TG_TABLE_NAME, pg_current_xact_id()::text::bigint)
            ON CONFLICT (table_name, changed_by) DO UPDATE SET changes = table_change.changes + 1;
            RETURN NULL;
        END
        $$
        """
    )
    for table in ("public_case", "planned_work"):
        op.execute(
            f"""
            CREATE TRIGGER {table}_changes_are_noted
                AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION note_table_change()
            """
        )


def downgrade() -> None:
    """Drop the triggers with their function and table."""
    for table in ("public_case", "planned_work"):
        op.execute(f"DROP TRIGGER {table}_changes_are_noted ON {table}")
    op.execute("DROP FUNCTION note_table_change()")
    op.execute("DROP TABLE table_change")
