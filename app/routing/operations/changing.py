"""Changes an agreement: a plain correction while nothing rests on it, otherwise from a day on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.rule_changes import ChangedBy
from app.routing.model import AgreementRefused
from app.routing.operations.agreements import (
    AgreementToMake,
    agreement_told,
    last_decided_on,
    locked_agreement,
    make_agreement,
    note_agreement,
    require_right,
    write_agreement,
)

_CODES = text("SELECT code FROM agreement WHERE code LIKE :begins || '%'")

_NUMBERED = re.compile(r"(.+)-([0-9]{1,4})")


def correct_agreement(
    transaction: Transaction,
    wanted: AgreementToMake,
    *,
    by: ChangedBy,
    now: datetime,
    expected_version: str | None = None,
) -> None:
    """Write an agreement anew, as if it had been so from its beginning.

    Raises:
        AgreementNotFound: there is none with this code.
        AgreementChangedMeanwhile: somebody else changed it since `expected_version`.
        AgreementRefused: reports were decided by it, or something is not right.
    """
    kept = locked_agreement(transaction, wanted.code, expected_version=expected_version)
    if last_decided_on(transaction, kept.id) is not None:
        detail = "Reports were decided by it: say from which day on it changes."
        raise AgreementRefused(detail, errors=(FieldError("from", "decided", detail),))
    require_right(transaction, wanted, now=now, own_id=kept.id)
    before = agreement_told(kept)
    write_agreement(kept, wanted)
    transaction.session.flush()
    note_agreement(transaction, kept, before=before, by=by, now=now)


def change_agreement_from(
    transaction: Transaction,
    wanted: AgreementToMake,
    *,
    from_day: date,
    by: ChangedBy,
    now: datetime,
    expected_version: str | None = None,
) -> str:
    """Let a changed agreement take the place of the one with this code from a day on.

    The old one ends the day before, so that what it decided stays explained; where that is before
    it begins, it holds on no day. Returns the code of the new one.

    Raises:
        AgreementNotFound: there is none with this code.
        AgreementChangedMeanwhile: somebody else changed it since `expected_version`.
        AgreementRefused: the day is over, the agreement has ended by then, or something is not
            right.
    """
    kept = locked_agreement(transaction, wanted.code, expected_version=expected_version)
    today = now.astimezone(LOCAL_ZONE).date()
    decided_on = last_decided_on(transaction, kept.id)
    wrong = None
    if from_day < today:
        wrong = "This day is over: choose today or a later one."
    elif from_day < kept.valid_from:
        wrong = f"It begins on {kept.valid_from.isoformat()}: choose that day or a later one."
    elif kept.valid_until is not None and kept.valid_until < from_day:
        wrong = f"It ends on {kept.valid_until.isoformat()}; make a new one for the time after it."
    elif decided_on is not None and from_day <= decided_on:
        # They would have been decided by an agreement that was not in force on their day.
        wrong = f"Reports went by it until {decided_on.isoformat()}: choose a later day."
    if wrong is not None:
        raise AgreementRefused(wrong, errors=(FieldError("from", "too-early", wrong),))
    before = agreement_told(kept)
    kept.valid_until = from_day - timedelta(days=1)
    transaction.session.flush()
    note_agreement(transaction, kept, before=before, by=by, now=now)
    code = _next_code(transaction, kept.code)
    make_agreement(
        transaction,
        replace(wanted, code=code, valid_from=from_day, is_demo=False),
        by=by,
        now=now,
    )
    return code


def _next_code(transaction: Transaction, code: str) -> str:
    """Return the code with the next number that is free: `wegen`, `wegen-2`, `wegen-3`."""
    numbered = _NUMBERED.fullmatch(code)
    begins = numbered[1] if numbered else code
    taken = set(transaction.connection.scalars(_CODES, {"begins": begins[:74]}))
    number = int(numbered[2]) + 1 if numbered else 2
    while f"{begins[:74]}-{number}" in taken:
        number += 1
    return f"{begins[:74]}-{number}"
