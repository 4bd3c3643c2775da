"""Parties, accounts and partner clients for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from app.foundation.database import Transaction
from app.identity import operations, passwords
from app.identity.model import Actor, PartyKind
from app.identity.permissions import ROLES_OF_A_PARTY, Role
from app.identity.records import Account, PartnerClient, Party, Passkey

#: Good enough for every account that a test makes.
PASSWORD = "tuinhek 7 paardenbloem"

MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def a_party(
    transaction: Transaction,
    *,
    code: str | None = None,
    name: str = "Buitendienst Dinteloord",
    kind: PartyKind = PartyKind.TEAM,
) -> Party:
    """Make a party; without a code, one that no other has."""
    return operations.create_party(
        transaction, code=code or f"team-{uuid4().hex[:8]}", name=name, kind=kind
    )


def an_account(
    transaction: Transaction,
    *,
    role: Role = Role.DESK,
    email: str | None = None,
    name: str = "Noor Bakker",
    party_id: UUID | None = None,
    password: str | None = None,
    now: datetime = MONDAY_MORNING,
) -> Account:
    """Make an account, with a party where the role needs one; hashing a password is slow."""
    if role in ROLES_OF_A_PARTY and party_id is None:
        party_id = a_party(transaction).id
    made = Account(
        email=(email or f"{uuid4().hex[:10]}@example.org").lower(),
        name=name,
        role=role.value,
        party_id=party_id,
        password_hash=passwords.hashed(password) if password else None,
        fs_uniquifier=uuid4().hex,
        created_at=now,
    )
    transaction.session.add(made)
    transaction.session.flush()
    return made


def a_passkey(transaction: Transaction, account: Account) -> Passkey:
    """Let an account have a passkey of which nobody has the other half."""
    made = Passkey(
        account_id=account.id,
        name="Werktelefoon",
        credential_id=uuid4().bytes,
        public_key=b"half of it",
        sign_count=0,
        transports=[],
        added_at=MONDAY_MORNING,
    )
    transaction.session.add(made)
    transaction.session.flush()
    return made


def an_actor(
    *, role: Role = Role.DESK, name: str = "Noor Bakker", party_id: UUID | None = None
) -> Actor:
    """Make somebody who acts, without a row in the database."""
    return Actor.account(uuid4(), name=name, role=role, party_id=party_id)


def a_partner_client(
    transaction: Transaction,
    *,
    party_id: UUID | None = None,
    scopes: tuple[str, ...] = ("tasks:read", "tasks:work"),
    now: datetime = MONDAY_MORNING,
) -> tuple[PartnerClient, str]:
    """Make a partner's client; returns it with its secret."""
    owner = party_id or a_party(transaction, kind=PartyKind.CONTRACTOR).id
    return operations.create_partner_client(transaction, party_id=owner, scopes=scopes, now=now)
