"""What work does later: bringing back what waited for somebody else until today."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.jobs import Job
from app.foundation.provided import Provided
from app.work.operations.waiting import bring_back_what_waited as bring_back

BRING_BACK_WHAT_WAITED = "work.bring_back_what_waited"


def bring_back_what_waited(provided: Provided) -> None:
    """Put on the desk's list what waited until today; what stands there already stays."""
    with provided.get(Database).transaction() as transaction:
        bring_back(transaction, now=provided.get(Clock).now())


#: Before the desk begins its day, in summer and in winter.
JOBS: Mapping[str, Job] = {
    BRING_BACK_WHAT_WAITED: Job(bring_back_what_waited, every="11 4 * * *"),
}
