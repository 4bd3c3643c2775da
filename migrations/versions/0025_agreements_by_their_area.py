"""An index that finds the agreements of all areas of a place in one go."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Look agreements up by the codes of areas first, which tell more than the few kinds."""
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_agreement_area_code_area_kind ON agreement (area_code, area_kind)
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-deletion
        DROP INDEX ix_agreement_area_kind_area_code
        """
    )
