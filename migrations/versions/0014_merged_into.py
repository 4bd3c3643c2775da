"""An index for what was merged into a case: taking cases out looks there for each of them."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the index; few cases are merged, so it is small."""
    op.execute(
        """
        CREATE INDEX ix_defect_case_merged_into ON defect_case (merged_into)
        WHERE merged_into IS NOT NULL
        """
    )
