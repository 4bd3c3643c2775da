"""What routing can do: decide who is responsible and keep the decision; manage agreements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.geography.model import Located
from app.routing.model import RULE_VERSION, Agreement, Decision, Defect, PartyOfAgreement
from app.routing.records import AgreementRecord
from app.routing.rules import responsible_party

_CANDIDATES = text(
    """
    SELECT agreement.id, agreement.code, agreement.category_code, agreement.area_kind,
           agreement.area_code, agreement.asset_owner_id, agreement.priority,
           party.id AS party_id, party.code AS party_code, party.name AS party_name,
           party.kind AS party_kind
    FROM agreement
    JOIN party ON party.id = agreement.party_id
    WHERE agreement.valid_from <= :today
      AND (agreement.valid_until IS NULL OR agreement.valid_until >= :today)
      AND (party.ended_on IS NULL OR party.ended_on > :today)
      AND (agreement.category_code IS NULL
           OR agreement.category_code IN (:category_code, :main_category_code))
      AND ((agreement.area_kind || '/' || agreement.area_code) = ANY(:areas)
           OR agreement.asset_owner_id = :asset_owner_id)
    """
)


def defect_at(located: Located, category_code: str) -> Defect:
    """Return what routing looks at, for a place and a category."""
    asset = located.asset
    return Defect(
        category_code=category_code,
        areas=frozenset((area.kind, area.code) for area in located.areas),
        area_names={(area.kind, area.code): area.name for area in located.areas},
        has_asset=asset is not None,
        asset_number=asset.number if asset else None,
        asset_owner_id=asset.owner_party_id if asset else None,
    )


def decide(transaction: Transaction, defect: Defect, *, today: date) -> Decision:
    """Return who is responsible for `defect` today, and why. One statement."""
    rows = transaction.read(
        _CANDIDATES,
        {
            "today": today,
            "category_code": defect.category_code,
            "main_category_code": defect.main_category_code,
            "areas": [f"{kind}/{code}" for kind, code in defect.areas],
            "asset_owner_id": defect.asset_owner_id,
        },
    )
    agreements = [
        Agreement(
            id=row.id,
            code=row.code,
            party=PartyOfAgreement(row.party_id, row.party_code, row.party_name, row.party_kind),
            category_code=row.category_code,
            area_kind=row.area_kind,
            area_code=row.area_code,
            asset_owner_id=row.asset_owner_id,
            priority=row.priority,
        )
        for row in rows
    ]
    return responsible_party(agreements, defect=defect)


_KEEP = text(
    """
    INSERT INTO routing_decision
        (id, case_id, party_id, agreement_id, because, grounds, rule_version, decided_at)
    VALUES (:id, :case_id, :party_id, :agreement_id, :because, :grounds, :version, :now)
    """
)


def keep_decision(
    transaction: Transaction, decision: Decision, *, case_id: UUID, defect: Defect, now: datetime
) -> None:
    """Keep a decision with all it was based on, so that it can be explained later."""
    transaction.write(
        _KEEP,
        {
            "id": new_id(),
            "case_id": case_id,
            "party_id": decision.party.id if decision.party else None,
            "agreement_id": decision.agreement.id if decision.agreement else None,
            "because": decision.because.value,
            "grounds": Jsonb(grounds_of(decision, defect)),
            "version": RULE_VERSION,
            "now": now,
        },
    )


def grounds_of(decision: Decision, defect: Defect) -> dict[str, Any]:
    """Return what a decision rests on, as it is kept and shown."""
    return {
        "category": defect.category_code,
        "asset": defect.asset_number,
        "areas": [
            {"kind": kind, "code": code, "name": defect.area_names.get((kind, code), code)}
            for kind, code in sorted(defect.areas)
        ],
        "party": decision.party.name if decision.party else None,
        "area": decision.area_name,
        "considered": [
            {
                "agreement": looked_at.agreement,
                "party": looked_at.party,
                "matched": looked_at.matched,
                "why": looked_at.why,
            }
            for looked_at in decision.considered
        ],
    }


def decisions_of_case(transaction: Transaction, case_id: UUID) -> Sequence[dict[str, Any]]:
    """Return the decisions about a case, the newest first, each with its grounds."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT because, grounds, decided_at FROM routing_decision
            WHERE case_id = :case_id ORDER BY decided_at DESC, id
            """
        ),
        {"case_id": case_id},
    )
    return [
        {"because": row.because, "grounds": row.grounds, "decided_at": row.decided_at}
        for row in rows
    ]


def areas_of_cases(
    transaction: Transaction, case_ids: Sequence[UUID]
) -> dict[UUID, list[dict[str, str]]]:
    """Return the areas each case lay in when it was last decided, each with kind, code and name."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT DISTINCT ON (case_id) case_id, grounds -> 'areas' AS areas
            FROM routing_decision WHERE case_id = ANY(:case_ids)
            ORDER BY case_id, decided_at DESC, id
            """
        ),
        {"case_ids": list(case_ids)},
    )
    return {row.case_id: row.areas or [] for row in rows}


def make_agreement(
    transaction: Transaction,
    *,
    code: str,
    party_id: UUID,
    category_code: str | None,
    area: tuple[str, str] | None,
    asset_owner_id: UUID | None,
    valid_from: date,
    priority: int = 0,
    is_demo: bool = False,
) -> None:
    """Agree that a party does the work in an area (kind, code), or at the assets of an owner."""
    transaction.session.add(
        AgreementRecord(
            id=new_id(),
            code=code,
            party_id=party_id,
            category_code=category_code,
            area_kind=area[0] if area else None,
            area_code=area[1] if area else None,
            asset_owner_id=asset_owner_id,
            priority=priority,
            valid_from=valid_from,
            valid_until=None,
            is_demo=is_demo,
        )
    )
    transaction.session.flush()


def agreed_areas(transaction: Transaction, *, on: date) -> frozenset[tuple[str, str]]:
    """Return the areas, as kind and code, that the agreements of this day speak of."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT DISTINCT area_kind, area_code FROM agreement
            WHERE area_code IS NOT NULL AND valid_from <= :on
              AND (valid_until IS NULL OR valid_until >= :on)
            """
        ),
        {"on": on},
    )
    return frozenset((row.area_kind, row.area_code) for row in rows)
