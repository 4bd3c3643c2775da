"""Forgets what reception kept for a time: answers, forms nobody sent, contact details."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.foundation.database import Transaction
from app.foundation.given_answers import forget_answers
from app.foundation.settings import Settings
from app.intake.operations import (
    cases_with_contacts,
    contacts_of_cases,
    erase_contacts,
    forget_contact_openings,
)
from app.reception.drafts import forget_drafts
from app.work.operations.cases import closed_before


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was forgotten."""

    #: Answers to a key, of thirty days ago.
    answers: int
    #: Forms that nobody sent, and those that were sent.
    drafts: int
    #: Contact details of reports whose case closed long enough ago.
    contacts: int
    #: Who looked at contact details, long enough ago.
    contact_openings: int


def forget_what_is_over(
    transaction: Transaction, settings: Settings, *, now: datetime
) -> Forgotten:
    """Forget what has been kept as long as the settings say."""
    closed = closed_before(
        transaction,
        # Of those alone that can be reached: of most that closed, nothing is left to forget.
        cases_with_contacts(transaction),
        now - timedelta(days=settings.retention_days),
    )
    reports = contacts_of_cases(transaction, closed)
    erase_contacts(transaction, reports)
    return Forgotten(
        answers=forget_answers(transaction, now=now),
        drafts=forget_drafts(transaction, now=now),
        contacts=len(reports),
        contact_openings=forget_contact_openings(
            transaction, before=now - timedelta(days=settings.contact_log_days)
        ),
    )
