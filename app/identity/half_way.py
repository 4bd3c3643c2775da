"""Between the password and the second step: who is half-way signed in, in this browser."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from flask import g, session

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity.records import Account

#: Time enough to fetch a phone from a coat.
HALF_WAY_LASTS = timedelta(minutes=10)

#: Leads from the password to the second step, and to setting one up.
SECOND_STEP_PATH = "/inloggen/tweede-stap"
SET_UP_PATH = "/inloggen/tweede-stap/instellen"

_HALF_WAY = "half_way"


def go_half_way(account: Account, *, next_page: str, path: str) -> None:
    """Remember that this person showed their password, and what comes next."""
    session[_HALF_WAY] = {
        "account": str(account.id),
        "word": standing_of(account),
        "since": int(provided().get(Clock).now().timestamp()),
        "next": next_page,
    }
    g.half_way_path = path


def standing_of(account: Account) -> str:
    """Return a word that is another one after another password, app or link, or a reset.

    What began before does not go on after it: whoever had the password alone when its owner set
    up an app gets nowhere with what they were shown then.
    """
    linked = account.provider_subject or ""
    present = f"standing {account.fs_uniquifier} {account.tf_totp_secret or ''} {linked}"
    return sha256(present.encode()).hexdigest()[:32]


def went_half_way() -> str | None:
    """Return the page that comes next if this very request showed the right password."""
    path: str | None = g.get("half_way_path")
    return path


def who_is_half_way() -> Account | None:
    """Return the account whose password was shown in this browser lately, if there is one."""
    kept = session.get(_HALF_WAY)
    if not isinstance(kept, dict):
        return None
    services = provided()
    since = int(kept["since"])
    if services.get(Clock).now().timestamp() - since > HALF_WAY_LASTS.total_seconds():
        session.pop(_HALF_WAY, None)
        return None
    with services.get(Database).transaction() as transaction:
        account = transaction.session.get(Account, UUID(kept["account"]))
        if account is None or not account.is_active or standing_of(account) != kept["word"]:
            return None
        transaction.session.expunge(account)
        return account


def next_page() -> str:
    """Return the page that was asked for before signing in; empty for none."""
    kept = session.get(_HALF_WAY)
    return str(kept["next"]) if isinstance(kept, dict) else ""
