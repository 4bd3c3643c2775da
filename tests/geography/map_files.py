"""Writes files with areas and assets for tests, and reads them in as a command does."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND
from app.geography.importing.area_files import AreaReading, read_areas
from app.geography.importing.areas import AreasToImport, import_areas
from app.geography.importing.model import AreasImported, AreasRead
from app.geography.rules import AreaFields

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)
FIELDS = AreaFields(code_field="code", name_field="name")

SQUARE = [[4.3, 51.5], [4.4, 51.5], [4.4, 51.6], [4.3, 51.6], [4.3, 51.5]]


def a_feature(
    ring: object = SQUARE, *, code: object = "here", name: object = "Here", **more: object
) -> dict[str, Any]:
    """Return a polygon with one ring."""
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, **more},
        "geometry": {"type": "Polygon", "coordinates": [copy.deepcopy(ring)]},
    }


def a_shape(
    kind: str, coordinates: object, *, code: str = "here", name: str = "Here"
) -> dict[str, Any]:
    """Return a feature of any type; `coordinates` as GeoJSON has them."""
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def a_file(folder: Path, *features: object, name: str = "areas.geojson", **more: object) -> Path:
    """Write a FeatureCollection; without features one square."""
    path = folder / name
    collection = {"type": "FeatureCollection", "features": list(features) or [a_feature()], **more}
    path.write_text(json.dumps(collection), encoding="utf-8")
    return path


def said_nothing(_: str) -> None:
    """Hear how far it is, and do nothing with it."""


def read(path: Path, fields: AreaFields = FIELDS, **reading: Any) -> AreasRead:  # noqa: ANN401  # passed on as they are
    """Read a file with areas."""
    return read_areas(
        path, AreaReading(fields, **reading), at_most_bytes=50_000_000, tell=said_nothing
    )


def imported(
    transaction: Transaction,
    path: Path,
    fields: AreaFields = FIELDS,
    *,
    kind: str = "village",
    on: date = TODAY,
    must_have: str | None = None,
    keeps_others: bool = False,
    **reading: Any,  # noqa: ANN401  # passed on as they are
) -> AreasImported:
    """Read a file with areas and let them be those of the kind."""
    return import_areas(
        transaction,
        AreasToImport(
            kind=kind,
            areas=read(path, fields, **reading).areas,
            source=path.name,
            valid_from=on,
            keeps_others=keeps_others,
            must_have=must_have,
        ),
        by=BY_COMMAND,
        now=NOW,
    )
