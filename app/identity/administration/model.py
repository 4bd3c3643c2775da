"""The nouns of looking after accounts: what one is to be, which are looked for, what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.foundation.errors import DomainError
from app.identity.model import NO_LIMITS, Limits
from app.identity.permissions import Role

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class AccountToKeep:
    """An account as somebody writes it down; `party` is the code of the party it works for."""

    email: str
    name: str
    role: Role
    party: str | None = None
    limits: Limits = NO_LIMITS


class AccountState(StrEnum):
    """Which accounts somebody wants to see."""

    ACTIVE = "active"
    ENDED = "ended"
    #: Active, and nobody signed in yet.
    NEVER_SIGNED_IN = "never"
    #: Active, in a role that needs a second factor, and without one.
    WITHOUT_SECOND_FACTOR = "without-second-factor"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts are looked for; `words` are of a name or an address."""

    words: str = ""
    role: Role | None = None
    party: str | None = None
    state: AccountState = AccountState.ACTIVE


class AccountRefused(DomainError):
    """The account cannot be kept like this."""


class AccountChangedMeanwhile(DomainError):
    """Somebody else changed this account meanwhile; look at it again."""


class LastAdministrator(DomainError):
    """Nobody else could give out rights any more: make another administrator first."""


class OwnAccountElsewhere(DomainError):
    """For your own account this is done at your own account."""
