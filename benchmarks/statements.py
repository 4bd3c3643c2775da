"""What the database was asked: counted and timed by PostgreSQL itself, with pg_stat_statements."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.entrypoints.ground.progress import CannotStart
from benchmarks.system import System

_TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement: how often it was executed, and the milliseconds of all of them."""

    statement: str
    calls: int
    milliseconds: float


@dataclass(slots=True)
class Told:
    """What was asked between two moments."""

    asked: list[Asked] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many statements there were, BEGIN and COMMIT included."""
        return sum(one.calls for one in self.asked)

    @property
    def calls_without_transactions(self) -> int:
        """How many there were but for BEGIN, COMMIT and ROLLBACK."""
        return sum(one.calls for one in self.asked if one.statement not in _TRANSACTIONS)

    @property
    def milliseconds(self) -> float:
        """PostgreSQL's own time for all of them."""
        return sum(one.milliseconds for one in self.asked)


def load_counter(system: System) -> bool:
    """Load pg_stat_statements into the server, counting nothing yet; False when it has none."""
    if not system.ask("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_stat_statements'"):
        return False
    with system.superuser() as connection:
        connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
    system.stop_database()
    system.start_database()
    with system.superuser() as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        connection.execute("ALTER SYSTEM SET pg_stat_statements.track = 'none'")
        connection.execute("SELECT pg_reload_conf()")
    return True


@contextmanager
def counting(system: System) -> Iterator[Told]:
    """Count every statement the application asks inside the block; it costs some time itself."""
    told = Told()
    with system.superuser() as connection:
        connection.execute("ALTER SYSTEM SET pg_stat_statements.track = 'top'")
        connection.execute("SELECT pg_reload_conf()")
        _wait_until(system, "top")
        connection.execute("SELECT pg_stat_statements_reset()")
        yield told
        rows = connection.execute(
            """
            SELECT query, calls, total_exec_time
            FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid
            WHERE rolname <> current_user
            ORDER BY total_exec_time DESC
            """
        ).fetchall()
        connection.execute("ALTER SYSTEM SET pg_stat_statements.track = 'none'")
        connection.execute("SELECT pg_reload_conf()")
        _wait_until(system, "none")
    told.asked.extend(Asked(" ".join(query.split()), calls, took) for query, calls, took in rows)


def _wait_until(system: System, track: str) -> None:
    """Wait until a new setting counts; a sleeping backend reads it before its next statement."""
    deadline = time.monotonic() + 10
    while system.ask("SHOW pg_stat_statements.track") != track:
        if time.monotonic() > deadline:
            raise CannotStart("PostgreSQL does not take a changed setting.")
        time.sleep(0.05)
