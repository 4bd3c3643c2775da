"""Invites, changes, ends and lets back accounts; what was done is noted with who did it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select, text

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.rule_changes import ChangedBy, note_rule_change, version_of
from app.foundation.texts import is_plain_line
from app.identity import invitations, operations, own_sign_ins
from app.identity.administration.model import (
    LONGEST_NAME,
    AccountChangedMeanwhile,
    AccountRefused,
    AccountToKeep,
    LastAdministrator,
    OwnAccountElsewhere,
)
from app.identity.invitations import locked_account
from app.identity.model import NO_LIMITS, EmailNotValid
from app.identity.permissions import ROLES_OF_A_PARTY, ROLES_WITH_LIMITS, Role
from app.identity.records import Account, Party, Passkey
from app.identity.rules import normal_email
from app.identity.second_factor import reset_second_factor
from app.identity.ways_in import end_what_began


class Done(StrEnum):
    """What was done with an account that its role, party and limits do not tell."""

    RENAMED = "renamed"
    EMAIL_CHANGED = "email-changed"
    NEW_LINK = "new-link"
    SECOND_FACTOR_RESET = "second-factor-reset"
    SIGN_INS_ENDED = "sign-ins-ended"
    LINKED = "linked"
    PARTED = "parted"


#: Two administrators who take the right from one another at the same moment come one by one.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('administrators', 853))")


def invite(
    transaction: Transaction,
    wanted: AccountToKeep,
    *,
    by: ChangedBy,
    now: datetime,
    password: str | None = None,
    municipality: str = "",
) -> Account:
    """Add a colleague, who chooses a password with an invitation (`invitations.invitation`).

    The first administrator, whom nobody can invite yet, has a password typed by the operator.

    Raises:
        AccountRefused: something is not right; it says what, by field.
        PasswordTooWeak: see `password_strength.acceptable_password`.
    """
    transaction.connection.execute(_ONE_AT_A_TIME)
    party = _insist(transaction, wanted, kept=None)
    made = operations.create_account(
        transaction,
        email=wanted.email,
        name=wanted.name,
        role=wanted.role,
        party_id=party.id if party else None,
        password=password,
        municipality=municipality,
        now=now,
    )
    _write_limits(made, wanted)
    transaction.session.flush()
    _note(transaction, made, before=None, by=by, now=now)
    return made


def change_account(
    transaction: Transaction,
    account_id: UUID,
    wanted: AccountToKeep,
    *,
    by: ChangedBy,
    now: datetime,
    expected_version: str | None = None,
) -> Account:
    """Change who an account is here.

    Whoever gets another role signs in anew, with the second step that it may need.

    Raises:
        AccountUnknown: there is none.
        AccountChangedMeanwhile: somebody else changed it since `expected_version`.
        AccountRefused: something is not right; it says what, by field.
        LastAdministrator: nobody else could give out rights.
    """
    transaction.connection.execute(_ONE_AT_A_TIME)
    kept = _as_expected(transaction, account_id, expected_version)
    party = _insist(transaction, wanted, kept=kept)
    if wanted.role is not Role.ADMINISTRATOR:
        _insist_on_another_administrator(transaction, kept)
    before = told(transaction, kept)
    is_renamed, old_email = kept.name != wanted.name.strip(), kept.email
    old_role = kept.role
    kept.name = wanted.name.strip()
    kept.email = normal_email(wanted.email)
    kept.role = wanted.role.value
    kept.party_id = party.id if party else None
    _write_limits(kept, wanted)
    transaction.session.flush()
    if kept.role != old_role:
        end_what_began(transaction, kept, now=now)
        transaction.session.flush()
    done = [Done.RENAMED] if is_renamed else []
    if kept.email != old_email:
        done.append(Done.EMAIL_CHANGED)
    _note(transaction, kept, before=before, done=done, by=by, now=now)
    return kept


def end_account(
    transaction: Transaction,
    account_id: UUID,
    *,
    by: ChangedBy,
    now: datetime,
    expected_version: str | None = None,
) -> Account:
    """Let an account sign in no more, at once; its history stays.

    Raises:
        AccountUnknown: there is none.
        AccountChangedMeanwhile: somebody else changed it since `expected_version`.
        LastAdministrator: nobody else could give out rights.
    """
    transaction.connection.execute(_ONE_AT_A_TIME)
    kept = _as_expected(transaction, account_id, expected_version)
    _insist_on_another_administrator(transaction, kept)
    before = told(transaction, kept)
    operations.deactivate(transaction, account_id, now=now)
    _note(transaction, kept, before=before, by=by, now=now)
    return kept


def let_back(
    transaction: Transaction,
    account_id: UUID,
    *,
    by: ChangedBy,
    now: datetime,
    expected_version: str | None = None,
) -> Account:
    """Let an account that was ended sign in again; it chooses a new password first.

    Raises:
        AccountUnknown: there is none.
        AccountChangedMeanwhile: somebody else changed it since `expected_version`.
    """
    kept = _as_expected(transaction, account_id, expected_version)
    before = told(transaction, kept)
    invitations.let_back(transaction, account_id, now=now)
    _note(transaction, kept, before=before, by=by, now=now)
    return kept


def renew_link(
    transaction: Transaction, account_id: UUID, *, by: ChangedBy, now: datetime
) -> Account:
    """End every sign-in and the password of an account; an invitation gives it a new one.

    Raises:
        AccountUnknown: there is none.
        AccountEnded: it can sign in no more.
        OwnAccountElsewhere: it is the account of who asks.
    """
    _insist_on_another(account_id, by)
    kept = invitations.take_password_away(transaction, account_id, now=now)
    note_done(transaction, kept, Done.NEW_LINK, by=by, now=now)
    return kept


def take_second_factor(
    transaction: Transaction, account_id: UUID, *, by: ChangedBy, now: datetime
) -> Account:
    """Take every second factor of an account away and end its sign-ins.

    Raises:
        AccountUnknown: there is none.
        OwnAccountElsewhere: it is the account of who asks.
    """
    _insist_on_another(account_id, by)
    kept = reset_second_factor(transaction, account_id, now=now)
    note_done(transaction, kept, Done.SECOND_FACTOR_RESET, by=by, now=now)
    return kept


def end_sign_ins_of(
    transaction: Transaction,
    account_id: UUID,
    *,
    by: ChangedBy,
    now: datetime,
    sign_in_id: UUID | None = None,
) -> Account:
    """End one sign-in of an account, or all of them.

    Raises:
        AccountUnknown: there is none.
    """
    kept = locked_account(transaction, account_id)
    if sign_in_id is None:
        operations.end_sign_ins(transaction, account_id, now=now)
    else:
        own_sign_ins.end_own_sign_in(transaction, sign_in_id, account_id=account_id, now=now)
    note_done(transaction, kept, Done.SIGN_INS_ENDED, by=by, now=now)
    return kept


def told(transaction: Transaction, kept: Account) -> dict[str, Any]:
    """Return an account as the history of changes keeps it: what it may do, and no person."""
    party = transaction.session.get(Party, kept.party_id) if kept.party_id else None
    return {
        "role": kept.role,
        "party": party.code if party else None,
        "withinAreas": sorted(kept.within_areas),
        "withinCategories": sorted(kept.within_categories),
        "isActive": kept.is_active,
    }


def account_version(transaction: Transaction, kept: Account) -> str:
    """Return what a form carries to tell whether somebody else changed the account meanwhile."""
    return version_of(told(transaction, kept) | {"name": kept.name, "email": kept.email})


def _as_expected(
    transaction: Transaction, account_id: UUID, expected_version: str | None
) -> Account:
    kept = locked_account(transaction, account_id)
    transaction.session.refresh(kept)
    if expected_version is not None and account_version(transaction, kept) != expected_version:
        raise AccountChangedMeanwhile()
    return kept


def _insist_on_another_administrator(transaction: Transaction, kept: Account) -> None:
    if kept.role != Role.ADMINISTRATOR or not kept.is_active:
        return
    others = transaction.session.scalar(
        select(func.count()).where(
            Account.role == Role.ADMINISTRATOR.value,
            Account.is_active,
            Account.id != kept.id,
            # Whoever was invited and has not come yet can give out nothing.
            or_(
                Account.password_hash.is_not(None),
                Account.provider_subject.is_not(None),
                exists().where(Passkey.account_id == Account.id),
            ),
        )
    )
    if not others:
        raise LastAdministrator()


def _insist_on_another(account_id: UUID, by: ChangedBy) -> None:
    if account_id == by.account_id:
        raise OwnAccountElsewhere()


def _insist(
    transaction: Transaction, wanted: AccountToKeep, *, kept: Account | None
) -> Party | None:
    """Return the party that the account works for."""
    wrong: list[FieldError] = []
    name = wanted.name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not is_plain_line(name):
        detail = f"Write a name of {LONGEST_NAME} signs at most."
        wrong.append(FieldError("name", "missing", detail))
    try:
        address = normal_email(wanted.email)
    except EmailNotValid as not_one:
        wrong.append(FieldError("email", "no-address", not_one.detail))
    else:
        taken = transaction.session.scalar(select(Account.id).where(Account.email == address))
        if taken is not None and (kept is None or taken != kept.id):
            detail = "There is an account with this address already."
            wrong.append(FieldError("email", "taken", detail))
    party = None
    if wanted.role in ROLES_OF_A_PARTY:
        party = transaction.session.scalar(select(Party).where(Party.code == (wanted.party or "")))
        if party is None:
            detail = "This role works for a party: choose which."
            wrong.append(FieldError("party", "missing", detail))
    if wrong:
        raise AccountRefused(" ".join(one.detail for one in wrong), errors=tuple(wrong))
    return party


def _write_limits(kept: Account, wanted: AccountToKeep) -> None:
    held = wanted.limits if wanted.role in ROLES_WITH_LIMITS else NO_LIMITS
    kept.within_areas = sorted(held.areas)
    kept.within_categories = sorted(held.categories)


def note_done(
    transaction: Transaction, kept: Account, done: Done, *, by: ChangedBy, now: datetime
) -> None:
    """Note what was done with an account in the transaction that does it."""
    _note(transaction, kept, before=told(transaction, kept), done=[done], by=by, now=now)


def _note(
    transaction: Transaction,
    kept: Account,
    *,
    before: dict[str, Any] | None,
    by: ChangedBy,
    now: datetime,
    done: list[Done] | None = None,
) -> None:
    after = told(transaction, kept)
    note_rule_change(
        transaction,
        what="account",
        code=str(kept.id),
        by=by,
        at=now,
        before=before,
        after=after | ({"done": [one.value for one in done]} if done else {}),
    )
