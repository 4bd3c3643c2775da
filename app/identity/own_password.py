"""Changing one's own password: the present one is asked for, and every other sign-in ends."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.foundation.database import Transaction
from app.identity import passwords
from app.identity.invitations import begin_anew, locked_account
from app.identity.model import AccountUnknown, NotThePresentPassword
from app.identity.password_strength import acceptable_password
from app.identity.records import Account


def own_account(transaction: Transaction, account_id: UUID) -> Account:
    """Return the account with this id.

    Raises:
        AccountUnknown: there is none.
    """
    found = transaction.session.get(Account, account_id)
    if found is None:
        raise AccountUnknown()
    return found


def change_password(
    transaction: Transaction,
    account_id: UUID,
    *,
    present: str,
    chosen: str,
    municipality: str,
    now: datetime,
) -> Account:
    """Give an account the password that was chosen, and end every sign-in that it has.

    Whoever asks holds the caller to the rates of signing in: this tells whether a password is
    the right one.

    Raises:
        NotThePresentPassword: `present` is not the password of this account.
        PasswordTooWeak: see `password_strength.acceptable_password`.
    """
    account = locked_account(transaction, account_id)
    acceptable_password(chosen, about=[account.name, account.email, municipality])
    if not passwords.matches(present, account.password_hash):
        raise NotThePresentPassword()
    begin_anew(transaction, account, password_hash=passwords.hashed(chosen), now=now)
    return account
