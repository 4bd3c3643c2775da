"""Puts back what was done with several cases, for five minutes and where nobody came between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Database, Transaction
from app.intake.putting_back import put_reports_back
from app.work.model import ActedBy, Case, CaseMoved, CaseStage, Happening
from app.work.operations.at_asset import check_alone_at_asset, lock_asset, locked_with_asset
from app.work.operations.cases import case, write_case
from app.work.operations.history import write_history
from app.work.operations.office.bulk_model import (
    UNDONE_WITHIN,
    BulkActionNotFound,
    BulkDone,
    BulkKind,
    BulkLine,
    InTheWay,
    Obstacle,
    Outcome,
    TooLateToUndo,
)
from app.work.operations.office.bulk_standing import Standing, is_the_same, standing_of
from app.work.refusals import CaseOpenAtAsset, MovedOn


@dataclass(frozen=True, slots=True)
class _Kept:
    """A case that something was done with, and how it stood before and after."""

    case_id: UUID
    was: Standing
    became: Standing


def bulk_done(transaction: Transaction, action_id: UUID, *, account_id: UUID) -> BulkDone:
    """Return what this person did with several cases. One statement.

    Raises:
        BulkActionNotFound: there is no such action, or somebody else did it.
    """
    rows = transaction.read(_DONE, {"id": action_id, "account_id": account_id})
    if not rows:
        raise BulkActionNotFound()
    first = rows[0]
    return BulkDone(
        id=first.id,
        kind=BulkKind(first.kind),
        told=first.told,
        done_at=first.done_at,
        undone_at=first.undone_at,
        lines=tuple(
            BulkLine(
                row.reference,
                Outcome(row.outcome),
                Obstacle(row.because) if row.because else None,
            )
            for row in rows
            # What the others joined stands in the sentence above the list.
            if row.reference is not None and row.position > 0
        ),
    )


_DONE = text(
    """
    SELECT bulk_action.id, bulk_action.kind, bulk_action.told, bulk_action.done_at,
           bulk_action.undone_at, defect_case.reference, line.outcome, line.because, line.position
    FROM bulk_action
    LEFT JOIN bulk_action_case AS line ON line.action_id = bulk_action.id
    LEFT JOIN defect_case ON defect_case.id = line.case_id
    WHERE bulk_action.id = :id AND bulk_action.account_id = :account_id
    ORDER BY line.position, defect_case.reference
    """
)


def undo(
    database: Database, action_id: UUID, *, account_id: UUID, by: ActedBy, now: datetime
) -> None:
    """Put each case back as it stood, unless somebody changed it since; that is kept and told.

    Cases that were joined are put back together or not at all. A second time changes nothing.

    Raises:
        BulkActionNotFound: there is no such action, or somebody else did it.
        TooLateToUndo: five minutes are over.
    """
    with database.transaction() as transaction:
        done = bulk_done(transaction, action_id, account_id=account_id)
        if now - done.done_at > UNDONE_WITHIN:
            raise TooLateToUndo()
        kept = _kept(transaction, action_id)
    groups = [kept] if done.kind is BulkKind.MERGE else [[one] for one in kept]
    for group in groups:
        _put_back_together(database, action_id, group, by=by, now=now)
    with database.transaction() as transaction:
        transaction.connection.execute(
            text("UPDATE bulk_action SET undone_at = :now WHERE id = :id AND undone_at IS NULL"),
            {"id": action_id, "now": now},
        )


def _put_back_together(
    database: Database, action_id: UUID, group: Sequence[_Kept], *, by: ActedBy, now: datetime
) -> None:
    """Put the cases of a group back in one transaction, or note why they stay as they are."""
    if not group:
        return
    in_the_way: dict[UUID, Obstacle] = {}
    try:
        with database.transaction() as transaction:
            found = _locked(transaction, group)
            for one in group:
                if not is_the_same(standing_of(transaction, one.case_id), one.became):
                    in_the_way[one.case_id] = Obstacle.MOVED_ON
            if in_the_way:
                raise InTheWay(Obstacle.MOVED_ON)
            # What others joined gives their object back before they stand at it again.
            for one in sorted(group, key=lambda one: one.became["case"]["stage"] == "merged"):
                _put_back(transaction, found[one.case_id], one, by=by, now=now)
            for one in group:
                _note(transaction, action_id, one.case_id, Outcome.UNDONE)
    except (InTheWay, MovedOn):
        pass
    except CaseOpenAtAsset:
        in_the_way = {one.case_id: Obstacle.OPEN_AT_ASSET for one in group}
    else:
        return
    with database.transaction() as transaction:
        for one in group:
            because = in_the_way.get(
                one.case_id, Obstacle.WITH_ANOTHER if in_the_way else Obstacle.MOVED_ON
            )
            _note(transaction, action_id, one.case_id, Outcome.KEPT, because)


def _locked(transaction: Transaction, group: Sequence[_Kept]) -> dict[UUID, Case]:
    """Lock the assets first, then the cases, in the order in which everyone does."""
    if len(group) == 1:
        one = group[0].case_id
        return {one: locked_with_asset(transaction, case(transaction, one))}
    seen = [case(transaction, one.case_id) for one in group]
    groups = sorted({one.category_group for one in seen})
    for asset_id in sorted({one.asset_id for one in seen if one.asset_id is not None}):
        for category_group in groups:
            lock_asset(transaction, asset_id, category_group=category_group)
    ordered = sorted(seen, key=lambda one: one.reference)
    return {one.id: case(transaction, one.id, lock=True) for one in ordered}


def _put_back(
    transaction: Transaction, found: Case, kept: _Kept, *, by: ActedBy, now: datetime
) -> None:
    was = kept.was
    restored = replace(found, **_columns(was["case"]), version=found.version + 1)
    if restored.is_open and not found.is_open:
        check_alone_at_asset(transaction, restored)
    write_case(transaction, restored, now=now)
    transaction.connection.execute(
        _PUT_BACK_TASKS, {"case_id": found.id, "tasks": Jsonb(was["tasks"]), "now": now}
    )
    transaction.connection.execute(
        _PUT_BACK_QUESTIONS,
        {"case_id": found.id, "questions": Jsonb(was["questions"]), "now": now},
    )
    if was["stop"] is not None:
        transaction.connection.execute(
            text("UPDATE clock_stop SET ran_on_at = NULL, due_after = NULL WHERE id = :id"),
            {"id": was["stop"]},
        )
    if len(was["reports"]) > len(kept.became["reports"]):
        joined_by = {report["id"]: report["joined_by"] for report in was["reports"]}
        put_reports_back(transaction, found.id, joined_by)
    write_history(transaction, found.id, Happening.PUT_BACK, by=by, at=now)
    # Read again, with the party that has it now.
    put_back = case(transaction, found.id)
    transaction.tell(CaseMoved(put_back, previous_stage=found.stage, at=now))


#: Columns of a case that a bulk action can change, by what they are read from.
_DAYS = ("planned_on", "waits_until")
_MOMENTS = ("due_at", "at_risk_at", "closed_at")
_IDS = ("party_id", "merged_into", "asset_id")
_PLAIN = (
    "waiting_for", "waiting_words", "waiting_party", "closing_reason", "closing_words",
    "is_danger", "report_count",
)  # fmt: skip


def _columns(was: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a case as they were; what nobody here changes stays as it is."""
    return {
        "stage": CaseStage(was["stage"]),
        **{name: was[name] for name in _PLAIN},
        **{name: date.fromisoformat(was[name]) if was[name] else None for name in _DAYS},
        **{name: datetime.fromisoformat(was[name]) if was[name] else None for name in _MOMENTS},
        **{name: UUID(was[name]) if was[name] else None for name in _IDS},
    }


