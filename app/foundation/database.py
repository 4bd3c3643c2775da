"""The database: tables' common base, and the one transaction a request or job works in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

import psycopg
from psycopg.rows import namedtuple_row
from pydantic_core import from_json
from sqlalchemy import Connection, Engine, MetaData, TextClause, create_engine
from sqlalchemy.dialects.postgresql import psycopg as dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

from app.foundation.jobs import HEAVY_QUEUE, Deferred, JobQueue
from app.foundation.json_value import JSONValue

#: Who hears a fact, by its class: the wiring table in `entrypoints/wiring.py`.
Hearers = Mapping[type[object], Sequence[Callable[["Transaction", Any], None]]]


class Base(DeclarativeBase):
    """What every table's record class derives from."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def driver_url(database_url: str) -> str:
    """Return `database_url` as SQLAlchemy wants it for psycopg 3."""
    scheme, separator, rest = database_url.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgresql", "postgres"}:
        raise ValueError("DATABASE_URL must begin with postgresql://")
    return f"postgresql+psycopg://{rest}"


def make_engine(database_url: str, *, connections: int, read_only: bool = False) -> Engine:
    """Return an engine with `connections` kept open; nothing waits on a lock for ever."""
    options = [
        "-c statement_timeout=15s",
        "-c lock_timeout=8s",
        "-c idle_in_transaction_session_timeout=60s",
        # Compiling a query of some milliseconds costs more than it gives.
        "-c jit=off",
        # Nor does it pay to start a second process for it, while others wait for the same cores.
        "-c max_parallel_workers_per_gather=0",
        "-c timezone=UTC",
    ]
    if read_only:
        options.append("-c default_transaction_read_only=on")
    return create_engine(
        driver_url(database_url),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        # The connection that was used last knows the statements already.
        pool_use_lifo=True,
        # What is written holds names and addresses, and a fault's words end up in the log.
        hide_parameters=True,
        # Ten times as fast as Python's own for what a row holds.
        json_deserializer=from_json,
        connect_args={
            "options": " ".join(options),
            "connect_timeout": 5,
            # What is asked a second time is planned for good: planning costs up to half an answer.
            "prepare_threshold": 2,
        },
    )


class Transaction:
    """One unit of work: rows, facts and jobs that exist together or not at all."""

    def __init__(self, session: Session, *, hearers: Hearers, queue: JobQueue) -> None:
        self._session = session
        self._hearers = hearers
        self._queue = queue
        self._driver: psycopg.Connection[Any] | None = None
        self._writes: list[tuple[bytes, Mapping[str, object]]] = []
        self._deferred: list[Deferred] = []

    @property
    def session(self) -> Session:
        """The ORM session of this transaction."""
        self._send_writes()
        return self._session

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy Core connection of this transaction."""
        self._send_writes()
        return self._session.connection()

    @property
    def driver_connection(self) -> psycopg.Connection[Any]:
        """The psycopg connection of this transaction."""
        if self._driver is None:
            self._driver = cast(
                "psycopg.Connection[Any]", self.connection.connection.driver_connection
            )
        self._send_writes()
        return self._driver

    def read(self, statement: TextClause, values: Mapping[str, object]) -> Sequence[Any]:
        """Return the rows of a statement, each with its columns as attributes.

        Straight from the driver, for the statements that every report asks: an SQLAlchemy result
        costs as much again. `statement` is a constant of its module.
        """
        with (
            _raising_as_sqlalchemy_does(),
            self.driver_connection.cursor(row_factory=namedtuple_row) as cursor,
        ):
            return cursor.execute(_for_the_driver(statement), values).fetchall()

    def write(self, statement: TextClause, values: Mapping[str, object]) -> None:
        """Have rows written before anything is read, at the latest before the commit.

        For what this transaction asks nothing back of. Such statements travel together, in the
        order given, so that ten of them are one journey to the database. `statement` is a constant
        of its module. What the database refuses is raised when they travel. See
        `docs/decisions/writes-travel-together.md`.
        """
        self._writes.append((_for_the_driver(statement), values))

    def _send_writes(self) -> None:
        if not self._writes:
            return
        writes, self._writes = self._writes, []
        self._session.flush()
        connection = self.driver_connection
        with (
            _raising_as_sqlalchemy_does(),
            connection.pipeline(),
            connection.cursor() as cursor,
        ):
            for statement, values in writes:
                cursor.execute(statement, values)

    def tell(self, fact: object) -> None:
        """Hand `fact` to everyone the wiring table lists for it, inside this transaction."""
        for hear in self._hearers.get(type(fact), ()):
            hear(self, fact)

    def defer(self, job: str, /, **arguments: JSONValue) -> None:
        """Have `job` done after the commit; it is written with the transaction's own rows."""
        self._deferred.append(Deferred(job, arguments))

    def defer_heavy(self, job: str, /, **arguments: JSONValue) -> None:
        """Have `job` done after the commit, one at a time, because it takes much memory or time."""
        self._deferred.append(Deferred(job, arguments, HEAVY_QUEUE))

    def write_the_rest(self) -> None:
        """Write what still waits, and the deferred jobs in one statement; called last."""
        self._send_writes()
        if self._deferred:
            self._session.flush()
            self._queue.put(self.driver_connection, self._deferred)
            self._deferred.clear()


@contextmanager
def _raising_as_sqlalchemy_does() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as fault:
        raise DBAPIError.instance(None, None, fault, psycopg.Error) from fault


@lru_cache(maxsize=256)
def _for_the_driver(statement: TextClause) -> bytes:
    """Return the statement as psycopg takes it, with `%(name)s` for `:name`."""
    psycopg_takes = dialect.dialect()  # type: ignore[no-untyped-call]  # the library carries no types
    return str(statement.compile(dialect=psycopg_takes)).encode()


class Database:
    """Opens transactions; commits what ends well and leaves nothing of what does not."""

    def __init__(self, bind: Engine | Connection, *, hearers: Hearers | None = None) -> None:
        self.bind = bind
        self.hearers = hearers or {}
        self._queue = JobQueue()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Yield a transaction that commits at the end and rolls back on any exception."""
        with (
            Session(
                self.bind, expire_on_commit=False, join_transaction_mode="create_savepoint"
            ) as session,
            session.begin(),
        ):
            transaction = Transaction(session, hearers=self.hearers, queue=self._queue)
            yield transaction
            transaction.write_the_rest()

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """Yield a transaction that sees one moment however long it reads, and writes nothing.

        On a connection that is given (a test's, whose own transaction is under way already) it
        sees what that one sees.
        """
        if not isinstance(self.bind, Engine):
            with self.transaction() as transaction:
                yield transaction
            return
        with (
            self.bind.connect().execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            ) as connection,
            Session(connection) as session,
            session.begin(),
        ):
            yield Transaction(session, hearers={}, queue=self._queue)


class MapDatabase(Database):
    """The same database through the role of the map's reader, which can read nothing else."""
