"""Short statements signed with the server's key: what is stated, of which kind, until when."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from app.foundation.settings import Settings

_ALGORITHM = "HS256"


def signed(stated: Mapping[str, object], *, kind: str, until: datetime, settings: Settings) -> str:
    """Return a token that anyone may carry and nobody can make or change.

    What it states can be read by whoever holds it. Each kind has a key of its own, so that a
    token of one kind never passes for another.
    """
    return jwt.encode(
        {"alg": _ALGORITHM},
        {**stated, "exp": int(until.timestamp())},
        _key(kind, settings),
        algorithms=[_ALGORITHM],
    )


def stated_in(
    token: str, *, kind: str, now: datetime, settings: Settings
) -> Mapping[str, Any] | None:
    """Return what a token states; none if it is not ours, of another kind, or over."""
    try:
        claims = jwt.decode(token, _key(kind, settings), algorithms=[_ALGORITHM]).claims
        is_over = int(claims["exp"]) <= now.timestamp()
    except (JoseError, KeyError, ValueError, TypeError):
        return None
    return None if is_over else claims


def _key(kind: str, settings: Settings) -> OctKey:
    secret = settings.secret_key.get_secret_value().encode()
    return OctKey.import_key(hmac.digest(secret, f"signed {kind} 1".encode(), "sha256"))
