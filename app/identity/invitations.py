"""Links with which a person chooses a password: good once, for a day, and kept nowhere."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from app.foundation.database import Transaction
from app.foundation.settings import Settings
from app.identity import passwords
from app.identity.model import AccountEnded, AccountUnknown, InvitationOver
from app.identity.operations import end_sign_ins
from app.identity.password_strength import acceptable_password
from app.identity.records import Account
from app.identity.signed import signed, stated_in

INVITATION_PATH = "/uitnodiging"

#: Long enough to reach a colleague who works tomorrow, short enough for a chat to be forgotten.
INVITATION_HOLDS = timedelta(hours=24)

_KIND = "invitation"


def invitation(account: Account, *, settings: Settings, now: datetime) -> str:
    """Return the address at which this person chooses a password, until `now` + 24 hours.

    It is worth nothing once a password was chosen with it, and after the next invitation.
    """
    token = signed(
        {"sub": str(account.id), "for": _worth(account)},
        kind=_KIND,
        until=now + INVITATION_HOLDS,
        settings=settings,
    )
    return f"{settings.base_url}{INVITATION_PATH}/{token}"


def take_password_away(transaction: Transaction, account_id: UUID, *, now: datetime) -> Account:
    """End every sign-in of an account and its password; an invitation gives it a new one.

    Raises:
        AccountUnknown: there is none.
        AccountEnded: it can sign in no more.
    """
    account = locked_account(transaction, account_id)
    if not account.is_active:
        raise AccountEnded()
    begin_anew(transaction, account, password_hash=None, now=now)
    return account


def let_back(transaction: Transaction, account_id: UUID, *, now: datetime) -> Account:
    """Let an account that was ended sign in again; it chooses a new password first.

    Raises:
        AccountUnknown: there is none.
    """
    account = locked_account(transaction, account_id)
    account.is_active = True
    begin_anew(transaction, account, password_hash=None, now=now)
    return account


def invited_account(
    transaction: Transaction, token: str, *, settings: Settings, now: datetime, lock: bool = False
) -> Account:
    """Return the account that this invitation is for; with `lock`, until the transaction ends.

    Raises:
        InvitationOver: it is too old, was used, or never was one.
    """
    stated = stated_in(token, kind=_KIND, now=now, settings=settings)
    try:
        account_id = UUID(str(stated["sub"])) if stated else None
    except (KeyError, ValueError):
        account_id = None
    if stated is None or account_id is None:
        raise InvitationOver()
    # Read anew with the lock: whoever waited for it must see what the one before wrote.
    account = transaction.session.get(
        Account, account_id, with_for_update=lock, populate_existing=lock
    )
    if (
        account is None
        or not account.is_active
        or not hmac.compare_digest(_worth(account), str(stated.get("for")))
    ):
        raise InvitationOver()
    return account


def choose_password(
    transaction: Transaction, token: str, password: str, *, settings: Settings, now: datetime
) -> Account:
    """Give the account of this invitation its password; of two at once the first one counts.

    Raises:
        InvitationOver: see `invited_account`.
        PasswordTooWeak: see `password_strength.acceptable_password`; the invitation stays good.
    """
    account = invited_account(transaction, token, settings=settings, now=now, lock=True)
    acceptable_password(password, about=[account.name, account.email, settings.municipality_name])
    begin_anew(transaction, account, password_hash=passwords.hashed(password), now=now)
    return account


def begin_anew(
    transaction: Transaction, account: Account, *, password_hash: str | None, now: datetime
) -> None:
    """Give an account another password, or none, and end all that hung on the one before."""
    account.password_hash = password_hash
    # Invitations, sign-ins and the devices that were known all hang on this word.
    account.fs_uniquifier = uuid4().hex
    end_sign_ins(transaction, account.id, now=now)
    transaction.session.flush()


def locked_account(transaction: Transaction, account_id: UUID) -> Account:
    """Return the account as it is now, kept from others until the transaction ends.

    Raises:
        AccountUnknown: there is none.
    """
    account = transaction.session.get(
        Account, account_id, with_for_update=True, populate_existing=True
    )
    if account is None:
        raise AccountUnknown()
    return account


def _worth(account: Account) -> str:
    return sha256(f"invitation {account.fs_uniquifier}".encode()).hexdigest()[:24]
