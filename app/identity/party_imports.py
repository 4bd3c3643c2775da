"""Parties from a file: what the file looks like, and bringing it in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator
from sqlalchemy import select

from app.foundation.database import Transaction
from app.foundation.import_files import FileRefused, Imported, InFile
from app.identity.model import EmailNotValid, PartyKind
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
    #: From this day on nothing new goes to it.
    ended_on: date | None = None

    @field_validator("email")
    @classmethod
    def _is_an_address(cls, email: str | None) -> str | None:
        return None if email is None else _normal(email)


class PartiesFile(InFile):
    """A file with parties."""

    party: Annotated[tuple[PartyInFile, ...], Field(min_length=1)]


def import_parties(transaction: Transaction, wanted: Sequence[PartyInFile]) -> Imported:
    """Add or renew parties by their code; the same again changes nothing.

    Raises:
        FileRefused: a code stands there twice, or is that of a party of another kind.
    """
    if len({one.code for one in wanted}) < len(wanted):
        raise FileRefused("A code stands there twice.")
    codes = [one.code for one in wanted]
    there = {
        one.code: one
        for one in transaction.session.scalars(select(Party).where(Party.code.in_(codes)))
    }
    done = Imported()
    for one in wanted:
        values = one.model_dump(exclude={"code", "kind"})
        kept = there.get(one.code)
        if kept is None:
            transaction.session.add(Party(code=one.code, kind=one.kind.value, **values))
            done.added += 1
            continue
        if kept.kind != one.kind:
            raise FileRefused(
                f"Party {one.code!r} is a {kept.kind} already, and a party stays what it is: "
                f"give the {one.kind} a code of its own."
            )
        values["is_demo"] = False
        if all(getattr(kept, name) == value for name, value in values.items()):
            done.as_they_were += 1
            continue
        for name, value in values.items():
            setattr(kept, name, value)
        done.changed += 1
    transaction.session.flush()
    return done


def _normal(email: str) -> str:
    try:
        return normal_email(email)
    except EmailNotValid:
        raise ValueError("is no e-mail address") from None
