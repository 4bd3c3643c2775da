"""The tables of identity: parties, accounts, sign-ins, partner clients, and rate counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base
from app.identity.permissions import ROLES_OF_A_PARTY, Role


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


class Party(Base):
    """Who does the work: an outdoor team, a contractor, or another authority."""

    __tablename__ = "party"
    __table_args__ = (
        CheckConstraint("kind IN ('team', 'contractor', 'authority')", name="kind"),
        CheckConstraint("code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="code"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("stand_in_id <> id", name="stand_in_is_another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    #: Where another authority takes reports.
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    web_form: Mapped[str | None] = mapped_column(Text)
    is_demo: Mapped[bool] = mapped_column(server_default=false(), default=False)
    #: When it is at work: parts of the week, [{days, from, until, daysOff}]; none is always.
    hours: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default=text("'[]'")
    )
    #: Who takes what is urgent outside those hours.
    stand_in_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("party.id", name="fk_party_stand_in_id")
    )
    #: From this day on nothing new goes to it; what it did stays.
    ended_on: Mapped[date | None]


class Account(Base):
    """A person who works here: one account each, one role."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(f"role IN ({_words(Role)})", name="role"),
        CheckConstraint(
            f"role NOT IN ({_words(sorted(ROLES_OF_A_PARTY))}) OR party_id IS NOT NULL",
            name="crew_has_a_party",
        ),
        CheckConstraint("email = lower(email) AND email <> ''", name="email"),
        CheckConstraint("(provider_issuer IS NULL) = (provider_subject IS NULL)", name="provider"),
        Index("ix_account_party_id", "party_id"),
        Index(
            "ix_account_provider",
            "provider_issuer",
            "provider_subject",
            unique=True,
            postgresql_where=text("provider_subject IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: In small letters, so that one address is one account however it is typed.
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    #: Argon2; none for somebody who signs in elsewhere.
    password_hash: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    is_active: Mapped[bool] = mapped_column(server_default=true(), default=True)
    is_demo: Mapped[bool] = mapped_column(server_default=false(), default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_signed_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: What it is limited to, as `model.Limits` has it; none of a sort leaves nothing out.
    within_areas: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'")
    )
    within_categories: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'")
    )
    #: Who it is at the provider of single sign-on, once it signed in there.
    provider_issuer: Mapped[str | None] = mapped_column(Text)
    provider_subject: Mapped[str | None] = mapped_column(Text)

    #: What Flask-Security knows an account by; a new one ends all that came before.
    fs_uniquifier: Mapped[str] = mapped_column(Text, unique=True, default=lambda: uuid4().hex)
    #: Second factor: `app` once an app for one-time codes was set up.
    tf_primary_method: Mapped[str | None] = mapped_column(Text)
    #: The key of that app, sealed with a key that derives from the secret key.
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    #: The half minute of the last code that was taken; it and all before are worth nothing.
    tf_last_step: Mapped[int | None] = mapped_column(BigInteger)
    #: When a colleague took the second factor away; told at the next sign-in.
    tf_reset_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: Digests of the recovery codes that were not used yet.
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(Text, unique=True)


class SignIn(Base):
    """One time that somebody signed in, until it ends; the cookie is worth nothing without it."""

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint("octet_length(token_digest) = 32", name="token_digest"),
        Index("ix_sign_in_account_id", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    #: SHA-256 of the random token in the cookie.
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    #: On what: `Firefox` and `Android`, never more of what the browser says; empty if unknown.
    browser: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    system: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: Written at most once a minute.
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Passkey(Base):
    """A key pair that a device, or an account of its maker, keeps for one account of ours."""

    __tablename__ = "passkey"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        Index("ix_passkey_account_id", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    #: As its owner calls it: "Work telephone".
    name: Mapped[str] = mapped_column(Text)
    #: By what the browser and we know it.
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    #: COSE, as it came; the private half never leaves the device.
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    #: How often it was used, as it says itself; 0 for those that do not count.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    #: How the browser reaches it: `internal`, `usb`, `hybrid`, …
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text))
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PartnerClient(Base):
    """A program of a party that calls the partner API with an id and a secret of its own."""

    __tablename__ = "partner_client"
    __table_args__ = (
        CheckConstraint("octet_length(secret_digest) = 32", name="secret_digest"),
        Index("ix_partner_client_party_id", "party_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[str] = mapped_column(Text, unique=True)
    #: SHA-256 of the secret, which is 256 random bits.
    secret_digest: Mapped[bytes] = mapped_column(LargeBinary)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    is_demo: Mapped[bool] = mapped_column(server_default=false(), default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RateCount(Base):
    """How often one client did one kind of thing in the current window; may be lost in a crash."""

    __tablename__ = "rate_count"
    __table_args__ = (
        Index("ix_rate_count_ends_at", "ends_at"),
        {"prefixes": ["UNLOGGED"]},
    )

    #: The kind of thing and a keyed digest of who; no address in the clear.
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    hits: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