# A task that the action took back is its party's again; one that it made is taken back.
_PUT_BACK_TASKS = text(
    """
    WITH was AS (
        SELECT * FROM jsonb_to_recordset(:tasks) AS was (
            id uuid, stage text, version integer, due_at timestamptz, held_until date)
    ), put_back AS (
        UPDATE task SET stage = was.stage, due_at = was.due_at, held_until = was.held_until,
            version = task.version + 1, changed_at = :now
        FROM was
        WHERE task.id = was.id AND task.case_id = :case_id AND task.version <> was.version
    )
    UPDATE task SET stage = 'cancelled', version = version + 1, changed_at = :now
    WHERE case_id = :case_id AND id NOT IN (SELECT id FROM was)
      AND stage IN ('offered', 'accepted', 'started', 'on-hold')
    """
)

# What the desk was asked before is asked again; what was asked by the action is not any more.
_PUT_BACK_QUESTIONS = text(
    """
    WITH was AS (
        SELECT CAST(value AS uuid) AS id FROM jsonb_array_elements_text(:questions)
    ), asked_again AS (
        UPDATE desk_entry SET settled_at = NULL
        WHERE case_id = :case_id AND id IN (SELECT id FROM was) AND settled_at IS NOT NULL
    )
    UPDATE desk_entry SET settled_at = :now
    WHERE case_id = :case_id AND settled_at IS NULL AND id NOT IN (SELECT id FROM was)
    """
)


def _kept(transaction: Transaction, action_id: UUID) -> Sequence[_Kept]:
    rows = transaction.connection.execute(
        text(
            """
            SELECT case_id, was, became FROM bulk_action_case
            WHERE action_id = :id AND outcome = 'done' ORDER BY position, case_id
            """
        ),
        {"id": action_id},
    )
    return [_Kept(row.case_id, row.was, row.became) for row in rows]


def _note(
    transaction: Transaction,
    action_id: UUID,
    case_id: UUID,
    outcome: Outcome,
    because: Obstacle | None = None,
) -> None:
    transaction.connection.execute(
        text(
            """
            UPDATE bulk_action_case SET outcome = :outcome, because = :because
            WHERE action_id = :action_id AND case_id = :case_id AND outcome = 'done'
            """
        ),
        {
            "action_id": action_id,
            "case_id": case_id,
            "outcome": outcome.value,
            "because": because.value if because else None,
        },
    )


def forget_old_actions(transaction: Transaction, *, before: datetime) -> int:
    """Forget what can be undone no more, and how the cases stood."""
    gone = transaction.connection.execute(
        text("DELETE FROM bulk_action WHERE done_at < :before RETURNING id"), {"before": before}
    )
    return len(gone.all())
