"""Photos: where each belongs and stands; the pictures themselves are files."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table of photos. Reports and tasks come later, so their keys follow there."""
    op.execute(
        """
        CREATE TABLE photo (
            id uuid NOT NULL,
            storage_key text NOT NULL,
            purpose text NOT NULL,
            status text NOT NULL,
            report_id uuid,
            task_id uuid,
            draft_id uuid,
            position smallint NOT NULL,
            kind text NOT NULL,
            size_bytes integer NOT NULL,
            width_px integer NOT NULL,
            height_px integer NOT NULL,
            sha256 text NOT NULL,
            received_at timestamptz NOT NULL,
            made_safe_at timestamptz,
            shown_width_px integer,
            shown_height_px integer,
            CONSTRAINT pk_photo PRIMARY KEY (id),
            CONSTRAINT uq_photo_storage_key UNIQUE (storage_key),
            CONSTRAINT ck_photo_storage_key CHECK (storage_key ~ '^[0-9a-f]{32}$'),
            CONSTRAINT ck_photo_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
            CONSTRAINT ck_photo_purpose CHECK (purpose IN ('report', 'repair')),
            CONSTRAINT ck_photo_status CHECK (status IN ('received', 'ready', 'unreadable')),
            CONSTRAINT ck_photo_kind
                CHECK (kind IN ('image/jpeg', 'image/png', 'image/webp', 'image/heic')),
            CONSTRAINT ck_photo_sizes
                CHECK (size_bytes > 0 AND width_px > 0 AND height_px > 0),
            CONSTRAINT ck_photo_position CHECK (position >= 0),
            CONSTRAINT ck_photo_one_place
                CHECK (num_nonnulls(report_id, task_id, draft_id) <= 1),
            CONSTRAINT ck_photo_ready_is_made_safe CHECK (
                CASE status WHEN 'ready'
                    THEN num_nulls(made_safe_at, shown_width_px, shown_height_px) = 0
                    ELSE num_nonnulls(made_safe_at, shown_width_px, shown_height_px) = 0
                END
            )
        )
        """
    )
    op.execute("CREATE INDEX ix_photo_report_id ON photo (report_id) WHERE report_id IS NOT NULL")
    op.execute("CREATE INDEX ix_photo_task_id ON photo (task_id) WHERE task_id IS NOT NULL")
    op.execute("CREATE INDEX ix_photo_draft_id ON photo (draft_id) WHERE draft_id IS NOT NULL")
    op.execute(
        """
        CREATE INDEX ix_photo_received_at_unsent ON photo (received_at)
        WHERE report_id IS NULL AND task_id IS NULL
        """
    )
