"""Makes, reads, renames and throws away drafts of changed agreements and areas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.identifiers import new_id
from app.foundation.sentences import Sentence
from app.foundation.texts import clean_text
from app.routing.draft_records import (
    DraftAgreementRecord,
    DraftAreaRecord,
    DraftAreasRecord,
    RoutingDraftRecord,
)
from app.routing.drafted import (
    LONGEST_NAME,
    Draft,
    DraftedAgreement,
    DraftedAreas,
    DraftMovedOn,
    DraftRefused,
    DraftUnknown,
    Operation,
)

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('routing-drafts', 853))")


def make_draft(
    transaction: Transaction, name: str, *, by: UUID | None, now: datetime, is_demo: bool = False
) -> UUID:
    """Begin a draft that changes nothing yet; return its id.

    One that the same person began with this name, and wrote nothing into, is the same: the same
    form may come twice.

    Raises:
        DraftRefused: the name is empty or too long.
    """
    name = _name(name)
    if by is not None:
        transaction.connection.execute(_ONE_AT_A_TIME)
        begun = transaction.session.scalar(
            select(RoutingDraftRecord.id).where(
                RoutingDraftRecord.made_by == by,
                RoutingDraftRecord.name == name,
                RoutingDraftRecord.version == 1,
            )
        )
        if begun is not None:
            return begun
    made = RoutingDraftRecord(
        id=new_id(), name=name, made_by=by, made_at=now, version=1, is_demo=is_demo
    )
    transaction.session.add(made)
    transaction.session.flush()
    return made.id


def drafts(transaction: Transaction) -> Sequence[Draft]:
    """Return all drafts with what they change, the newest first."""
    found = transaction.session.scalars(
        select(RoutingDraftRecord).order_by(RoutingDraftRecord.made_at.desc(), "id")
    )
    return [_with_changes(transaction, record) for record in found]


def draft(transaction: Transaction, draft_id: UUID) -> Draft:
    """Return a draft with what it changes.

    Raises:
        DraftUnknown: there is none with this id.
    """
    found = transaction.session.get(RoutingDraftRecord, draft_id, populate_existing=True)
    if found is None:
        raise DraftUnknown()
    return _with_changes(transaction, found)


def rename_draft(
    transaction: Transaction, draft_id: UUID, name: str, *, expected_version: int
) -> None:
    """Call a draft otherwise.

    Raises:
        DraftUnknown, DraftMovedOn: as `locked_draft`.
        DraftRefused: the name is empty or too long.
    """
    found = locked_draft(transaction, draft_id, expected_version=expected_version)
    found.name = _name(name)
    note_changed(transaction, found)


def throw_away_draft(transaction: Transaction, draft_id: UUID, *, expected_version: int) -> None:
    """Throw a draft away; one that was ever in force stays, since the history names it.

    Raises:
        DraftUnknown, DraftMovedOn: as `locked_draft`.
        DraftRefused: it was put in force.
    """
    found = locked_draft(transaction, draft_id, expected_version=expected_version)
    if found.put_in_force_at is not None:
        raise DraftRefused(Sentence("It was put in force, so it stays as history."))
    transaction.session.delete(found)
    transaction.session.flush()


def locked_draft(
    transaction: Transaction, draft_id: UUID, *, expected_version: int
) -> RoutingDraftRecord:
    """Return a draft's row, which nobody else changes meanwhile.

    Raises:
        DraftUnknown: there is none with this id.
        DraftMovedOn: it is not at `expected_version` any more.
    """
    found = transaction.session.get(
        RoutingDraftRecord, draft_id, with_for_update=True, populate_existing=True
    )
    if found is None:
        raise DraftUnknown()
    if found.version != expected_version:
        raise DraftMovedOn()
    return found


def changeable_draft(
    transaction: Transaction, draft_id: UUID, *, expected_version: int
) -> RoutingDraftRecord:
    """As `locked_draft`, for one that is not in force.

    Raises:
        DraftRefused: it was put in force; what it says is history until that is undone.
    """
    found = locked_draft(transaction, draft_id, expected_version=expected_version)
    if found.put_in_force_at is not None and found.undone_at is None:
        raise DraftRefused(Sentence("It was put in force. Undo that before changing it."))
    return found


def _name(name: str) -> str:
    cleaned = clean_text(name).strip()
    if not 1 <= len(cleaned) <= LONGEST_NAME:
        detail = Sentence("A name has 1 to %(most)s characters.", most=LONGEST_NAME)
        raise DraftRefused(detail, errors=(FieldError("name", "length", detail),))
    return cleaned


def _with_changes(transaction: Transaction, found: RoutingDraftRecord) -> Draft:
    agreements = transaction.session.scalars(
        select(DraftAgreementRecord)
        .where(DraftAgreementRecord.draft_id == found.id)
        .order_by(DraftAgreementRecord.code)
        .execution_options(populate_existing=True)
    )
    kinds = transaction.session.scalars(
        select(DraftAreasRecord)
        .where(DraftAreasRecord.draft_id == found.id)
        .order_by(DraftAreasRecord.kind)
        .execution_options(populate_existing=True)
    )
    return Draft(
        id=found.id,
        name=found.name,
        made_by=found.made_by,
        made_at=found.made_at,
        version=found.version,
        in_force_from=found.in_force_from,
        put_in_force_at=found.put_in_force_at,
        undone_at=found.undone_at,
        applied=found.applied,
        agreements=tuple(
            DraftedAgreement(one.code, Operation(one.operation), one.based_on, one.content)
            for one in agreements
        ),
        areas=tuple(
            DraftedAreas(
                one.kind,
                one.source,
                tuple(one.based_on),
                _names_of_areas(transaction, found.id, one.kind),
            )
            for one in kinds
        ),
    )


def _names_of_areas(transaction: Transaction, draft_id: UUID, kind: str) -> dict[str, str]:
    rows = transaction.session.execute(
        select(DraftAreaRecord.code, DraftAreaRecord.name)
        .where(DraftAreaRecord.draft_id == draft_id, DraftAreaRecord.kind == kind)
        .order_by(DraftAreaRecord.code)
    )
    return {row.code: row.name for row in rows}


def note_changed(transaction: Transaction, found: RoutingDraftRecord) -> None:
    """Let whoever saw it before see that it is another one now."""
    found.version += 1
    transaction.session.flush()
