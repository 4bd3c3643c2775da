"""The public case: the only table the public map knows."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make `public_case` which the map's reader may read."""
    op.execute(
        """
        CREATE TABLE public_case (
            reference TEXT NOT NULL,
            category_code TEXT NOT NULL,
            stage TEXT NOT NULL,
            spot geometry(POINT,4326) NOT NULL,
            party_name TEXT,
            report_count INTEGER NOT NULL,
            reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
            due_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_public_case PRIMARY KEY (reference),
            CONSTRAINT ck_public_case_stage CHECK (stage in (
                'received', 'assigned', 'planned', 'in-progress', 'waiting', 'resolved', 'closed-without-work', 'referred', 'merged'))
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_public_case_changed_at ON public_case (changed_at)
        """
    )
    op.execute(
        """
        CREATE INDEX ix_public_case_open_spot
            ON public_case USING gist (spot)
            WHERE stage in ('received', 'assigned', 'planned', 'in-progress', 'waiting')
        """
    )
