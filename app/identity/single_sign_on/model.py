"""The nouns of single sign-on: what a provider says of a person, and what is refused about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.foundation.errors import DomainError

#: What a provider says in `amr` where somebody showed more than a password (RFC 8176).
SEVERAL_FACTORS = "mfa"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question to the provider holds, so that only its own answer is taken."""

    state: str
    nonce: str
    #: PKCE: whoever catches the code cannot use it without this.
    verifier: str


@dataclass(frozen=True, slots=True)
class Asserted:
    """What a provider says of the person who signed in there, checked to be said by it to us."""

    issuer: str
    subject: str
    name: str = ""
    #: In small letters; only trusted where `email_is_verified`.
    email: str = ""
    email_is_verified: bool = False
    tenant: str = ""
    #: The words of the claim of groups or roles that the settings name.
    groups: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()

    @property
    def showed_several_factors(self) -> bool:
        """Whether the provider says that more than a password was shown."""
        return SEVERAL_FACTORS in self.methods


class Provider(Protocol):
    """A provider of OpenID Connect, as far as signing in needs it."""

    def address(self, asked: Asked, *, back_to: str, now: datetime) -> str:
        """Return the address at the provider to which somebody is led to sign in.

        Raises:
            ProviderAway: it does not answer.
        """
        ...

    def answer(self, asked: Asked, code: str, *, back_to: str, now: datetime) -> Asserted:
        """Return what the provider says for this code, which is good once.

        Raises:
            ProviderAway: it does not answer.
            AnswerRefused: the code is not good, or what is said is not said by it, to us, now.
        """
        ...

    def sign_out_address(self, *, back_to: str, now: datetime) -> str | None:
        """Return where somebody signs out at the provider, if it has such a place."""
        ...


class ProviderAway(DomainError):
    """The organisation's sign-in does not answer at the moment; try again, or use your password."""


class AnswerRefused(DomainError):
    """What the organisation's sign-in answered cannot be trusted; sign in once more."""


class NobodyOfOurs(DomainError):
    """There is no account here for this person; ask an administrator to invite them."""


class PasswordFirst(DomainError):
    """The account of this address has a password of its own; sign in with it, then link the two."""


class EmailNotVerified(DomainError):
    """The organisation's sign-in does not vouch for this e-mail address."""
