"""The challenge that a passkey answers: for one purpose, for a few minutes, good once."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import timedelta
from enum import StrEnum
from secrets import token_bytes

from flask import session

from app.foundation.clock import Clock
from app.foundation.provided import provided
from app.identity.model import PasskeyNotRight, TooOften
from app.identity.rates import Rate, Rates

CHALLENGE_LASTS = timedelta(minutes=5)

_CHALLENGE = "challenge"

#: A copy of the cookie would bring the challenge back; in its time it counts once all the same.
_ONCE = Rate("challenge", 1, int(CHALLENGE_LASTS.total_seconds()) + 60)


class Purpose(StrEnum):
    """What a passkey is asked for."""

    SIGN_IN = "sign-in"
    SECOND_STEP = "second-step"
    ADD = "add"


def new_challenge(purpose: Purpose) -> bytes:
    """Return a fresh challenge; the one before is worth nothing any more."""
    challenge = token_bytes(32)
    session[_CHALLENGE] = {
        "for": purpose.value,
        "bytes": b64encode(challenge).decode(),
        "since": int(provided().get(Clock).now().timestamp()),
    }
    return challenge


def taken_challenge(purpose: Purpose) -> bytes:
    """Return the challenge of this browser and use it up.

    Raises:
        PasskeyNotRight: there is none for this purpose, it is over, or was used already.
    """
    kept = session.pop(_CHALLENGE, None)
    if not isinstance(kept, dict) or kept.get("for") != purpose.value:
        raise PasskeyNotRight()
    now = provided().get(Clock).now().timestamp()
    if not 0 <= now - int(kept["since"]) <= CHALLENGE_LASTS.total_seconds():
        raise PasskeyNotRight()
    try:
        provided().get(Rates).hold(_ONCE, kept["bytes"])
    except TooOften:
        raise PasskeyNotRight() from None
    return b64decode(kept["bytes"])
