"""The second factor of an account: an app, its codes, recovery codes, taking away, a reset."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.foundation.database import Transaction
from app.foundation.settings import Settings
from app.identity.invitations import locked_account
from app.identity.model import CodeNotRight, NoOtherWayIn, SecondFactorNeeded
from app.identity.one_time_codes import (
    new_key,
    new_recovery_codes,
    place_of,
    recovery_digest,
    sealed,
    step_of,
    unsealed,
)
from app.identity.passkeys import has_passkey, passkey_of, passkeys_of
from app.identity.permissions import ROLES_WITH_SECOND_FACTOR, Role
from app.identity.records import Account
from app.identity.ways_in import WayIn, end_what_began, ways_in

#: What `tf_primary_method` says of an account with an app.
APP = "app"


class SecondStep(StrEnum):
    """What comes after the right password."""

    NONE = "none"
    ASK = "ask"
    SET_UP = "set-up"


class Taken(StrEnum):
    """By what somebody showed that it is them."""

    CODE = "code"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery-code"


def second_step(transaction: Transaction, account: Account) -> SecondStep:
    """Return what comes after the right password of this account."""
    if has_second_factor(transaction, account):
        return SecondStep.ASK
    needs_one = Role(account.role) in ROLES_WITH_SECOND_FACTOR
    return SecondStep.SET_UP if needs_one else SecondStep.NONE


def has_second_factor(transaction: Transaction, account: Account) -> bool:
    """Whether this account has a second factor."""
    return account.tf_primary_method is not None or has_passkey(transaction, account.id)


def confirm_app(
    transaction: Transaction,
    account_id: UUID,
    code: str,
    *,
    key: str,
    settings: Settings,
    now: datetime,
) -> list[str]:
    """Let an app count from now on, and return a new set of recovery codes, told once.

    `key` is what was shown to who sends this, and to nobody else (`app_keys.py`).

    Raises:
        AccountUnknown: there is no such account.
        CodeNotRight: this is not the code that an app with this key shows.
    """
    account = locked_account(transaction, account_id)
    step = step_of(_digits(code), key=key, now=now, after=None)
    if step is None:
        raise CodeNotRight()
    return _keep_app(transaction, account, key, step=step, settings=settings)


def give_app(transaction: Transaction, account: Account, *, settings: Settings) -> str:
    """Give an account an app without its first code, for the demo; return the key."""
    key = new_key()
    _keep_app(transaction, account, key, step=None, settings=settings)
    return key


def take_code(
    transaction: Transaction, account_id: UUID, typed: str, *, settings: Settings, now: datetime
) -> Taken:
    """Take a code of the app, or a recovery code, which is used up by it.

    Raises:
        AccountUnknown: there is no such account.
        CodeNotRight: it is neither, or was used already.
    """
    account = locked_account(transaction, account_id)
    digits = _digits(typed)
    key = unsealed(account.tf_totp_secret, settings) if account.tf_totp_secret else None
    if key is not None and len(digits) == 6:
        step = step_of(digits, key=key, now=now, after=account.tf_last_step)
        if step is not None:
            account.tf_last_step = step
            transaction.session.flush()
            return Taken.CODE
    kept = list(account.mf_recovery_codes or ())
    place = place_of(typed[:64], kept, settings)
    if place is None:
        raise CodeNotRight()
    account.mf_recovery_codes = kept[:place] + kept[place + 1 :]
    transaction.session.flush()
    return Taken.RECOVERY_CODE


def renew_recovery_codes(
    transaction: Transaction, account_id: UUID, *, settings: Settings
) -> list[str]:
    """Give an account a new set of recovery codes, told once; the old ones are worth nothing.

    Raises:
        AccountUnknown: there is no such account.
    """
    account = locked_account(transaction, account_id)
    codes = new_recovery_codes()
    account.mf_recovery_codes = [recovery_digest(code, settings) for code in codes]
    transaction.session.flush()
    return codes


def recovery_codes_for_the_first(
    transaction: Transaction, account_id: UUID, *, settings: Settings
) -> list[str]:
    """Return a set of recovery codes, told once, for an account that has none; else nothing.

    Raises:
        AccountUnknown: there is no such account.
    """
    account = locked_account(transaction, account_id)
    if account.mf_recovery_codes is not None:
        return []
    return renew_recovery_codes(transaction, account_id, settings=settings)


def remove_app(transaction: Transaction, account_id: UUID) -> None:
    """Let the app count no more; recovery codes go with the last second factor.

    Raises:
        AccountUnknown: there is no such account.
        SecondFactorNeeded: the role needs one, and this is the last.
    """
    account = locked_account(transaction, account_id)
    is_last = not has_passkey(transaction, account.id)
    if is_last and Role(account.role) in ROLES_WITH_SECOND_FACTOR:
        raise SecondFactorNeeded()
    _forget_app(account)
    if is_last:
        account.mf_recovery_codes = None
    transaction.session.flush()


def remove_passkey(transaction: Transaction, account_id: UUID, passkey_id: UUID) -> str:
    """Let a passkey count no more, and return what it was called.

    Raises:
        AccountUnknown, PasskeyUnknown: there is no such account, or it has no such passkey.
        NoOtherWayIn: nothing else lets this person in.
        SecondFactorNeeded: the role needs one, and this is the last.
    """
    account = locked_account(transaction, account_id)
    passkey = passkey_of(transaction, account.id, passkey_id)
    others = [one for one in passkeys_of(transaction, account.id) if one.id != passkey.id]
    if not others and ways_in(transaction, account) == {WayIn.PASSKEY}:
        raise NoOtherWayIn()
    is_last = not others and account.tf_primary_method is None
    if is_last and Role(account.role) in ROLES_WITH_SECOND_FACTOR:
        raise SecondFactorNeeded()
    transaction.session.delete(passkey)
    if is_last:
        account.mf_recovery_codes = None
    transaction.session.flush()
    return passkey.name


def reset_second_factor(transaction: Transaction, account_id: UUID, *, now: datetime) -> Account:
    """Take every second factor of an account away and end its sign-ins, also those half-way.

    Where the role needs one, it is set up anew at the next sign-in.

    Raises:
        AccountUnknown: there is no such account.
    """
    account = locked_account(transaction, account_id)
    end_what_began(transaction, account, now=now)
    _forget_app(account)
    account.mf_recovery_codes = None
    for passkey in passkeys_of(transaction, account.id):
        transaction.session.delete(passkey)
    account.tf_reset_at = now
    transaction.session.flush()
    return account


def _keep_app(
    transaction: Transaction, account: Account, key: str, *, step: int | None, settings: Settings
) -> list[str]:
    account.tf_primary_method = APP
    account.tf_totp_secret = sealed(key, settings)
    account.tf_last_step = step
    return renew_recovery_codes(transaction, account.id, settings=settings)


def _forget_app(account: Account) -> None:
    account.tf_primary_method = None
    account.tf_totp_secret = None


def _digits(typed: str) -> str:
    return "".join(typed[:64].split())
