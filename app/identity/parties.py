"""Makes, changes and ends parties, with their working hours; every change is noted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select, text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.rule_changes import ChangedBy, note_rule_change, version_of
from app.foundation.windows import Window, kept_windows, windows_of
from app.identity.model import (
    EmailNotValid,
    PartyChangedMeanwhile,
    PartyKind,
    PartyRefused,
    PartyUnknown,
)
from app.identity.records import Party
from app.identity.rules import normal_email

CODE = r"[a-z0-9]+(-[a-z0-9]+)*"
LONGEST_CODE = 60
LONGEST_NAME = 120

#: Words behind `/beheer/uitvoerders/` that lead to another page than that of a party.
PAGES = frozenset({"nieuw"})

_PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{2,38}")
_WEB_FORM = re.compile(r"https://[^\s/]+\.[^\s]+")


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('parties', 853))")


@dataclass(frozen=True, slots=True)
class PartyToKeep:
    """A party as somebody writes it down.

    Without `hours` it is always at work. `stand_in` is the code of the party that takes what is
    urgent outside them. From `ended_on` on nothing new goes to it.
    """

    code: str
    name: str
    kind: PartyKind
    email: str | None = None
    phone: str | None = None
    web_form: str | None = None
    hours: tuple[Window, ...] = ()
    stand_in: str | None = None
    ended_on: date | None = None
    is_demo: bool = False


def make_party(
    transaction: Transaction, wanted: PartyToKeep, *, by: ChangedBy, now: datetime
) -> Party:
    """Add a party.

    Raises:
        PartyRefused: the code is taken or something else is not right; it says what, by field.
    """
    # The same form may come twice at once: the second sees what the first made.
    transaction.connection.execute(_ONE_AT_A_TIME)
    _insist(transaction, wanted, is_new=True, today=_today(now))
    made = Party(code=wanted.code, kind=wanted.kind.value)
    _write(transaction, made, wanted)
    transaction.session.add(made)
    transaction.session.flush()
    _note(transaction, made, before=None, by=by, now=now)
    return made


def change_party(
    transaction: Transaction,
    wanted: PartyToKeep,
    *,
    by: ChangedBy,
    now: datetime,
    expected_version: str | None = None,
) -> Party:
    """Change a party; its code and its kind stay what they are.

    Raises:
        PartyUnknown: there is none with this code.
        PartyChangedMeanwhile: somebody else changed it since `expected_version`.
        PartyRefused: something is not right; it says what, by field.
    """
    kept = _locked(transaction, wanted.code, expected_version)
    wanted = replace(wanted, kind=PartyKind(kept.kind))
    _insist(transaction, wanted, is_new=False, today=_today(now))
    before = party_told(transaction, kept)
    _write(transaction, kept, wanted)
    transaction.session.flush()
    _note(transaction, kept, before=before, by=by, now=now)
    return kept


def end_party(
    transaction: Transaction,
    code: str,
    *,
    last_day: date,
    by: ChangedBy,
    now: datetime,
    expected_version: str | None = None,
) -> Party:
    """Let nothing new go to a party after this day; what it did, and what it has now, stays.

    Raises:
        PartyUnknown: there is none with this code.
        PartyChangedMeanwhile: somebody else changed it since `expected_version`.
        PartyRefused: the day is over already.
    """
    kept = _locked(transaction, code, expected_version)
    if last_day < _today(now) - timedelta(days=1):
        raise _refused(FieldError("lastDay", "too-early", "This day is over: choose a later one."))
    before = party_told(transaction, kept)
    kept.ended_on = last_day + timedelta(days=1)
    transaction.session.flush()
    _note(transaction, kept, before=before, by=by, now=now)
    return kept


def party_version(transaction: Transaction, kept: Party) -> str:
    """Return what a form carries to tell whether somebody else changed the party meanwhile."""
    return version_of(party_told(transaction, kept))


def party_told(transaction: Transaction, kept: Party) -> dict[str, Any]:
    """Return a party as the history of changes keeps it."""
    stand_in = transaction.session.get(Party, kept.stand_in_id) if kept.stand_in_id else None
    return {
        "name": kept.name,
        "kind": kept.kind,
        "email": kept.email,
        "phone": kept.phone,
        "webForm": kept.web_form,
        "hours": kept_windows(windows_of(kept.hours or [])),
        "standIn": stand_in.code if stand_in else None,
        "endedOn": kept.ended_on.isoformat() if kept.ended_on else None,
    }


def stands_in_for(transaction: Transaction, kept: Party, *, on: date) -> Sequence[Party]:
    """Return the parties of this day that it takes urgent reports over from."""
    return transaction.session.scalars(
        select(Party)
        .where(Party.stand_in_id == kept.id, Party.ended_on.is_(None) | (Party.ended_on > on))
        .order_by(Party.name)
    ).all()


def _locked(transaction: Transaction, code: str, expected_version: str | None) -> Party:
    kept = transaction.session.scalar(
        select(Party)
        .where(Party.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if kept is None:
        raise PartyUnknown(f"There is no party with the code {code!r}.")
    if expected_version is not None and party_version(transaction, kept) != expected_version:
        raise PartyChangedMeanwhile
    return kept


def _write(transaction: Transaction, kept: Party, wanted: PartyToKeep) -> None:
    kept.name = wanted.name
    kept.email = normal_email(wanted.email) if wanted.email else None
    kept.phone = wanted.phone
    kept.web_form = wanted.web_form
    kept.hours = kept_windows(wanted.hours)
    kept.stand_in_id = (
        transaction.session.scalar(select(Party.id).where(Party.code == wanted.stand_in))
        if wanted.stand_in
        else None
    )
    kept.ended_on = wanted.ended_on
    kept.is_demo = wanted.is_demo


def _note(
    transaction: Transaction,
    kept: Party,
    *,
    before: dict[str, Any] | None,
    by: ChangedBy,
    now: datetime,
) -> None:
    note_rule_change(
        transaction,
        what="party",
        code=kept.code,
        by=by,
        at=now,
        before=before,
        after=party_told(transaction, kept),
    )


def _insist(transaction: Transaction, wanted: PartyToKeep, *, is_new: bool, today: date) -> None:
    wrong = [
        FieldError(field, code, detail)
        for is_wrong, field, code, detail in (
            (
                not re.fullmatch(CODE, wanted.code) or len(wanted.code) > LONGEST_CODE,
                "code",
                "no-code",
                "A code is of small letters, digits and hyphens, such as buiten-noord.",
            ),
            (
                not 0 < len(wanted.name) <= LONGEST_NAME,
                "name",
                "missing",
                f"Write a name of {LONGEST_NAME} signs at most.",
            ),
            (
                wanted.email is not None and not _is_email(wanted.email),
                "email",
                "no-address",
                "This is not an e-mail address.",
            ),
            (
                wanted.phone is not None and not _PHONE.fullmatch(wanted.phone),
                "phone",
                "no-number",
                "Write a number of digits, spaces and hyphens, such as 0800 8002.",
            ),
            (
                wanted.web_form is not None
                and (not _is_web_address(wanted.web_form) or len(wanted.web_form) > 500),
                "webForm",
                "no-address",
                "Write the whole address, beginning with https://.",
            ),
        )
        if is_wrong
    ]
    if is_new and wanted.code in PAGES:
        detail = f"{wanted.code!r} is the address of a page: choose another code."
        wrong.append(FieldError("code", "reserved", detail))
    if is_new and transaction.session.scalar(select(Party.id).where(Party.code == wanted.code)):
        wrong.append(FieldError("code", "taken", "There is a party with this code already."))
    wrong += _wrong_stand_in(transaction, wanted, today)
    if wrong:
        raise _refused(*wrong)


def _wrong_stand_in(transaction: Transaction, wanted: PartyToKeep, today: date) -> list[FieldError]:
    if wanted.stand_in is None:
        return []
    if wanted.stand_in == wanted.code:
        return [FieldError("standIn", "itself", "A party cannot stand in for itself.")]
    found = transaction.session.scalar(select(Party).where(Party.code == wanted.stand_in))
    if found is None:
        return [FieldError("standIn", "unknown-party", "Choose a party from the list.")]
    if found.ended_on is not None and found.ended_on <= today:
        return [FieldError("standIn", "ended-party", "This party has ended: it takes nothing new.")]
    if not wanted.hours:
        detail = "Write the working hours too: without them it is always at work."
        return [FieldError("hours", "missing", detail)]
    return []


def _refused(*wrong: FieldError) -> PartyRefused:
    return PartyRefused(" ".join(one.detail for one in wrong), errors=wrong)


def _today(now: datetime) -> date:
    return now.astimezone(LOCAL_ZONE).date()


def _is_web_address(written: str) -> bool:
    """Whether a reporter can be sent there: without a name and password, and with a right port."""
    if not _WEB_FORM.fullmatch(written):
        return False
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        return False
    return "@" not in parts.netloc and "." in (parts.hostname or "") and port != 0


def _is_email(written: str) -> bool:
    try:
        normal_email(written)
    except EmailNotValid:
        return False
    return True
