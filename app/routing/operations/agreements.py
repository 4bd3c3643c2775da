"""Makes, changes, ends and lists agreements; every change is noted with who and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.identifiers import new_id
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.foundation.windows import Window, kept_windows
from app.routing.model import Agreement, AgreementNotFound, AgreementRefused
from app.routing.operations.reading import (
    COLUMNS,
    FROM_AGREEMENTS,
    agreement_of,
)
from app.routing.records import AgreementRecord


@dataclass(frozen=True, slots=True)
class AgreementToMake:
    """An agreement as somebody writes it down: who, about what, where, when."""

    code: str
    party_id: UUID
    category_code: str | None
    area: tuple[str, str] | None
    asset_owner_id: UUID | None
    valid_from: date
    valid_until: date | None = None
    priority: int = 0
    asset_kind: str | None = None
    answers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class AgreedPeriod:
    """An agreement with the days it is in force, the last one included; None is without end."""

    agreement: Agreement
    valid_from: date
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on this day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


_CHECK = text(
    """
    SELECT (SELECT ended_on FROM party WHERE id = :party_id) AS ended_on,
           EXISTS (SELECT FROM party WHERE id = :party_id) AS is_party,
           CAST(:category_code AS text) IS NULL
               OR EXISTS (SELECT FROM category WHERE code = :category_code) AS is_category,
           EXISTS (SELECT FROM agreement WHERE code = :code) AS is_taken,
           CAST(:area_kind AS text) IS NULL OR EXISTS (
               SELECT FROM area WHERE kind = :area_kind AND code = :area_code
                 AND (valid_until IS NULL OR valid_until > :valid_from)) AS is_area
    """
)


def make_agreement(
    transaction: Transaction, wanted: AgreementToMake, *, by: ChangedBy, now: datetime
) -> UUID:
    """Agree that a party does the work in an area, or at the assets of an owner; return its id.

    Raises:
        AgreementRefused: the code is taken, the party, the category or the area is not there or has
            ended, it is about neither an area nor an owner, or its period runs backwards.
    """
    _check(transaction, wanted)
    made = AgreementRecord(
        id=new_id(),
        code=wanted.code,
        party_id=wanted.party_id,
        category_code=wanted.category_code,
        area_kind=wanted.area[0] if wanted.area else None,
        area_code=wanted.area[1] if wanted.area else None,
        asset_owner_id=wanted.asset_owner_id,
        priority=wanted.priority,
        asset_kind=wanted.asset_kind,
        answers={question: sorted(some) for question, some in wanted.answers.items()},
        windows=kept_windows(wanted.windows),
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        is_demo=wanted.is_demo,
    )
    transaction.session.add(made)
    transaction.session.flush()
    note_rule_change(
        transaction,
        what="agreement",
        code=wanted.code,
        by=by,
        at=now,
        before=None,
        after=agreement_told(made),
    )
    return made.id


def end_agreement(
    transaction: Transaction, code: str, *, last_day: date, by: ChangedBy, now: datetime
) -> None:
    """Let an agreement end with this day, the last one it is in force; it stays as history.

    Raises:
        AgreementNotFound: there is none with this code.
        AgreementRefused: it would end before it began.
    """
    found = transaction.session.query(AgreementRecord).filter_by(code=code).one_or_none()
    if found is None:
        raise AgreementNotFound(f"There is no agreement {code!r}.")
    if last_day < found.valid_from:
        detail = f"It began on {found.valid_from.isoformat()}; it cannot end before."
        raise AgreementRefused(detail, errors=(FieldError("validUntil", "too-early", detail),))
    before = agreement_told(found)
    found.valid_until = last_day
    transaction.session.flush()
    note_rule_change(
        transaction,
        what="agreement",
        code=code,
        by=by,
        at=now,
        before=before,
        after=agreement_told(found),
    )


def _check(transaction: Transaction, wanted: AgreementToMake) -> None:
    found = transaction.connection.execute(
        _CHECK,
        {
            "party_id": wanted.party_id,
            "category_code": wanted.category_code,
            "code": wanted.code,
            "area_kind": wanted.area[0] if wanted.area else None,
            "area_code": wanted.area[1] if wanted.area else None,
            "valid_from": wanted.valid_from,
        },
    ).one()
    ended = found.ended_on is not None and found.ended_on <= wanted.valid_from
    wrong = [
        FieldError(field, code, detail)
        for is_wrong, field, code, detail in (
            (not wanted.code, "code", "missing", "It needs a code."),
            (found.is_taken, "code", "taken", f"There is an agreement {wanted.code!r} already."),
            (not found.is_party, "party", "unknown-party", "There is no such party."),
            (ended, "party", "ended-party", "This party has ended: nothing new goes to it."),
            (not found.is_category, "category", "unknown-category", "There is no such category."),
            (not found.is_area, "area", "unknown-area", "There is no such area at that time."),
            (
                (wanted.area is None) == (wanted.asset_owner_id is None),
                "area",
                "area-or-owner",
                "It is about an area, or about the objects of an owner: one of both.",
            ),
            (
                wanted.valid_until is not None and wanted.valid_until < wanted.valid_from,
                "validUntil",
                "too-early",
                "It cannot end before it begins.",
            ),
        )
        if is_wrong
    ]
    if wrong:
        raise AgreementRefused(" ".join(one.detail for one in wrong), errors=tuple(wrong))


def agreement_told(kept: AgreementRecord) -> dict[str, Any]:
    """Return an agreement as the history of changes keeps it."""
    return {
        "party": str(kept.party_id),
        "category": kept.category_code,
        "area": f"{kept.area_kind}/{kept.area_code}" if kept.area_code else None,
        "assetOwner": str(kept.asset_owner_id) if kept.asset_owner_id else None,
        "priority": kept.priority,
        "assetKind": kept.asset_kind,
        "answers": kept.answers,
        "windows": kept.windows,
        "validFrom": kept.valid_from.isoformat(),
        "validUntil": kept.valid_until.isoformat() if kept.valid_until else None,
    }


_ALL = text(
    f"""
    SELECT {COLUMNS}, agreement.valid_from, agreement.valid_until
    FROM {FROM_AGREEMENTS}
    WHERE agreement.valid_until IS NULL OR agreement.valid_until >= :today
    ORDER BY agreement.code
    """  # noqa: S608  # our own column lists
)


def agreements_from(transaction: Transaction, *, today: date) -> Sequence[AgreedPeriod]:
    """Return all agreements that are in force on this day or will be, by code."""
    return [_period(row) for row in transaction.connection.execute(_ALL, {"today": today})]


def _period(row: Row[Any]) -> AgreedPeriod:
    return AgreedPeriod(agreement_of(row), row.valid_from, row.valid_until)


_AGREED_AREAS = text(
    """
    SELECT DISTINCT area_kind, area_code FROM agreement
    WHERE area_code IS NOT NULL AND valid_from <= :on
      AND (valid_until IS NULL OR valid_until >= :on)
    """
)


def agreed_areas(transaction: Transaction, *, on: date) -> frozenset[tuple[str, str]]:
    """Return the areas, as kind and code, that the agreements of this day speak of."""
    rows = transaction.connection.execute(_AGREED_AREAS, {"on": on})
    return frozenset((row.area_kind, row.area_code) for row in rows)
