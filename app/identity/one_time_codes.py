"""One-time codes of an app (RFC 6238) and recovery codes: making, sealing and comparing them."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from app.foundation.settings import Settings

#: Each code holds for half a minute; the one before and after are taken too, for slow clocks.
SECONDS_PER_STEP = 30

RECOVERY_CODES = 10

#: 80 bits: without I, L, O and U, which are misread (Crockford's base 32).
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _SIGNS_PER_GROUP = 4, 4
_MISREAD = str.maketrans("ILOU", "110V")


def new_key() -> str:
    """Return a fresh key for an app: 160 random bits in base 32."""
    return pyotp.random_base32()


def key_address(key: str, *, email: str, issuer: str) -> str:
    """Return what the square code holds: the key, and what the app calls it."""
    return pyotp.TOTP(key, name=email, issuer=issuer).provisioning_uri()


def code_at(key: str, now: datetime) -> str:
    """Return the code that an app with this key shows."""
    return _code(key, _step(now))


def step_of(code: str, *, key: str, now: datetime, after: int | None) -> int | None:
    """Return the half minute that `code` belongs to; none if it is wrong, or not `after` that one.

    A code that was taken once is refused from then on, and so are those before it.
    """
    present = _step(now)
    found = None
    for step in (present - 1, present, present + 1):
        # All three are compared, so that the time tells nothing.
        if hmac.compare_digest(_code(key, step).encode(), code.encode(errors="replace")):
            found = step
    return found if found is not None and (after is None or found > after) else None


def new_recovery_codes() -> list[str]:
    """Return a set of recovery codes, as they are shown once: `7KQ2-X9MD-…`."""
    return [
        "-".join(
            "".join(secrets.choice(_SIGNS) for _ in range(_SIGNS_PER_GROUP)) for _ in range(_GROUPS)
        )
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(code: str, settings: Settings) -> str:
    """Return what is kept of a recovery code; however it is typed, it is the same."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum()).translate(_MISREAD)
    key = _derived("recovery code 1", settings)
    return hmac.new(key, signs.encode(errors="replace"), "sha256").hexdigest()


def place_of(code: str, digests: Sequence[str], settings: Settings) -> int | None:
    """Return the place of a recovery code among the digests that are kept, or none."""
    asked = recovery_digest(code, settings)
    found = [place for place, kept in enumerate(digests) if hmac.compare_digest(kept, asked)]
    return found[0] if found else None


def sealed(key: str, settings: Settings) -> str:
    """Return a key of an app as it is kept: a back-up without the secret key tells nothing."""
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, key, _seal(settings))


def unsealed(kept: str, settings: Settings) -> str | None:
    """Return the key that was sealed; none if the secret key is another one now."""
    try:
        plaintext = jwe.decrypt_compact(kept, _seal(settings)).plaintext
    except (JoseError, ValueError):
        return None
    return plaintext.decode() if plaintext else None


def _code(key: str, step: int) -> str:
    return pyotp.TOTP(key).generate_otp(step)


def _step(now: datetime) -> int:
    return int(now.timestamp()) // SECONDS_PER_STEP


def _seal(settings: Settings) -> OctKey:
    return OctKey.import_key(_derived("one-time codes 1", settings))


def _derived(purpose: str, settings: Settings) -> bytes:
    return hmac.digest(settings.secret_key.get_secret_value().encode(), purpose.encode(), "sha256")
