"""The tables and functions of the job queue, as procrastinate 3 ships them."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Lay the queue's own schema; its text comes with the library."""
    op.execute(SchemaManager.get_schema().replace(":", r"\:").replace(r"\:\:", "::"))
