"""What reception does later: forgetting answers, forms and contact details that are over."""

from __future__ import annotations

from datetime import timedelta

import structlog

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.given_answers import forget_answers
from app.foundation.jobs import Job
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.intake.operations import (
    contacts_of_cases,
    erase_contacts,
    forget_contact_openings,
)
from app.reception.drafts import forget_drafts
from app.work.operations.cases import cases_closed_before

_log = structlog.get_logger(__name__)


def forget(provided: Provided) -> None:
    """Forget old answers, forms nobody sent, contact details whose time is over, who saw them."""
    now, settings = provided.get(Clock).now(), provided.get(Settings)
    closed_before = now - timedelta(days=settings.retention_days)
    opened_before = now - timedelta(days=settings.contact_log_days)
    with provided.get(Database).transaction() as transaction:
        answers = forget_answers(transaction, now=now)
        drafts = forget_drafts(transaction, now=now)
        cases = cases_closed_before(transaction, closed_before)
        reports = contacts_of_cases(transaction, cases)
        erase_contacts(transaction, reports)
        openings = forget_contact_openings(transaction, before=opened_before)
    _log.info("forgotten", answers=answers, drafts=drafts, contacts=len(reports), openings=openings)


JOBS = {"reception.forget": Job(forget, every="43 2 * * *")}
