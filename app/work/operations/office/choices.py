"""What a filter can be made of: parties, people and areas, read at once for the list."""

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
    #: Name of a party → who works for it; the code of each is the id of the account.
    people: dict[str, list[NamedCode]] = field(default_factory=dict)


_CHOICES = text(
    """
    SELECT 'party' AS what, '' AS kind, code, name FROM party
    UNION ALL
    SELECT DISTINCT 'area', kind, kind || ':' || code, name FROM area
    WHERE kind <> 'municipality' AND valid_from <= :today
      AND (valid_until IS NULL OR valid_until > :today)
    UNION ALL
    SELECT 'person', party.name, account.id::text, account.name
    FROM account JOIN party ON party.id = account.party_id WHERE account.is_active
    ORDER BY 1, 2, 4, 3
    """
)


def choices_of_list(transaction: Transaction, *, today: date) -> ListChoices:
    """Return what a list of cases can be filtered by. One statement."""
    parties: list[NamedCode] = []
    areas: dict[str, list[NamedCode]] = {}
    people: dict[str, list[NamedCode]] = {}
    for row in transaction.read(_CHOICES, {"today": today}):
        one = NamedCode(row.code, row.name)
        if row.what == "party":
            parties.append(one)
        elif row.what == "person":
            people.setdefault(row.kind, []).append(one)
        else:
            areas.setdefault(row.kind, []).append(one)
    return ListChoices(parties, areas, people)
