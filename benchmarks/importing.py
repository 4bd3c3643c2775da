"""Measures the import of 100,000 objects, beside PostgreSQL's own COPY of the same rows."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.system import System

OBJECTS = 100_000
_PER_STREET = 50

#: The columns of an object, with the index on its place, and nothing of what an import keeps.
_BARE = (
    "CREATE UNLOGGED TABLE bench_object"
    " (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, number text, street text,"
    " spot geometry(Point, 4326));"
    " CREATE INDEX ON bench_object USING gist (spot)"
)


@dataclass(frozen=True, slots=True)
class Imported:
    """One import: how many objects, what the whole command took, and what COPY alone did."""

    objects: int
    seconds: float
    again_seconds: float
    copy_seconds: float

    @property
    def against_copy(self) -> float:
        """How many times COPY of the same rows it took."""
        return self.seconds / self.copy_seconds


def measure(system: System) -> Imported:
    """Import a file with objects by the operator's command, and once more, when nothing changes."""
    path = system.installation.data_folder / "bench-objects.geojson"
    rows = [
        (f"{n % _PER_STREET}/a", f"Straat {n // _PER_STREET}", 4.2 + n % 1000 / 5000, _latitude(n))
        for n in range(OBJECTS)
    ]
    _write(path, rows)
    try:
        first, again = _seconds_to_import(system, path), _seconds_to_import(system, path)
    finally:
        path.unlink()
    return Imported(OBJECTS, first, again, _seconds_to_copy(system, rows))


def lines(found: Imported) -> list[str]:
    """Return the measurement in words."""
    took = f"{found.seconds:.1f} s, {found.against_copy:.0f}× COPY alone"
    again = f"the same file again: {found.again_seconds:.1f} s"
    return [f"importing {found.objects:,} objects: {took} ({found.copy_seconds:.1f} s); {again}"]


def _latitude(number: int) -> float:
    return 51.5 + number // 1000 / 1000


def _write(path: Path, rows: Sequence[tuple[str, str, float, float]]) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"code": number, "name": street},
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        }
        for number, street, longitude, latitude in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def _seconds_to_import(system: System, path: Path) -> float:
    began = time.perf_counter()
    system.operate(
        "import", "assets", str(path), "--kind", "bench", "--number-field", "code",
        "--street-field", "name",
    )  # fmt: skip
    return time.perf_counter() - began


def _seconds_to_copy(system: System, rows: Sequence[tuple[str, str, float, float]]) -> float:
    with system.superuser() as connection:
        connection.execute(_BARE)
        began = time.perf_counter()
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY bench_object (number, street, spot) FROM STDIN") as copy,
        ):
            for number, street, longitude, latitude in rows:
                copy.write_row((number, street, f"SRID=4326;POINT({longitude} {latitude})"))
        took = time.perf_counter() - began
        connection.execute("DROP TABLE bench_object")
    return took
