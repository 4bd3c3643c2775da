"""A reason for the desk to look: a danger at which the work waits."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Let an entry of the desk say that a danger waits."""
    # The rule that comes in its place, in the same transaction, allows all that it allowed.
    op.execute(
        """
        -- squawk-ignore ban-drop-constraint
        ALTER TABLE desk_entry DROP CONSTRAINT ck_desk_entry_reason
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE desk_entry ADD CONSTRAINT ck_desk_entry_reason
            CHECK (reason in (
                'nobody-responsible', 'declined', 'unsure-category',
                'possible-duplicate', 'not-solved', 'remark', 'danger-waits'))
        """
    )
