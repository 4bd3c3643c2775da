"""What routing does later: keeping the days off of the coming years."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.jobs import Job
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.routing.operations.calendar_days import fill_coming_years as fill

FILL_COMING_YEARS = "routing.fill_coming_years"


def fill_coming_years(provided: Provided) -> None:
    """Fill the coming years of which no day off is kept; the others are left as they are."""
    with provided.get(Database).transaction() as transaction:
        fill(transaction, by=BY_COMMAND, now=provided.get(Clock).now())


JOBS: Mapping[str, Job] = {FILL_COMING_YEARS: Job(fill_coming_years, every="41 4 * * *")}
