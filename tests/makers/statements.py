"""Hears what is asked of the database, so that a test can say how much that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

#: In a test every unit of work is a savepoint; these have no counterpart in earnest.
_OF_THE_TEST = ("SAVEPOINT", "RELEASE", "ROLLBACK TO")


@contextmanager
def statements(connection: Connection) -> Iterator[list[str]]:
    """Yield a list in which each statement on `connection` appears as it is executed."""
    heard: list[str] = []

    def hear(*told: object) -> None:
        statement = str(told[2]).strip()
        if not statement.upper().startswith(_OF_THE_TEST):
            heard.append(statement)

    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(connection, "before_cursor_execute", hear)
