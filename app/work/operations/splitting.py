"""Splits off a part of the work at a case for another party, which gets a task of its own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.foundation.database import Transaction
from app.foundation.errors import DomainError
from app.identity.model import PartyKind
from app.work.model import OPEN_TASK_STAGES, ActedBy, Case, Happening, Task
from app.work.operations.cases import ResponsibleParty
from app.work.operations.history import write_history
from app.work.operations.offering import offer_task
from app.work.operations.tasks import tasks_of_case
from app.work.refusals import CaseIsClosed


class PartyHasTask(DomainError):
    """This party has an open task at this case already."""

    def __init__(self, party: str) -> None:
        super().__init__(f"{party} has an open task at this case already.")
        self.party = party


class NotForAuthorities(DomainError):
    """Another authority gets a whole case, by passing it on, and no part of one."""


def split_off_task(
    transaction: Transaction,
    of_case: Case,
    *,
    party: ResponsibleParty,
    request: str,
    by: ActedBy,
    now: datetime,
) -> Task:
    """Give a party a task of its own at a case whose lock the caller holds.

    The case stays with the party it has, and ends when the last task is done. `request` says what
    is asked; it is for whoever does it, and no part of the history.

    Raises:
        CaseIsClosed: there is nothing to do at it any more.
        NotForAuthorities: the party is another authority.
        PartyHasTask: it has one already that is not over.
    """
    if not of_case.is_open:
        raise CaseIsClosed()
    if party.kind == PartyKind.AUTHORITY.value:
        raise NotForAuthorities()
    if _has_open_task(transaction, of_case.id, party.id):
        raise PartyHasTask(party.name)
    offered = offer_task(transaction, of_case, party_id=party.id, now=now, request=request)
    write_history(
        transaction,
        of_case.id,
        Happening.TASK_OFFERED,
        by=by,
        at=now,
        task=str(offered.id),
        party=party.name,
    )
    return offered


def _has_open_task(transaction: Transaction, case_id: UUID, party_id: UUID) -> bool:
    return any(
        one.party_id == party_id and one.stage in OPEN_TASK_STAGES
        for one in tasks_of_case(transaction, case_id)
    )
