"""Planned works; the table holds nothing a stranger may not read."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of planned works."""
    op.execute(
        """
        CREATE TABLE planned_work (
            id uuid NOT NULL DEFAULT gen_random_uuid(),
            reference text NOT NULL,
            title_nl text NOT NULL,
            title_en text NOT NULL,
            description_nl text NOT NULL DEFAULT '',
            description_en text NOT NULL DEFAULT '',
            shape geometry(Geometry, 4326) NOT NULL,
            kind text NOT NULL,
            hindrance text NOT NULL,
            join_groups text[] NOT NULL DEFAULT '{}',
            starts_on date NOT NULL,
            ends_on date NOT NULL,
            carried_out_by text NOT NULL DEFAULT '',
            party_id uuid,
            updated_at timestamptz NOT NULL DEFAULT now(),
            is_demo boolean NOT NULL DEFAULT false,
            CONSTRAINT pk_planned_work PRIMARY KEY (id),
            CONSTRAINT uq_planned_work_reference UNIQUE (reference),
            CONSTRAINT fk_planned_work_party_id_party
                FOREIGN KEY (party_id) REFERENCES party (id),
            CONSTRAINT ck_planned_work_period_runs_forward CHECK (ends_on >= starts_on),
            CONSTRAINT ck_planned_work_hindrance_is_known CHECK (
                hindrance IN ('none', 'some-delay', 'detour', 'closed')
            )
        )
        """
    )
    op.execute("CREATE INDEX ix_planned_work_shape ON planned_work USING gist (shape)")
    op.execute("CREATE INDEX ix_planned_work_ends_on ON planned_work (ends_on)")
    op.execute("CREATE INDEX ix_planned_work_party_id ON planned_work (party_id)")


def downgrade() -> None:
    """Drop the table of planned works."""
    op.execute("DROP TABLE planned_work")
