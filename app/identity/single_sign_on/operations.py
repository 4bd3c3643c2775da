"""Finds, links or makes the account of whoever signed in at the provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_PROVIDER, ChangedBy
from app.foundation.texts import clean_text
from app.identity.administration.model import (
    LONGEST_NAME,
    AccountRefused,
    AccountToKeep,
    LastAdministrator,
)
from app.identity.administration.operations import Done, change_account, invite, note_done
from app.identity.invitations import locked_account
from app.identity.model import EmailNotValid, Limits, NoOtherWayIn
from app.identity.permissions import Role
from app.identity.records import Account, Party
from app.identity.rules import normal_email
from app.identity.single_sign_on.model import (
    Asserted,
    EmailNotVerified,
    NobodyOfOurs,
    PasswordFirst,
)
from app.identity.ways_in import WayIn, ways_in


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a group or role at the provider means here; `party` is a code."""

    group: str
    role: Role
    party: str | None = None


def account_of(
    transaction: Transaction, asserted: Asserted, *, mapping: Sequence[Mapped], now: datetime
) -> Account:
    """Return the account of this person; nobody gets in without one, or without a mapping.

    The first time an account that was invited, and has no password yet, is found by a verified
    e-mail address; from then on by the subject, which never goes to another person. Where the
    mapping says what their groups are here, the account becomes that.

    Raises:
        NobodyOfOurs: there is none, it has ended, or it belongs to another subject.
        PasswordFirst: the account has a password or a passkey; whoever has that links the two
            (`link`).
        EmailNotVerified: there may be one, but the provider does not vouch for the address.
    """
    account = transaction.session.scalar(
        select(Account)
        .where(
            Account.provider_issuer == asserted.issuer,
            Account.provider_subject == asserted.subject,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    wanted = next((one for one in mapping if one.group in asserted.groups), None)
    if account is None:
        account = _by_email(transaction, asserted, wanted, now=now)
        account.provider_issuer, account.provider_subject = asserted.issuer, asserted.subject
        transaction.session.flush()
    if not account.is_active:
        raise NobodyOfOurs()
    if wanted is not None:
        _become(transaction, account, wanted, now=now)
    return account


def insist_on_the_same(transaction: Transaction, account_id: UUID, asserted: Asserted) -> None:
    """Go on if the person at the provider may be linked with this account.

    Raises:
        AccountUnknown: there is no such account.
        EmailNotVerified: the provider does not vouch for their address.
        NobodyOfOurs: the address is another one, or one of the two is linked already.
    """
    account = locked_account(transaction, account_id)
    if not asserted.email_is_verified:
        raise EmailNotVerified()
    if asserted.email != account.email:
        raise NobodyOfOurs()
    _insist_on_neither(transaction, account, asserted.issuer, asserted.subject)


def link(
    transaction: Transaction,
    account_id: UUID,
    *,
    issuer: str,
    subject: str,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Let a person at the provider be this account; who has the account said so.

    Raises:
        AccountUnknown: there is no such account.
        NobodyOfOurs: one of the two is linked already.
    """
    account = locked_account(transaction, account_id)
    _insist_on_neither(transaction, account, issuer, subject)
    account.provider_issuer, account.provider_subject = issuer, subject
    transaction.session.flush()
    note_done(transaction, account, Done.LINKED, by=by, now=now)


def unlink(transaction: Transaction, account_id: UUID, *, by: ChangedBy, now: datetime) -> None:
    """Let the person at the provider be this account no more; a second time changes nothing.

    Who is signed in stays so; what began at the provider and is half-way does not go on.

    Raises:
        AccountUnknown: there is no such account.
        NoOtherWayIn: it could not be signed in to afterwards.
    """
    account = locked_account(transaction, account_id)
    if account.provider_subject is None:
        return
    if not ways_in(transaction, account) - {WayIn.ORGANISATION}:
        raise NoOtherWayIn()
    account.provider_issuer = account.provider_subject = None
    transaction.session.flush()
    note_done(transaction, account, Done.PARTED, by=by, now=now)


def _insist_on_neither(
    transaction: Transaction, account: Account, issuer: str, subject: str
) -> None:
    other = transaction.session.scalar(
        select(Account.id).where(
            Account.provider_issuer == issuer, Account.provider_subject == subject
        )
    )
    if other is not None or account.provider_subject is not None:
        raise NobodyOfOurs()


def _by_email(
    transaction: Transaction, asserted: Asserted, wanted: Mapped | None, *, now: datetime
) -> Account:
    try:
        address = normal_email(asserted.email)
    except EmailNotValid:
        raise NobodyOfOurs() from None
    if not asserted.email_is_verified:
        raise EmailNotVerified()
    account = transaction.session.scalar(
        select(Account)
        .where(Account.email == address)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if account is not None:
        if account.provider_subject is not None:
            raise NobodyOfOurs()
        if account.is_active and ways_in(transaction, account):
            # It is somebody's already: that the directory has this address too proves too little.
            raise PasswordFirst()
        return account
    if wanted is None:
        raise NobodyOfOurs()
    name = clean_text(asserted.name)[:LONGEST_NAME].strip() or address
    try:
        return invite(
            transaction,
            AccountToKeep(email=address, name=name, role=wanted.role, party=wanted.party),
            by=BY_PROVIDER,
            now=now,
        )
    except AccountRefused:
        # The mapping names a party that there is not.
        raise NobodyOfOurs() from None


def _become(transaction: Transaction, account: Account, wanted: Mapped, *, now: datetime) -> None:
    party = transaction.session.get(Party, account.party_id) if account.party_id else None
    if account.role == wanted.role and (party.code if party else None) == wanted.party:
        return
    try:
        with transaction.session.begin_nested():
            change_account(
                transaction,
                account.id,
                AccountToKeep(
                    email=account.email,
                    name=account.name,
                    role=wanted.role,
                    party=wanted.party,
                    limits=Limits(tuple(account.within_areas), tuple(account.within_categories)),
                ),
                by=BY_PROVIDER,
                now=now,
            )
    except LastAdministrator:
        # Somebody must be able to give out rights, whatever the provider says.
        return
    except AccountRefused:
        raise NobodyOfOurs() from None
