"""To what accounts can be limited: a gap that those fill who know areas and kinds by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.foundation.database import Transaction


@dataclass(frozen=True, slots=True)
class LimitChoice:
    """An area or a main kind to which an account can be limited."""

    value: str
    label: str


class LimitChoices(Protocol):
    """To what accounts can be limited. Areas and kinds are of others, who know their names."""

    def areas(self, transaction: Transaction, *, now: datetime) -> Sequence[LimitChoice]:
        """Return the team districts and villages of today, by kind and name."""
        ...

    def categories(self, transaction: Transaction) -> Sequence[LimitChoice]:
        """Return the main kinds in use, in their order."""
        ...
