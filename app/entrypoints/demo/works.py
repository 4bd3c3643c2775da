"""The demo's planned works, in days from the day they are loaded."""

from __future__ import annotations

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path

from app.planning.model import Hindrance, PlannedWork

_WORKS_FILE = Path(__file__).with_name("data") / "works.toml"


def demo_works(today: date, *, party_names: dict[str, str]) -> list[tuple[PlannedWork, str]]:
    """Return the works with the code of the party that does each: past, current and coming."""
    with _WORKS_FILE.open("rb") as file:
        told = tomllib.load(file)["work"]
    return [
        (
            PlannedWork(
                reference=work["reference"],
                title_nl=work["nl"],
                title_en=work["en"],
                description_nl=work["text_nl"],
                description_en=work["text_en"],
                kind=work["kind"],
                hindrance=Hindrance(work["hindrance"]),
                join_groups=tuple(work["groups"]),
                starts_on=today + timedelta(days=work["starts"]),
                ends_on=today + timedelta(days=work["ends"]),
                carried_out_by=party_names[work["by"]],
                geometry=json.dumps(work["geometry"]),
            ),
            work["by"],
        )
        for work in told
    ]
