"""Puts a draft in force from a day on, in one transaction, and undoes exactly that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.foundation.sentences import Sentence
from app.foundation.windows import windows_of
from app.geography.replacing import (
    ShapedArea,
    areas_of_kind,
    lock_areas_of,
    replace_areas,
)
from app.routing.draft_records import RoutingDraftRecord
from app.routing.drafted import (
    Draft,
    DraftedAgreement,
    DraftedAreas,
    DraftRefused,
    Operation,
    RulesChangedSince,
)
from app.routing.operations.agreements import (
    AgreementToMake,
    agreement_told,
    end_agreement,
    make_agreement,
    one_at_a_time,
)
from app.routing.operations.drafts import changeable_draft, draft
from app.routing.records import AgreementRecord

#: Nobody plans further ahead than this.
_MOST_DAYS_AHEAD = 3 * 366


def put_in_force(
    transaction: Transaction,
    draft_id: UUID,
    *,
    from_day: date,
    expected_version: int,
    by: ChangedBy,
    now: datetime,
    today: date,
) -> None:
    """Let what a draft says hold from a day on; what it replaces holds until the day before.

    Raises:
        DraftUnknown, DraftMovedOn: as `locked_draft`.
        DraftRefused: it changes nothing, is in force already, or the day is past or too soon.
        RulesChangedSince: an agreement or an area is not as it was when it was taken up.
        AgreementRefused, AreasRefused: what it says cannot be kept any more.
    """
    one_at_a_time(transaction)
    kept = changeable_draft(transaction, draft_id, expected_version=expected_version)
    wanted = draft(transaction, draft_id)
    for areas in wanted.areas:
        lock_areas_of(transaction, areas.kind)
    if wanted.is_empty:
        raise DraftRefused(Sentence("It changes nothing yet."))
    if not today <= from_day <= today + timedelta(days=_MOST_DAYS_AHEAD):
        raise _wrong_day(Sentence("Choose today or a later day, within three years."))
    records = _agreements_as_taken_up(transaction, wanted, from_day=from_day, today=today)
    applied: dict[str, Any] = {"ended": {}, "made": {}, "areas": {}}
    for areas in wanted.areas:
        applied["areas"][areas.kind] = _replace_areas(
            transaction, wanted, areas, from_day=from_day, by=by, now=now
        )
    for one in wanted.agreements:
        if one.operation is not Operation.MAKE:
            applied["ended"][one.code] = _end(
                transaction, records[one.code], from_day=from_day, by=by, now=now
            )
    for one in wanted.agreements:
        if one.content is not None:
            code, told = _make(transaction, one.content, from_day=from_day, by=by, now=now)
            applied["made"][code] = told
    kept.in_force_from, kept.put_in_force_at, kept.put_in_force_by = from_day, now, by.account_id
    kept.undone_at = kept.undone_by = None
    kept.applied = applied
    kept.version += 1
    transaction.session.flush()
    note_draft(transaction, kept, before=None, after=told_in_force(kept), by=by, now=now)


def _agreements_as_taken_up(
    transaction: Transaction, wanted: Draft, *, from_day: date, today: date
) -> Mapping[str, AgreementRecord]:
    """Return the agreements that a draft changes or ends, locked and as they were taken up."""
    codes = [one.code for one in wanted.agreements if one.operation is not Operation.MAKE]
    records = {
        record.code: record
        for record in transaction.session.scalars(
            select(AgreementRecord)
            .where(AgreementRecord.code.in_(codes))
            .order_by(AgreementRecord.code)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    changed = [
        one.code
        for one in wanted.agreements
        if one.operation is not Operation.MAKE and not _is_as_taken_up(one, records.get(one.code))
    ]
    changed += [
        areas.kind
        for areas in wanted.areas
        if areas_of_kind(transaction, areas.kind, on=today) != list(areas.based_on)
    ]
    if changed:
        raise RulesChangedSince(tuple(changed))
    for record in records.values():
        if record.valid_from >= from_day:
            raise _wrong_day(
                f"{record.code} begins on {record.valid_from.isoformat()}: choose a later day."
            )
        if record.valid_until is not None and record.valid_until < from_day:
            raise _wrong_day(
                f"{record.code} ends on {record.valid_until.isoformat()}: choose an earlier day."
            )
    return records


def _is_as_taken_up(one: DraftedAgreement, record: AgreementRecord | None) -> bool:
    if record is None or one.based_on is None:
        return False
    now = agreement_told(record)
    return all(now.get(name) == value for name, value in one.based_on.items())


def _replace_areas(
    transaction: Transaction,
    wanted: Draft,
    areas: DraftedAreas,
    *,
    from_day: date,
    by: ChangedBy,
    now: datetime,
) -> dict[str, Any]:
    rows = transaction.connection.execute(
        text(
            """
            SELECT code, name, encode(ST_AsBinary(shape), 'hex') AS shape
            FROM draft_area WHERE draft_id = :draft_id AND kind = :kind ORDER BY code
            """
        ),
        {"draft_id": wanted.id, "kind": areas.kind},
    )
    shaped = [ShapedArea(row.code, row.name, row.shape) for row in rows]
    done = replace_areas(
        transaction, areas.kind, shaped, source=areas.source, from_day=from_day, now=now
    )
    note_rule_change(
        transaction,
        what="area",
        code=areas.kind,
        by=by,
        at=now,
        before={"areas": len(done.ended)},
        after={"areas": len(done.made), "from": from_day.isoformat(), "draft": wanted.name},
    )
    return {
        "import": done.import_number,
        "made": [str(area_id) for area_id in done.made],
        "ended": {
            str(area_id): until.isoformat() if until else None
            for area_id, until in done.ended.items()
        },
    }


def _end(
    transaction: Transaction,
    record: AgreementRecord,
    *,
    from_day: date,
    by: ChangedBy,
    now: datetime,
) -> dict[str, Any]:
    before = agreement_told(record)
    last_day = from_day - timedelta(days=1)
    end_agreement(transaction, record.code, last_day=last_day, by=by, now=now)
    return {"before": before, "after": agreement_told(record)}


def _make(
    transaction: Transaction,
    content: Mapping[str, Any],
    *,
    from_day: date,
    by: ChangedBy,
    now: datetime,
) -> tuple[str, dict[str, Any]]:
    kind, _, code = (content["area"] or "").partition("/")
    until = content["validUntil"]
    make_agreement(
        transaction,
        AgreementToMake(
            code=content["code"],
            party_id=UUID(content["party"]),
            category_code=content["category"],
            area=(kind, code) if kind else None,
            asset_owner_id=UUID(content["assetOwner"]) if content["assetOwner"] else None,
            valid_from=from_day,
            valid_until=date.fromisoformat(until) if until else None,
            priority=content["priority"],
            asset_kind=content["assetKind"],
            answers={question: frozenset(some) for question, some in content["answers"].items()},
            windows=windows_of(content["windows"]),
        ),
        by=by,
        now=now,
    )
    return content["code"], agreement_told(kept_agreement(transaction, content["code"]))


def kept_agreement(transaction: Transaction, code: str) -> AgreementRecord:
    """Return the row of an agreement that is surely there."""
    return transaction.session.scalars(
        select(AgreementRecord).where(AgreementRecord.code == code)
    ).one()


def _wrong_day(detail: str) -> DraftRefused:
    return DraftRefused(detail, errors=(FieldError("from_day", "wrong-day", detail),))


def told_in_force(kept: RoutingDraftRecord) -> dict[str, Any]:
    """Return a draft as the history of changes keeps that it is in force."""
    return {
        "name": kept.name,
        "from": kept.in_force_from.isoformat() if kept.in_force_from else None,
        "made": sorted(kept.applied["made"]) if kept.applied else [],
        "ended": sorted(kept.applied["ended"]) if kept.applied else [],
        "areas": sorted(kept.applied["areas"]) if kept.applied else [],
    }


def note_draft(
    transaction: Transaction,
    kept: RoutingDraftRecord,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Note that a draft was put in force, or that this was undone."""
    note_rule_change(
        transaction, what="draft", code=str(kept.id), by=by, at=now, before=before, after=after
    )
