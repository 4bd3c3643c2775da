"""Whose program calls: its party, and how the history names it."""

from __future__ import annotations

from uuid import UUID

from app.identity.access import acting
from app.identity.model import AccessTokenNeeded
from app.work.model import ActedBy


def own_party() -> UUID:
    """Return the party that the calling program works for.

    Raises:
        AccessTokenNeeded: nobody's program calls.
    """
    party_id = acting().party_id
    if party_id is None:
        raise AccessTokenNeeded()
    return party_id


def program() -> ActedBy:
    """Return the calling program as the history keeps it."""
    return ActedBy("partner", acting().id)
