"""Which form this browser is filling in: the key is in its cookie, the rest in our table."""

from __future__ import annotations

import re
import secrets

from flask import Response, g, request

from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.reception.drafts import UNSENT_DRAFTS_REST_FOR, find_draft
from app.reception.model import Draft
from app.reception.rules import draft_id_of

_COOKIE = "melding"
_PATH = "/melden"
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")
#: The newest first; older ones are for tabs that still show an earlier form.
_MOST_KEYS = 4


def own_keys() -> list[str]:
    """Return the keys in this browser's cookie, the newest first."""
    keys: list[str] | None = g.get("draft_keys")
    if keys is None:
        written = request.cookies.get(_COOKIE, "").split(".")
        keys = g.draft_keys = [key for key in written if _KEY.fullmatch(key)][:_MOST_KEYS]
    return keys


def this_key() -> str:
    """Return the key of the form this request is about: the one it names, or else the newest.

    A form names its draft, so that an old tab never speaks for a newer form. A browser without
    any gets its key here.
    """
    keys = own_keys()
    named = request.form.get("draft", "")
    return next(
        (key for key in keys if str(draft_id_of(key)) == named), keys[0] if keys else ""
    ) or (new_key())


def new_key() -> str:
    """Return a key for a new form, which this answer's cookie will hold."""
    key = secrets.token_urlsafe(24)
    g.draft_keys = [key, *own_keys()][:_MOST_KEYS]
    g.draft_keys_changed = True
    return key


def drop_key(key: str) -> None:
    """Take a key out of the cookie."""
    g.draft_keys = [one for one in own_keys() if one != key]
    g.draft_keys_changed = True


def key_of(draft_id: object) -> str | None:
    """Return the key of a draft of this browser, or None where it has none."""
    return next((key for key in own_keys() if draft_id_of(key) == draft_id), None)


def current_draft(transaction: Transaction) -> Draft | None:
    """Return the form this browser was last filling in, if anything was kept of it."""
    keys = own_keys()
    return find_draft(transaction, keys[0]) if keys else None


def read_current_draft() -> Draft | None:
    """Return the same, in a transaction of its own."""
    with provided().get(Database).transaction() as transaction:
        return current_draft(transaction)


def remember_keys(answer: Response) -> Response:
    """Let the browser keep the keys, and nobody the page: it holds what a person typed."""
    answer.headers["Cache-Control"] = "private, no-store"
    # The cookie lasts as long as the draft: a week from the last answer.
    if g.get("draft_keys_changed") or (request.method == "POST" and own_keys()):
        answer.set_cookie(
            _COOKIE,
            ".".join(own_keys()),
            max_age=int(UNSENT_DRAFTS_REST_FOR.total_seconds()),
            path=_PATH,
            secure=provided().get(Settings).is_https,
            httponly=True,
            samesite="Lax",
        )
    return answer
