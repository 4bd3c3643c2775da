"""A database of the user's own: whether it can be used, and whom the map reads it as."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from app.entrypoints.ground.cluster import MAP_READER
from app.entrypoints.ground.progress import CannotStart
from app.entrypoints.ground.provision import OLDEST_POSTGRESQL

_HOW_TO_ADD_THE_READER = (
    "Note: the public map reads through the application's own role, which can read more than the "
    "public may. To close that, have an administrator run deploy/database/prepare.sh and set "
    "MAP_DATABASE_URL."
)


def insist_that_it_works(database_url: str) -> None:
    """Look whether the database answers and is new enough.

    Raises:
        CannotStart: it cannot be used; the message says why and what to do.
    """
    try:
        with psycopg.connect(database_url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as refused:
        raise CannotStart(
            f"The database of DATABASE_URL does not answer: {str(refused).strip()}\n"
            "Check its address, or leave DATABASE_URL out: then Straatbeeld makes a database of "
            "its own."
        ) from refused
    if version < OLDEST_POSTGRESQL:
        raise CannotStart(
            f"The database of DATABASE_URL is PostgreSQL {version}; Straatbeeld needs "
            f"{OLDEST_POSTGRESQL} or newer."
        )


def map_reader_url(database_url: str) -> tuple[str, str | None]:
    """Return how the map reaches the database, and a note when that could be safer.

    The reader's role is made when we may make roles; migrations give it its rights.
    """
    _make_reader_if_allowed(database_url)
    wanted = _as_role(database_url, MAP_READER)
    try:
        psycopg.connect(wanted, connect_timeout=10).close()
    except psycopg.Error:
        return database_url, _HOW_TO_ADD_THE_READER
    return wanted, None


def _make_reader_if_allowed(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (MAP_READER,))
        if known.fetchone():
            return
        ours = connection.execute(
            "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if ours and ours[0]:
            connection.execute(f"CREATE ROLE {MAP_READER} LOGIN")


def _as_role(database_url: str, role: str) -> str:
    """Return `database_url` with another role and without a password."""
    parts = urlsplit(database_url)
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair.partition("=")[0] not in {"user", "password"}
    )
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role)}@{host}", query=query))
