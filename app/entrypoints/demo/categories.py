"""Reads the demo's categories from their data file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.triage.model import DangerAdvice, Name, Norm, PublicVisibility
from app.triage.operations import CategoryToLoad, Keyword

CATEGORIES_FILE = Path(__file__).with_name("data") / "categories.toml"


def demo_categories() -> list[CategoryToLoad]:
    """Return the demo's categories, every heading before what is below it."""
    with CATEGORIES_FILE.open("rb") as file:
        headings = tomllib.load(file)["main"]
    loaded: list[CategoryToLoad] = []
    for place, heading in enumerate(headings, start=1):
        loaded.append(
            CategoryToLoad(
                code=heading["code"],
                parent_code=None,
                name=Name(heading["nl"], heading["en"]),
                position=place,
            )
        )
        loaded.extend(
            _inner(heading["code"], below, position)
            for position, below in enumerate(heading["category"], start=1)
        )
    return loaded


def _inner(parent: str, given: Mapping[str, Any], position: int) -> CategoryToLoad:
    return CategoryToLoad(
        code=f"{parent}.{given['code']}",
        parent_code=parent,
        name=Name(given["nl"], given["en"]),
        position=position,
        norm=Norm(given["norm"], given.get("danger_norm")),
        danger_advice=(
            DangerAdvice(Name(given["danger_nl"], given["danger_en"]), given.get("danger_phone"))
            if "danger_nl" in given
            else None
        ),
        asset_kind=given.get("asset_kind"),
        join_group=given["join_group"],
        join_within_metres=given.get("join_within_metres", 250),
        public_visibility=PublicVisibility(given.get("public_visibility", "exact")),
        keywords=tuple(_keywords(given)),
    )


def _keywords(given: Mapping[str, Any]) -> Iterator[Keyword]:
    for language in ("nl", "en"):
        yield Keyword(language, given[language], 1.5)
        for written in given[f"keywords_{language}"]:
            words, _, weight = written.partition("^")
            yield Keyword(language, words, float(weight or 1))
