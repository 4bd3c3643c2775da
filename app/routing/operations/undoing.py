"""Takes back what putting a draft in force did: exactly that, or it says what came later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.foundation.sentences import Sentence
from app.geography.model import AreasRefused
from app.geography.replacing import ReplacedAreas, bring_areas_back
from app.routing.draft_records import DraftAgreementRecord, RoutingDraftRecord
from app.routing.drafted import DraftRefused, LaterChangeRestsOnIt
from app.routing.operations.agreements import agreement_told, one_at_a_time
from app.routing.operations.drafts import locked_draft
from app.routing.operations.putting_in_force import kept_agreement, note_draft, told_in_force
from app.routing.records import AgreementRecord


def undo(
    transaction: Transaction,
    draft_id: UUID,
    *,
    expected_version: int,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Bring back exactly what held before a draft was put in force.

    An agreement that it made goes; where a decision rests on it, it stays as history and holds on
    no day.

    Raises:
        DraftUnknown, DraftMovedOn: as `locked_draft`.
        DraftRefused: it is not in force.
        LaterChangeRestsOnIt: what it made or ended was changed again since.
    """
    one_at_a_time(transaction)
    kept = locked_draft(transaction, draft_id, expected_version=expected_version)
    if kept.applied is None or kept.in_force_from is None or kept.undone_at is not None:
        raise DraftRefused(Sentence("It is not in force."))
    applied, from_day = kept.applied, kept.in_force_from
    _insist_on_nothing_later(transaction, kept, applied)
    before = told_in_force(kept)
    for kind, one in applied["areas"].items():
        _bring_areas_back(transaction, kind, one, from_day=from_day, by=by, now=now)
    for code in applied["made"]:
        _take_back(transaction, code, by=by, now=now)
    for code, ended in applied["ended"].items():
        _bring_back(transaction, code, ended["before"], by=by, now=now)
    kept.undone_at, kept.undone_by = now, by.account_id
    kept.version += 1
    transaction.session.flush()
    note_draft(transaction, kept, before=before, after=None, by=by, now=now)


def _insist_on_nothing_later(
    transaction: Transaction, kept: RoutingDraftRecord, applied: Mapping[str, Any]
) -> None:
    """Refuse to undo where something was changed again since, naming what did.

    Raises:
        LaterChangeRestsOnIt: by the name of the draft that did, or the code of the agreement.
    """
    as_left = {
        **applied["made"],
        **{code: ended["after"] for code, ended in applied["ended"].items()},
    }
    records = {
        record.code: record
        for record in transaction.session.scalars(
            select(AgreementRecord)
            .where(AgreementRecord.code.in_(as_left))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    changed = sorted(
        code
        for code, told in as_left.items()
        if code not in records or agreement_told(records[code]) != told
    )
    if not changed:
        return
    by_drafts = transaction.session.scalars(
        select(RoutingDraftRecord.name)
        .join(DraftAgreementRecord, DraftAgreementRecord.draft_id == RoutingDraftRecord.id)
        .where(
            RoutingDraftRecord.id != kept.id,
            RoutingDraftRecord.put_in_force_at.is_not(None),
            RoutingDraftRecord.undone_at.is_(None),
            DraftAgreementRecord.code.in_(changed),
        )
        .distinct()
        .order_by(RoutingDraftRecord.name)
    ).all()
    raise LaterChangeRestsOnIt((*by_drafts, *changed))


def _bring_areas_back(
    transaction: Transaction,
    kind: str,
    one: Mapping[str, Any],
    *,
    from_day: date,
    by: ChangedBy,
    now: datetime,
) -> None:
    replaced = ReplacedAreas(
        one["import"],
        tuple(map(UUID, one["made"])),
        {
            UUID(area_id): date.fromisoformat(until) if until else None
            for area_id, until in one["ended"].items()
        },
    )
    try:
        bring_areas_back(transaction, kind, replaced, from_day=from_day, now=now)
    except AreasRefused:
        raise LaterChangeRestsOnIt((kind,)) from None
    note_rule_change(
        transaction,
        what="area",
        code=kind,
        by=by,
        at=now,
        before={"areas": len(replaced.made)},
        after={"areas": len(replaced.ended)},
    )


def _take_back(transaction: Transaction, code: str, *, by: ChangedBy, now: datetime) -> None:
    record = kept_agreement(transaction, code)
    before = agreement_told(record)
    rests_on_it = transaction.connection.scalar(
        text("SELECT EXISTS (SELECT FROM routing_decision WHERE agreement_id = :id)"),
        {"id": record.id},
    )
    after: dict[str, Any] | None = None
    if rests_on_it:
        record.valid_until = record.valid_from - timedelta(days=1)
        after = agreement_told(record)
    else:
        transaction.session.delete(record)
    transaction.session.flush()
    note_rule_change(
        transaction, what="agreement", code=code, by=by, at=now, before=before, after=after
    )


def _bring_back(
    transaction: Transaction, code: str, was: Mapping[str, Any], *, by: ChangedBy, now: datetime
) -> None:
    record = kept_agreement(transaction, code)
    before = agreement_told(record)
    until = was["validUntil"]
    record.valid_until = date.fromisoformat(until) if until else None
    transaction.session.flush()
    note_rule_change(
        transaction,
        what="agreement",
        code=code,
        by=by,
        at=now,
        before=before,
        after=agreement_told(record),
    )
