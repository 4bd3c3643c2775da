"""A case knows the nearest address, so that a list can say it and a street can be looked for."""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Make the columns, empty: a job asks the register of addresses, what is open first."""
    op.execute(
        """
        ALTER TABLE defect_case
            ADD COLUMN near_address text,
            ADD COLUMN near_street text,
            ADD COLUMN near_village text,
            ADD COLUMN near_asked_at timestamptz,
            -- squawk-ignore constraint-missing-not-valid
            ADD CONSTRAINT ck_defect_case_near_address CHECK (
                (near_address IS NULL) = (near_street IS NULL)
                AND (near_address IS NULL) = (near_village IS NULL)
                AND (near_address IS NULL OR near_asked_at IS NOT NULL))
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_defect_case_near_street ON defect_case (lower(near_street), received_at)
            WHERE near_street IS NOT NULL
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_defect_case_near_unasked
            ON defect_case (closed_at DESC NULLS FIRST, received_at DESC)
            WHERE near_asked_at IS NULL
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_defect_case_asset_id ON defect_case (asset_id)
            WHERE asset_id IS NOT NULL
        """
    )
