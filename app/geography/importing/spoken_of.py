"""The port through which geography hears which areas others speak of; they know, it does not."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from app.foundation.database import Transaction


class AreasSpokenOf(Protocol):
    """Tells which areas are named elsewhere, such as in agreements."""

    def __call__(self, transaction: Transaction, *, on: date) -> frozenset[tuple[str, str]]:
        """Return them as kind and code, for this day."""
        ...
