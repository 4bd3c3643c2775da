"""What work does later: bringing back what waited until today, forgetting what is done with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.jobs import Job
from app.foundation.provided import Provided
from app.work.operations.office.bulk_undoing import forget_old_actions as forget
from app.work.operations.waiting import bring_back_what_waited as bring_back

BRING_BACK_WHAT_WAITED = "work.bring_back_what_waited"
FORGET_OLD_ACTIONS = "work.forget_old_actions"

#: Whoever did something with many cases can look at what became of them for so long.
_ACTIONS_KEPT = timedelta(days=1)


def bring_back_what_waited(provided: Provided) -> None:
    """Put on the desk's list what waited until today; what stands there already stays."""
    with provided.get(Database).transaction() as transaction:
        bring_back(transaction, now=provided.get(Clock).now())


def forget_old_actions(provided: Provided) -> None:
    """Forget what was done with many cases at once, and how they stood before."""
    with provided.get(Database).transaction() as transaction:
        forget(transaction, before=provided.get(Clock).now() - _ACTIONS_KEPT)


#: Before the desk begins its day, in summer and in winter.
JOBS: Mapping[str, Job] = {
    BRING_BACK_WHAT_WAITED: Job(bring_back_what_waited, every="11 4 * * *"),
    FORGET_OLD_ACTIONS: Job(forget_old_actions, every="41 3 * * *"),
}
