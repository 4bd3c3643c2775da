"""Argon2 for the passwords of accounts; checking costs the same whether the account exists."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: RFC 9106's second recommended option: 64 MiB, three passes; some 50 ms on one core.
_KIBIBYTES, _PASSES = 64 * 1024, 3
_HASHER = PasswordHasher(time_cost=_PASSES, memory_cost=_KIBIBYTES, parallelism=1)

#: What a password is compared with when there is no account, so that it takes as long. It is made
#: of no password: every process that starts would pay for the making.
_NOBODYS_HASH = f"$argon2id$v=19$m={_KIBIBYTES},t={_PASSES},p=1${'A' * 22}${'A' * 43}"


def hashed(password: str) -> str:
    """Return the Argon2id hash of `password`, with its own salt and parameters."""
    return _HASHER.hash(_normal(password))


def matches(password: str, password_hash: str | None) -> bool:
    """Whether `password` is the one behind `password_hash`; never true without a hash."""
    try:
        _HASHER.verify(password_hash or _NOBODYS_HASH, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_new_hash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    # One keyboard writes é as one sign, another as two (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)
