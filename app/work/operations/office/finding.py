"""Finds cases by a place or by words: in a street, at an address, at a thing, with these words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import TextClause, text

from app.foundation.database import Transaction
from app.geography.model import Address
from app.geography.named_places import (
    exact_addresses,
    has_number,
    named_streets,
    object_named,
)
from app.geography.numbered_assets import NumberedAsset, assets_with_number
from app.identity.model import NO_LIMITS, Limits
from app.work.operations.office.condition import HOLD_THE_WORDS, as_words
from app.work.operations.office.listing import CaseLine, cases_by_id
from app.work.operations.within import within

#: More than this of one sort is looked for with the filters of the list.
MOST_FOUND = 20

#: Of one street so many are shown: somebody says only "in de Kerkstraat".
MOST_IN_A_STREET = 100

#: So near to an address a case is at it: a front garden, the pavement, the other side.
AT_AN_ADDRESS_METRES = 40


@dataclass(frozen=True, slots=True)
class FoundCases:
    """What was found in each way: open ones first, then the newest."""

    at_place: Sequence[CaseLine]
    #: How many there are there in all.
    count_at_place: int
    #: Where that is: streets with their villages, or the addresses.
    streets: Sequence[tuple[str, str]]
    addresses: Sequence[Address]
    is_street: bool
    at_objects: Sequence[CaseLine]
    objects: Sequence[NumberedAsset]
    with_words: Sequence[CaseLine]


_IS_OPEN = "c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')"
_FOUND = "c.id, c.near_street, c.near_village, c.received_at"

# Each way has an index of its own; of a street all are read, so that they are counted. What has no
# kept address yet is found by where it lies.
_FIND = f"""
    WITH named AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:streets AS text[]), CAST(:addresses AS text[]),
                             CAST(:villages AS text[])) AS typed (street, address, village)
    ), kept AS MATERIALIZED (
        SELECT {_FOUND}, {_IS_OPEN} AS is_open
        FROM named JOIN defect_case AS c ON lower(c.near_street) = named.street
        WHERE c.near_street IS NOT NULL AND named.address = ''
          AND (named.village = '' OR named.village = lower(c.near_village)) AND {{condition}}
        UNION ALL
        SELECT {_FOUND}, {_IS_OPEN}
        FROM named JOIN defect_case AS c ON lower(c.near_address) = named.address
        WHERE c.near_address IS NOT NULL AND named.address <> ''
          AND named.street = lower(c.near_street)
          AND (named.village = '' OR named.village = lower(c.near_village)) AND {{condition}}
    ), here AS (
        SELECT ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS spot
        FROM unnest(CAST(:longitudes AS float8[]), CAST(:latitudes AS float8[]))
             AS typed (longitude, latitude)
    ), at_place AS MATERIALIZED (
        SELECT * FROM kept
        UNION
        SELECT {_FOUND}, {_IS_OPEN} FROM here
        JOIN defect_case AS c ON c.spot && ST_Expand(here.spot, :east, :north)
        WHERE ST_DistanceSphere(c.spot, here.spot) <= :within_metres
          AND (NOT :is_street OR c.near_asked_at IS NULL) AND {{condition}}
    )
    SELECT (SELECT count(*) FROM at_place) AS count_at_place,
        ARRAY(SELECT id FROM at_place
              ORDER BY is_open DESC, received_at DESC, id LIMIT :most_at_place) AS at_place,
        ARRAY(SELECT DISTINCT near_street || :between || near_village FROM kept
              ORDER BY 1 LIMIT :at_most) AS streets,
        ARRAY(SELECT c.id FROM defect_case AS c
              WHERE c.asset_id = ANY(CAST(:assets AS uuid[])) AND {{condition}}
              ORDER BY {_IS_OPEN} DESC, c.received_at DESC, c.id LIMIT :at_most) AS at_objects,
        ARRAY(SELECT c.id FROM defect_case AS c
              WHERE c.id = ANY(ARRAY({HOLD_THE_WORDS})) AND {{condition}}
              ORDER BY c.received_at DESC, c.id DESC LIMIT :at_most) AS with_words
"""  # noqa: S608  # our own conditions

#: Stands in no name.
_BETWEEN = "\t"


@lru_cache(maxsize=16)
def _limited(condition: str) -> TextClause:
    """Return the statement with a condition, the same for the same: it is compiled once."""
    return text(_FIND.format(condition=condition))


def find_cases(
    transaction: Transaction,
    typed: str,
    *,
    addresses: Sequence[Address],
    limits: Limits = NO_LIMITS,
) -> FoundCases:
    """Return the cases that somebody may mean who types this.

    `addresses` are those that the register proposes for it. A street without a number is all of
    it; a number is that of a house or of a thing, such as "lantaarnpaal 12". Two statements, and
    one more where a number is typed.
    """
    is_street = not has_number(typed)
    meant = exact_addresses(typed, addresses)
    streets = named_streets(typed, meant)
    objects: Sequence[NumberedAsset] = []
    if not is_street:
        kind, words = object_named(typed)
        objects = assets_with_number(transaction, words, kind=kind)
    condition, values = within(limits)
    row = transaction.read(
        _limited(condition),
        {
            **values,
            "streets": [one.street for one in streets],
            "addresses": [one.address for one in streets],
            "villages": [one.village for one in streets],
            "longitudes": [one.spot.longitude for one in meant],
            "latitudes": [one.spot.latitude for one in meant],
            "is_street": is_street,
            "within_metres": AT_AN_ADDRESS_METRES,
            # A degree of latitude is never less than 110,500 m; longitudes shrink towards 54° N.
            "east": AT_AN_ADDRESS_METRES / 65_000,
            "north": AT_AN_ADDRESS_METRES / 110_500,
            "between": _BETWEEN,
            "assets": [one.id for one in objects],
            "words": as_words(typed),
            "most_at_place": MOST_IN_A_STREET if is_street else MOST_FOUND,
            "at_most": MOST_FOUND,
        },
    )[0]
    lines = _lines(transaction, [*row.at_place, *row.at_objects, *row.with_words])
    return FoundCases(
        at_place=[lines[one] for one in row.at_place],
        count_at_place=row.count_at_place,
        streets=[_street(one) for one in row.streets],
        addresses=meant,
        is_street=is_street,
        at_objects=[lines[one] for one in row.at_objects],
        objects=objects,
        with_words=[lines[one] for one in row.with_words],
    )


def _lines(transaction: Transaction, ids: Sequence[UUID]) -> dict[UUID, CaseLine]:
    if not ids:
        return {}
    return {one.case.id: one for one in cases_by_id(transaction, list(dict.fromkeys(ids)))}


def _street(named: str) -> tuple[str, str]:
    street, _, village = named.partition(_BETWEEN)
    return street, village
