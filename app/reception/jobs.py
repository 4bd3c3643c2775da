"""What reception does later: forgetting answers, forms and contact details that are over."""

from __future__ import annotations

from dataclasses import asdict

import structlog

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.jobs import Job
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.reception.forgetting import forget_what_is_over

_log = structlog.get_logger(__name__)


def forget(provided: Provided) -> None:
    """Forget old answers, forms nobody sent, contact details whose time is over, who saw them."""
    with provided.get(Database).transaction() as transaction:
        forgotten = forget_what_is_over(
            transaction, provided.get(Settings), now=provided.get(Clock).now()
        )
    _log.info("forgotten", **asdict(forgotten))


JOBS = {"reception.forget": Job(forget, every="43 2 * * *")}
