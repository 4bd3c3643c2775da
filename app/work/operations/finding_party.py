"""Asks the rules again who is responsible for a case, and keeps the decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.foundation.database import Transaction
from app.geography.model import Located
from app.intake.kept_answers import answers_of_case
from app.routing.operations.deciding import decide, defect_at, keep_decision
from app.routing.rules import cannot_wait
from app.triage.model import Category, RetiredCategory
from app.triage.operations import category
from app.work.model import Case
from app.work.operations.cases import ResponsibleParty
from app.work.operations.promising import located_again


def party_found_anew(
    transaction: Transaction,
    changed: Case,
    kind: Category,
    located: Located,
    *,
    now: datetime,
    given_back_by: Collection[UUID] = (),
) -> ResponsibleParty | None:
    """Return who is responsible by today's agreements; those who gave it back are not asked."""
    answers = answers_of_case(transaction, changed.id)
    terms = kind.norm.terms(
        danger=changed.is_danger,
        answers=answers,
        asset_kind=located.asset.kind if located.asset else None,
    )
    defect = replace(
        defect_at(
            located,
            changed.category_code,
            at=now,
            is_urgent=cannot_wait(terms, danger=changed.is_danger),
            answers=answers,
        ),
        given_back_by=frozenset(given_back_by),
    )
    decision = decide(transaction, defect)
    keep_decision(transaction, decision, case_id=changed.id, defect=defect, now=now)
    party = decision.party
    return ResponsibleParty(party.id, party.code, party.name, party.kind) if party else None


def party_after_declining(
    transaction: Transaction, found: Case, *, given_back_by: Collection[UUID], now: datetime
) -> ResponsibleParty | None:
    """Return who is asked next for a case that was given back; None is the desk."""
    try:
        kind = category(transaction, found.category_code)
    except RetiredCategory:
        return None
    located = located_again(transaction, found, now=now)
    return party_found_anew(transaction, found, kind, located, now=now, given_back_by=given_back_by)
