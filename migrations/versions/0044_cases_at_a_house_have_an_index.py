"""The cases at one house are found without reading all of its street."""

from __future__ import annotations

from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Index the address that a case keeps, as it is typed."""
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_defect_case_near_address ON defect_case (lower(near_address))
            WHERE near_address IS NOT NULL
        """
    )
