"""The key of an app that is being set up stays in the session of who looks, and in no row."""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Drop the column; whoever was setting up an app gets a new key on the page."""
    op.execute(
        """
        -- squawk-ignore ban-drop-column
        ALTER TABLE account DROP COLUMN tf_pending_secret
        """
    )
