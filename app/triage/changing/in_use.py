"""The ports through which triage hears what rests on a kind; work and routing know, it does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from app.foundation.database import Transaction


class OpenCases(Protocol):
    """Tells how many open cases each kind has."""

    def __call__(self, transaction: Transaction) -> Mapping[str, int]:
        """Return the number by the code of a kind; a kind without one is left out."""
        ...


class AgreementsAboutKinds(Protocol):
    """Tells how many agreements name each kind, main or inner, today or later."""

    def __call__(self, transaction: Transaction, *, on: date) -> Mapping[str, int]:
        """Return the number by the code of a kind; a kind without one is left out."""
        ...
