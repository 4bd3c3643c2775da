"""Recognises somebody by the sign-in that their browser carries; every page asks this first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.identity.operations import digest_of
from app.identity.permissions import Role
from app.identity.rules import is_alive

#: A sign-in's last use is written no more often than this.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that is signed in, named as its columns are, and by which sign-in it is."""

    id: UUID
    email: str
    name: str
    password_hash: str | None
    role: str
    party_id: UUID | None
    is_active: bool
    within_areas: Sequence[str]
    within_categories: Sequence[str]
    fs_uniquifier: str
    sign_in_id: UUID
    signed_in_at: datetime


# Rows of the ORM would cost more than all else that a page does before it begins.
_SIGN_IN = text(
    """
    SELECT account.id, account.email, account.name, account.password_hash, account.role,
           account.party_id, account.is_active, account.within_areas, account.within_categories,
           account.fs_uniquifier, sign_in.id AS sign_in_id, sign_in.started_at,
           sign_in.last_seen_at
    FROM sign_in JOIN account ON account.id = sign_in.account_id
    WHERE sign_in.token_digest = :digest AND sign_in.ended_at IS NULL AND account.is_active
    """
)
_END = text("UPDATE sign_in SET ended_at = :now WHERE id = :id")
_SEEN = text("UPDATE sign_in SET last_seen_at = :now WHERE id = :id")


def signed_in(
    transaction: Transaction, token: str, *, now: datetime, is_use: bool = True
) -> SignedIn | None:
    """Return whose living sign-in this token is; or nothing.

    An ended sign-in never comes back, and a deactivated account has none. Without `is_use` its rest
    goes on.
    """
    rows = transaction.read(_SIGN_IN, {"digest": digest_of(token)})
    if not rows:
        return None
    (row,) = rows
    is_living = is_alive(
        Role(row.role), started_at=row.started_at, last_seen_at=row.last_seen_at, now=now
    )
    if not is_living:
        transaction.write(_END, {"now": now, "id": row.sign_in_id})
        return None
    if is_use and now - row.last_seen_at >= SEEN_EVERY:
        transaction.write(_SEEN, {"now": now, "id": row.sign_in_id})
    return _signed_in(row)


def _signed_in(row: Any) -> SignedIn:  # noqa: ANN401  # columns by name
    return SignedIn(
        id=row.id,
        email=row.email,
        name=row.name,
        password_hash=row.password_hash,
        role=row.role,
        party_id=row.party_id,
        is_active=row.is_active,
        within_areas=row.within_areas,
        within_categories=row.within_categories,
        fs_uniquifier=row.fs_uniquifier,
        sign_in_id=row.sign_in_id,
        signed_in_at=row.started_at,
    )
