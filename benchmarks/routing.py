"""Deciding who gets a report, in its transaction: beside one bare lookup, and as areas grow."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from sqlalchemy import text

from app.foundation.database import Database, Transaction, make_engine
from app.geography.model import Spot
from app.geography.operations import locate
from app.routing.operations.deciding import decide, defect_at
from benchmarks.statements import counting
from benchmarks.system import System

_CATEGORIES = (
    "wegen.losse-tegel",
    "verlichting.lamp-brandt-niet",
    "groen.snoeien",
    "afval.zwerfafval",
)
_BARE = text(
    "SELECT kind, code FROM area"
    " WHERE ST_Covers(shape, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326))"
)
_NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_WARM_UP = 200
_COUNTED = 50


@dataclass(frozen=True, slots=True)
class Deciding:
    """How long one decision takes, in milliseconds, with so many areas and agreements there."""

    areas: int
    assets: int
    agreements: int
    #: How many areas a place lies in, on average: each of them is something to decide about.
    areas_at_a_place: float
    median_ms: float
    p99_ms: float
    bare_median_ms: float
    #: As PostgreSQL counts them, but for BEGIN and COMMIT; None where it cannot count.
    statements: float | None

    @property
    def against_bare(self) -> float:
        """How many bare lookups it costs."""
        return self.median_ms / self.bare_median_ms


def measure(system: System, *, decisions: int, is_counted: bool) -> list[Deciding]:
    """Measure with the demo's own areas, and again with a thousand and all that goes with them."""
    small = _measure(system, decisions, is_counted=is_counted)
    _grow(system)
    return [small, _measure(system, decisions, is_counted=is_counted)]


def lines(found: Sequence[Deciding]) -> list[str]:
    """Return the measurements as a table."""
    head = (
        f"{'deciding one report':<52}{'p50':>8}{'p99':>8}{'bare':>8}{'ratio':>7}{'statements':>12}"
    )
    rows = [
        f"{one.areas:>6,} areas {one.assets:>8,} assets {one.agreements:>4} agreed"
        f" {one.areas_at_a_place:>4.1f} here {one.median_ms:>6.2f}ms{one.p99_ms:>6.2f}ms"
        f"{one.bare_median_ms:>6.2f}ms{one.against_bare:>6.1f}×{one.statements or '–':>12}"
        for one in found
    ]
    return [head, *rows]


def _measure(system: System, decisions: int, *, is_counted: bool) -> Deciding:
    with system.superuser() as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    database = Database(make_engine(system.environment["DATABASE_URL"], connections=1))
    chance = random.Random(851)  # the same places each time
    took: list[float] = []
    bare: list[float] = []
    areas: list[int] = []
    for number in range(_WARM_UP + decisions):
        spot, category = _somewhere(chance)
        with database.transaction() as transaction:
            _ = transaction.driver_connection
            began = time.perf_counter()
            there = _decide(transaction, spot, category)
            decided = time.perf_counter()
            transaction.read(_BARE, {"longitude": spot.longitude, "latitude": spot.latitude})
            looked_up = time.perf_counter()
        if number >= _WARM_UP:
            took.append((decided - began) * 1000)
            bare.append((looked_up - decided) * 1000)
            areas.append(there)
    statements = None
    if is_counted:
        with counting(system) as told:
            for _ in range(_COUNTED):
                with database.transaction() as transaction:
                    _decide(transaction, *_somewhere(chance))
        statements = round(told.calls_without_transactions / _COUNTED, 1)
    database.bind.engine.dispose()
    return Deciding(
        areas=int(system.ask("SELECT count(*) FROM area")),
        assets=int(system.ask("SELECT count(*) FROM asset")),
        agreements=int(system.ask("SELECT count(*) FROM agreement")),
        areas_at_a_place=sum(areas) / len(areas),
        median_ms=_percentile(took, 0.5),
        p99_ms=_percentile(took, 0.99),
        bare_median_ms=_percentile(bare, 0.5),
        statements=statements,
    )


def _somewhere(chance: random.Random) -> tuple[Spot, str]:
    spot = Spot(4.22 + chance.random() * 0.2, 51.56 + chance.random() * 0.08)
    return spot, chance.choice(_CATEGORIES)


def _decide(transaction: Transaction, spot: Spot, category: str) -> int:
    """Locate a place and decide; return how many areas it lies in."""
    located = locate(transaction, spot, asset_id=None, on=_NOW.date())
    decide(transaction, defect_at(located, category, at=_NOW))
    return len(located.areas)


def _grow(system: System) -> None:
    """Make it a thousand areas with many corners, 100,000 assets and 500 agreements."""
    with system.superuser() as connection:
        # Five kinds; those of a kind lie side by side, as neighbourhoods and districts do.
        connection.execute(
            "INSERT INTO area (kind, code, name, shape, valid_from, source)"
            " SELECT 'zone-' || chr(96 + layer), layer || '-' || i || '-' || j, 'Zone',"
            " ST_Multi(ST_Translate(ST_Segmentize(geom, 0.0005), layer * 0.0017, layer * 0.0011)),"
            " '2020-01-01', 'bench'"
            " FROM generate_series(1, 5) AS layer, ST_HexagonGrid("
            " 0.0074, ST_MakeEnvelope(4.2, 51.55, 4.42, 51.65, 4326))"
        )
        connection.execute(
            "INSERT INTO area (kind, code, name, shape, valid_from, source)"
            " SELECT 'zone-z', n::text, 'Zone', ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint("
            " 4.2 + n * 0.001, 51.6), 4326), 0.002)), '2020-01-01', 'bench'"
            " FROM generate_series(1, 1000 - (SELECT count(*)::int FROM area)) AS n"
        )
        connection.execute(
            "INSERT INTO asset (kind, number, spot) SELECT 'lamp-post', 'bench-' || n,"
            " ST_SetSRID(ST_MakePoint(4.2 + random() * 0.25, 51.55 + random() * 0.1), 4326)"
            " FROM generate_series(1, 100000 - (SELECT count(*)::int FROM asset)) AS n"
        )
        connection.execute(
            "INSERT INTO agreement (id, code, party_id, category_code, area_kind, area_code,"
            " priority, valid_from, is_demo)"
            " SELECT gen_random_uuid(), 'bench-' || row_number() OVER (),"
            " (SELECT id FROM party ORDER BY code LIMIT 1),"
            " (ARRAY['wegen', 'verlichting', 'groen', NULL])[1 + (random() * 3)::int],"
            " kind, code, 0, '2020-01-01', true FROM area WHERE kind LIKE 'zone-%'"
            " ORDER BY random() LIMIT 500 - (SELECT count(*)::int FROM agreement)"
        )


def _percentile(figures: Sequence[float], part: float) -> float:
    in_order = sorted(figures)
    return in_order[max(0, ceil(len(in_order) * part) - 1)]
