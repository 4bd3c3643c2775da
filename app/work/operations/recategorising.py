"""Lets the desk say that a case is of another kind, and routes it anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.foundation.database import Transaction
from app.triage.model import Category
from app.work.model import ActedBy, Case, CaseMoved, DeskReason, Happening
from app.work.operations.at_asset import check_alone_at_asset, locked_with_asset
from app.work.operations.cases import case_by_reference, check_version, write_case
from app.work.operations.desk import hand_over, leave_with_nobody, refuse_closed
from app.work.operations.desk_list import settle_desk_entries
from app.work.operations.finding_party import party_found_anew
from app.work.operations.history import write_history
from app.work.operations.promising import located_again, promised_from_the_start
from app.work.operations.task_rows import give_tasks_due_date
from app.work.operations.tasks import has_open_tasks


def change_category(
    transaction: Transaction,
    reference: str,
    *,
    category: Category,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Case:
    """Let a case be of another category: it is routed anew, and the decision is kept.

    Choosing the kind that it has confirms it: that answers the desk's doubt, and changes nothing.
    The norm counts from the moment the report came in, for that is what its reporter was
    promised. A party that stays responsible keeps its task. Where nobody is, the case stands on
    the desk's list.

    Raises:
        CaseNotFound: there is no such case.
        MovedOn: it is not at `expected_version` any more.
        CaseIsClosed: it must be reopened first.
        CaseOpenAtAsset: there is an open case of that kind at its asset.
    """
    seen = case_by_reference(transaction, reference)
    found = locked_with_asset(transaction, seen, category_group=category.join_group)
    check_version(found, expected_version)
    refuse_closed(found)
    if found.is_open:
        check_alone_at_asset(
            transaction,
            replace(
                found,
                category_group=category.join_group,
                public_visibility=category.public_visibility.value,
            ),
        )
    unsure = (DeskReason.UNSURE_CATEGORY,)
    was_unsure = settle_desk_entries(transaction, found.id, now=now, reasons=unsure) > 0
    if category.code == found.category_code:
        if was_unsure:
            write_history(
                transaction,
                found.id,
                Happening.DESK_SETTLED,
                by=by,
                at=now,
                reason=DeskReason.UNSURE_CATEGORY.value,
            )
        return found
    located = located_again(transaction, found, now=now)
    promised = promised_from_the_start(
        transaction, found, category, located=located, danger=found.is_danger
    )
    changed = replace(
        found,
        category_code=category.code,
        category_group=category.join_group,
        public_visibility=category.public_visibility.value,
        due_at=promised.due_at,
        at_risk_at=promised.at_risk_at,
    )
    write_history(
        transaction,
        found.id,
        Happening.CATEGORY_CHANGED,
        by=by,
        at=now,
        was=found.category_code,
        category=category.code,
    )
    party = party_found_anew(transaction, changed, category, located, now=now)
    if party is None:
        return leave_with_nobody(transaction, changed, by=by, now=now)
    if party.id == found.party_id and has_open_tasks(transaction, found.id):
        return _stay(transaction, changed, now=now)
    return hand_over(transaction, changed, party=party, by=by, now=now)


def _stay(transaction: Transaction, changed: Case, *, now: datetime) -> Case:
    stayed = replace(changed, version=changed.version + 1)
    write_case(transaction, stayed, now=now)
    give_tasks_due_date(transaction, stayed, now=now)
    transaction.tell(CaseMoved(stayed, previous_stage=changed.stage, at=now))
    return stayed
