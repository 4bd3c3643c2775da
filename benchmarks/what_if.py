"""Measures comparing a draft over past reports: 10,000 of them, decided twice by every rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from app.entrypoints.ground.progress import CannotStart
from app.foundation.clock import LOCAL_ZONE, SystemClock
from app.foundation.database import Database, make_engine
from app.routing.operations.comparing import compare
from app.routing.operations.drafts import drafts
from benchmarks.system import System

REPORTS = 10_000
_TIMES = 3
#: The demo's own.
_MUNICIPALITY = "GM0851"

_SINCE = text(
    """
    SELECT received_at::date - 1 FROM report
    ORDER BY received_at DESC OFFSET :others LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison: how many reports it was over, how many went elsewhere, what it took."""

    reports: int
    moved: int
    agreements: int
    seconds: float


def measure(system: System) -> list[Compared]:
    """Compare the demo's draft over as many days as hold 10,000 reports, a few times.

    Raises:
        CannotStart: there is no draft, or there are fewer reports.
    """
    database = Database(make_engine(system.environment["DATABASE_URL"], connections=1))
    today = SystemClock().now().astimezone(LOCAL_ZONE).date()
    found = []
    with database.snapshot() as transaction:
        wanted = next((one for one in drafts(transaction) if not one.is_empty), None)
        since = transaction.connection.scalar(_SINCE, {"others": REPORTS - 1})
        if wanted is None or since is None:
            raise CannotStart(f"There is no draft to compare, or there are not {REPORTS} reports.")
        agreements = transaction.connection.scalar(text("SELECT count(*) FROM agreement"))
        for _ in range(_TIMES):
            done = compare(
                transaction,
                wanted,
                since=since,
                until=today + timedelta(days=1),
                municipality_code=_MUNICIPALITY,
                today=today,
            )
            found.append(
                Compared(done.reports, len(done.moved), int(agreements or 0), done.seconds)
            )
    database.bind.engine.dispose()
    return found


def lines(found: Sequence[Compared]) -> list[str]:
    """Return the measurements as a table."""
    head = f"{'comparing a draft with the past':<42}{'seconds':>9}{'reports':>9}{'elsewhere':>11}"
    rows = [
        f"{f'{one.agreements} agreements':<42}{one.seconds:>8.2f}s{one.reports:>9,}{one.moved:>11,}"
        for one in found
    ]
    return [head, *rows]
