"""Makes, changes, ends and lists agreements; every change is noted with who and when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.identifiers import new_id
from app.foundation.rule_changes import ChangedBy, note_rule_change, version_of
from app.foundation.windows import Window, kept_windows
from app.routing.model import (
    Agreement,
    AgreementChangedMeanwhile,
    AgreementNotFound,
    AgreementRefused,
)
from app.routing.operations.asking import wrong_answers
from app.routing.operations.reading import (
    COLUMNS,
    FROM_AGREEMENTS,
    agreement_of,
)
from app.routing.records import AgreementRecord

LONGEST_CODE = 80
HIGHEST_PRIORITY = 1000

#: Words behind `/beheer/werkafspraken/` that lead to another page than that of an agreement.
PAGES = frozenset({"nieuw", "rooster", "botsingen"})

_CODE = r"[a-z0-9]+(-[a-z0-9]+)*"


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


_HOLD_PARTIES = text("SELECT FROM party WHERE id = ANY(:ids) ORDER BY id FOR SHARE")

_CHECK = text(
    """
    SELECT (SELECT ended_on FROM party WHERE id = :party_id) AS ended_on,
           EXISTS (SELECT FROM party WHERE id = :party_id) AS is_party,
           CAST(:category_code AS text) IS NULL
               OR EXISTS (SELECT FROM category WHERE code = :category_code) AS is_category,
           EXISTS (SELECT FROM agreement WHERE code = :code
                     AND id IS DISTINCT FROM :own_id) AS is_taken,
           CAST(:asset_owner_id AS uuid) IS NULL
               OR EXISTS (SELECT FROM party WHERE id = :asset_owner_id) AS is_owner,
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
            ended, it is about neither an area nor an owner, no report gives an answer that it
            wants, or its period runs backwards.
    """
    one_at_a_time(transaction)
    require_right(transaction, wanted, now=now)
    made = AgreementRecord(id=new_id(), code=wanted.code)
    write_agreement(made, wanted)
    transaction.session.add(made)
    transaction.session.flush()
    note_agreement(transaction, made, before=None, by=by, now=now)
    return made.id


def end_agreement(
    transaction: Transaction,
    code: str,
    *,
    last_day: date,
    by: ChangedBy,
    now: datetime,
    expected_version: str | None = None,
) -> None:
    """Let an agreement end with this day, the last one it is in force; it stays as history.

    Raises:
        AgreementNotFound: there is none with this code.
        AgreementChangedMeanwhile: somebody else changed it since `expected_version`.
        AgreementRefused: it would end before it began, or on a day on which it decided.
    """
    found = locked_agreement(transaction, code, expected_version=expected_version)
    if last_day < found.valid_from:
        detail = f"It began on {found.valid_from.isoformat()}; it cannot end before."
        raise AgreementRefused(detail, errors=(FieldError("validUntil", "too-early", detail),))
    decided_on = last_decided_on(transaction, found.id)
    if decided_on is not None and last_day < decided_on:
        detail = f"Reports went by it until {decided_on.isoformat()}; it cannot end before."
        raise AgreementRefused(detail, errors=(FieldError("validUntil", "decided", detail),))
    before = agreement_told(found)
    found.valid_until = last_day
    transaction.session.flush()
    note_agreement(transaction, found, before=before, by=by, now=now)


_LAST_DECIDED = text("SELECT max(decided_at) FROM routing_decision WHERE agreement_id = :id")


def last_decided_on(transaction: Transaction, agreement_id: UUID) -> date | None:
    """Return the last day on which a report was decided by this agreement; None is never."""
    decided = transaction.connection.scalar(_LAST_DECIDED, {"id": agreement_id})
    return decided.astimezone(LOCAL_ZONE).date() if decided is not None else None


def agreement_version(transaction: Transaction, code: str) -> str:
    """Return what a form carries to tell whether somebody else changed it meanwhile.

    Raises:
        AgreementNotFound: there is none with this code.
    """
    found = transaction.session.scalar(select(AgreementRecord).where(AgreementRecord.code == code))
    if found is None:
        raise AgreementNotFound(f"There is no agreement {code!r}.")
    return version_of(agreement_told(found))


def locked_agreement(
    transaction: Transaction, code: str, *, expected_version: str | None = None
) -> AgreementRecord:
    """Return an agreement that nobody else can change until the end of this transaction.

    Raises:
        AgreementNotFound: there is none with this code.
        AgreementChangedMeanwhile: somebody else changed it since `expected_version`.
    """
    one_at_a_time(transaction)
    found = transaction.session.scalar(
        select(AgreementRecord)
        .where(AgreementRecord.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise AgreementNotFound(f"There is no agreement {code!r}.")
    if expected_version is not None and version_of(agreement_told(found)) != expected_version:
        raise AgreementChangedMeanwhile
    return found


def one_at_a_time(transaction: Transaction) -> None:
    """Let whoever writes agreements wait for the one before, to see all that one wrote.

    It comes before the lock of any row, so that no two wait for each other.
    """
    transaction.connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('agreements', 853))")
    )


def write_agreement(kept: AgreementRecord, wanted: AgreementToMake) -> None:
    """Write all but the code into a row."""
    kept.party_id = wanted.party_id
    kept.category_code = wanted.category_code
    kept.area_kind, kept.area_code = wanted.area or (None, None)
    kept.asset_owner_id = wanted.asset_owner_id
    kept.priority = wanted.priority
    kept.asset_kind = wanted.asset_kind
    kept.answers = {question: sorted(some) for question, some in wanted.answers.items()}
    kept.windows = kept_windows(wanted.windows)
    kept.valid_from = wanted.valid_from
    kept.valid_until = wanted.valid_until
    kept.is_demo = wanted.is_demo


def require_right(
    transaction: Transaction,
    wanted: AgreementToMake,
    *,
    now: datetime,
    own_id: UUID | None = None,
) -> None:
    """Insist that an agreement can be kept; `own_id` is that of the one that it changes.

    Raises:
        AgreementRefused: it says what is wrong, by field.
    """
    # Whoever ends one of these parties waits, or has ended it and is seen here.
    parties = [one for one in (wanted.party_id, wanted.asset_owner_id) if one is not None]
    transaction.connection.execute(_HOLD_PARTIES, {"ids": sorted(parties)})
    found = transaction.connection.execute(
        _CHECK,
        {
            "party_id": wanted.party_id,
            "category_code": wanted.category_code,
            "code": wanted.code,
            "own_id": own_id,
            "asset_owner_id": wanted.asset_owner_id,
            "area_kind": wanted.area[0] if wanted.area else None,
            "area_code": wanted.area[1] if wanted.area else None,
            "valid_from": wanted.valid_from,
        },
    ).one()
    # What began long ago goes on from today: a party that ended since gets none of it.
    goes_on = max(wanted.valid_from, now.astimezone(LOCAL_ZONE).date())
    ended = found.ended_on is not None and found.ended_on <= goes_on
    wrong = [
        FieldError(field, code, detail)
        for is_wrong, field, code, detail in (
            (
                not re.fullmatch(_CODE, wanted.code) or len(wanted.code) > LONGEST_CODE,
                "code",
                "missing",
                "It needs a code of small letters, digits and hyphens.",
            ),
            (
                own_id is None and wanted.code in PAGES,
                "code",
                "reserved",
                f"{wanted.code!r} is the address of a page: choose another code.",
            ),
            (found.is_taken, "code", "taken", f"There is an agreement {wanted.code!r} already."),
            (not found.is_party, "party", "unknown-party", "There is no such party."),
            (ended, "party", "ended-party", "This party has ended: nothing new goes to it."),
            (not found.is_category, "category", "unknown-category", "There is no such category."),
            (not found.is_area, "area", "unknown-area", "There is no such area at that time."),
            (not found.is_owner, "area", "unknown-party", "There is no such owner of objects."),
            (
                (wanted.area is None) == (wanted.asset_owner_id is None),
                "area",
                "area-or-owner",
                "It is about an area, or about the objects of an owner: one of both.",
            ),
            (
                abs(wanted.priority) > HIGHEST_PRIORITY,
                "priority",
                "out-of-range",
                f"A priority is from -{HIGHEST_PRIORITY} to {HIGHEST_PRIORITY}.",
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
    if found.is_category:
        wrong += wrong_answers(transaction, wanted.answers, wanted.category_code)
    if wrong:
        raise AgreementRefused(" ".join(one.detail for one in wrong), errors=tuple(wrong))


def note_agreement(
    transaction: Transaction,
    kept: AgreementRecord,
    *,
    before: Mapping[str, Any] | None,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Note what became of an agreement; `before` is what `agreement_told` gave, if anything."""
    note_rule_change(
        transaction,
        what="agreement",
        code=kept.code,
        by=by,
        at=now,
        before=before,
        after=agreement_told(kept),
    )


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
