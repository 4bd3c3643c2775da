"""Answers already given, and web forms half filled in."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make `given_answer` and `draft`."""
    op.execute(
        """
        CREATE TABLE given_answer (
            key_digest BYTEA NOT NULL,
            request_digest BYTEA NOT NULL,
            answer JSONB,
            given_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_given_answer PRIMARY KEY (key_digest)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_given_answer_given_at ON given_answer (given_at)
        """
    )
    op.execute(
        """
        CREATE TABLE draft (
            id UUID NOT NULL,
            key_digest BYTEA NOT NULL,
            content JSONB NOT NULL,
            started_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            report_id UUID,
            CONSTRAINT pk_draft PRIMARY KEY (id),
            CONSTRAINT ck_draft_key_digest CHECK (octet_length(key_digest) = 32),
            CONSTRAINT uq_draft_key_digest UNIQUE (key_digest)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_draft_changed_at ON draft (changed_at)
        """
    )
