"""PostGIS, without which nothing of Straatbeeld can be kept."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make sure of PostGIS; where our role may not create it, say who can."""
    op.execute(
        """
        DO $$
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'postgis') THEN
                BEGIN
                    CREATE EXTENSION postgis;
                EXCEPTION WHEN insufficient_privilege OR undefined_file THEN
                    RAISE EXCEPTION 'PostGIS is missing in this database. Have its superuser run: CREATE EXTENSION postgis;';
                END;
            END IF;
        END
        $$
        """
    )
