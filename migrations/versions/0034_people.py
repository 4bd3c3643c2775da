"""People: to which areas and kinds an account is limited, who signs in elsewhere, openings."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Let an account have limits and a name at a provider, and an opening the page it was on."""
    op.execute(
        """
        ALTER TABLE account
            ADD COLUMN within_areas text[] NOT NULL DEFAULT '{}',
            ADD COLUMN within_categories text[] NOT NULL DEFAULT '{}',
            ADD COLUMN provider_issuer text,
            ADD COLUMN provider_subject text,
            -- squawk-ignore constraint-missing-not-valid
            ADD CONSTRAINT ck_account_provider
                CHECK ((provider_issuer IS NULL) = (provider_subject IS NULL))
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE UNIQUE INDEX ix_account_provider ON account (provider_issuer, provider_subject)
            WHERE provider_subject IS NOT NULL
        """
    )
    op.execute(
        """
        ALTER TABLE contact_opening
            ADD COLUMN opened_on text NOT NULL DEFAULT 'case',
            -- squawk-ignore constraint-missing-not-valid
            ADD CONSTRAINT ck_contact_opening_opened_on
                CHECK (opened_on IN ('case', 'search'))
        """
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_contact_opening_account_id_opened_at
            ON contact_opening (account_id, opened_at)
        """
    )
    # An account may be made by a provider that is trusted to say who works here.
    op.execute(
        """
        -- squawk-ignore ban-drop-constraint
        ALTER TABLE rule_change DROP CONSTRAINT ck_rule_change_through
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE rule_change ADD CONSTRAINT ck_rule_change_through
            CHECK (through IN ('page', 'command', 'demo', 'provider'))
        """
    )
