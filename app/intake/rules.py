"""Decisions at intake: how a report is called, what its token is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

DESCRIPTION_LENGTH = 3000

#: Who opens the contact details of one report more than once in this time looks once: a page that
#: is loaded again is no second look.
ONE_LOOK = timedelta(minutes=10)

#: No vowels, so no words; nothing that is mistaken for another when read aloud or by rain.
REFERENCE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
REFERENCE_LENGTH = 8

_MAC_BYTES = 16
_ID_BYTES = 16


def new_reference() -> str:
    """Return a reference that can be spoken and not guessed, such as `K7MD-4QXW`."""
    letters = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(REFERENCE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def normal_reference(typed: str) -> str | None:
    """Return a reference as it is kept, however it was typed, or None where it cannot be one."""
    letters = "".join(c for c in typed.upper() if c.isalnum())
    if len(letters) != REFERENCE_LENGTH or not set(letters) <= set(REFERENCE_LETTERS):
        return None
    return f"{letters[:4]}-{letters[4:]}"


def report_token(secret_key: str, report_id: UUID, generation: int) -> str:
    """Return the token that opens a report: its id and an HMAC-SHA-256 of it, as URL-safe text.

    Nothing secret is stored: the same key, report and generation give the same token again.
    """
    return _text(report_id.bytes + _mac(secret_key, report_id, generation))


def report_of_token(token: str) -> UUID | None:
    """Return the report that `token` claims to open, or None where it is no token at all."""
    whole = _bytes(token)
    return UUID(bytes=whole[:_ID_BYTES]) if whole else None


def token_opens(secret_key: str, token: str, report_id: UUID, generation: int) -> bool:
    """Whether `token` is the one of this report, compared in constant time."""
    whole = _bytes(token)
    expected = report_id.bytes + _mac(secret_key, report_id, generation)
    return whole is not None and hmac.compare_digest(whole, expected)


def _mac(secret_key: str, report_id: UUID, generation: int) -> bytes:
    key = hashlib.sha256(b"straatbeeld report token\0" + secret_key.encode()).digest()
    message = report_id.bytes + generation.to_bytes(4, "big")
    return hmac.digest(key, message, "sha256")[:_MAC_BYTES]


def _text(whole: bytes) -> str:
    return base64.urlsafe_b64encode(whole).rstrip(b"=").decode()


def _bytes(token: str) -> bytes | None:
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return whole if len(whole) == _ID_BYTES + _MAC_BYTES and _text(whole) == token else None
