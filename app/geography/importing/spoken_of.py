"""The port through which geography hears which areas others speak of; they know, it does not."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from app.foundation.database import Transaction
from app.foundation.sentences import Sentence
from app.geography.model import AgreementsWouldEnd
from app.geography.operations import areas_on

#: What is lost is named so far; the rest is counted.
_AT_MOST_NAMED = 12


class AreasSpokenOf(Protocol):
    """Tells which areas are named elsewhere, such as in agreements."""

    def __call__(self, transaction: Transaction, *, on: date) -> frozenset[tuple[str, str]]:
        """Return them as kind and code, for this day."""
        ...


def areas_missed(
    spoken_of: AreasSpokenOf, transaction: Transaction, *, on: date
) -> frozenset[tuple[str, str]]:
    """Return the areas, as kind and code, that are spoken of and that are not there."""
    return spoken_of(transaction, on=on) - areas_on(transaction, on=on)


def require_agreements_go_on(lost: frozenset[tuple[str, str]]) -> None:
    """Let pass what takes no area away from under an agreement.

    Raises:
        AgreementsWouldEnd: some would be lost; it says which, and how to keep their codes.
    """
    if not lost:
        return
    named = [f"{kind} {code}" for kind, code in sorted(lost)]
    more = len(named) - _AT_MOST_NAMED
    shown = ", ".join(named[:_AT_MOST_NAMED]) + (f" + {more}" if more > 0 else "")
    raise AgreementsWouldEnd(
        Sentence(
            "Agreements speak of areas that would no longer be there: %(areas)s. Reports there"
            " would go to others. Keep the codes, let the others of the kind stay, or say that"
            " you want this.",
            areas=shown,
        )
    )
