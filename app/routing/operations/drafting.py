"""Writes into a draft what would change: an agreement made, changed or ended, areas replaced."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.identifiers import new_id
from app.foundation.sentences import Sentence
from app.foundation.texts import clean_text
from app.foundation.windows import kept_windows
from app.geography.replacing import ShapedArea, areas_of_kind
from app.routing.draft_records import DraftAgreementRecord, DraftAreasRecord, RoutingDraftRecord
from app.routing.drafted import MOST_AGREEMENTS, DraftRefused, Operation
from app.routing.model import AgreementNotFound, AgreementRefused
from app.routing.operations.agreements import AgreementToMake, agreement_told
from app.routing.operations.asking import wrong_answers
from app.routing.operations.drafts import changeable_draft, note_changed
from app.routing.records import AgreementRecord


def draft_agreement(
    transaction: Transaction,
    draft_id: UUID,
    wanted: AgreementToMake,
    *,
    instead_of: str | None,
    expected_version: int,
    today: date,
) -> None:
    """Write an agreement into a draft: a new one, or one as it would be instead of `instead_of`.

    Its first day is the one on which the draft comes in force. What was written about the same
    agreement before is written over.

    Raises:
        DraftUnknown, DraftMovedOn, DraftRefused: as `changeable_draft`.
        AgreementNotFound: `instead_of` names none.
        AgreementRefused: a party, category or area is not there, no report gives an answer that it
            wants, or the code is taken.
    """
    found = changeable_draft(transaction, draft_id, expected_version=expected_version)
    based_on: dict[str, Any] | None = None
    if instead_of is not None:
        based_on = agreement_told(_agreement(transaction, instead_of, today=today))
        wanted = replace(wanted, code=_next_code(transaction, instead_of))
    _check(transaction, draft_id, wanted, is_new=instead_of is None, today=today)
    _write(
        transaction,
        found,
        code=instead_of or wanted.code,
        operation=Operation.CHANGE if instead_of else Operation.MAKE,
        based_on=based_on,
        content=_content(wanted),
    )


def draft_end(
    transaction: Transaction, draft_id: UUID, code: str, *, expected_version: int, today: date
) -> None:
    """Write into a draft that an agreement ends.

    Raises:
        DraftUnknown, DraftMovedOn, DraftRefused: as `changeable_draft`.
        AgreementNotFound: there is none with this code.
    """
    found = changeable_draft(transaction, draft_id, expected_version=expected_version)
    _write(
        transaction,
        found,
        code=code,
        operation=Operation.END,
        based_on=agreement_told(_agreement(transaction, code, today=today)),
        content=None,
    )


def leave_agreement(
    transaction: Transaction, draft_id: UUID, code: str, *, expected_version: int
) -> None:
    """Leave an agreement out of a draft again; twice is once."""
    found = changeable_draft(transaction, draft_id, expected_version=expected_version)
    transaction.session.execute(
        delete(DraftAgreementRecord).where(
            DraftAgreementRecord.draft_id == draft_id, DraftAgreementRecord.code == code
        )
    )
    note_changed(transaction, found)


_ADD_AREA = text(
    """
    INSERT INTO draft_area (id, draft_id, kind, code, name, shape, square_metres)
    SELECT :id, :draft_id, :kind, :code, :name, given.shape, ST_Area(given.shape::geography)
    FROM (SELECT ST_GeomFromWKB(decode(:shape, 'hex'), 4326) AS shape) AS given
    """
)

_CUT = text(
    """
    INSERT INTO draft_area_part (draft_area_id, number, shape)
    SELECT draft_area.id, row_number() OVER (PARTITION BY draft_area.id), part
    FROM draft_area, ST_Subdivide(draft_area.shape, 64) AS part
    WHERE draft_area.draft_id = :draft_id AND draft_area.kind = :kind
    """
)


def draft_areas(
    transaction: Transaction,
    draft_id: UUID,
    kind: str,
    areas: Iterable[ShapedArea],
    *,
    source: str,
    expected_version: int,
    today: date,
) -> None:
    """Write into a draft that these replace all areas of a kind.

    Raises:
        DraftUnknown, DraftMovedOn, DraftRefused: as `changeable_draft`.
    """
    found = changeable_draft(transaction, draft_id, expected_version=expected_version)
    _drop_areas(transaction, draft_id, kind)
    transaction.session.add(
        DraftAreasRecord(
            draft_id=draft_id,
            kind=kind,
            source=clean_text(source)[:200] or "-",
            based_on=areas_of_kind(transaction, kind, on=today),
        )
    )
    transaction.session.flush()
    transaction.connection.execute(
        _ADD_AREA,
        [
            {
                "id": new_id(),
                "draft_id": draft_id,
                "kind": kind,
                "code": area.code,
                "name": area.name,
                "shape": area.shape,
            }
            for area in areas
        ],
    )
    transaction.connection.execute(_CUT, {"draft_id": draft_id, "kind": kind})
    note_changed(transaction, found)


def leave_areas(
    transaction: Transaction, draft_id: UUID, kind: str, *, expected_version: int
) -> None:
    """Leave the areas of a kind as they are after all."""
    found = changeable_draft(transaction, draft_id, expected_version=expected_version)
    _drop_areas(transaction, draft_id, kind)
    note_changed(transaction, found)


def _agreement(transaction: Transaction, code: str, *, today: date) -> AgreementRecord:
    found = transaction.session.scalar(
        select(AgreementRecord)
        .where(AgreementRecord.code == code)
        .execution_options(populate_existing=True)
    )
    if found is None or (found.valid_until is not None and found.valid_until < today):
        raise AgreementNotFound(f"There is no agreement {code!r} that holds.")
    return found


def _content(wanted: AgreementToMake) -> dict[str, Any]:
    return {
        "code": wanted.code,
        "party": str(wanted.party_id),
        "category": wanted.category_code,
        "area": "/".join(wanted.area) if wanted.area else None,
        "assetOwner": str(wanted.asset_owner_id) if wanted.asset_owner_id else None,
        "priority": wanted.priority,
        "assetKind": wanted.asset_kind,
        "answers": {question: sorted(some) for question, some in wanted.answers.items()},
        "windows": kept_windows(wanted.windows),
        "validUntil": wanted.valid_until.isoformat() if wanted.valid_until else None,
    }


def _next_code(transaction: Transaction, code: str) -> str:
    """Return the code of the agreement that comes after this one: `groen-2` after `groen`."""
    stem, _, last = code.rpartition("-")
    stem, number = (stem, int(last)) if stem and last.isdecimal() else (code, 1)
    taken = set(
        transaction.session.scalars(
            select(AgreementRecord.code).where(AgreementRecord.code.startswith(stem + "-"))
        )
    )
    while f"{stem}-{number + 1}" in taken:
        number += 1
    return f"{stem}-{number + 1}"


_CHECK = text(
    """
    SELECT EXISTS (SELECT FROM party WHERE id = :party_id) AS is_party,
           EXISTS (SELECT FROM party WHERE id = :party_id AND ended_on <= :today) AS has_ended,
           CAST(:category_code AS text) IS NULL
               OR EXISTS (SELECT FROM category WHERE code = :category_code) AS is_category,
           EXISTS (SELECT FROM agreement WHERE code = :code) AS is_taken,
           CAST(:area_kind AS text) IS NULL OR EXISTS (
               SELECT FROM area WHERE kind = :area_kind AND code = :area_code
                 AND (valid_until IS NULL OR valid_until > :today))
           OR EXISTS (SELECT FROM draft_area WHERE draft_id = :draft_id
                      AND kind = :area_kind AND code = :area_code) AS is_area
    """
)


def _check(
    transaction: Transaction,
    draft_id: UUID,
    wanted: AgreementToMake,
    *,
    is_new: bool,
    today: date,
) -> None:
    found = transaction.connection.execute(
        _CHECK,
        {
            "draft_id": draft_id,
            "party_id": wanted.party_id,
            "category_code": wanted.category_code,
            "code": wanted.code,
            "area_kind": wanted.area[0] if wanted.area else None,
            "area_code": wanted.area[1] if wanted.area else None,
            "today": today,
        },
    ).one()
    one_of_both = (wanted.area is None) == (wanted.asset_owner_id is None)
    too_early = wanted.valid_until is not None and wanted.valid_until < today
    wrong = [
        FieldError(field, code, detail)
        for is_wrong, field, code, detail in (
            (is_new and not wanted.code, "code", "missing", "It needs a code."),
            (is_new and found.is_taken, "code", "taken", "There is an agreement with this code."),
            (not found.is_party, "party", "unknown-party", "There is no such party."),
            (found.has_ended, "party", "ended-party", "This party has ended."),
            (not found.is_category, "category", "unknown-category", "There is no such category."),
            (not found.is_area, "area", "unknown-area", "There is no such area."),
            (one_of_both, "area", "area-or-owner", "It is about an area, or an owner's objects."),
            (too_early, "validUntil", "too-early", "It cannot end before today."),
        )
        if is_wrong
    ]
    if found.is_category:
        wrong += wrong_answers(transaction, wanted.answers, wanted.category_code)
    if wrong:
        raise AgreementRefused(" ".join(one.detail for one in wrong), errors=tuple(wrong))


def _write(
    transaction: Transaction,
    found: RoutingDraftRecord,
    *,
    code: str,
    operation: Operation,
    based_on: dict[str, Any] | None,
    content: dict[str, Any] | None,
) -> None:
    session = transaction.session
    session.execute(
        delete(DraftAgreementRecord).where(
            DraftAgreementRecord.draft_id == found.id, DraftAgreementRecord.code == code
        )
    )
    many = session.scalars(
        select(DraftAgreementRecord.id).where(DraftAgreementRecord.draft_id == found.id)
    ).all()
    if len(many) >= MOST_AGREEMENTS:
        raise DraftRefused(
            Sentence("A draft holds %(most)s agreements at the most.", most=MOST_AGREEMENTS)
        )
    session.add(
        DraftAgreementRecord(
            id=new_id(),
            draft_id=found.id,
            code=code,
            operation=operation.value,
            based_on=based_on,
            content=content,
        )
    )
    note_changed(transaction, found)


def _drop_areas(transaction: Transaction, draft_id: UUID, kind: str) -> None:
    transaction.session.execute(
        delete(DraftAreasRecord).where(
            DraftAreasRecord.draft_id == draft_id, DraftAreasRecord.kind == kind
        )
    )
    transaction.session.expire_all()


def drafted_shapes(transaction: Transaction, draft_id: UUID) -> dict[str, Any]:
    """Return the areas of a draft as a FeatureCollection, simplified for a map."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT name, ST_AsGeoJSON(ST_SimplifyPreserveTopology(shape, 0.0001), 5) AS geometry
            FROM draft_area WHERE draft_id = :draft_id ORDER BY kind, code
            """
        ),
        {"draft_id": draft_id},
    )
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": json.loads(row.geometry),
                "properties": {"name": row.name},
            }
            for row in rows
        ],
    }
