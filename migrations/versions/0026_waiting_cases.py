"""Until when a case waits, what its reporter should know of that, and that the wait is over."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Let a case itself say until when it waits; what a task was put on hold for counts."""
    op.execute("ALTER TABLE defect_case ADD COLUMN waits_until date, ADD COLUMN waiting_words text")
    op.execute(
        """
        UPDATE defect_case SET waits_until = held.until
        FROM (SELECT case_id, max(held_until) AS until FROM task
              WHERE stage = 'on-hold' GROUP BY case_id) AS held
        WHERE held.case_id = defect_case.id AND defect_case.stage = 'waiting'
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE defect_case ADD CONSTRAINT ck_defect_case_waits CHECK (
            stage = 'waiting' OR (waits_until IS NULL AND waiting_words IS NULL))
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_defect_case_waits_until ON defect_case (waits_until)
            WHERE waits_until IS NOT NULL
        """
    )
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
                'not-solved', 'remark', 'danger-waits', 'wait-over'))
        """
    )
