"""Agreements from a file: what the file looks like, and bringing it in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator, model_validator
from sqlalchemy import select, text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.foundation.import_files import FileRefused, Imported, InFile
from app.foundation.rule_changes import ChangedBy
from app.foundation.windows import kept_windows, read_windows
from app.geography.operations import areas_on
from app.identity.operations import parties
from app.routing.operations.agreements import agreement_told, note_agreement, one_at_a_time
from app.routing.operations.asking import asked_of_reports
from app.routing.records import AgreementRecord
from app.triage.operations import names_of_categories

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class AgreementInFile(InFile):
    """One `[[agreement]]`: this party does this category in this area, or at these assets."""

    code: Code
    party: Word
    #: A main code, the code of one category, or left out for everything.
    category: Word | None = None
    area_kind: Word | None = None
    area_code: Word | None = None
    #: The party whose assets it is about, in the place of an area.
    assets_of: Word | None = None
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    #: Only at objects of this kind.
    asset_kind: Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$")] | None = None
    #: Only with these answers: the code of a question → the answers that count.
    answers: dict[Word, Annotated[tuple[Word, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    #: Only in these parts of the week: "doordeweeks 17:00-8:00", "weekend en feestdagen".
    windows: tuple[str, ...] = ()
    valid_from: date
    #: The last day.
    valid_until: date | None = None

    @model_validator(mode="after")
    def _says_where_and_when(self) -> AgreementInFile:
        if (self.area_kind is None) != (self.area_code is None):
            raise ValueError("area_kind and area_code go together")
        if (self.area_kind is None) == (self.assets_of is None):
            raise ValueError("give either area_kind and area_code, or assets_of")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self

    @field_validator("windows")
    @classmethod
    def _are_parts_of_a_week(cls, windows: tuple[str, ...]) -> tuple[str, ...]:
        read_windows(windows)
        return windows


class AgreementsFile(InFile):
    """A file with agreements."""

    agreement: Annotated[tuple[AgreementInFile, ...], Field(min_length=1)]


def import_agreements(
    transaction: Transaction, wanted: Sequence[AgreementInFile], *, by: ChangedBy, now: datetime
) -> tuple[Imported, list[str]]:
    """Add or renew agreements by their code; return how many, and the codes not in the file.

    Those stay as they are; an agreement ends with a `valid_until`, and is never taken away, because
    decisions that rest on it are kept.

    Raises:
        FileRefused: a code stands there twice, a party, a category or an area is not known, or no
            report gives an answer that an agreement wants.
    """
    one_at_a_time(transaction)
    transaction.connection.execute(text("SELECT FROM party ORDER BY id FOR SHARE"))
    party_ids = {party.code: party.id for party in parties(transaction)}
    today = now.astimezone(LOCAL_ZONE).date()
    _insist_on_what_they_name(transaction, wanted, party_ids=party_ids, today=today)
    there = {one.code: one for one in transaction.session.scalars(select(AgreementRecord))}
    done = Imported()
    for one in wanted:
        values = {
            "party_id": party_ids[one.party],
            "category_code": one.category,
            "area_kind": one.area_kind,
            "area_code": one.area_code,
            "asset_owner_id": party_ids[one.assets_of] if one.assets_of else None,
            "priority": one.priority,
            "asset_kind": one.asset_kind,
            "answers": {question: sorted(set(some)) for question, some in one.answers.items()},
            "windows": kept_windows(read_windows(one.windows)),
            "valid_from": one.valid_from,
            "valid_until": one.valid_until,
        }
        kept = there.get(one.code)
        before = agreement_told(kept) if kept else None
        if kept is None:
            kept = AgreementRecord(id=new_id(), code=one.code)
            transaction.session.add(kept)
            done.added += 1
        elif all(getattr(kept, name) == value for name, value in values.items()):
            done.as_they_were += 1
            done.of_demo += kept.is_demo
        else:
            done.changed += 1
        for name, value in values.items():
            setattr(kept, name, value)
        # What is in somebody's own file does not go with the demo.
        kept.is_demo = False
        note_agreement(transaction, kept, before=before, by=by, now=now)
    transaction.session.flush()
    return done, sorted(set(there) - {one.code for one in wanted})


def _insist_on_what_they_name(
    transaction: Transaction,
    wanted: Sequence[AgreementInFile],
    *,
    party_ids: dict[str, UUID],
    today: date,
) -> None:
    ended = {
        party.code: party.ended_on
        for party in parties(transaction)
        if party.ended_on is not None and party.ended_on <= today
    }
    categories = names_of_categories(transaction, {one.category for one in wanted if one.category})
    areas = areas_on(transaction, on=today)
    asked = asked_of_reports(transaction)
    wrong: list[str] = []
    seen: set[str] = set()
    for one in wanted:
        if one.code in seen:
            wrong.append(f"{one.code} stands there twice")
        seen.add(one.code)
        wrong += [
            f"{one.code}: there is no party {code!r}"
            for code in (one.party, one.assets_of)
            if code is not None and code not in party_ids
        ]
        # What is over stays as history; nothing that goes on is with a party that has ended.
        if one.party in ended and (one.valid_until is None or one.valid_until >= today):
            wrong.append(
                f"{one.code}: party {one.party!r} has ended on {ended[one.party]}; let the"
                " agreement end before, or name another party"
            )
        if one.category is not None and one.category not in categories:
            wrong.append(f"{one.code}: there is no category {one.category!r}")
        if one.area_kind and one.area_code and (one.area_kind, one.area_code) not in areas:
            wrong.append(f"{one.code}: there is no area {one.area_kind} {one.area_code!r} today")
        # What is over stays as history, whatever was asked then.
        is_known = one.category is None or one.category in categories
        if is_known and (one.valid_until is None or one.valid_until >= today):
            wrong += [f"{one.code}: {it.detail}" for it in asked.wrong(one.answers, one.category)]
    if wrong:
        raise FileRefused("The agreements cannot be kept:\n  " + "\n  ".join(wrong[:20]))
