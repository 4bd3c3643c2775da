"""A norm is an amount of its unit, and its columns are called so."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"

_NAMES = (
    ("norm_working_days", "norm_amount"),
    ("danger_norm_working_days", "danger_norm_amount"),
)


def upgrade() -> None:
    """Call both columns after what they hold; the rules that name them follow by themselves."""
    for before, after in _NAMES:
        # Web and worker stand still while the steps run, so no older code asks for the old name.
        op.execute(
            "-- squawk-ignore renaming-column\n"
            f"ALTER TABLE category RENAME COLUMN {before} TO {after}"
        )


def downgrade() -> None:
    """Call them as they were."""
    for before, after in _NAMES:
        op.execute(f"ALTER TABLE category RENAME COLUMN {after} TO {before}")
