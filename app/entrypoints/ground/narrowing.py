"""Takes from the map's reader what anyone may do in a PostgreSQL and it has no use for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

#: For the operator's `psql` too; it says why of each.
STATEMENTS = Path(__file__).resolve().parents[3] / "deploy" / "database" / "narrow.sql"

#: What tells whether it worked: each is one of a group that is taken together.
_TOLD_BY = ("pg_catalog.lo_create(oid)", "pg_catalog.pg_advisory_lock(bigint)")


def narrow(connection: psycopg.Connection[Any]) -> None:
    """Narrow the reader in the database of `connection`, as far as its user may; safe again."""
    with connection.transaction():
        connection.execute("SET LOCAL client_min_messages = error")
        connection.execute(STATEMENTS.read_bytes())


def keep_strangers_out(connection: psycopg.Connection[Any]) -> None:
    """Let superusers alone into the databases that every server has; for a server of our own."""
    for name in ("postgres", "template1"):
        connection.execute(
            sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(
                sql.Identifier(name)
            )
        )


def is_narrowed(connection: psycopg.Connection[Any], role: str) -> bool:
    """Whether `role` lost in this database what `narrow` takes."""
    kept = connection.execute(
        "SELECT bool_or(has_function_privilege(%s, one, 'EXECUTE')) FROM unnest(%s::text[]) AS one",
        (role, list(_TOLD_BY)),
    ).fetchone()
    return kept is not None and not kept[0]
