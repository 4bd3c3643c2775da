"""What publishing does later: forgetting which transactions changed what, once it tells nothing."""

from __future__ import annotations

import structlog

from app.foundation.database import Database
from app.foundation.jobs import Job
from app.foundation.provided import Provided
from app.foundation.table_changes import forget_changes

_log = structlog.get_logger(__name__)


def forget_table_changes(provided: Provided) -> None:
    """Forget the changes that no version of a public table speaks of any more."""
    with provided.get(Database).transaction() as transaction:
        forgotten = forget_changes(transaction)
    _log.info("table_changes_forgotten", changes=forgotten)


JOBS = {
    "publishing.forget_table_changes": Job(forget_table_changes, every="27 * * * *"),
    # The name of an earlier version: a job of that time may still wait.
    "publishing.forget-table-changes": Job(forget_table_changes),
}
