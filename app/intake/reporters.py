"""Finds the reports of somebody who calls, by their name, e-mail address or telephone number."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.intake.records import CONTACT_PHONE
from app.intake.rules import ONE_LOOK

#: Fewer digits are a house number or a year, and not a telephone number.
_FEWEST_DIGITS = 9
_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class FoundReport:
    """A report of somebody who was looked for, and its case."""

    report_id: UUID
    case_id: UUID


_FIND = """
    SELECT report.id, report.case_id FROM contact JOIN report ON report.id = contact.report_id
    WHERE {condition}
    ORDER BY report.received_at DESC, report.id LIMIT :at_most
"""

_BY_EMAIL = text(_FIND.format(condition="contact.email IS NOT NULL AND lower(contact.email) = :it"))
_BY_PHONE = text(_FIND.format(condition=f"contact.phone IS NOT NULL AND {CONTACT_PHONE} = :it"))
_BY_NAME = text(
    _FIND.format(
        condition="contact.name IS NOT NULL"
        " AND to_tsvector('simple', contact.name) @@ plainto_tsquery('simple', :it)"
    )
)

_NOTE = text(
    """
    INSERT INTO contact_opening (id, report_id, account_id, opened_at, opened_on)
    SELECT gen_random_uuid(), found, CAST(:account_id AS uuid), CAST(:now AS timestamptz), 'search'
    FROM unnest(CAST(:report_ids AS uuid[])) AS found
    WHERE NOT EXISTS (
        SELECT 1 FROM contact_opening
        WHERE report_id = found AND account_id = :account_id
          AND opened_at > :since AND opened_at <= :now)
    """
)


def reports_of_reporter(
    transaction: Transaction,
    typed: str,
    *,
    account_id: UUID,
    now: datetime,
    may_see: Callable[[Sequence[UUID]], Collection[UUID]] = lambda case_ids: case_ids,
) -> Sequence[FoundReport]:
    """Return the newest reports of whoever this is, for somebody who may see contact details.

    That a report is found by a name says whose it is, so each counts as opened and is logged.
    `may_see` returns those of some cases that this person may see; the others are not found.
    """
    digits = re.sub(r"\D", "", typed)
    if "@" in typed:
        rows = transaction.read(_BY_EMAIL, {"it": typed.strip().lower(), "at_most": _AT_MOST})
    elif len(digits) >= _FEWEST_DIGITS:
        rows = transaction.read(_BY_PHONE, {"it": digits[-_FEWEST_DIGITS:], "at_most": _AT_MOST})
    else:
        rows = transaction.read(_BY_NAME, {"it": typed, "at_most": _AT_MOST})
    everything = [FoundReport(row.id, row.case_id) for row in rows]
    seen = may_see([one.case_id for one in everything])
    found = [one for one in everything if one.case_id in seen]
    if found:
        transaction.write(
            _NOTE,
            {
                "report_ids": [one.report_id for one in found],
                "account_id": account_id,
                "now": now,
                "since": now - ONE_LOOK,
            },
        )
    return found
