"""What somebody is told inside the application: until when they saw it, and what opened again."""

from __future__ import annotations

from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Make the table, and the index by which reopened cases are found."""
    op.execute(
        """
        CREATE TABLE notices_seen (
            account_id uuid CONSTRAINT pk_notices_seen PRIMARY KEY
                CONSTRAINT fk_notices_seen_account_id
                REFERENCES account (id) ON DELETE CASCADE,
            seen_until timestamptz NOT NULL
        )
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_history_entry_reopened_at ON history_entry (at)
            WHERE happening = 'reopened'
        """
    )
