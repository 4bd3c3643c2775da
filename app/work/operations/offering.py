"""Hands a piece of work to a party."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.work.model import Case, Task, TaskStage

_OFFER = text(
    """
    INSERT INTO task
        (id, case_id, party_id, stage, version, offered_at, due_at, changed_at, request)
    VALUES (:id, :case_id, :party_id, 'offered', 1, :now, :due_at, :now, :request)
    """
)


def offer_task(
    transaction: Transaction,
    of_case: Case,
    *,
    party_id: UUID,
    now: datetime,
    request: str | None = None,
) -> Task:
    """Offer a task on a case to a party, and tell it; `request` is what is asked of a part."""
    offered = Task(
        id=new_id(),
        case_id=of_case.id,
        party_id=party_id,
        stage=TaskStage.OFFERED,
        version=1,
        offered_at=now,
        due_at=of_case.due_at,
        changed_at=now,
        request=request or None,
    )
    transaction.write(
        _OFFER,
        {
            "id": offered.id,
            "case_id": of_case.id,
            "party_id": party_id,
            "now": now,
            "due_at": of_case.due_at,
            "request": offered.request,
        },
    )
    return offered
