"""Drafts of changed agreements and areas, which are compared and then put in force."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add drafts, and let an agreement that was taken back hold on no day at all."""
    op.execute(
        """
        CREATE TABLE routing_draft (
            id uuid NOT NULL,
            name text NOT NULL,
            made_by uuid,
            made_at timestamptz NOT NULL,
            version integer NOT NULL,
            in_force_from date,
            put_in_force_at timestamptz,
            put_in_force_by uuid,
            undone_at timestamptz,
            undone_by uuid,
            applied jsonb,
            is_demo boolean NOT NULL DEFAULT false,
            CONSTRAINT pk_routing_draft PRIMARY KEY (id),
            CONSTRAINT ck_routing_draft_name CHECK (char_length(name) BETWEEN 1 AND 120),
            CONSTRAINT ck_routing_draft_in_force
                CHECK (num_nonnulls(in_force_from, put_in_force_at, applied) IN (0, 3)),
            CONSTRAINT ck_routing_draft_undone
                CHECK (undone_at IS NULL OR put_in_force_at IS NOT NULL)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE draft_agreement (
            id uuid NOT NULL,
            draft_id uuid NOT NULL,
            code text NOT NULL,
            operation text NOT NULL,
            based_on jsonb,
            content jsonb,
            CONSTRAINT pk_draft_agreement PRIMARY KEY (id),
            CONSTRAINT uq_draft_agreement_draft_id_code UNIQUE (draft_id, code),
            CONSTRAINT fk_draft_agreement_draft_id FOREIGN KEY (draft_id)
                REFERENCES routing_draft (id) ON DELETE CASCADE,
            CONSTRAINT ck_draft_agreement_operation
                CHECK (operation IN ('make', 'change', 'end')),
            CONSTRAINT ck_draft_agreement_based_on
                CHECK ((operation = 'make') = (based_on IS NULL)),
            CONSTRAINT ck_draft_agreement_content CHECK ((operation = 'end') = (content IS NULL))
        )
        """
    )
    op.execute(
        """
        CREATE TABLE draft_areas (
            draft_id uuid NOT NULL,
            kind text NOT NULL,
            source text NOT NULL,
            based_on uuid[] NOT NULL,
            CONSTRAINT pk_draft_areas PRIMARY KEY (draft_id, kind),
            CONSTRAINT fk_draft_areas_draft_id FOREIGN KEY (draft_id)
                REFERENCES routing_draft (id) ON DELETE CASCADE
        )
        """
    )
    op.execute(
        """
        CREATE TABLE draft_area (
            id uuid NOT NULL,
            draft_id uuid NOT NULL,
            kind text NOT NULL,
            code text NOT NULL,
            name text NOT NULL,
            shape geometry(MultiPolygon, 4326) NOT NULL,
            square_metres double precision NOT NULL,
            CONSTRAINT pk_draft_area PRIMARY KEY (id),
            CONSTRAINT uq_draft_area_draft_id_kind_code UNIQUE (draft_id, kind, code),
            CONSTRAINT fk_draft_area_draft_id_draft_areas FOREIGN KEY (draft_id, kind)
                REFERENCES draft_areas (draft_id, kind) ON DELETE CASCADE
        )
        """
    )
    op.execute(
        """
        CREATE TABLE draft_area_part (
            draft_area_id uuid NOT NULL,
            number integer NOT NULL,
            shape geometry(Geometry, 4326) NOT NULL,
            CONSTRAINT pk_draft_area_part PRIMARY KEY (draft_area_id, number),
            CONSTRAINT fk_draft_area_part_draft_area_id FOREIGN KEY (draft_area_id)
                REFERENCES draft_area (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX ix_draft_area_part_shape ON draft_area_part USING gist (shape)")
    # What was taken back while decisions rest on it stays, with a period that holds no day. There
    # are some hundreds of agreements, and every one that is there passes.
    op.execute(
        """
        -- squawk-ignore ban-drop-constraint
        ALTER TABLE agreement DROP CONSTRAINT ck_agreement_period
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE agreement ADD CONSTRAINT ck_agreement_period
            CHECK (valid_until IS NULL OR valid_until >= valid_from - 1)
        """
    )


def downgrade() -> None:
    """Take it away again; what was taken back holds for its first day then."""
    op.execute("UPDATE agreement SET valid_until = valid_from WHERE valid_until < valid_from")
    op.execute("ALTER TABLE agreement DROP CONSTRAINT ck_agreement_period")
    op.execute(
        "ALTER TABLE agreement ADD CONSTRAINT ck_agreement_period"
        " CHECK (valid_until IS NULL OR valid_until >= valid_from) NOT VALID"
    )
    op.execute("ALTER TABLE agreement VALIDATE CONSTRAINT ck_agreement_period")
    for table in ("draft_area_part", "draft_area", "draft_areas", "draft_agreement"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP TABLE routing_draft")
