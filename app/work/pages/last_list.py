"""Which list somebody looked at last, so that the page of a case leads back to it."""

from __future__ import annotations

from flask import session

from app.identity.access import acting
from app.identity.permissions import Permission

_KEPT_AS = "last_list"
#: A cookie has no room for more, and a filter with fewer words does as well.
_LONGEST = 600


def keep_list(address: str) -> None:
    """Keep the address of a list that is shown now."""
    session[_KEPT_AS] = address if len(address) <= _LONGEST else address.split("?", maxsplit=1)[0]


def last_list() -> str:
    """Return the address of the list that was shown last; the desk's, as long as there is none."""
    kept = session.get(_KEPT_AS)
    if isinstance(kept, str):
        return kept
    return "/balie" if acting().may(Permission.SEE_DESK) else "/beheer/zaken"
