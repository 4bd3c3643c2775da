"""Imports of objects that keep what they changed, and the file that somebody looks at first."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add each import of objects with its rows, and a place for a file between look and keep."""
    op.execute(
        """
        CREATE TABLE asset_import (
            number bigint NOT NULL,
            kind text NOT NULL,
            source text NOT NULL,
            at timestamptz NOT NULL,
            through text NOT NULL,
            account_id uuid,
            added integer NOT NULL DEFAULT 0,
            changed integer NOT NULL DEFAULT 0,
            removed integer NOT NULL DEFAULT 0,
            undone_at timestamptz,
            undone_through text,
            undone_account_id uuid,
            CONSTRAINT pk_asset_import PRIMARY KEY (number),
            CONSTRAINT ck_asset_import_through CHECK (through IN ('page', 'command', 'demo'))
        )
        """
    )
    op.execute(
        """
        CREATE TABLE asset_import_row (
            import_number bigint NOT NULL,
            asset_id uuid NOT NULL,
            what text NOT NULL,
            before jsonb,
            after jsonb,
            CONSTRAINT pk_asset_import_row PRIMARY KEY (import_number, asset_id),
            CONSTRAINT fk_asset_import_row_import_number FOREIGN KEY (import_number)
                REFERENCES asset_import (number),
            CONSTRAINT fk_asset_import_row_asset_id FOREIGN KEY (asset_id) REFERENCES asset (id),
            CONSTRAINT ck_asset_import_row_what CHECK (what IN ('added', 'changed', 'removed'))
        )
        """
    )
    op.execute("CREATE INDEX ix_asset_import_row_asset_id ON asset_import_row (asset_id)")
    op.execute(
        """
        CREATE TABLE asset_file (
            account_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT gen_random_uuid(),
            at timestamptz NOT NULL,
            called text NOT NULL,
            content bytea NOT NULL,
            reading jsonb NOT NULL,
            looked jsonb NOT NULL,
            CONSTRAINT pk_asset_file PRIMARY KEY (account_id)
        )
        """
    )


def downgrade() -> None:
    """Take it away again; imports can no longer be taken back."""
    for table in ("asset_file", "asset_import_row", "asset_import"):
        op.execute(f"DROP TABLE {table}")
