"""What work does later: bringing back what waited, finding addresses, forgetting what is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.jobs import Job
from app.foundation.provided import Provided
from app.geography.addresses import AddressBook
from app.work.operations.near_address import (
    FIND_ADDRESS,
    Unasked,
    cases_without_address,
    keep_address,
    without_address,
)
from app.work.operations.office.bulk_undoing import forget_old_actions as forget
from app.work.operations.waiting import bring_back_what_waited as bring_back

BRING_BACK_WHAT_WAITED = "work.bring_back_what_waited"
FORGET_OLD_ACTIONS = "work.forget_old_actions"
FIND_MISSING_ADDRESSES = "work.find_missing_addresses"

#: Whoever did something with many cases can look at what became of them for so long.
_ACTIONS_KEPT = timedelta(days=1)

#: So many addresses are asked for in one go; the register has others to answer.
_ADDRESSES_AT_ONCE = 200


def bring_back_what_waited(provided: Provided) -> None:
    """Put on the desk's list what waited until today; what stands there already stays."""
    with provided.get(Database).transaction() as transaction:
        bring_back(transaction, now=provided.get(Clock).now())


def forget_old_actions(provided: Provided) -> None:
    """Forget what was done with many cases at once, and how they stood before."""
    with provided.get(Database).transaction() as transaction:
        forget(transaction, before=provided.get(Clock).now() - _ACTIONS_KEPT)


def find_address(provided: Provided, *, case_id: str) -> None:
    """Ask which address is nearest to a case, and keep it.

    While the register is away nothing is kept: every few minutes what is missing is asked again.
    """
    with provided.get(Database).transaction() as transaction:
        unasked = without_address(transaction, UUID(case_id))
    if unasked is not None:
        _ask(provided, unasked)


def find_missing_addresses(provided: Provided) -> None:
    """Ask for the addresses that are missing, until the register is away or enough were asked."""
    with provided.get(Database).transaction() as transaction:
        missing = cases_without_address(transaction, at_most=_ADDRESSES_AT_ONCE)
    for unasked in missing:
        if not _ask(provided, unasked):
            return


def _ask(provided: Provided, unasked: Unasked) -> bool:
    """Return whether the register told something, if only that there is no address."""
    book = provided.get(AddressBook)
    found = book.nearest(unasked.spot)
    if found is None and book.is_away():
        return False
    with provided.get(Database).transaction() as transaction:
        keep_address(transaction, unasked, found, now=provided.get(Clock).now())
    return True


#: Before the desk begins its day, in summer and in winter.
JOBS: Mapping[str, Job] = {
    BRING_BACK_WHAT_WAITED: Job(bring_back_what_waited, every="11 4 * * *"),
    FORGET_OLD_ACTIONS: Job(forget_old_actions, every="41 3 * * *"),
    FIND_ADDRESS: Job(find_address),
    FIND_MISSING_ADDRESSES: Job(find_missing_addresses, every="*/5 * * * *"),
}
