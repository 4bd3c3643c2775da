"""The database under the tests: a private server, a template per schema, and clones of it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from app.entrypoints.ground.cluster import MAP_READER, OWNER, SUPERUSER, Cluster
from app.entrypoints.ground.provision import find_or_install
from app.entrypoints.migrations import MIGRATIONS, migrate

CHECKOUT = Path(__file__).resolve().parents[1]

_TEMPLATE = "straatbeeld_template_"
_CLONE = "straatbeeld_test_"
#: One number for "somebody makes or clears databases for tests".
_LOCK = 7_352_115
_TEMPLATES_KEPT = 4


def schema_hash() -> str:
    """Return what tells one shape of the database from another."""
    told = hashlib.sha256(version("procrastinate").encode())
    for step in sorted((MIGRATIONS / "versions").glob("*.py")):
        told.update(step.name.encode() + step.read_bytes())
    return told.hexdigest()[:12]


@dataclass
class Clone:
    """A database of its own for one worker or one test, with a connection that keeps it alive."""

    name: str
    url: str
    map_url: str
    superuser_url: str
    _keeper: psycopg.Connection[Any]

    def let_go(self) -> None:
        """Close the connection that keeps the clone from being swept up."""
        self._keeper.close()


@dataclass
class Server:
    """A PostgreSQL server where tests may make databases."""

    superuser: dict[str, str]
    owner: dict[str, str]
    map_reader: dict[str, str]
    _numbers: Iterator[int] = field(default_factory=count)

    def _url(self, who: dict[str, str], database: str) -> str:
        query = {k: v for k, v in who.items() if k not in {"dbname", "password"}}
        return "postgresql:///" + database + "?" + "&".join(f"{k}={v}" for k, v in query.items())

    @contextmanager
    def _alone(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(
            self._url(self.superuser, "postgres"),
            password=self.superuser.get("password"),
            autocommit=True,
        ) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            yield connection

    def make_template(self) -> str:
        """Return the name of the template of today's schema, made by the migrations if missing."""
        name = _TEMPLATE + schema_hash()
        with self._alone() as connection:
            known = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC",
                (_TEMPLATE + "%",),
            ).fetchall()
            if (name,) in known:
                return name
            partly = name + "_part"
            _drop(connection, partly)
            _create(connection, partly, owner=self.owner["user"])
            with psycopg.connect(self._url(self.superuser, partly), autocommit=True) as inside:
                inside.execute("SET client_min_messages = warning")
                inside.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            migrate(self._url(self.owner, partly))
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(partly), sql.Identifier(name)
                )
            )
            for (old,) in known[_TEMPLATES_KEPT - 1 :]:
                _drop(connection, old)
        return name

    def clone(self, template: str) -> Clone:
        """Make a database from `template`; sweep up those that an earlier run left."""
        name = f"{_CLONE}{os.getpid()}_{next(self._numbers)}"
        with self._alone() as connection:
            for (left,) in connection.execute(
                "SELECT datname FROM pg_database d WHERE datname LIKE %s AND NOT EXISTS "
                "(SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)",
                (_CLONE + "%",),
            ).fetchall():
                _drop(connection, left)
            _create(connection, name, owner=self.owner["user"], template=template)
            keeper = psycopg.connect(self._url(self.superuser, name), autocommit=True)
        return Clone(
            name,
            self._url(self.owner, name),
            self._url(self.map_reader, name),
            self._url(self.superuser, name),
            keeper,
        )

    def drop(self, clone: Clone) -> None:
        """Remove a clone and whoever is still connected to it."""
        clone.let_go()
        with self._alone() as connection:
            _drop(connection, clone.name, force=True)


def _create(
    connection: psycopg.Connection[Any], name: str, *, owner: str, template: str = "template1"
) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template)
        )
    )


def _drop(connection: psycopg.Connection[Any], name: str, *, force: bool = False) -> None:
    statement = sql.SQL(
        "DROP DATABASE IF EXISTS {} WITH (FORCE)" if force else "DROP DATABASE IF EXISTS {}"
    )
    try:
        connection.execute(statement.format(sql.Identifier(name)))
    except psycopg.errors.ObjectInUse:
        return  # a run beside ours still uses it


@contextmanager
def server() -> Iterator[Server]:
    """Yield the server of DATABASE_URL, or a private one that all runs at this moment share."""
    if given := os.environ.get("DATABASE_URL"):
        who = {k: str(v) for k, v in conninfo_to_dict(given).items()}
        yield Server(superuser=who, owner=who, map_reader={**who, "user": MAP_READER})
        return
    folder = _data_folder().resolve() / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users.lock").open("a") as users, (folder / "start.lock").open("a") as starting:
        with _locked(starting):
            # Shared for as long as we use the server: the last one out stops it.
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster = Cluster(folder, find_or_install(CHECKOUT), durable=False)
            _make_sure_it_runs(cluster)
        socket = {"host": str(cluster.socket_folder)}
        try:
            yield Server(
                superuser={**socket, "user": SUPERUSER},
                owner={**socket, "user": OWNER},
                map_reader={**socket, "user": MAP_READER},
            )
        finally:
            with _locked(starting):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass
                else:
                    cluster.stop()


def _data_folder() -> Path:
    # Where script/test has room in memory, a server for that run alone lives there.
    return Path(os.environ.get("TESTS_DATA") or os.environ.get("DATA_DIR") or CHECKOUT / ".data")


@contextmanager
def _locked(file: IO[str]) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _make_sure_it_runs(cluster: Cluster) -> None:
    if cluster.exists and cluster.answers:
        return
    if not cluster.exists:
        cluster.create()
    process = cluster.start(ends_with_us=False)
    cluster.wait_until_it_answers(process)
    # It serves later runs too, so nobody here waits for its end.
    process.returncode = 0
    cluster.prepare()
