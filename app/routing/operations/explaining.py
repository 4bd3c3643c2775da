"""Explains who would get a report at a place, without one: for people and for the what-if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.geography.model import Located, Spot
from app.geography.operations import brought_inside, locate
from app.geography.outline import may_be_ours
from app.routing.model import Decision, Defect
from app.routing.operations.deciding import decide, defect_at
from app.routing.rules import cannot_wait
from app.triage.model import Category
from app.triage.operations import category


@dataclass(frozen=True, slots=True)
class Explained:
    """What would happen to a report: what was found at the place, and the decision.

    `is_ours` is false outside the municipality, where the report would be refused.
    """

    category: Category
    located: Located
    defect: Defect
    decision: Decision
    is_ours: bool


def explain(
    transaction: Transaction,
    spot: Spot,
    *,
    category_code: str,
    at: datetime,
    municipality_code: str,
    asset_id: UUID | None = None,
    is_urgent: bool = False,
    answers: Mapping[str, frozenset[str]] | None = None,
) -> Explained:
    """Return who would get a report of this category here at the moment `at`, and why.

    The same statements and the same rules as for a report.

    Raises:
        UnknownAsset, UnknownCategory, RetiredCategory: it names something that is not there.
    """
    on = at.astimezone(LOCAL_ZONE).date()
    found = locate(transaction, spot, asset_id=asset_id, on=on)
    located = brought_inside(transaction, found, municipality_code=municipality_code, on=on)
    named = category(transaction, category_code)
    terms = named.norm.terms(
        danger=is_urgent,
        answers=answers or {},
        asset_kind=located.asset.kind if located.asset else None,
    )
    defect = defect_at(
        located,
        named.code,
        at=at,
        is_urgent=cannot_wait(terms, danger=is_urgent),
        answers=answers,
    )
    return Explained(
        category=named,
        located=located,
        defect=defect,
        decision=decide(transaction, defect),
        is_ours=municipality_code
        in {area.code for area in located.areas if area.kind == "municipality"}
        or may_be_ours(transaction, located, municipality_code=municipality_code, on=on),
    )
