"""Which version of a table a reader sees: it changes with every commit that touched the table.

See `docs/decisions/the-version-of-a-table-follows-its-commits.md`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base, Transaction


class TableChangeRecord(Base):
    """That a transaction changed a table; written by a trigger on that table."""

    __tablename__ = "table_change"

    table_name: Mapped[str] = mapped_column(Text, primary_key=True)
    #: The transaction's own number (`xid8`), which PostgreSQL never gives twice.
    changed_by: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    changes: Mapped[int] = mapped_column(default=1, server_default=text("1"))


# Transactions below the snapshot's xmin have all ended, so the last of those that changed the
# table stands, before the bar, for all of them. What younger ones changed is named one by one, as
# far as it can be seen: one of them may commit before another with a lower number.
_VERSION = text(
    """
    WITH settled AS (
        SELECT max(changed_by) AS changed_by FROM table_change
        WHERE table_name = :table
          AND changed_by < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    )
    SELECT coalesce(settled.changed_by, 0) || '|' || coalesce(string_agg(
        change.changed_by || '.' || change.changes, '-' ORDER BY change.changed_by), '')
    FROM settled
    LEFT JOIN table_change AS change
      ON change.table_name = :table AND change.changed_by > coalesce(settled.changed_by, 0)
    GROUP BY settled.changed_by
    """
)


def table_version(transaction: Transaction, table: str) -> str:
    """Return a word that differs whenever what can be seen of `table` differs, for an ETag.

    No clock and no counter is asked: the order in which transactions commit does not matter. It
    may change once more without reason, when transactions that ran beside a change have ended.
    The table must have the trigger `note_table_change`.
    """
    return str(transaction.connection.execute(_VERSION, {"table": table}).scalar_one())


_FORGET = text(
    """
    DELETE FROM table_change AS old
    USING (
        SELECT table_name, max(changed_by) AS changed_by
        FROM table_change
        WHERE changed_by < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        GROUP BY table_name
    ) AS last
    WHERE old.table_name = last.table_name AND old.changed_by < last.changed_by
    RETURNING 1
    """
)


def forget_changes(transaction: Transaction) -> int:
    """Forget all that no version speaks of any more; return how many changes that were."""
    return len(transaction.connection.execute(_FORGET).all())
