"""The second factor: the app that is being set up, and the last code that was used."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Keep what one-time codes need, and let everyone sign in anew: the rules are stricter now."""
    op.execute(
        """
        ALTER TABLE account
            ADD COLUMN tf_pending_secret text,
            ADD COLUMN tf_last_step bigint,
            ADD COLUMN tf_reset_at timestamptz
        """
    )
    op.execute("UPDATE sign_in SET ended_at = now() WHERE ended_at IS NULL")
