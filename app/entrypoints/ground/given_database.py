"""A database of the user's own: whether it can be used, and whom the map reads it as."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from app.entrypoints.ground.cluster import MAP_READER
from app.entrypoints.ground.narrowing import is_narrowed, narrow
from app.entrypoints.ground.progress import CannotStart
from app.entrypoints.ground.provision import OLDEST_POSTGRESQL

_OR_LEAVE_IT_OUT = (
    "Check DATABASE_URL, or leave it out: then Straatbeeld makes a database of its own."
)

_NO_POSTGIS = (
    "The database of DATABASE_URL has no PostGIS, and {user} may not add it. Have its superuser run"
    "\n  CREATE EXTENSION postgis;\nin that database, and start again."
)

_POSTGIS_NOT_INSTALLED = (
    "PostGIS is not installed on the server of DATABASE_URL. Install it there (on Debian "
    "'apt-get install postgresql-{version}-postgis-3'), and start again."
)

_HOW_TO_NARROW_THE_READER = (
    "Note: {role} can read the public map alone, but may still write large objects, take locks and "
    "read where private rows lie on average, as anyone may in a PostgreSQL. To close that, have a "
    "superuser run\n    psql --file deploy/database/narrow.sql\n  in that database."
)

_HOW_TO_ADD_THE_READER = (
    "Note: the public map reads as {user}, who may read more than the public, and {user} may not "
    "make another role. To close that, have an administrator run\n"
    "    CREATE ROLE {role} LOGIN PASSWORD 'the-password';\n"
    "  and start with MAP_DATABASE_URL={url}"
)


def insist_that_it_works(database_url: str) -> None:
    """Look whether the database answers, is new enough and has PostGIS, which is added if allowed.

    Raises:
        CannotStart: it cannot be used; the message says why and what to do.
    """
    if urlsplit(database_url).scheme not in {"postgresql", "postgres"}:
        raise CannotStart(f"DATABASE_URL does not begin with postgresql://. {_OR_LEAVE_IT_OUT}")
    try:
        with psycopg.connect(database_url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
            if version < OLDEST_POSTGRESQL:
                raise CannotStart(
                    f"The database of DATABASE_URL is PostgreSQL {version}; Straatbeeld needs "
                    f"{OLDEST_POSTGRESQL} or newer."
                )
            _insist_on_postgis(connection, version)
    except psycopg.Error as refused:
        raise CannotStart(
            f"The database of DATABASE_URL does not answer: {str(refused).strip()}\n"
            f"{_OR_LEAVE_IT_OUT}"
        ) from refused


def _insist_on_postgis(connection: psycopg.Connection[tuple[object, ...]], version: int) -> None:
    here = connection.execute(
        "SELECT installed_version FROM pg_available_extensions WHERE name = 'postgis'"
    ).fetchone()
    if here is None:
        raise CannotStart(_POSTGIS_NOT_INSTALLED.format(version=version))
    if here[0] is not None:
        return
    try:
        connection.execute("CREATE EXTENSION postgis")
    except psycopg.errors.InsufficientPrivilege:
        raise CannotStart(_NO_POSTGIS.format(user=connection.info.user)) from None


def map_reader_url(
    database_url: str, *, secret_key: str, role: str = MAP_READER
) -> tuple[str, str | None]:
    """Return how the map reaches the database, and a note when that could be safer.

    The reader's role is made when we may make roles, with a password that derives from the secret
    key; migrations give it its rights.
    """
    password = _password(secret_key, role)
    with psycopg.connect(database_url, autocommit=True) as connection:
        user = connection.info.user
        _make_reader_if_allowed(connection, role, password)
        narrow(connection)
        narrowed = is_narrowed(connection, role) if _is_there(connection, role) else False
    # Where roles come in without a password, as through a socket, none is needed.
    for wanted in (_as_role(database_url, role, password), _as_role(database_url, role)):
        try:
            psycopg.connect(wanted, connect_timeout=10).close()
        except psycopg.Error:
            continue
        return wanted, None if narrowed else _HOW_TO_NARROW_THE_READER.format(role=role)
    return database_url, _HOW_TO_ADD_THE_READER.format(
        user=user, role=role, url=_as_role(database_url, role, "the-password")
    )


def _make_reader_if_allowed(
    connection: psycopg.Connection[tuple[object, ...]], role: str, password: str
) -> None:
    if _is_there(connection, role):
        return
    ours = connection.execute(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if ours and ours[0]:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(password)
            )
        )


def _is_there(connection: psycopg.Connection[tuple[object, ...]], role: str) -> bool:
    found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,))
    return found.rowcount > 0


def _password(secret_key: str, role: str) -> str:
    """Return the role's password, the same at every start; nothing else is kept for it."""
    return hmac.new(secret_key.encode(), f"password of {role}".encode(), hashlib.sha256).hexdigest()


def _as_role(database_url: str, role: str, password: str | None = None) -> str:
    """Return `database_url` with another role, and with that role's password or none."""
    parts = urlsplit(database_url)
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair.partition("=")[0] not in {"user", "password"}
    )
    host = parts.netloc.rpartition("@")[2]
    secret = f":{quote(password)}" if password else ""
    return urlunsplit(parts._replace(netloc=f"{quote(role)}{secret}@{host}", query=query))
