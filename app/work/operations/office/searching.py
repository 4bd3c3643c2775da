"""Finds cases by what somebody types into the one box: a number, an address, a reporter, words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import TextClause, text

from app.foundation.database import Transaction
from app.geography.model import Spot
from app.identity.model import NO_LIMITS, Limits
from app.intake.model import ReportNotFound
from app.intake.operations import case_of_report
from app.intake.rules import normal_reference
from app.work.model import Case
from app.work.operations.cases import case
from app.work.operations.office.listing import HOLD_THE_WORDS, CaseLine, cases_by_id
from app.work.operations.within import ids_within, within
from app.work.refusals import CaseNotFound

#: More than this of one sort is looked for with the filters of the list.
MOST_FOUND = 20

#: So near to an address a case is at it: a front garden, the pavement, the other side.
AT_AN_ADDRESS_METRES = 40


@lru_cache(maxsize=16)
def _limited(statement: str, condition: str) -> TextClause:
    """Return a statement with a condition, the same for the same: it is compiled once."""
    return text(statement.format(condition=condition))


def case_with_number(
    transaction: Transaction, typed: str, *, limits: Limits = NO_LIMITS
) -> Case | None:
    """Return the case of this number: its own, or that of a report that joined it.

    What lies outside the limits is not there.
    """
    reference = normal_reference(typed)
    if reference is None:
        return None
    try:
        found = case_of_report(transaction, reference)
        return case(transaction, found) if ids_within(transaction, [found], limits) else None
    except (CaseNotFound, ReportNotFound):
        return None


_AT_ADDRESSES = """
    SELECT c.id, min(ST_DistanceSphere(c.spot, here.spot)) AS metres
    FROM (
        SELECT ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS spot
        FROM unnest(CAST(:longitudes AS float8[]), CAST(:latitudes AS float8[]))
             AS typed (longitude, latitude)
    ) AS here
    JOIN defect_case AS c ON c.spot && ST_Expand(here.spot, :east, :north)
    WHERE ST_DistanceSphere(c.spot, here.spot) <= :within_metres AND {condition}
    GROUP BY c.id
    ORDER BY (c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')) DESC,
             c.received_at DESC, c.id
    LIMIT :at_most
"""


def cases_at_addresses(
    transaction: Transaction, spots: Sequence[Spot], *, limits: Limits = NO_LIMITS
) -> Sequence[CaseLine]:
    """Return the cases at these spots, open ones first, then the newest. Two statements."""
    if not spots:
        return []
    condition, values = within(limits)
    rows = transaction.read(
        _limited(_AT_ADDRESSES, condition),
        {
            **values,
            "longitudes": [spot.longitude for spot in spots],
            "latitudes": [spot.latitude for spot in spots],
            "within_metres": AT_AN_ADDRESS_METRES,
            # A degree of latitude is never less than 110,500 m; longitudes shrink towards 54° N.
            "east": AT_AN_ADDRESS_METRES / 65_000,
            "north": AT_AN_ADDRESS_METRES / 110_500,
            "at_most": MOST_FOUND,
        },
    )
    return cases_by_id(transaction, [row.id for row in rows])


_WITH_WORDS = f"""
    SELECT c.id FROM defect_case AS c
    WHERE c.id = ANY(ARRAY({HOLD_THE_WORDS})) AND {{condition}}
    ORDER BY c.received_at DESC, c.id DESC LIMIT :at_most
"""  # noqa: S608  # our own condition


def cases_with_words(
    transaction: Transaction, words: str, *, limits: Limits = NO_LIMITS
) -> Sequence[CaseLine]:
    """Return the newest cases with these words in a report, in either language. Two statements."""
    condition, values = within(limits)
    rows = transaction.read(
        _limited(_WITH_WORDS, condition),
        {**values, "words": words, "at_most": MOST_FOUND},
    )
    return cases_by_id(transaction, [row.id for row in rows])


def cases_of_reports(transaction: Transaction, case_ids: Sequence[UUID]) -> Sequence[CaseLine]:
    """Return the cases to which reports of a reporter belong, in this order. One statement."""
    return cases_by_id(transaction, case_ids) if case_ids else []
