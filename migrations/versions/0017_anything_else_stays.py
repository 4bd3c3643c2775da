"""The category for anything else is never retired, and a keyword weighs no more than a hundred."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add a constraint to the categories and one to their keywords; both tables are small."""
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE category ADD CONSTRAINT ck_category_anything_else_is_never_retired
            CHECK (retired_at IS NULL OR code NOT IN ('overig', 'overig.anders'))
        """
    )
    # "NaN" is larger than any number, and so is infinity: both passed for a positive weight.
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE category_keyword ADD CONSTRAINT ck_category_keyword_weight_is_at_most_100
            CHECK (weight <= 100)
        """
    )


def downgrade() -> None:
    """Drop the two constraints."""
    op.execute(
        "ALTER TABLE category_keyword DROP CONSTRAINT ck_category_keyword_weight_is_at_most_100"
    )
    op.execute("ALTER TABLE category DROP CONSTRAINT ck_category_anything_else_is_never_retired")
