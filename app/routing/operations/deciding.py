"""Decides who is responsible for a defect, keeps the decision, and tells it later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.geography.model import Located
from app.routing.calendar import WorkingCalendar
from app.routing.model import RULE_VERSION, AreaHere, Decision, Defect, LocalMoment
from app.routing.operations.calendar_days import (
    CALENDAR_COLUMNS,
    FROM_CALENDAR,
    calendar_from,
    calendar_in,
)
from app.routing.operations.reading import COLUMNS, FROM_AGREEMENTS, IN_FORCE, agreement_of
from app.routing.rules import responsible_party

_CANDIDATES = text(
    f"""
    SELECT {COLUMNS}, {CALENDAR_COLUMNS}
    FROM ({FROM_CALENDAR}) AS calendar
    LEFT JOIN ({FROM_AGREEMENTS}) ON {IN_FORCE}
      AND (agreement.category_code IS NULL
           OR agreement.category_code IN (:category_code, :main_category_code))
      AND ((agreement.area_code = ANY(:area_codes)
            AND agreement.area_kind || '/' || agreement.area_code = ANY(:areas))
           OR agreement.asset_owner_id = :asset_owner_id)
    """  # noqa: S608  # our own column lists
)


def defect_at(
    located: Located,
    category_code: str,
    *,
    at: datetime,
    is_urgent: bool = False,
    answers: Mapping[str, frozenset[str]] | None = None,
) -> Defect:
    """Return what routing looks at, for a place, a category and the moment `at`."""
    asset = located.asset
    return Defect(
        category_code=category_code,
        areas=tuple(
            AreaHere(area.kind, area.code, area.name, area.square_metres) for area in located.areas
        ),
        moment=LocalMoment(at.astimezone(LOCAL_ZONE)),
        is_urgent=is_urgent,
        has_asset=asset is not None,
        asset_number=asset.number_and_street if asset else None,
        asset_kind=asset.kind if asset else None,
        asset_owner_id=asset.owner_party_id if asset else None,
        answers=answers or {},
        is_at_border=located.is_at_border,
    )


def decide(transaction: Transaction, defect: Defect) -> Decision:
    """Return who is responsible for `defect` at its moment, and why. One statement."""
    return decide_with_calendar(transaction, defect)[0]


def decide_with_calendar(
    transaction: Transaction, defect: Defect
) -> tuple[Decision, WorkingCalendar]:
    """Return the decision, and from the same statement the calendar to promise a day with."""
    began = perf_counter()
    local = defect.moment.at
    rows = transaction.read(
        _CANDIDATES,
        {
            "today": local.date(),
            "calendar_from": calendar_from(local),
            "category_code": defect.category_code,
            "main_category_code": defect.main_category_code,
            "area_codes": [area.code for area in defect.areas],
            "areas": [f"{area.kind}/{area.code}" for area in defect.areas],
            "asset_owner_id": defect.asset_owner_id,
        },
    )
    calendar = calendar_in(rows)
    moment = LocalMoment(
        local,
        calendar.is_day_off(local.date()),
        calendar.is_day_off(local.date() - timedelta(days=1)),
    )
    decision = responsible_party(
        [agreement_of(row) for row in rows if row.id is not None],
        defect=replace(defect, moment=moment),
    )
    took = round((perf_counter() - began) * 1_000_000)
    return replace(decision, microseconds=took), calendar


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
        "assetKind": defect.asset_kind,
        "isUrgent": defect.is_urgent,
        "isAtBorder": defect.is_at_border,
        "areas": [
            {"kind": area.kind, "code": area.code, "name": area.name}
            for area in sorted(defect.areas, key=lambda area: area.key)
        ],
        "party": decision.party.name if decision.party else None,
        "area": decision.area_name,
        "standsInFor": decision.stood_in.for_party if decision.stood_in else None,
        "clashesWith": list(decision.clashes_with),
        "betweenRivals": decision.between_rivals.value if decision.between_rivals else None,
        "considered": [
            {
                "agreement": looked_at.agreement,
                "party": looked_at.party,
                "matched": looked_at.matched,
                "why": looked_at.why,
            }
            for looked_at in decision.considered
        ],
        "microseconds": decision.microseconds,
    }


_OF_CASE = text(
    """
    SELECT because, grounds, rule_version, decided_at FROM routing_decision
    WHERE case_id = :case_id ORDER BY decided_at DESC, id
    """
)


def decisions_of_case(transaction: Transaction, case_id: UUID) -> Sequence[dict[str, Any]]:
    """Return the decisions about a case, the newest first, each with its grounds."""
    return [
        {
            "because": row.because,
            "grounds": row.grounds,
            "rule_version": row.rule_version,
            "decided_at": row.decided_at,
        }
        for row in transaction.read(_OF_CASE, {"case_id": case_id})
    ]


_AREAS_OF_CASES = text(
    """
    SELECT DISTINCT ON (case_id) case_id, grounds -> 'areas' AS areas
    FROM routing_decision WHERE case_id = ANY(CAST(:case_ids AS uuid[]))
    ORDER BY case_id, decided_at DESC, id
    """
)


def areas_of_cases(
    transaction: Transaction, case_ids: Sequence[UUID]
) -> dict[UUID, list[dict[str, str]]]:
    """Return the areas each case lay in when it was last decided, each with kind, code and name."""
    rows = transaction.read(_AREAS_OF_CASES, {"case_ids": list(case_ids)})
    return {row.case_id: row.areas or [] for row in rows}
