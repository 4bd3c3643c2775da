"""Cases for tests: as values, as real rows, and as the public knows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, text

from app.foundation.database import Transaction
from app.work.model import Case, CaseStage
from app.work.operations.cases import case, open_case

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)

_numbers = count(1)


def a_case(**different: Any) -> Case:  # noqa: ANN401  # columns of `Case`
    """Make a case without a row: an open one that everyone may see, unless it is said otherwise."""
    made = Case(
        id=uuid4(),
        reference=f"CASE-{next(_numbers)}",
        category_code="overig.anders",
        category_group="other",
        stage=CaseStage.ASSIGNED,
        longitude=4.3201,
        latitude=51.5802,
        asset_id=None,
        party_id=uuid4(),
        is_danger=False,
        report_count=1,
        received_at=NOON,
        due_at=NOON + timedelta(days=7),
        version=1,
        party_code="zuid",
        party_name="Buitendienst Zuid",
        party_kind="team",
    )
    return replace(made, **different)


def a_kept_case(transaction: Transaction, stage: CaseStage = CaseStage.RECEIVED) -> Case:
    """Open a case that nobody has, and put it into a stage."""
    opened = open_case(
        transaction,
        reference=f"KEPT-{next(_numbers)}",
        category_code="overig.anders",
        category_group="other",
        public_visibility="exact",
        longitude=4.3201,
        latitude=51.5802,
        asset_id=None,
        party=None,
        is_danger=False,
        due_at=NOON + timedelta(days=7),
        now=NOON,
        desk_reasons={},
    )
    into = a_kept_case(transaction).id if stage is CaseStage.MERGED else None
    transaction.connection.execute(
        text(
            "UPDATE defect_case SET stage = :stage, merged_into = :into,"
            " closed_at = CASE WHEN :stage IN ('resolved', 'closed-without-work', 'referred',"
            " 'merged') THEN received_at END WHERE id = :id"
        ),
        {"stage": stage.value, "into": into, "id": opened.id},
    )
    return case(transaction, opened.id)


def a_public_case(
    connection: Connection,
    reference: str,
    *,
    category: str = "groen.snoeien",
    stage: str = "assigned",
    party: str | None = "Buitendienst",
    reported_at: datetime = NOON,
    at: tuple[float, float] = (4.32, 51.58),
) -> None:
    """Put a public case into the table, as publishing would."""
    connection.execute(
        text(
            """
            INSERT INTO public_case (reference, category_code, stage, spot, party_name,
                report_count, reported_at, due_at, changed_at)
            VALUES (:reference, :category, :stage,
                ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), :party, 1, :at, :at, :at)
            """
        ),
        {
            "reference": reference,
            "category": category,
            "stage": stage,
            "longitude": at[0],
            "latitude": at[1],
            "party": party,
            "at": reported_at,
        },
    )
