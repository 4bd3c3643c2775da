"""What reception does later: forgetting what is over, and learning from past reports."""

from __future__ import annotations

from dataclasses import asdict

import structlog

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.jobs import Job
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.reception.forgetting import forget_what_is_over
from app.reception.learning import learn_from_reports

_log = structlog.get_logger(__name__)


def forget(provided: Provided) -> None:
    """Forget old answers, forms nobody sent, contact details whose time is over, who saw them."""
    with provided.get(Database).transaction() as transaction:
        forgotten = forget_what_is_over(
            transaction, provided.get(Settings), now=provided.get(Clock).now()
        )
    _log.info("forgotten", **asdict(forgotten))


def learn(provided: Provided) -> None:
    """Learn from past reports, and from what staff corrected, which words tell of which kind."""
    with provided.get(Database).transaction() as transaction:
        learned = learn_from_reports(transaction, now=provided.get(Clock).now())
    _log.info("learned", words=learned)


JOBS = {
    "reception.forget": Job(forget, every="43 2 * * *"),
    # After what is over was forgotten: that teaches nothing any more.
    "reception.learn": Job(learn, every="13 3 * * *"),
}
