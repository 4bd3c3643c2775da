"""Where an account is signed in: its living sign-ins, and the end of one or of all others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update

from app.foundation.database import Transaction
from app.identity.operations import digest_of
from app.identity.permissions import Role
from app.identity.records import Account, SignIn
from app.identity.rules import is_alive


class OverBecause(StrEnum):
    """Why a sign-in is over."""

    #: It was not used for so long, or lasted as long as one does.
    TIME = "time"
    #: By its owner elsewhere, by another password or role, or by an administrator.
    ENDED = "ended"


def sign_ins(transaction: Transaction, account_id: UUID, *, now: datetime) -> Sequence[SignIn]:
    """Return the living sign-ins of an account, the last used first."""
    account = transaction.session.get(Account, account_id)
    if account is None:
        return []
    open_ones = transaction.session.scalars(
        select(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .order_by(SignIn.last_seen_at.desc(), SignIn.started_at.desc())
    )
    return [
        one
        for one in open_ones
        if is_alive(
            Role(account.role), started_at=one.started_at, last_seen_at=one.last_seen_at, now=now
        )
    ]


def whose_sign_in(transaction: Transaction, token: str) -> UUID | None:
    """Return the account that signed in with this token, also when it is over; or nothing."""
    return transaction.session.scalar(
        select(SignIn.account_id).where(SignIn.token_digest == digest_of(token))
    )


def is_over_because(transaction: Transaction, token: str) -> OverBecause | None:
    """Return why the sign-in with this token is over; nothing if it is not, or is not known."""
    found = transaction.session.execute(
        select(SignIn, Account.role)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.token_digest == digest_of(token), SignIn.ended_at.is_not(None))
    ).one_or_none()
    if found is None or (ended_at := found[0].ended_at) is None:
        return None
    one, role = found
    lasted = is_alive(
        Role(role), started_at=one.started_at, last_seen_at=one.last_seen_at, now=ended_at
    )
    return OverBecause.ENDED if lasted else OverBecause.TIME


def end_own_sign_in(
    transaction: Transaction, sign_in_id: UUID, *, account_id: UUID, now: datetime
) -> SignIn | None:
    """End one of an account's own sign-ins and return it.

    Another's, or one that is over, is left alone; then nothing comes back.
    """
    return transaction.session.scalar(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SignIn)
    )


def end_other_sign_ins(
    transaction: Transaction, account_id: UUID, *, but: UUID, now: datetime
) -> int:
    """End every sign-in of an account but this one; return how many that were."""
    ended = transaction.session.scalars(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.id != but, SignIn.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SignIn.id)
    )
    return len(ended.all())
