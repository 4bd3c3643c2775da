"""Does one thing with several cases: rehearsed first, then each case in a transaction of its own.

The operations are those of a single case. See `docs/decisions/many-cases-are-done-one-by-one.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Database, Transaction
from app.intake.operations import move_reports
from app.work.model import OPEN_TASK_STAGES, ActedBy, Case, CaseStage
from app.work.operations.at_asset import locked_with_asset
from app.work.operations.cases import case, case_by_reference, check_version
from app.work.operations.desk import assign_case, close_without_work
from app.work.operations.merging import merge_case
from app.work.operations.office.bulk_model import (
    BulkAction,
    BulkActionNotFound,
    BulkKind,
    Chosen,
    Foreseen,
    InTheWay,
    Obstacle,
    Outcome,
)
from app.work.operations.office.bulk_standing import Standing, began_alike, standing_of
from app.work.operations.planning_task import plan_task
from app.work.operations.tasks import tasks_of_case
from app.work.refusals import (
    CannotJoin,
    CaseIsClosed,
    CaseNotFound,
    CaseOpenAtAsset,
    JoinObstacle,
    MovedOn,
    StageNotReachable,
    StillWithNobody,
)
from app.work.rules import JoinDoubts, doubts_about_joining

_JOIN_OBSTACLES = {
    JoinObstacle.SAME_CASE: Obstacle.SAME_CASE,
    JoinObstacle.CLOSED: Obstacle.OTHER_CLOSED,
    JoinObstacle.TWO_ASSETS: Obstacle.TWO_ASSETS,
}


class _Rehearsed(Exception):
    """Ends a rehearsal: nothing of it is kept."""


def foresee(
    database: Database,
    action: BulkAction,
    chosen: Sequence[Chosen],
    *,
    by: ActedBy,
    now: datetime,
) -> Sequence[Foreseen]:
    """Return what would become of each case: it is done as in earnest, and rolled back."""
    found: list[Foreseen] = []
    asset_id = None
    # In a rehearsal nothing is asked yet: what differs is told beside it.
    everything = frozenset(one.reference for one in chosen)
    action = replace(action, although_different=everything)
    for one in _others(action, chosen):
        changed: Case | None = None
        obstacle: Obstacle | None = None
        doubts: JoinDoubts | None = None
        try:
            with database.transaction() as transaction:
                changed, _ = _do(transaction, action, one, by=by, now=now)
                if action.kind is BulkKind.MERGE:
                    into = case_by_reference(transaction, action.into or "")
                    doubts = doubts_about_joining(changed, into) or None
                if action.kind is BulkKind.MERGE and changed.asset_id is not None:
                    # Those that joined before it gave the other their object.
                    if asset_id is not None and changed.asset_id != asset_id:
                        raise InTheWay(Obstacle.TWO_ASSETS)
                    asset_id = changed.asset_id
                raise _Rehearsed
        except _Rehearsed:
            pass
        except InTheWay as way:
            obstacle = way.obstacle
        found.append(Foreseen(one.reference, changed, obstacle, doubts))
    return found


def do_with_all(
    database: Database,
    action_id: UUID,
    action: BulkAction,
    chosen: Sequence[Chosen],
    *,
    account_id: UUID,
    by: ActedBy,
    now: datetime,
) -> None:
    """Do it with each case that stands as it was seen; what became of each is kept.

    Sent a second time it goes on with those it did not come to, and does nothing twice.

    Raises:
        BulkActionNotFound: this id is that of something else, or of somebody else.
    """
    with database.transaction() as transaction:
        values = {
            "id": action_id,
            "account_id": account_id,
            "kind": action.kind.value,
            "told": Jsonb(action.told),
            "now": now,
        }
        transaction.connection.execute(
            text(
                """
                INSERT INTO bulk_action (id, account_id, kind, told, done_at)
                VALUES (:id, :account_id, :kind, :told, :now)
                ON CONFLICT (id) DO NOTHING
                """
            ),
            values,
        )
        is_this_one = transaction.connection.execute(
            text(
                """
                SELECT account_id = :account_id AND kind = :kind AND told = :told
                FROM bulk_action WHERE id = :id
                """
            ),
            values,
        ).scalar_one()
        if not is_this_one:
            raise BulkActionNotFound()
    for position, one in enumerate(_others(action, chosen), start=1):
        try:
            with database.transaction() as transaction:
                if _is_done(transaction, action_id, one.reference):
                    continue
                changed, standings = _do(transaction, action, one, by=by, now=now)
                for case_id, (was, became) in standings.items():
                    _keep(
                        transaction,
                        action_id,
                        case_id,
                        position=position if case_id == changed.id else 0,
                        was=was,
                        became=became,
                    )
        except InTheWay as way:
            with database.transaction() as transaction:
                _keep_refusal(
                    transaction, action_id, one.reference, position=position, because=way.obstacle
                )


def _others(action: BulkAction, chosen: Sequence[Chosen]) -> Sequence[Chosen]:
    """Return the cases that something is done with: not the one that the others join."""
    return [one for one in chosen if one.reference != action.into]


Standings = dict[UUID, tuple[Standing, Standing]]


def _do(
    transaction: Transaction, action: BulkAction, one: Chosen, *, by: ActedBy, now: datetime
) -> tuple[Case, Standings]:
    """Do it with one case; return it, and how it and what it joined stood before and after.

    Raises:
        InTheWay: it cannot be done with this one.
    """
    try:
        if action.kind is BulkKind.MERGE:
            return _merge(transaction, action, one, by=by, now=now)
        # The asset first, then the case: as everywhere.
        found = locked_with_asset(transaction, case_by_reference(transaction, one.reference))
        check_version(found, one.version)
        was = standing_of(transaction, found.id)
        changed = _change(transaction, action, found, by=by, now=now)
        return changed, {found.id: (was, standing_of(transaction, found.id))}
    except MovedOn:
        raise InTheWay(Obstacle.MOVED_ON) from None
    except CaseNotFound:
        raise InTheWay(Obstacle.NOT_THERE) from None
    except (CaseIsClosed, StageNotReachable):
        raise InTheWay(Obstacle.CLOSED) from None
    except StillWithNobody:
        raise InTheWay(Obstacle.NOBODY_HAS_IT) from None
    except CaseOpenAtAsset:
        raise InTheWay(Obstacle.OPEN_AT_ASSET) from None
    except CannotJoin as refusal:
        raise InTheWay(_JOIN_OBSTACLES[refusal.because]) from None


def _change(
    transaction: Transaction, action: BulkAction, found: Case, *, by: ActedBy, now: datetime
) -> Case:
    if action.kind is BulkKind.ASSIGN and action.party is not None:
        if found.is_open and found.party_id == action.party.id:
            raise InTheWay(Obstacle.HAS_IT_ALREADY)
        return assign_case(transaction, found.reference, party=action.party, by=by, now=now)
    if action.kind is BulkKind.PLAN:
        return _plan(transaction, action, found, by=by, now=now)
    reason = action.reason.value if action.reason else ""
    return close_without_work(
        transaction, found.reference, reason=reason, words=action.words, by=by, now=now
    )


def _plan(
    transaction: Transaction, action: BulkAction, found: Case, *, by: ActedBy, now: datetime
) -> Case:
    """Plan each task of a case on the day; a case whose work began or waits is left to its crew."""
    if found.stage is CaseStage.REFERRED:
        raise InTheWay(Obstacle.PASSED_ON)
    if not found.is_open:
        raise InTheWay(Obstacle.CLOSED)
    tasks = [one for one in tasks_of_case(transaction, found.id) if one.stage in OPEN_TASK_STAGES]
    if not tasks or action.on is None:
        raise InTheWay(Obstacle.NOBODY_HAS_IT)
    try:
        for one in tasks:
            plan_task(transaction, one.id, party_id=one.party_id, on=action.on, by=by, now=now)
    except StageNotReachable:
        raise InTheWay(Obstacle.WORK_BEGAN) from None
    return case(transaction, found.id)


def _merge(
    transaction: Transaction, action: BulkAction, one: Chosen, *, by: ActedBy, now: datetime
) -> tuple[Case, Standings]:
    """Let a case join the other. Both are locked by the merging itself, in its order."""
    into = case_by_reference(transaction, action.into or "")
    if one.reference == into.reference:
        raise InTheWay(Obstacle.SAME_CASE)
    seen = case_by_reference(transaction, one.reference)
    if doubts_about_joining(seen, into) and one.reference not in action.although_different:
        raise InTheWay(Obstacle.DIFFERS)
    before = {found.id: standing_of(transaction, found.id) for found in (seen, into)}
    merged, grown = merge_case(
        transaction, one.reference, into.reference, by=by, now=now, expected_version=one.version
    )
    move_reports(transaction, from_case=merged.id, to_case=grown.id)
    standings = {
        case_id: (was, standing_of(transaction, case_id)) for case_id, was in before.items()
    }
    as_seen = all(began_alike(*both) for both in standings.values())
    if not as_seen or grown.version != before[grown.id]["case"]["version"] + 1:
        raise InTheWay(Obstacle.MOVED_ON)
    return merged, standings


def _is_done(transaction: Transaction, action_id: UUID, reference: str) -> bool:
    return bool(
        transaction.connection.scalar(
            text(
                """
                SELECT EXISTS (
                    SELECT FROM bulk_action_case JOIN defect_case ON defect_case.id = case_id
                    WHERE action_id = :action_id AND reference = :reference)
                """
            ),
            {"action_id": action_id, "reference": reference},
        )
    )


def _keep(
    transaction: Transaction,
    action_id: UUID,
    case_id: UUID,
    *,
    position: int,
    was: Standing,
    became: Standing,
) -> None:
    """Keep that it was done; what others joined keeps how it stood before the first of them."""
    transaction.connection.execute(
        text(
            """
            INSERT INTO bulk_action_case (action_id, case_id, position, outcome, was, became)
            VALUES (:action_id, :case_id, :position, :outcome, :was, :became)
            ON CONFLICT (action_id, case_id) DO UPDATE SET became = excluded.became
            """
        ),
        {
            "action_id": action_id,
            "case_id": case_id,
            "position": position,
            "outcome": Outcome.DONE.value,
            "was": Jsonb(was),
            "became": Jsonb(became),
        },
    )


def _keep_refusal(
    transaction: Transaction, action_id: UUID, reference: str, *, position: int, because: Obstacle
) -> None:
    transaction.connection.execute(
        text(
            """
            INSERT INTO bulk_action_case (action_id, case_id, position, outcome, because)
            SELECT :action_id, id, :position, :outcome, :because FROM defect_case
            WHERE reference = :reference
            ON CONFLICT (action_id, case_id) DO NOTHING
            """
        ),
        {
            "action_id": action_id,
            "reference": reference,
            "position": position,
            "outcome": Outcome.REFUSED.value,
            "because": because.value,
        },
    )
