"""Who of a party does a task: taken, put back, or given by the team lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.errors import DomainError
from app.foundation.json_value import JSONValue
from app.identity.colleagues import team_members
from app.work.model import OPEN_TASK_STAGES, ActedBy, Happening, Task
from app.work.operations.history import write_history
from app.work.operations.tasks import start_task, take_task


class TaskTaken(DomainError):
    """A colleague has this task."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(f"{worker.name} has this task.")
        self.worker = worker

    @property
    def more(self) -> Mapping[str, object]:
        """Who has it."""
        return {"worker": self.worker.name}


class TaskIsClosed(DomainError):
    """This task is over, so nobody takes it any more."""


class NotOfThisParty(DomainError):
    """This person does not work for the party that has the task."""


@dataclass(frozen=True, slots=True)
class Worker:
    """The person who does a task."""

    id: UUID
    name: str


# Whoever left, or works for another party by now, does nothing here any more.
_WORKER = text(
    """
    SELECT account.id, account.name
    FROM task_worker
    JOIN task ON task.id = task_worker.task_id
    JOIN account ON account.id = task_worker.account_id
        AND account.is_active AND account.party_id = task.party_id
    WHERE task_worker.task_id = :task_id
    """
)
_TAKE = text(
    """
    INSERT INTO task_worker (task_id, account_id, since) VALUES (:task_id, :account_id, :now)
    ON CONFLICT (task_id) DO UPDATE SET account_id = :account_id, since = :now
    """
)
_DID = text(
    """
    INSERT INTO task_worker (task_id, account_id, since) VALUES (:task_id, :account_id, :now)
    ON CONFLICT (task_id) DO NOTHING
    """
)
_PUT_BACK = text("DELETE FROM task_worker WHERE task_id = :task_id")


def worker_of(transaction: Transaction, task_id: UUID) -> Worker | None:
    """Return who does a task; nobody where it is for whoever comes first."""
    rows = transaction.read(_WORKER, {"task_id": task_id})
    return Worker(rows[0].id, rows[0].name) if rows else None


def claim_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    account_id: UUID,
    now: datetime,
    from_worker: UUID | None = None,
) -> Task:
    """Let a person take a task; taking one's own again changes nothing.

    `from_worker` is the colleague of whom it is taken over, as the page said.

    Raises:
        TaskNotFound: there is none, or it is another party's.
        TaskIsClosed: it is done, given back or taken back.
        TaskTaken: a colleague has it, and it is not taken over from them.
    """
    held, _ = take_task(transaction, task_id, party_id=party_id, expected_version=None)
    _take(transaction, held, account_id, now=now, from_worker=from_worker)
    return held


def begin_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Task:
    """Let a person begin with a task, which is theirs from then on.

    Raises:
        TaskTaken: a colleague has it.
        TaskNotFound, MovedOn, StageNotReachable: as `start_task`.
    """
    # Who has it says more than that something changed.
    held, _ = take_task(transaction, task_id, party_id=party_id, expected_version=None)
    if by.id is not None and held.stage in OPEN_TASK_STAGES:
        _take(transaction, held, by.id, now=now)
    return start_task(
        transaction,
        task_id,
        party_id=party_id,
        by=by,
        now=now,
        expected_version=expected_version,
    )


def check_worker(
    transaction: Transaction, task_id: UUID, *, account_id: UUID, seen: UUID | None
) -> None:
    """Refuse what somebody does to a task that a colleague took since they looked.

    `seen` is who had it then: whoever goes on after that knows it. The caller has locked the case.

    Raises:
        TaskTaken: a colleague has it by now.
    """
    present = worker_of(transaction, task_id)
    if present is not None and present.id not in {account_id, seen}:
        raise TaskTaken(present)


def note_who_did_it(
    transaction: Transaction, task_id: UUID, *, account_id: UUID, now: datetime
) -> None:
    """Keep who did a task that nobody had taken; its history tells that already."""
    transaction.write(_DID, {"task_id": task_id, "account_id": account_id, "now": now})


def put_back_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    by: ActedBy,
    now: datetime,
    only_of: UUID | None = None,
) -> Task:
    """Let a task be for whoever comes first again; where it is so already nothing changes.

    Raises:
        TaskNotFound: there is none, or it is another party's.
        TaskIsClosed: it is done, given back or taken back.
        TaskTaken: it is not of `only_of`, but of a colleague.
    """
    held, _ = take_task(transaction, task_id, party_id=party_id, expected_version=None)
    if held.stage not in OPEN_TASK_STAGES:
        raise TaskIsClosed()
    present = worker_of(transaction, task_id)
    if present is None:
        return held
    if only_of is not None and present.id != only_of:
        raise TaskTaken(present)
    transaction.write(_PUT_BACK, {"task_id": task_id})
    _note(transaction, held, Happening.TASK_PUT_BACK, by=by, now=now)
    return held


def give_task(
    transaction: Transaction,
    task_id: UUID,
    *,
    party_id: UUID,
    to: UUID,
    by: ActedBy,
    now: datetime,
) -> Task:
    """Give a task to a person of the party, whoever has it; the team lead decides.

    Raises:
        TaskNotFound: there is none, or it is another party's.
        TaskIsClosed: it is done, given back or taken back.
        NotOfThisParty: that person does not work for the party.
    """
    held, _ = take_task(transaction, task_id, party_id=party_id, expected_version=None)
    if held.stage not in OPEN_TASK_STAGES:
        raise TaskIsClosed()
    if to not in {one.id for one in team_members(transaction, party_id)}:
        raise NotOfThisParty()
    present = worker_of(transaction, task_id)
    if present is None or present.id != to:
        transaction.write(_TAKE, {"task_id": task_id, "account_id": to, "now": now})
        _note(transaction, held, Happening.TASK_GIVEN, by=by, now=now, account=str(to))
    return held


def _take(
    transaction: Transaction,
    held: Task,
    account_id: UUID,
    *,
    now: datetime,
    from_worker: UUID | None = None,
) -> None:
    """Note who does a task whose case the caller has locked."""
    if held.stage not in OPEN_TASK_STAGES:
        raise TaskIsClosed()
    present = worker_of(transaction, held.id)
    if present is not None and present.id == account_id:
        return
    if present is not None and present.id != from_worker:
        raise TaskTaken(present)
    transaction.write(_TAKE, {"task_id": held.id, "account_id": account_id, "now": now})
    was = {} if present is None else {"was": str(present.id)}
    by = ActedBy("account", account_id)
    _note(transaction, held, Happening.TASK_TAKEN, by=by, now=now, **was)


def _note(
    transaction: Transaction,
    held: Task,
    happening: Happening,
    *,
    by: ActedBy,
    now: datetime,
    **details: JSONValue,
) -> None:
    write_history(transaction, held.case_id, happening, by=by, at=now, task=str(held.id), **details)
