"""Parties, accounts, sign-ins, partner clients, and the counters of the rate limits."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of identity."""
    op.execute(
        """
        CREATE TABLE party (
            id uuid NOT NULL,
            code text NOT NULL,
            name text NOT NULL,
            kind text NOT NULL,
            email text,
            phone text,
            web_form text,
            is_demo boolean NOT NULL DEFAULT false,
            ended_on date,
            CONSTRAINT pk_party PRIMARY KEY (id),
            CONSTRAINT uq_party_code UNIQUE (code),
            CONSTRAINT ck_party_kind CHECK (kind IN ('team', 'contractor', 'authority')),
            CONSTRAINT ck_party_code CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
            CONSTRAINT ck_party_name CHECK (name <> '')
        )
        """
    )
    op.execute(
        """
        CREATE TABLE account (
            id uuid NOT NULL,
            email text NOT NULL,
            name text NOT NULL,
            password_hash text,
            role text NOT NULL,
            party_id uuid,
            is_active boolean NOT NULL DEFAULT true,
            is_demo boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            last_signed_in_at timestamptz,
            fs_uniquifier text NOT NULL,
            tf_primary_method text,
            tf_totp_secret text,
            mf_recovery_codes text[],
            fs_webauthn_user_handle text,
            CONSTRAINT pk_account PRIMARY KEY (id),
            CONSTRAINT uq_account_email UNIQUE (email),
            CONSTRAINT uq_account_fs_uniquifier UNIQUE (fs_uniquifier),
            CONSTRAINT uq_account_fs_webauthn_user_handle UNIQUE (fs_webauthn_user_handle),
            CONSTRAINT fk_account_party_id FOREIGN KEY (party_id) REFERENCES party (id),
            CONSTRAINT ck_account_role CHECK (role IN ('administrator', 'desk', 'crew')),
            CONSTRAINT ck_account_crew_has_a_party
                CHECK (role <> 'crew' OR party_id IS NOT NULL),
            CONSTRAINT ck_account_email CHECK (email = lower(email) AND email <> '')
        )
        """
    )
    op.execute("CREATE INDEX ix_account_party_id ON account (party_id)")
    op.execute(
        """
        CREATE TABLE sign_in (
            id uuid NOT NULL,
            account_id uuid NOT NULL,
            token_digest bytea NOT NULL,
            started_at timestamptz NOT NULL,
            last_seen_at timestamptz NOT NULL,
            ended_at timestamptz,
            CONSTRAINT pk_sign_in PRIMARY KEY (id),
            CONSTRAINT uq_sign_in_token_digest UNIQUE (token_digest),
            CONSTRAINT fk_sign_in_account_id
                FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE,
            CONSTRAINT ck_sign_in_token_digest CHECK (octet_length(token_digest) = 32)
        )
        """
    )
    op.execute("CREATE INDEX ix_sign_in_account_id ON sign_in (account_id)")
    op.execute(
        """
        CREATE TABLE partner_client (
            id uuid NOT NULL,
            client_id text NOT NULL,
            secret_digest bytea NOT NULL,
            party_id uuid NOT NULL,
            scopes text[] NOT NULL DEFAULT '{}',
            is_demo boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            revoked_at timestamptz,
            CONSTRAINT pk_partner_client PRIMARY KEY (id),
            CONSTRAINT uq_partner_client_client_id UNIQUE (client_id),
            CONSTRAINT fk_partner_client_party_id FOREIGN KEY (party_id) REFERENCES party (id),
            CONSTRAINT ck_partner_client_secret_digest CHECK (octet_length(secret_digest) = 32)
        )
        """
    )
    op.execute("CREATE INDEX ix_partner_client_party_id ON partner_client (party_id)")
    # Unlogged: counting costs no write-ahead log, and after a crash everyone starts at nought.
    op.execute(
        """
        CREATE UNLOGGED TABLE rate_count (
            key text NOT NULL,
            hits bigint NOT NULL,
            ends_at timestamptz NOT NULL,
            CONSTRAINT pk_rate_count PRIMARY KEY (key)
        )
        """
    )
    op.execute("CREATE INDEX ix_rate_count_ends_at ON rate_count (ends_at)")
