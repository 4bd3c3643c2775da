"""Reads the demo's categories from their data file, in the form of any municipality's."""

from __future__ import annotations

from pathlib import Path

from app.triage.category_files import categories_in
from app.triage.operations import CategoryToLoad

CATEGORIES_FILE = Path(__file__).with_name("data") / "categories.toml"


def demo_categories() -> list[CategoryToLoad]:
    """Return the demo's categories, every heading before what is below it."""
    return categories_in(CATEGORIES_FILE)
