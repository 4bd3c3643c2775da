"""What a filter can be made of: parties and areas, read at once. Part of the list's statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from app.foundation.database import Transaction


@dataclass(frozen=True, slots=True)
class NamedCode:
    """Something that can be chosen: the code it is chosen by, and what it is called."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ListChoices:
    """What people choose from above a list of cases, each by name."""

    parties: Sequence[NamedCode]
    #: Kind of area → its areas; the code of each is `kind:code`.
    areas: dict[str, list[NamedCode]] = field(default_factory=dict)


_CHOICES = text(
    """
    SELECT 'party' AS what, '' AS kind, code, name FROM party
    UNION ALL
    SELECT DISTINCT 'area', kind, kind || ':' || code, name FROM area
    WHERE kind <> 'municipality' AND valid_from <= :today
      AND (valid_until IS NULL OR valid_until > :today)
    ORDER BY 1, 2, 4, 3
    """
)


def choices_of_list(transaction: Transaction, *, today: date) -> ListChoices:
    """Return what a list of cases can be filtered by. One statement."""
    parties: list[NamedCode] = []
    areas: dict[str, list[NamedCode]] = {}
    for row in transaction.read(_CHOICES, {"today": today}):
        one = NamedCode(row.code, row.name)
        if row.what == "party":
            parties.append(one)
        else:
            areas.setdefault(row.kind, []).append(one)
    return ListChoices(parties, areas)
