"""Routing to full depth: parts and sizes of areas, conditions of agreements, hours of parties."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add what the decision looks at; what was agreed before stays as it was.

    Areas, agreements and parties are few: checking their rows holds nobody up.
    """
    # Outlines have thousands of corners; a lookup by small parts costs the same for each of them.
    op.execute(
        """
        CREATE TABLE area_part (
            area_id uuid NOT NULL,
            number integer NOT NULL,
            shape geometry(Geometry, 4326) NOT NULL,
            CONSTRAINT pk_area_part PRIMARY KEY (area_id, number),
            CONSTRAINT fk_area_part_area_id FOREIGN KEY (area_id)
                REFERENCES area (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX ix_area_part_shape ON area_part USING gist (shape)")
    op.execute(
        """
        CREATE FUNCTION keep_parts_of_area() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM area_part WHERE area_id = NEW.id;
            INSERT INTO area_part (area_id, number, shape)
            SELECT NEW.id, row_number() OVER (), part
            FROM ST_Subdivide(NEW.shape, 64) AS part;
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER area_keeps_its_parts AFTER INSERT OR UPDATE OF shape ON area
            FOR EACH ROW EXECUTE FUNCTION keep_parts_of_area()
        """
    )
    op.execute(
        "INSERT INTO area_part (area_id, number, shape)"
        " SELECT id, row_number() OVER (PARTITION BY id), part"
        " FROM area, ST_Subdivide(area.shape, 64) AS part"
    )
    op.execute("ALTER TABLE area ADD COLUMN square_metres double precision")
    op.execute(
        """
        CREATE FUNCTION measure_area() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.square_metres := ST_Area(NEW.shape::geography);
            RETURN NEW;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER area_is_measured BEFORE INSERT OR UPDATE OF shape ON area
            FOR EACH ROW EXECUTE FUNCTION measure_area()
        """
    )
    op.execute("UPDATE area SET square_metres = ST_Area(shape::geography)")
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "ALTER TABLE area ADD CONSTRAINT ck_area_is_measured"
        " CHECK (square_metres IS NOT NULL)"
    )
    op.execute(
        """
        CREATE TABLE day_off (
            on_day date NOT NULL,
            name text NOT NULL,
            source text NOT NULL,
            CONSTRAINT pk_day_off PRIMARY KEY (on_day),
            CONSTRAINT ck_day_off_name CHECK (name <> '')
        )
        """
    )
    op.execute(
        """
        CREATE TABLE rule_change (
            id bigint GENERATED ALWAYS AS IDENTITY,
            at timestamptz NOT NULL,
            what text NOT NULL,
            code text NOT NULL,
            through text NOT NULL,
            account_id uuid,
            before jsonb,
            after jsonb,
            CONSTRAINT pk_rule_change PRIMARY KEY (id),
            CONSTRAINT ck_rule_change_through CHECK (through IN ('page', 'command', 'demo'))
        )
        """
    )
    op.execute("CREATE INDEX ix_rule_change_what_code ON rule_change (what, code)")
    op.execute("CREATE INDEX ix_rule_change_at ON rule_change (at)")
    op.execute("ALTER TABLE agreement ADD COLUMN asset_kind text")
    op.execute("ALTER TABLE agreement ADD COLUMN answers jsonb NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE agreement ADD COLUMN windows jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE party ADD COLUMN hours jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE party ADD COLUMN stand_in_id uuid")
    op.execute(
        "-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid\n"
        "ALTER TABLE party ADD CONSTRAINT fk_party_stand_in_id"
        " FOREIGN KEY (stand_in_id) REFERENCES party (id)"
    )
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "ALTER TABLE party ADD CONSTRAINT ck_party_stand_in_is_another"
        " CHECK (stand_in_id <> id)"
    )


def downgrade() -> None:
    """Take all of it away again."""
    op.execute("ALTER TABLE party DROP COLUMN stand_in_id")
    op.execute("ALTER TABLE party DROP COLUMN hours")
    for column in ("windows", "answers", "asset_kind"):
        op.execute(f"ALTER TABLE agreement DROP COLUMN {column}")
    op.execute("DROP TABLE rule_change")
    op.execute("DROP TABLE day_off")
    op.execute("DROP TRIGGER area_is_measured ON area")
    op.execute("DROP FUNCTION measure_area()")
    op.execute("ALTER TABLE area DROP COLUMN square_metres")
    op.execute("DROP TRIGGER area_keeps_its_parts ON area")
    op.execute("DROP FUNCTION keep_parts_of_area()")
    op.execute("DROP TABLE area_part")
