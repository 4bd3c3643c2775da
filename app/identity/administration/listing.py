"""Finds accounts by what an administrator asks for: a page of them and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.identity.administration.model import AccountFilter, AccountState
from app.identity.permissions import ROLES_WITH_SECOND_FACTOR, Role

ACCOUNTS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account as it stands on the list."""

    id: UUID
    name: str
    email: str
    role: Role
    party_name: str | None
    is_active: bool
    is_limited: bool
    has_second_factor: bool
    last_signed_in_at: datetime | None

    @property
    def misses_second_factor(self) -> bool:
        """Whether its role needs a second factor and there is none."""
        return self.role in ROLES_WITH_SECOND_FACTOR and not self.has_second_factor


@dataclass(frozen=True, slots=True)
class AccountPage:
    """A page of the list, and how many accounts there are on all of them."""

    lines: Sequence[AccountLine]
    count: int


#: As `second_factor.has_second_factor` says it, in the words of the database.
_HAS_SECOND_FACTOR = (
    "(account.tf_primary_method IS NOT NULL"
    " OR EXISTS (SELECT FROM passkey WHERE passkey.account_id = account.id))"
)

_STATES: dict[AccountState, str] = {
    AccountState.ACTIVE: "account.is_active",
    AccountState.ENDED: "NOT account.is_active",
    AccountState.NEVER_SIGNED_IN: "account.is_active AND account.last_signed_in_at IS NULL",
    AccountState.WITHOUT_SECOND_FACTOR: (
        f"account.is_active AND account.role = ANY(:secured) AND NOT ({_HAS_SECOND_FACTOR})"
    ),
    AccountState.ALL: "true",
}


def list_accounts(transaction: Transaction, wanted: AccountFilter, *, page: int = 1) -> AccountPage:
    """Return a page of the accounts that are wanted, by name. One statement."""
    parts: list[str] = [_STATES[wanted.state]]
    values: dict[str, Any] = {
        "at_most": ACCOUNTS_ON_A_PAGE,
        "skip": (page - 1) * ACCOUNTS_ON_A_PAGE,
    }
    if wanted.state is AccountState.WITHOUT_SECOND_FACTOR:
        values["secured"] = sorted(ROLES_WITH_SECOND_FACTOR)
    if wanted.role is not None:
        parts.append("account.role = :role")
        values["role"] = wanted.role.value
    if wanted.party is not None:
        parts.append("party.code = :party")
        values["party"] = wanted.party
    for number, word in enumerate(wanted.words.lower().split()):
        parts.append(
            f"(position(:word_{number} IN lower(account.name)) > 0"
            f" OR position(:word_{number} IN account.email) > 0)"
        )
        values[f"word_{number}"] = word
    condition = " AND ".join(parts)
    rows = transaction.connection.execute(
        text(
            f"""
            WITH found AS (
                SELECT account.id, account.name, account.email, account.role, account.is_active,
                       party.name AS party_name, {_HAS_SECOND_FACTOR} AS has_second_factor,
                       account.within_areas <> '{{}}' OR account.within_categories <> '{{}}'
                           AS is_limited,
                       account.last_signed_in_at
                FROM account LEFT JOIN party ON party.id = account.party_id
                WHERE {condition}
            )
            SELECT counted.count, shown.*
            FROM (SELECT count(*) AS count FROM found) AS counted
            LEFT JOIN (
                SELECT * FROM found ORDER BY lower(name), email LIMIT :at_most OFFSET :skip
            ) AS shown ON true
            ORDER BY lower(shown.name), shown.email
            """  # noqa: S608  # our own conditions; what was typed comes as values
        ),
        values,
    ).all()
    lines = [_line(row) for row in rows if row.id is not None]
    return AccountPage(lines, int(rows[0]._mapping["count"]))


def _line(row: Any) -> AccountLine:  # noqa: ANN401  # columns by name
    return AccountLine(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        party_name=row.party_name,
        is_active=row.is_active,
        is_limited=row.is_limited,
        has_second_factor=row.has_second_factor,
        last_signed_in_at=row.last_signed_in_at,
    )
