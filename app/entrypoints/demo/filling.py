"""Adds many plausible reports at once, for trying and for measuring: COPY, no operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.entrypoints.demo.copied_rows import TABLES, copy_rows
from app.entrypoints.demo.loading import is_demo
from app.entrypoints.demo.making_up import Author
from app.foundation.database import Database
from app.foundation.errors import DomainError
from app.foundation.provided import Provided

#: So many reports are made up before they are written: what is in memory at one moment.
REPORTS_AT_ONCE = 20_000


class NoDemoToFill(DomainError):
    """Reports are only made up in the demo municipality; load it first."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling brought."""

    reports: int
    cases: int
    open_cases: int


def fill_demo(
    provided: Provided, *, reports: int, open_share: float, seed: int, now: datetime
) -> Filled:
    """Add so many reports to the demo, of which the share `open_share` stands in open cases.

    Categories, places, days and parties are as in the demo; who is responsible is decided by the
    same rules as for a real report, once for each category in each village. All of it is one
    transaction. The same seed gives the same reports, but for their ids and references.

    Raises:
        NoDemoToFill: the demo is not in this database.
    """
    with provided.get(Database).transaction() as transaction:
        if not is_demo(transaction):
            raise NoDemoToFill()
        transaction.connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        author = Author(transaction, now=now, seed=seed)
        open_reports = round(reports * open_share)
        for is_open, wanted in ((True, open_reports), (False, reports - open_reports)):
            for done in range(0, wanted, REPORTS_AT_ONCE):
                rows = author.write(min(wanted - done, REPORTS_AT_ONCE), is_open=is_open)
                copy_rows(transaction.driver_connection, rows)
        for table in TABLES:
            transaction.connection.execute(text(f"ANALYZE {table}"))
    return Filled(reports=reports, cases=author.cases, open_cases=author.open_cases)
