"""Reads agreements as rows give them: one list of columns, one way to make the noun."""

from __future__ import annotations

from typing import Any

from app.foundation.windows import windows_of
from app.routing.model import Agreement, PartyOfAgreement, StandIn

#: What `agreement_of` wants to find in a row of `FROM_AGREEMENTS`.
COLUMNS = """
    agreement.id, agreement.code, agreement.category_code, agreement.area_kind,
    agreement.area_code, agreement.asset_owner_id, agreement.priority, agreement.asset_kind,
    agreement.answers, agreement.windows,
    party.id AS party_id, party.code AS party_code, party.name AS party_name,
    party.kind AS party_kind, party.hours AS party_hours,
    stand_in.id AS stand_in_id, stand_in.code AS stand_in_code,
    stand_in.name AS stand_in_name, stand_in.kind AS stand_in_kind
"""

#: A stand-in that has ended stands in for nobody.
FROM_AGREEMENTS = """
    agreement
    JOIN party ON party.id = agreement.party_id
    LEFT JOIN party AS stand_in ON stand_in.id = party.stand_in_id
         AND (stand_in.ended_on IS NULL OR stand_in.ended_on > :today)
"""

#: True of what is in force on `:today`.
IN_FORCE = """
    agreement.valid_from <= :today
    AND (agreement.valid_until IS NULL OR agreement.valid_until >= :today)
    AND (party.ended_on IS NULL OR party.ended_on > :today)
"""


def agreement_of(row: Any) -> Agreement:  # noqa: ANN401  # a row with COLUMNS
    """Return the agreement that a row tells of."""
    return Agreement(
        id=row.id,
        code=row.code,
        party=PartyOfAgreement(
            row.party_id,
            row.party_code,
            row.party_name,
            row.party_kind,
            hours=windows_of(row.party_hours),
            stand_in=StandIn(
                row.stand_in_id, row.stand_in_code, row.stand_in_name, row.stand_in_kind
            )
            if row.stand_in_id
            else None,
        ),
        category_code=row.category_code,
        area_kind=row.area_kind,
        area_code=row.area_code,
        asset_owner_id=row.asset_owner_id,
        priority=row.priority,
        asset_kind=row.asset_kind,
        answers={question: frozenset(wanted) for question, wanted in row.answers.items()},
        windows=windows_of(row.windows),
    )
