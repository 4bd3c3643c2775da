"""Planned works for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.planning.model import Hindrance, PlannedWork

Point = tuple[float, float]


def a_work(
    reference: str,
    *,
    at: Point = (4.32, 51.58),
    line: Sequence[Point] = (),
    area: Sequence[Point] = (),
    **different: Any,  # noqa: ANN401  # columns of `PlannedWork`
) -> PlannedWork:
    """Make a work at a point, along a line or over an area (its ring closes by itself).

    It lasts from 2020 to 2099 unless it is said otherwise.
    """
    shape: dict[str, object] = {"type": "Point", "coordinates": at}
    if line:
        shape = {"type": "LineString", "coordinates": line}
    if area:
        shape = {"type": "Polygon", "coordinates": [[*area, area[0]]]}
    made = PlannedWork(
        reference=reference,
        title_nl="Nieuwe riolering",
        title_en="New sewer",
        description_nl="De straat gaat open.",
        description_en="The street is opened up.",
        kind="sewer",
        hindrance=Hindrance.DETOUR,
        join_groups=("road",),
        starts_on=date(2020, 1, 1),
        ends_on=date(2099, 12, 31),
        carried_out_by="Aannemer",
        geometry=json.dumps(shape),
    )
    return replace(made, **different)
