"""Areas, assets and the municipality's own address book."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables of geography with their spatial indexes."""
    op.execute(
        """
        CREATE TABLE area (
            id uuid NOT NULL DEFAULT gen_random_uuid(),
            kind text NOT NULL,
            code text NOT NULL,
            name text NOT NULL,
            shape geometry(MultiPolygon, 4326) NOT NULL,
            valid_from date NOT NULL,
            valid_until date,
            source text NOT NULL,
            is_demo boolean NOT NULL DEFAULT false,
            CONSTRAINT pk_area PRIMARY KEY (id),
            CONSTRAINT ck_area_kind_is_a_word CHECK (kind ~ '^[a-z]+(-[a-z]+)*$'),
            CONSTRAINT ck_area_period_runs_forward CHECK (valid_until >= valid_from)
        )
        """
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_area_kind_code_current ON area (kind, code)"
        " WHERE valid_until IS NULL"
    )
    op.execute("CREATE INDEX ix_area_shape ON area USING gist (shape)")
    op.execute(
        """
        CREATE TABLE asset (
            id uuid NOT NULL DEFAULT gen_random_uuid(),
            kind text NOT NULL,
            number text NOT NULL,
            spot geometry(Point, 4326) NOT NULL,
            owner_party_id uuid,
            attributes jsonb NOT NULL DEFAULT '{}',
            removed_on date,
            is_demo boolean NOT NULL DEFAULT false,
            CONSTRAINT pk_asset PRIMARY KEY (id),
            CONSTRAINT fk_asset_owner_party_id_party
                FOREIGN KEY (owner_party_id) REFERENCES party (id),
            CONSTRAINT ck_asset_kind_is_a_word CHECK (kind ~ '^[a-z]+(-[a-z]+)*$')
        )
        """
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_asset_kind_number_present ON asset (kind, number)"
        " WHERE removed_on IS NULL"
    )
    op.execute("CREATE INDEX ix_asset_spot ON asset USING gist (spot)")
    op.execute("CREATE INDEX ix_asset_owner_party_id ON asset (owner_party_id)")
    op.execute(
        """
        CREATE TABLE address (
            id uuid NOT NULL DEFAULT gen_random_uuid(),
            street text NOT NULL,
            number text NOT NULL,
            postcode text NOT NULL,
            village text NOT NULL,
            spot geometry(Point, 4326) NOT NULL,
            is_demo boolean NOT NULL DEFAULT false,
            CONSTRAINT pk_address PRIMARY KEY (id),
            CONSTRAINT uq_address_village_street_number UNIQUE (village, street, number)
        )
        """
    )
    op.execute("CREATE INDEX ix_address_spot ON address USING gist (spot)")


def downgrade() -> None:
    """Drop the tables of geography."""
    op.execute("DROP TABLE address")
    op.execute("DROP TABLE asset")
    op.execute("DROP TABLE area")
