"""With what somebody can sign in, and the end of all that began with it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from app.foundation.database import Transaction
from app.identity.operations import end_sign_ins
from app.identity.passkeys import has_passkey
from app.identity.records import Account


class WayIn(StrEnum):
    """Something that lets somebody in by itself; a code of an app only follows a password."""

    PASSWORD = "password"  # noqa: S105  # a word, no password
    ORGANISATION = "organisation"
    PASSKEY = "passkey"


def ways_in(transaction: Transaction, account: Account) -> frozenset[WayIn]:
    """Return with what an account can be signed in to; nothing where nobody came yet."""
    found = set()
    if account.password_hash is not None:
        found.add(WayIn.PASSWORD)
    if account.provider_subject is not None:
        found.add(WayIn.ORGANISATION)
    if has_passkey(transaction, account.id):
        found.add(WayIn.PASSKEY)
    return frozenset(found)


def end_what_began(transaction: Transaction, account: Account, *, now: datetime) -> None:
    """End every sign-in of an account, whole or half-way, and let it know no device any more.

    An invitation of somebody who never signed in stays good: there is nothing to end yet.
    """
    if ways_in(transaction, account):
        account.fs_uniquifier = uuid4().hex
    end_sign_ins(transaction, account.id, now=now)
