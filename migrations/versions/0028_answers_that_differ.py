"""The desk is told of answers that point elsewhere, and that nobody vouches for."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Allow one more reason on the desk's list."""
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
                'nobody-responsible', 'declined', 'unsure-category', 'possible-duplicate',
                'not-solved', 'remark', 'danger-waits', 'wait-over', 'other-answers'))
        """
    )
