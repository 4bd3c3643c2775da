"""Imports that can be undone, and assets whose number is unique per street or by their source."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add what tells where an area came from, and by what an asset is known again."""
    op.execute(
        """
        CREATE TABLE area_import (
            number bigint GENERATED ALWAYS AS IDENTITY,
            kind text NOT NULL,
            source text NOT NULL,
            at timestamptz NOT NULL,
            valid_from date NOT NULL,
            undone_at timestamptz,
            CONSTRAINT pk_area_import PRIMARY KEY (number)
        )
        """
    )
    for column in ("made_by_import", "ended_by_import"):
        op.execute(f"ALTER TABLE area ADD COLUMN {column} bigint")
        op.execute(
            f"""
            -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
            ALTER TABLE area ADD CONSTRAINT fk_area_{column} FOREIGN KEY ({column})
                REFERENCES area_import (number)
            """
        )
    op.execute("ALTER TABLE asset ADD COLUMN street text NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE asset ADD COLUMN source_id text")
    op.execute("ALTER TABLE asset ADD COLUMN version integer NOT NULL DEFAULT 1")
    op.execute("UPDATE asset SET street = attributes ->> 'street' WHERE attributes ? 'street'")
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-deletion
        DROP INDEX uq_asset_kind_number_present
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE UNIQUE INDEX uq_asset_kind_street_number_present ON asset (kind, street, number)
            WHERE removed_on IS NULL AND source_id IS NULL
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE UNIQUE INDEX uq_asset_kind_source_id_present ON asset (kind, source_id)
            WHERE removed_on IS NULL AND source_id IS NOT NULL
        """
    )


def downgrade() -> None:
    """Take it away again; numbers that occur twice have to be made one first."""
    op.execute("DROP INDEX uq_asset_kind_source_id_present")
    op.execute("DROP INDEX uq_asset_kind_street_number_present")
    op.execute(
        "CREATE UNIQUE INDEX uq_asset_kind_number_present ON asset (kind, number)"
        " WHERE removed_on IS NULL"
    )
    for column in ("version", "source_id", "street"):
        op.execute(f"ALTER TABLE asset DROP COLUMN {column}")
    for column in ("ended_by_import", "made_by_import"):
        op.execute(f"ALTER TABLE area DROP COLUMN {column}")
    op.execute("DROP TABLE area_import")
