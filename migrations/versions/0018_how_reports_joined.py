"""How a report came to its case, and room for hidden cases beside others at one asset."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add `joined_by` to the reports, and let the index of open cases at an asset be plain."""
    op.execute(
        """
        ALTER TABLE report ADD COLUMN joined_by TEXT NOT NULL DEFAULT 'opened'
        """
    )
    # Nobody noted until now how a report joined: only what is certain counts as vouched for.
    op.execute(
        """
        UPDATE report SET joined_by = CASE
            WHEN EXISTS (SELECT 1 FROM defect_case AS c
                         WHERE c.reference = report.reference) THEN 'staff'
            WHEN EXISTS (SELECT 1 FROM defect_case AS c
                         WHERE c.id = report.case_id AND c.asset_id = report.asset_id)
                THEN 'same-asset'
            ELSE 'reporter' END
        FROM defect_case AS joined
        WHERE joined.id = report.case_id AND joined.reference <> report.reference
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE report ADD CONSTRAINT ck_report_joined_by
            CHECK (joined_by in ('opened', 'same-asset', 'reporter', 'staff'))
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_defect_case_open_asset_id_category_group
            ON defect_case (asset_id, category_group)
            WHERE asset_id is not null and stage in (
                'received', 'assigned', 'planned', 'in-progress', 'waiting')
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-deletion
        DROP INDEX uq_defect_case_open_asset_id_category_group
        """
    )
