"""The key of an app that is being set up: of this browser and this account alone, for minutes."""

from __future__ import annotations

from datetime import timedelta

from flask import session

from app.foundation.clock import Clock
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.half_way import standing_of
from app.identity.one_time_codes import new_key, sealed, unsealed
from app.identity.records import Account

#: Time enough to fetch a phone and look for the app; as long as a sign-in is fresh.
KEY_LASTS = timedelta(minutes=15)

_KEY = "app_key"


def key_to_set_up(account: Account) -> str:
    """Return the key to show: the one of before while it is good here, or else a new one.

    A page that is read twice has the same square, so that what an app read from it stays good.
    """
    key = key_that_was_shown(account)
    if key is None:
        key = new_key()
        session[_KEY] = {
            "for": standing_of(account),
            # Whoever reads the cookie does not read the key.
            "key": sealed(key, provided().get(Settings)),
            "since": int(provided().get(Clock).now().timestamp()),
        }
    return key


def key_that_was_shown(account: Account) -> str | None:
    """Return the key that this browser showed for this account; none if it is good no more.

    It ends with its time, with a sign-in, and with another password or app of the account.
    """
    kept = session.get(_KEY)
    if not isinstance(kept, dict) or kept.get("for") != standing_of(account):
        return None
    now = provided().get(Clock).now().timestamp()
    if not 0 <= now - int(kept["since"]) <= KEY_LASTS.total_seconds():
        return None
    return unsealed(str(kept["key"]), provided().get(Settings))


def forget_key() -> None:
    """Let the key that was shown be good no more."""
    session.pop(_KEY, None)
