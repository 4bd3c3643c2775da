"""Lets the desk say how much a case presses, what made the defect, and write notes about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.work.model import ActedBy, Case, CaseMoved, Happening
from app.work.operations.cases import case_by_reference, check_version, write_case
from app.work.operations.history import write_history
from app.work.weights import Priority


@dataclass(frozen=True, slots=True)
class Note:
    """What one who works here wrote about a case for colleagues."""

    account_id: UUID | None
    written_at: datetime
    words: str


def weigh_case(
    transaction: Transaction,
    reference: str,
    *,
    priority: Priority,
    cause: str | None,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Case:
    """Say how much a case presses and what made the defect; what stays the same is not noted.

    Raises:
        CaseNotFound: there is no such case.
        MovedOn: it is not at `expected_version` any more.
    """
    found = case_by_reference(transaction, reference, lock=True)
    check_version(found, expected_version)
    if (found.priority, found.cause) == (priority, cause):
        return found
    weighed = replace(found, priority=priority, cause=cause, version=found.version + 1)
    write_case(transaction, weighed, now=now)
    if priority is not found.priority:
        write_history(
            transaction,
            found.id,
            Happening.PRIORITY_CHANGED,
            by=by,
            at=now,
            priority=priority.value,
        )
    if cause != found.cause:
        write_history(transaction, found.id, Happening.CAUSE_CHANGED, by=by, at=now, cause=cause)
    transaction.tell(CaseMoved(weighed, previous_stage=found.stage, at=now))
    return weighed


_NOTE = text(
    """
    INSERT INTO case_note (id, case_id, account_id, written_at, words)
    VALUES (:id, :case_id, :account_id, :now, :words)
    """
)


def add_note(
    transaction: Transaction, reference: str, *, words: str, by: ActedBy, now: datetime
) -> None:
    """Keep what somebody writes about a case for colleagues; the history tells that, not what.

    Raises:
        CaseNotFound: there is no such case.
    """
    found = case_by_reference(transaction, reference, lock=True)
    transaction.write(
        _NOTE,
        {
            "id": new_id(),
            "case_id": found.id,
            "account_id": by.id,
            "now": now,
            "words": words,
        },
    )
    write_history(transaction, found.id, Happening.NOTE_ADDED, by=by, at=now)


_NOTES = text(
    "SELECT account_id, written_at, words FROM case_note WHERE case_id = :id ORDER BY id DESC"
)


def notes_of_case(transaction: Transaction, case_id: UUID) -> Sequence[Note]:
    """Return what was written about a case, the newest first."""
    return [
        Note(row.account_id, row.written_at, row.words)
        for row in transaction.read(_NOTES, {"id": case_id})
    ]
