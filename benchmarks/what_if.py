"""Measures comparing a draft over past reports: 10,000 of them, decided twice by every rule.

`python -m benchmarks.what_if` needs DATABASE_URL of a database that holds the demo and its fill.
"""

from __future__ import annotations

import sys
from datetime import timedelta

from sqlalchemy import text

from app.entrypoints.wiring import wire
from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.settings import Settings, read_settings
from app.routing.operations.comparing import compare
from app.routing.operations.drafts import drafts


def main() -> int:
    """Compare the first draft over as many days as hold 10,000 reports; print what it took."""
    services = wire(read_settings())
    today = services.get(Clock).now().astimezone(LOCAL_ZONE).date()
    with services.get(Database).snapshot() as transaction:
        found = drafts(transaction)
        since = transaction.connection.scalar(
            text(
                "SELECT received_at::date FROM report ORDER BY received_at DESC OFFSET 9999 LIMIT 1"
            )
        )
        if not found or since is None:
            sys.stdout.write("There is no draft, or there are fewer than 10,000 reports.\n")
            return 1
        for _ in range(3):
            done = compare(
                transaction,
                found[0],
                since=since,
                until=today + timedelta(days=1),
                municipality_code=services.get(Settings).municipality_code,
                today=today,
            )
            sys.stdout.write(
                f"{done.reports} reports, {len(done.moved)} moved, {done.seconds:.2f} s\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
