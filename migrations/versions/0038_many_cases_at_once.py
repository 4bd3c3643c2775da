"""Filters that people keep, and what was done with many cases at once, until it cannot be undone."""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Make the tables."""
    op.execute(
        """
        CREATE TABLE saved_filter (
            id uuid CONSTRAINT pk_saved_filter PRIMARY KEY,
            account_id uuid NOT NULL CONSTRAINT fk_saved_filter_account_id
                REFERENCES account (id),
            name text NOT NULL,
            -- As it stands in the address of the list.
            query text NOT NULL,
            is_shared boolean NOT NULL DEFAULT false,
            version integer NOT NULL DEFAULT 1,
            changed_at timestamptz NOT NULL
        )
        """
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_saved_filter_account_id_name"
        " ON saved_filter (account_id, lower(name))"
    )
    op.execute("CREATE INDEX ix_saved_filter_shared ON saved_filter (name) WHERE is_shared")
    op.execute(
        """
        -- With which filter somebody begins after signing in.
        CREATE TABLE start_filter (
            account_id uuid CONSTRAINT pk_start_filter PRIMARY KEY
                CONSTRAINT fk_start_filter_account_id REFERENCES account (id),
            filter_id uuid NOT NULL CONSTRAINT fk_start_filter_filter_id
                REFERENCES saved_filter (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX ix_start_filter_filter_id ON start_filter (filter_id)")
    op.execute(
        """
        CREATE TABLE bulk_action (
            id uuid CONSTRAINT pk_bulk_action PRIMARY KEY,
            account_id uuid NOT NULL CONSTRAINT fk_bulk_action_account_id
                REFERENCES account (id),
            kind text NOT NULL CONSTRAINT ck_bulk_action_kind
                CHECK (kind in ('assign', 'plan', 'merge', 'close')),
            told jsonb NOT NULL,
            done_at timestamptz NOT NULL,
            undone_at timestamptz
        )
        """
    )
    op.execute("CREATE INDEX ix_bulk_action_done_at ON bulk_action (done_at)")
    op.execute(
        """
        CREATE TABLE bulk_action_case (
            action_id uuid NOT NULL CONSTRAINT fk_bulk_action_case_action_id
                REFERENCES bulk_action (id) ON DELETE CASCADE,
            case_id uuid NOT NULL CONSTRAINT fk_bulk_action_case_case_id
                REFERENCES defect_case (id),
            position integer NOT NULL,
            outcome text NOT NULL CONSTRAINT ck_bulk_action_case_outcome
                CHECK (outcome in ('done', 'refused', 'undone', 'kept')),
            because text,
            -- How it stood before and after, by which it is put back.
            was jsonb,
            became jsonb,
            CONSTRAINT pk_bulk_action_case PRIMARY KEY (action_id, case_id)
        )
        """
    )
    op.execute("CREATE INDEX ix_bulk_action_case_case_id ON bulk_action_case (case_id)")
