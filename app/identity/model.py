"""The nouns of identity: parties, actors, and what is refused about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from app.foundation.errors import DomainError
from app.identity.permissions import (
    ROLE_PERMISSIONS,
    ROLES_WITH_LIMITS,
    SCOPE_PERMISSIONS,
    Permission,
    Role,
)


class PartyKind(StrEnum):
    """What sort of party does the work."""

    TEAM = "team"
    CONTRACTOR = "contractor"
    AUTHORITY = "authority"


class ActorKind(StrEnum):
    """As what somebody acts."""

    ACCOUNT = "account"
    PARTNER = "partner"
    REPORTER = "reporter"
    SYSTEM = "system"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Limits:
    """To which cases an account is limited: those in one of the areas and of one of the main kinds.

    An area is its kind and its code with a colon between them, a main kind its code. None of a
    sort leaves nothing out.
    """

    areas: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.areas or self.categories)


#: Of whoever is not limited.
NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an account, a partner's program, a reporter, or the system itself.

    `id` is the account's or the partner client's; `party_id` the party they work for.
    """

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    party_id: UUID | None = None
    role: Role | None = None
    permissions: frozenset[Permission] = frozenset()
    limits: Limits = NO_LIMITS

    def may(self, permission: Permission) -> bool:
        """Whether this actor has `permission`; what anyone may, everyone may."""
        return permission is Permission.ANYONE or permission in self.permissions

    @classmethod
    def account(
        cls,
        account_id: UUID,
        *,
        name: str,
        role: Role,
        party_id: UUID | None = None,
        limits: Limits = NO_LIMITS,
    ) -> Actor:
        """Return the actor behind an account, with all its role allows, within its limits."""
        held = limits if role in ROLES_WITH_LIMITS else NO_LIMITS
        return cls(
            ActorKind.ACCOUNT, account_id, name, party_id, role, ROLE_PERMISSIONS[role], held
        )

    @classmethod
    def partner(
        cls, partner_client_id: UUID, *, name: str, party_id: UUID, scopes: Iterable[str]
    ) -> Actor:
        """Return the actor behind a partner's access token, with what its scopes allow."""
        allowed = frozenset(
            SCOPE_PERMISSIONS[scope] for scope in scopes if scope in SCOPE_PERMISSIONS
        )
        return cls(ActorKind.PARTNER, partner_client_id, name, party_id, None, allowed)


#: Somebody without an account or a token: the public.
NOBODY = Actor(ActorKind.NOBODY)
#: A person who reported, acting with the token of their report; their name is never kept here.
REPORTER = Actor(ActorKind.REPORTER)
#: Straatbeeld itself: jobs, rules, commands. Whatever it does was allowed by whoever set it up.
SYSTEM = Actor(ActorKind.SYSTEM, name="Straatbeeld", permissions=frozenset(Permission))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who stands behind an id in a history: a person, or the program of a party."""

    name: str
    party_id: UUID | None
    party_name: str | None


@dataclass(frozen=True, slots=True)
class SignInLasts:
    """How long a sign-in lives: without use, and in all."""

    idle: timedelta
    at_most: timedelta


_AN_OFFICE_DAY = SignInLasts(idle=timedelta(hours=2), at_most=timedelta(hours=12))
_A_WEEK_OUTSIDE = SignInLasts(idle=timedelta(hours=12), at_most=timedelta(days=7))

#: Role → life of a sign-in. A crew signs in at the start of the week, on a phone of its own.
SIGN_IN_LASTS: dict[Role, SignInLasts] = {
    Role.ADMINISTRATOR: SignInLasts(idle=timedelta(hours=1), at_most=timedelta(hours=12)),
    Role.COORDINATOR: _AN_OFFICE_DAY,
    Role.DESK: _AN_OFFICE_DAY,
    Role.ANALYST: _AN_OFFICE_DAY,
    Role.TEAM_LEAD: _A_WEEK_OUTSIDE,
    Role.CREW: _A_WEEK_OUTSIDE,
    Role.CONTRACTOR: _A_WEEK_OUTSIDE,
}


class SignInNeeded(DomainError):
    """Sign in first."""


class AccessTokenNeeded(DomainError):
    """An access token is needed that is valid now; ask for one at the token endpoint."""


class NotAllowed(DomainError):
    """You are signed in, but this is not part of your work here."""


class ScopeMissing(NotAllowed):
    """The access token does not have the scope this needs."""


class TooOften(DomainError):
    """That was too often in a short time; wait a moment and try again."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        retry_after_seconds: int = 60,
        is_signing_in: bool = False,
    ) -> None:
        super().__init__(detail)
        #: For the `Retry-After` header of the answer.
        self.retry_after_seconds = retry_after_seconds
        #: Passwords that were not right, which has another way out than asking much.
        self.is_signing_in = is_signing_in


class PartyUnknown(DomainError):
    """There is no party with this code."""


class PartyCodeTaken(DomainError):
    """There is a party with this code already."""


class PartyRefused(DomainError):
    """The party cannot be kept like this."""


class PartyChangedMeanwhile(DomainError):
    """Somebody else changed this party meanwhile; look at it again."""


class EmailTaken(DomainError):
    """There is an account with this e-mail address already."""


class EmailNotValid(DomainError):
    """This is not an e-mail address."""


class NotThePresentPassword(DomainError):
    """This is not the password of the account."""


class WeakBecause(StrEnum):
    """Why a password will not do."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    ABOUT_YOU = "about-you"
    WELL_KNOWN = "well-known"
    PATTERN = "pattern"
    DATE = "date"
    GUESSABLE = "guessable"


class PasswordTooWeak(DomainError):
    """The password is too short, too well known, or made of what is guessed soon."""

    def __init__(self, because: WeakBecause = WeakBecause.GUESSABLE) -> None:
        super().__init__(_TOO_WEAK[because])
        self.because = because


_TOO_WEAK = {
    WeakBecause.TOO_SHORT: "A password has at least 12 characters.",
    WeakBecause.TOO_LONG: "A password has at most 256 characters.",
    WeakBecause.ABOUT_YOU: "This password has a name, an address or the municipality in it.",
    WeakBecause.WELL_KNOWN: "This password is too much like one that many people use.",
    WeakBecause.PATTERN: "This password repeats itself or follows the keyboard or the alphabet.",
    WeakBecause.DATE: "This password is made of a year or a date.",
    WeakBecause.GUESSABLE: "This password is guessed too soon: add words that do not belong there.",
}


class CodeNotRight(DomainError):
    """This code is not right, or was used already."""


class NoOtherWayIn(DomainError):
    """This is the only way in that the account has; choose a password or add a passkey first."""


class PasskeyNotRight(DomainError):
    """This passkey is not one of this account, or it took too long; try again."""


class PasskeyUnknown(DomainError):
    """There is no such passkey."""


class NotAPasskeyName(DomainError):
    """A passkey has a name of one plain line of at most 60 signs."""


class TooManyPasskeys(DomainError):
    """This account has as many passkeys as it can; remove one first."""


class SecondFactorNeeded(DomainError):
    """This role needs a second factor: set up another one before taking this one away."""


class PartyNeeded(DomainError):
    """This role works for a party; say which."""


class AccountUnknown(DomainError):
    """There is no such account."""


class AccountEnded(DomainError):
    """This account was ended; let it back first."""


class InvitationOver(DomainError):
    """This link is no longer good: it is more than a day old, or was used. Ask for a new one."""


class PartnerClientRefused(DomainError):
    """The client id and secret do not belong together, or the client was withdrawn."""


class ScopeUnknown(DomainError):
    """There is no such scope."""
