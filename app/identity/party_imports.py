"""Parties from a file: what the file looks like, and bringing it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator
from sqlalchemy import select

from app.foundation.database import Transaction
from app.foundation.import_files import FileRefused, Imported, InFile
from app.foundation.rule_changes import ChangedBy
from app.foundation.windows import read_windows, windows_of, windows_written
from app.identity.model import EmailNotValid, PartyKind, PartyRefused
from app.identity.parties import PartyToKeep, change_party, make_party, party_told
from app.identity.records import Party
from app.identity.rules import normal_email

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class PartyInFile(InFile):
    """One `[[party]]`: who does work, or who is passed work on to."""

    code: Code
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    kind: PartyKind
    email: str | None = None
    phone: Annotated[str, StringConstraints(min_length=3, max_length=40)] | None = None
    web_form: Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")] | None = None
    #: When it is at work, a part of the week in each: "doordeweeks 7:30-16:00". None is always.
    hours: tuple[str, ...] = ()
    #: The code of the party that takes what is urgent outside those hours.
    stand_in: str | None = None
    #: From this day on nothing new goes to it.
    ended_on: date | None = None

    @field_validator("email")
    @classmethod
    def _is_an_address(cls, email: str | None) -> str | None:
        return None if email is None else _normal(email)

    @field_validator("hours")
    @classmethod
    def _are_parts_of_a_week(cls, hours: tuple[str, ...]) -> tuple[str, ...]:
        read_windows(hours)
        return hours


class PartiesFile(InFile):
    """A file with parties."""

    party: Annotated[tuple[PartyInFile, ...], Field(min_length=1)]


def import_parties(
    transaction: Transaction, wanted: Sequence[PartyInFile], *, by: ChangedBy, now: datetime
) -> Imported:
    """Add or renew parties by their code; the same again changes nothing.

    Raises:
        FileRefused: a code stands there twice, is that of a party of another kind, or a stand-in is
            not there.
    """
    if len({one.code for one in wanted}) < len(wanted):
        raise FileRefused("A code stands there twice.")
    there = {one.code: one for one in transaction.session.scalars(select(Party))}
    done = Imported()
    # A stand-in may come later in the file than the party it stands in for.
    for one in wanted:
        if one.code not in there:
            with _as_file_refused(one):
                without = replace(_to_keep(one), stand_in=None)
                make_party(transaction, without, by=by, now=now)
    for one in wanted:
        kept = there.get(one.code)
        if kept is not None and kept.kind != one.kind:
            raise FileRefused(
                f"Party {one.code!r} is a {kept.kind} already, and a party stays what it is: "
                f"give the {one.kind} a code of its own."
            )
        was_demo = kept is not None and kept.is_demo
        before = party_told(transaction, kept) if kept else None
        with _as_file_refused(one):
            renewed = change_party(transaction, _to_keep(one), by=by, now=now)
        if kept is None:
            done.added += 1
        elif party_told(transaction, renewed) == before:
            done.as_they_were += 1
            done.of_demo += was_demo
        else:
            done.changed += 1
    return done


def parties_in_file(transaction: Transaction) -> list[dict[str, object]]:
    """Return all parties as a file holds them."""
    all_of_them = transaction.session.scalars(select(Party).order_by(Party.code)).all()
    codes = {one.id: one.code for one in all_of_them}
    return [
        {
            "code": one.code,
            "name": one.name,
            "kind": one.kind,
            "email": one.email,
            "phone": one.phone,
            "web_form": one.web_form,
            "hours": windows_written(windows_of(one.hours)),
            "stand_in": codes[one.stand_in_id] if one.stand_in_id else None,
            "ended_on": one.ended_on,
        }
        for one in all_of_them
    ]


@contextmanager
def _as_file_refused(one: PartyInFile) -> Iterator[None]:
    try:
        yield
    except PartyRefused as refused:
        raise FileRefused(f"Party {one.code!r}: {refused.detail}") from None


def _to_keep(one: PartyInFile) -> PartyToKeep:
    return PartyToKeep(**(one.model_dump() | {"hours": read_windows(one.hours)}))


def _normal(email: str) -> str:
    try:
        return normal_email(email)
    except EmailNotValid:
        raise ValueError("is no e-mail address") from None
