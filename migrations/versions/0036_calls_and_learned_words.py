"""A call is taken at the desk: its channels, who wants to hear, and words that reports teach."""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Allow the channels of the desk, keep who wants to hear, and make `category_word`."""
    op.execute(
        """
        -- squawk-ignore ban-drop-constraint
        ALTER TABLE report DROP CONSTRAINT ck_report_channel
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE report ADD CONSTRAINT ck_report_channel
            CHECK (channel in (
                'mobile', 'web', 'phone', 'counter', 'whatsapp', 'email', 'social-media',
                'open311'))
        """
    )
    # Whoever left an address on the form did so to hear how it goes.
    op.execute("ALTER TABLE contact ADD COLUMN wants_to_hear boolean NOT NULL DEFAULT true")
    op.execute(
        """
        CREATE TABLE category_word (
            word TEXT NOT NULL,
            category_code TEXT NOT NULL,
            weight REAL NOT NULL,
            CONSTRAINT pk_category_word PRIMARY KEY (word, category_code),
            CONSTRAINT fk_category_word_category_code_category FOREIGN KEY (category_code)
                REFERENCES category (code) ON DELETE CASCADE,
            CONSTRAINT ck_category_word_weight CHECK (weight between -1 and 1)
        )
        """
    )
