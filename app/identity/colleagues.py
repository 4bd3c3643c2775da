"""Who works for a party: for its team lead, and for lists of who has what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.identity.permissions import ROLE_PERMISSIONS, Permission


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A person who works for a party."""

    id: UUID
    name: str


_MEMBERS = text(
    """
    SELECT id, name FROM account
    WHERE party_id = :party_id AND is_active AND role = ANY(:roles)
    ORDER BY lower(name), id
    """
)


def team_members(transaction: Transaction, party_id: UUID) -> Sequence[TeamMember]:
    """Return who does the tasks of a party now, by name; whose account has ended is left out."""
    roles = [
        role.value for role, allowed in ROLE_PERMISSIONS.items() if Permission.WORK_TASKS in allowed
    ]
    rows = transaction.read(_MEMBERS, {"party_id": party_id, "roles": roles})
    return [TeamMember(row.id, row.name) for row in rows]
