"""What puts a crew's tasks in order is read from an index, not from each of their cases."""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Keep, of the cases that can have an open task, what the order of a crew's list goes by."""
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_defect_case_with_tasks ON defect_case (id)
            INCLUDE (spot, stage, is_danger, priority, due_at, at_risk_at, planned_on)
            WHERE stage NOT IN ('resolved', 'closed-without-work', 'merged')
        """
    )
