"""Ids of rows: nobody guesses them, and they go up with time, so that new rows stand together."""

from __future__ import annotations

from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    """Return an id that nothing has: a UUID of version 7 (RFC 9562).

    Its first 48 bits are the moment in milliseconds, so an index grows at its end, where random
    ids would touch a page of their own each. 74 of the others are random, and no id is a secret.
    """
    return UUID(int=uuid7().int)
