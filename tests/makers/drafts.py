"""Drafts of changed rules for tests, and past reports to compare them over."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text

import app.entrypoints.tables  # noqa: F401  # every table must be known before one is used
from app.foundation.database import Transaction
from app.geography.replacing import ShapedArea, areas_in_file
from app.geography.rules import AreaFields
from app.intake.model import Channel, NewReport
from app.reception.operations import receive_report
from app.routing.drafted import Draft
from app.routing.operations.agreements import AgreementToMake
from app.routing.operations.drafts import draft, make_draft

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def an_empty_draft(transaction: Transaction, name: str = "Welberg naar noord") -> Draft:
    """Begin a draft that changes nothing."""
    return draft(transaction, make_draft(transaction, name, by=None, now=NOW))


def an_agreement_to_draft(
    party_id: UUID,
    *,
    code: str = "",
    category: str | None = None,
    area: tuple[str, str] | None = ("team-district", "zuid"),
    priority: int = 0,
) -> AgreementToMake:
    """Make an agreement as a draft takes it."""
    return AgreementToMake(
        code=code,
        party_id=party_id,
        category_code=category,
        area=area,
        asset_owner_id=None,
        valid_from=TODAY,
        priority=priority,
    )


def a_past_report(
    transaction: Transaction,
    spot: tuple[float, float],
    *,
    category: str = "wegen.losse-tegel",
    at: datetime = datetime(2026, 11, 20, 9, tzinfo=UTC),
    asset_id: UUID | None = None,
    is_danger: bool = False,
) -> str:
    """Let a report come in at that moment, the whole way; return its reference."""
    return receive_report(
        transaction,
        NewReport(
            description="Er ligt een tegel los.",
            longitude=spot[0],
            latitude=spot[1],
            channel=Channel.WEB,
            category=category,
            asset_id=asset_id,
            is_danger=is_danger,
        ),
        municipality_code="GM0851",
        now=at,
    ).report.reference


def boxes(**named: tuple[float, float, float, float]) -> list[ShapedArea]:
    """Return rectangles by their code: west, south, east, north."""
    return areas_in_file(
        boxes_as_geojson(**named),
        "boxes.geojson",
        kind="team-district",
        fields=AreaFields(code_field="code", name_field="code"),
    )


def boxes_as_geojson(**named: tuple[float, float, float, float]) -> bytes:
    """Return rectangles by their code, as a file."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"code": code},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [
                            [
                                [west, south],
                                [east, south],
                                [east, north],
                                [west, north],
                                [west, south],
                            ]
                        ],
                    },
                }
                for code, (west, south, east, north) in named.items()
            ],
        }
    ).encode()


def rules_as_they_are(transaction: Transaction) -> tuple[list[object], list[object]]:
    """Return every agreement and every area as the tables hold them."""
    agreements = transaction.connection.execute(text("SELECT * FROM agreement ORDER BY code"))
    areas = transaction.connection.execute(
        text("SELECT id, kind, code, valid_from, valid_until FROM area ORDER BY id")
    )
    return [tuple(map(str, row)) for row in agreements], [tuple(row) for row in areas]
