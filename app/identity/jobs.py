"""What identity does later: forgetting what is over."""

from __future__ import annotations

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity import operations

#: The name of the job, for the wiring table; once a night is enough.
FORGET_WHAT_IS_OVER = "identity.forget_what_is_over"


def forget_what_is_over(provided: Provided) -> None:
    """Delete sign-ins that ended long ago and rate counts whose window is over."""
    with provided.get(Database).transaction() as transaction:
        operations.forget_what_is_over(transaction, now=provided.get(Clock).now())
