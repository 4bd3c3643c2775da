"""The port through which identity hears where somebody's work starts; who keeps that knows it."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from app.foundation.database import Transaction


class StartPages(Protocol):
    """Tells where a person chose to begin."""

    def __call__(self, transaction: Transaction, account_id: UUID) -> str | None:
        """Return the page of our own with which an account begins; None where it chose none."""
        ...
