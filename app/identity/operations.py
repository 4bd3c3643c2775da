"""What identity can do: parties, accounts, sign-ins and the programs of partners."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import delete, select, text, update

from app.foundation.database import Transaction
from app.identity import passwords
from app.identity.device_words import UNKNOWN_DEVICE, DeviceWords
from app.identity.model import (
    AccountUnknown,
    Colleague,
    EmailTaken,
    PartnerClientRefused,
    PartyCodeTaken,
    PartyKind,
    PartyNeeded,
    PartyUnknown,
    ScopeUnknown,
)
from app.identity.password_strength import acceptable_password
from app.identity.permissions import ROLES_OF_A_PARTY, SCOPE_PERMISSIONS, Role
from app.identity.records import Account, PartnerClient, Party, RateCount, SignIn
from app.identity.rules import normal_email

#: Sign-ins that are over are kept this long, to answer "was that me?".
OLD_SIGN_INS_KEPT = timedelta(days=30)


# Parties


def party(transaction: Transaction, code: str) -> Party:
    """Return the party with this code.

    Raises:
        PartyUnknown: there is none.
    """
    found = transaction.session.scalar(select(Party).where(Party.code == code))
    if found is None:
        raise PartyUnknown(f"There is no party with the code {code!r}.")
    return found


def party_with_id(transaction: Transaction, party_id: UUID) -> Party:
    """Return the party with this id.

    Raises:
        PartyUnknown: there is none.
    """
    found = transaction.session.get(Party, party_id)
    if found is None:
        raise PartyUnknown()
    return found


def parties(transaction: Transaction, *, on: date | None = None) -> Sequence[Party]:
    """Return all parties by name; with `on`, those that work comes to on that day."""
    wanted = select(Party).order_by(Party.name, Party.code)
    if on is not None:
        wanted = wanted.where(Party.ended_on.is_(None) | (Party.ended_on > on))
    return transaction.session.scalars(wanted).all()


def create_party(
    transaction: Transaction,
    *,
    code: str,
    name: str,
    kind: PartyKind,
    email: str | None = None,
    phone: str | None = None,
    web_form: str | None = None,
    is_demo: bool = False,
) -> Party:
    """Add a party.

    Raises:
        PartyCodeTaken: the code is in use.
    """
    if transaction.session.scalar(select(Party.id).where(Party.code == code)) is not None:
        raise PartyCodeTaken()
    made = Party(
        code=code,
        name=name,
        kind=kind.value,
        email=email,
        phone=phone,
        web_form=web_form,
        is_demo=is_demo,
    )
    transaction.session.add(made)
    transaction.session.flush()
    return made


# Accounts


def create_account(
    transaction: Transaction,
    *,
    email: str,
    name: str,
    role: Role,
    now: datetime,
    password: str | None = None,
    municipality: str = "",
    party_id: UUID | None = None,
    is_demo: bool = False,
) -> Account:
    """Add a person who works here; without a password they cannot sign in yet (`invitations.py`).

    Raises:
        EmailNotValid, EmailTaken: about the address, however its letters are written.
        PasswordTooWeak: see `password_strength.acceptable_password`.
        PartyNeeded: the role works for a party and none was given.
    """
    address = normal_email(email)
    if password is not None:
        acceptable_password(password, about=[name, address, municipality])
    if role in ROLES_OF_A_PARTY and party_id is None:
        raise PartyNeeded()
    if transaction.session.scalar(select(Account.id).where(Account.email == address)) is not None:
        raise EmailTaken()
    made = Account(
        email=address,
        name=name.strip(),
        role=role.value,
        party_id=party_id,
        password_hash=None if password is None else passwords.hashed(password),
        fs_uniquifier=uuid4().hex,
        created_at=now,
        is_demo=is_demo,
    )
    transaction.session.add(made)
    transaction.session.flush()
    return made


def accounts(transaction: Transaction) -> Sequence[Account]:
    """Return everyone with an account, by name."""
    return transaction.session.scalars(select(Account).order_by(Account.name, Account.email)).all()


def account_with_email(transaction: Transaction, email: str) -> Account:
    """Return the account of this address.

    Raises:
        AccountUnknown: there is none.
    """
    found = transaction.session.scalar(
        select(Account).where(Account.email == email.strip().lower())
    )
    if found is None:
        raise AccountUnknown()
    return found


def deactivate(transaction: Transaction, account_id: UUID, *, now: datetime) -> Account:
    """Let an account sign in no more and end every sign-in it has; its history stays.

    Raises:
        AccountUnknown: there is none.
    """
    account = transaction.session.get(
        Account, account_id, with_for_update=True, populate_existing=True
    )
    if account is None:
        raise AccountUnknown()
    account.is_active = False
    account.fs_uniquifier = uuid4().hex
    end_sign_ins(transaction, account_id, now=now)
    transaction.session.flush()
    return account


def who_they_are(transaction: Transaction, ids: Iterable[UUID]) -> dict[UUID, Colleague]:
    """Return who stands behind these ids of accounts and partner clients, in one statement."""
    rows = transaction.read(_WHO, {"ids": list(set(ids))})
    return {row.id: Colleague(row.name, row.party_id, row.party_name) for row in rows}


_WHO = text(
    """
    SELECT account.id, account.name, account.party_id, party.name AS party_name
    FROM account LEFT JOIN party ON party.id = account.party_id
    WHERE account.id = ANY(CAST(:ids AS uuid[]))
    UNION ALL
    SELECT partner_client.id, party.name, party.id, party.name
    FROM partner_client JOIN party ON party.id = partner_client.party_id
    WHERE partner_client.id = ANY(CAST(:ids AS uuid[]))
    """
)


# Sign-ins


def start_sign_in(
    transaction: Transaction,
    account_id: UUID,
    *,
    now: datetime,
    on: DeviceWords = UNKNOWN_DEVICE,
) -> str:
    """Write down that an account signed in, and return the token its cookie carries."""
    token = secrets.token_urlsafe(32)
    transaction.session.add(
        SignIn(
            account_id=account_id,
            token_digest=digest_of(token),
            browser=on.browser,
            system=on.system,
            started_at=now,
            last_seen_at=now,
        )
    )
    transaction.session.execute(
        update(Account).where(Account.id == account_id).values(last_signed_in_at=now)
    )
    transaction.session.flush()
    return token


def end_sign_in(transaction: Transaction, token: str, *, now: datetime) -> None:
    """End the sign-in with this token; a copy of its cookie is worth nothing from now on."""
    transaction.session.execute(
        update(SignIn)
        .where(SignIn.token_digest == digest_of(token), SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sign_ins(transaction: Transaction, account_id: UUID, *, now: datetime) -> None:
    """End every sign-in of an account."""
    transaction.session.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def forget_what_is_over(transaction: Transaction, *, now: datetime) -> int:
    """Delete sign-ins that ended long ago, and rate counts of windows that are over.

    Returns how many sign-ins went.
    """
    long_ago = now - OLD_SIGN_INS_KEPT
    gone = transaction.session.scalars(
        delete(SignIn).where(SignIn.last_seen_at < long_ago).returning(SignIn.id)
    ).all()
    transaction.session.execute(delete(RateCount).where(RateCount.ends_at < now))
    return len(gone)


# Programs of partners


def create_partner_client(
    transaction: Transaction,
    *,
    party_id: UUID,
    now: datetime,
    scopes: Iterable[str] = tuple(SCOPE_PERMISSIONS),
    is_demo: bool = False,
) -> tuple[PartnerClient, str]:
    """Give a party's program an id and a secret; the secret is told here and never again.

    Raises:
        PartyUnknown, ScopeUnknown
    """
    wanted = sorted(set(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPE_PERMISSIONS]:
        raise ScopeUnknown(f"There is no scope {unknown[0]!r}.")
    owner = party_with_id(transaction, party_id)
    secret = secrets.token_urlsafe(32)
    made = PartnerClient(
        client_id=f"{owner.code}-{secrets.token_hex(4)}",
        secret_digest=digest_of(secret),
        party_id=party_id,
        scopes=wanted,
        created_at=now,
        is_demo=is_demo,
    )
    transaction.session.add(made)
    transaction.session.flush()
    return made, secret


def authenticate_client(transaction: Transaction, *, client_id: str, secret: str) -> PartnerClient:
    """Return the client with this id if this is its secret.

    Raises:
        PartnerClientRefused: no such client, another secret, or withdrawn; it does not say which.
    """
    # Ids are made here and are plain; PostgreSQL would choke on a NUL.
    client = (
        transaction.session.scalar(
            select(PartnerClient).where(PartnerClient.client_id == client_id)
        )
        if client_id.isprintable()
        else None
    )
    expected = client.secret_digest if client is not None else bytes(32)
    is_right = hmac.compare_digest(expected, digest_of(secret))
    if client is None or not is_right or client.revoked_at is not None:
        raise PartnerClientRefused()
    return client


def living_client(transaction: Transaction, partner_client_id: UUID) -> tuple[PartnerClient, Party]:
    """Return a client that was not withdrawn, and its party.

    Raises:
        PartnerClientRefused: there is none, or it was withdrawn.
    """
    found = transaction.session.execute(
        select(PartnerClient, Party)
        .join(Party, Party.id == PartnerClient.party_id)
        .where(PartnerClient.id == partner_client_id, PartnerClient.revoked_at.is_(None))
    ).one_or_none()
    if found is None:
        raise PartnerClientRefused()
    client, owner = found
    return client, owner


def revoke_client(transaction: Transaction, client_id: str, *, now: datetime) -> None:
    """Withdraw a client: its secret and every access token it holds stop at once.

    Raises:
        PartnerClientRefused: there is no such client.
    """
    client = transaction.session.scalar(
        select(PartnerClient).where(PartnerClient.client_id == client_id)
    )
    if client is None:
        raise PartnerClientRefused("There is no such client.")
    client.revoked_at = client.revoked_at or now


def digest_of(secret: str) -> bytes:
    """Return what is kept of a random secret."""
    # 256 random bits cannot be guessed from their SHA-256: a slow hash is for passwords.
    return sha256(secret.encode(errors="surrogatepass")).digest()
