"""Passkeys of accounts, and on which device somebody signed in."""

from __future__ import annotations

from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Keep the public keys of passkeys; a sign-in says its browser and system in words."""
    op.execute(
        """
        CREATE TABLE passkey (
            id uuid NOT NULL CONSTRAINT pk_passkey PRIMARY KEY,
            account_id uuid NOT NULL
                CONSTRAINT fk_passkey_account_id REFERENCES account (id) ON DELETE CASCADE,
            name text NOT NULL CONSTRAINT ck_passkey_name CHECK (name <> ''),
            credential_id bytea NOT NULL CONSTRAINT uq_passkey_credential_id UNIQUE,
            public_key bytea NOT NULL,
            sign_count bigint NOT NULL,
            transports text[] NOT NULL,
            added_at timestamptz NOT NULL,
            last_used_at timestamptz
        )
        """
    )
    op.execute("CREATE INDEX ix_passkey_account_id ON passkey (account_id)")
    op.execute(
        """
        ALTER TABLE sign_in
            ADD COLUMN browser text NOT NULL DEFAULT '',
            ADD COLUMN system text NOT NULL DEFAULT ''
        """
    )
