"""What the desk adds to the reason of a closing, and who opened contact details."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add `closing_words`, and make `contact_opening`, a log that expires."""
    op.execute(
        """
        ALTER TABLE defect_case ADD COLUMN closing_words TEXT
        """
    )
    op.execute(
        """
        CREATE TABLE contact_opening (
            id UUID NOT NULL,
            report_id UUID NOT NULL,
            account_id UUID NOT NULL,
            opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_contact_opening PRIMARY KEY (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_contact_opening_report_id ON contact_opening (report_id)
        """
    )
    op.execute(
        """
        CREATE INDEX ix_contact_opening_opened_at ON contact_opening (opened_at)
        """
    )
