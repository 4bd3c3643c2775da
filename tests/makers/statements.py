"""Hears what is asked of the database, so that a test can say how much that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import Connection

#: In a test every unit of work is a savepoint; these have no counterpart in earnest.
_OF_THE_TEST = ("SAVEPOINT", "RELEASE", "ROLLBACK TO")


@contextmanager
def statements(connection: Connection) -> Iterator[list[str]]:
    """Yield a list in which each statement on `connection` appears as it is executed.

    Heard where the driver sends them, so whoever asks: SQLAlchemy, a transaction's own `read` and
    `write`, or the job queue.
    """
    heard: list[str] = []
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)

    def hear(query: object) -> None:
        statement = (query.decode() if isinstance(query, bytes) else str(query)).strip()
        if not statement.upper().startswith(_OF_THE_TEST):
            heard.append(statement)

    class Hearing(psycopg.Cursor[Any]):
        def execute(self, query: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401  # what the driver takes
            hear(query)
            return super().execute(query, *given, **named)

        def executemany(self, query: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401  # what the driver takes
            hear(query)
            return super().executemany(query, *given, **named)

    before, driver.cursor_factory = driver.cursor_factory, Hearing
    try:
        yield heard
    finally:
        driver.cursor_factory = before
