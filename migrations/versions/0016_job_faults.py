"""Why jobs failed, beside the queue's own tables."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make `job_fault`; the queue itself keeps no reasons."""
    op.execute(
        """
        CREATE TABLE job_fault (
            job_id BIGINT NOT NULL,
            reason TEXT NOT NULL,
            noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_job_fault PRIMARY KEY (job_id)
        )
        """
    )
