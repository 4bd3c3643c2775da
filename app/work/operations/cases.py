"""A case from its opening to its end: open, join, move, find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.foundation.json_value import JSONValue
from app.routing.calendar import Promise
from app.work.model import (
    OPEN_STAGES,
    REPORTER,
    SYSTEM,
    ActedBy,
    Case,
    CaseMoved,
    CaseStage,
    DeskReason,
    Happening,
)
from app.work.operations.at_asset import check_alone_at_asset
from app.work.operations.case_rows import case_where
from app.work.operations.clock import let_clock_run, stop_clock
from app.work.operations.desk_list import (
    raise_all_at_desk,
    raise_at_desk,
    settle_desk_entries,
)
from app.work.operations.history import write_histories, write_history
from app.work.operations.near_address import FIND_ADDRESS
from app.work.operations.nearby import cases_near
from app.work.operations.offering import offer_task
from app.work.operations.task_rows import give_tasks_due_date
from app.work.refusals import CaseNotFound, MovedOn
from app.work.rules import check_move, stage_of_new_case, waits_too_long

__all__ = [
    "ResponsibleParty",
    "case",
    "case_by_reference",
    "cases_near",
    "check_version",
    "closed_before",
    "grow_case",
    "join_report",
    "move_case",
    "of_party",
    "open_case",
    "write_case",
]


@dataclass(frozen=True, slots=True)
class ResponsibleParty:
    """The party a case is handed to, as far as work needs it."""

    id: UUID
    code: str
    name: str
    kind: str


def of_party(party: ResponsibleParty | None) -> dict[str, Any]:
    """Return what changes of a case when a party gets it, or nobody has it any more."""
    return {
        "party_id": party.id if party else None,
        "party_code": party.code if party else None,
        "party_name": party.name if party else None,
        "party_kind": party.kind if party else None,
        "waiting_for": None,
        "planned_on": None,
        "closing_reason": None,
        "closing_words": None,
    }


def case_by_reference(transaction: Transaction, reference: str, *, lock: bool = False) -> Case:
    """Return the case with this reference; with `lock`, nobody else changes it meanwhile.

    Raises:
        CaseNotFound: there is none.
    """
    found = case_where(transaction, "c.reference = :reference", {"reference": reference}, lock=lock)
    if found is None:
        raise CaseNotFound()
    return found


def case(transaction: Transaction, case_id: UUID, *, lock: bool = False) -> Case:
    """Return the case with this id; with `lock`, nobody else changes it meanwhile.

    Raises:
        CaseNotFound: there is none.
    """
    found = case_where(transaction, "c.id = :id", {"id": case_id}, lock=lock)
    if found is None:
        raise CaseNotFound()
    return found


_OPEN = text(
    """
    INSERT INTO defect_case (
        id, reference, category_code, category_group, stage, spot, asset_id, party_id,
        is_danger, report_count, received_at, due_at, at_risk_at, changed_at, version, closed_at,
        is_demo)
    VALUES (
        :id, :reference, :category_code, :category_group, :stage,
        ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), :asset_id, :party_id,
        :is_danger, 1, :received_at, :due_at, :at_risk_at, :now, 1, :closed_at, :is_demo)
    """
)


def open_case(
    transaction: Transaction,
    *,
    reference: str,
    category_code: str,
    category_group: str,
    public_visibility: str,
    longitude: float,
    latitude: float,
    asset_id: UUID | None,
    party: ResponsibleParty | None,
    is_danger: bool,
    due_at: datetime,
    now: datetime,
    desk_reasons: Mapping[DeskReason, Mapping[str, JSONValue]],
    at_risk_at: datetime | None = None,
    is_demo: bool = False,
    case_id: UUID | None = None,
    by: ActedBy = SYSTEM,
    received_at: datetime | None = None,
) -> Case:
    """Open a case for a first report: with a task for its party, or on the desk's list.

    `by` is whoever of the desk took the report in; otherwise it came by itself. `received_at` is
    given where the report came in earlier, and belonged to another case until now.

    What is passed on to another authority has a task with it too; see
    `docs/decisions/what-is-passed-on-keeps-a-task.md`.
    """
    opened = Case(
        id=case_id or new_id(),
        reference=reference,
        category_code=category_code,
        category_group=category_group,
        stage=stage_of_new_case(party.kind if party else None),
        longitude=longitude,
        latitude=latitude,
        asset_id=asset_id,
        party_id=party.id if party else None,
        party_code=party.code if party else None,
        party_name=party.name if party else None,
        party_kind=party.kind if party else None,
        is_danger=is_danger,
        report_count=1,
        received_at=received_at or now,
        due_at=due_at,
        at_risk_at=at_risk_at,
        version=1,
        closed_at=None,
        public_visibility=public_visibility,
        is_demo=is_demo,
    )
    if opened.stage not in OPEN_STAGES:
        opened = replace(opened, closed_at=now)
    transaction.write(
        _OPEN,
        {
            "id": opened.id,
            "reference": reference,
            "category_code": category_code,
            "category_group": category_group,
            "stage": opened.stage.value,
            "longitude": longitude,
            "latitude": latitude,
            "asset_id": asset_id,
            "party_id": opened.party_id,
            "is_danger": is_danger,
            "received_at": opened.received_at,
            "now": now,
            "due_at": due_at,
            "at_risk_at": at_risk_at,
            "closed_at": opened.closed_at,
            "is_demo": is_demo,
        },
    )
    if not is_demo:
        # The demo brings its own addresses.
        transaction.defer(FIND_ADDRESS, case_id=str(opened.id))
    happened: list[tuple[Happening, Mapping[str, JSONValue]]] = [
        (Happening.OPENED, {"category": category_code}),
    ]
    if by != SYSTEM or received_at is not None:
        # Who took it in did not choose the party: the rules did.
        write_histories(transaction, opened.id, happened, by=by, at=opened.received_at)
        happened = []
    if party is not None:
        offer_task(transaction, opened, party_id=party.id, now=now)
        happened.append((Happening.TASK_OFFERED, {"party": party.name}))
    if happened:
        write_histories(transaction, opened.id, happened, by=SYSTEM, at=now)
    nobody: Mapping[DeskReason, Mapping[str, JSONValue]] = (
        {DeskReason.NOBODY_RESPONSIBLE: {}} if party is None else {}
    )
    raise_all_at_desk(transaction, opened.id, {**nobody, **desk_reasons}, now=now)
    transaction.tell(CaseMoved(opened, previous_stage=None, at=now))
    return opened


def join_report(
    transaction: Transaction,
    joined: Case,
    *,
    report_id: UUID,
    is_danger: bool,
    promised: Promise,
    now: datetime,
    by: ActedBy = REPORTER,
) -> Case:
    """Count one more report on a case; danger makes the case urgent, never less so.

    The history names the report, so that the desk finds who said that it is dangerous.
    """
    changed = grow_case(
        transaction, joined, by_reports=1, is_danger=is_danger, promised=promised, now=now
    )
    write_history(
        transaction,
        joined.id,
        Happening.REPORT_JOINED,
        by=by,
        at=now,
        reports=changed.report_count,
        report=str(report_id),
        danger=changed.is_danger and not joined.is_danger,
    )
    return changed


def grow_case(
    transaction: Transaction,
    joined: Case,
    *,
    by_reports: int,
    is_danger: bool,
    promised: Promise,
    now: datetime,
    asset_id: UUID | None = None,
) -> Case:
    """Let a case hold more reports, and tell it; an asset is taken over where it has none.

    What turns out to be a danger while its work waits comes on the desk's list.
    """
    becomes_urgent = is_danger and not joined.is_danger
    is_earlier = becomes_urgent and promised.due_at < joined.due_at
    changed = replace(
        joined,
        report_count=joined.report_count + by_reports,
        is_danger=joined.is_danger or is_danger,
        due_at=promised.due_at if is_earlier else joined.due_at,
        at_risk_at=promised.at_risk_at if is_earlier else joined.at_risk_at,
        asset_id=joined.asset_id or asset_id,
        version=joined.version + 1,
    )
    write_case(transaction, changed, now=now)
    if changed.due_at != joined.due_at:
        give_tasks_due_date(transaction, changed, now=now)
    if becomes_urgent and waits_too_long(changed):
        raise_at_desk(transaction, changed.id, DeskReason.DANGER_WAITS, details={}, now=now)
    transaction.tell(CaseMoved(changed, previous_stage=joined.stage, at=now))
    return changed


def move_case(
    transaction: Transaction,
    moved: Case,
    stage: CaseStage,
    *,
    now: datetime,
    **changes: Any,  # noqa: ANN401  # columns of `Case`, checked by `replace`
) -> Case:
    """Bring a case to another stage with `changes` to its other columns, and tell it.

    Its clock stands still while it waits, and runs on when it does not any more.

    The caller holds the case's lock, and where it may open the case again that of its asset too
    (`locked_with_asset`). It writes what happened into the history.

    Raises:
        StageNotReachable: the table in `model.py` does not allow this move.
        CaseOpenAtAsset: it would be the second open case at its asset that everyone may see.
    """
    check_move(moved.stage, stage)
    if stage in OPEN_STAGES and moved.stage not in OPEN_STAGES:
        check_alone_at_asset(transaction, moved)
    closed_at = moved.closed_at
    if stage in OPEN_STAGES:
        closed_at = None
    elif moved.stage in OPEN_STAGES or closed_at is None:
        closed_at = now
    changed = replace(moved, stage=stage, closed_at=closed_at, version=moved.version + 1, **changes)
    if stage is CaseStage.WAITING and moved.stage is not CaseStage.WAITING:
        stop_clock(transaction, changed, now=now)
    elif moved.stage is CaseStage.WAITING and stage is not CaseStage.WAITING:
        changed = replace(
            changed, waiting_for=None, waits_until=None, waiting_words=None, waiting_party=None
        )
        changed = let_clock_run(transaction, changed, now=now)
        settle_desk_entries(transaction, changed.id, now=now, reasons=(DeskReason.WAIT_OVER,))
    write_case(transaction, changed, now=now)
    transaction.tell(CaseMoved(changed, previous_stage=moved.stage, at=now))
    return changed


def check_version(found: Case, expected: int | None) -> None:
    """Refuse a change that was based on another version than the present one.

    Raises:
        MovedOn: somebody changed it in the meantime.
    """
    if expected is not None and found.version != expected:
        raise MovedOn(version=found.version, stage=found.stage)


def closed_before(
    transaction: Transaction, case_ids: Sequence[UUID], moment: datetime
) -> Sequence[UUID]:
    """Return which of these cases closed before this moment, for the retention."""
    return transaction.connection.scalars(
        text("SELECT id FROM defect_case WHERE id = ANY(:ids) AND closed_at < :moment"),
        {"ids": list(case_ids), "moment": moment},
    ).all()


_CHANGE = text(
    """
    UPDATE defect_case SET
        category_code = :category_code, category_group = :category_group, stage = :stage,
        asset_id = :asset_id, party_id = :party_id, is_danger = :is_danger,
        report_count = :report_count, due_at = :due_at, at_risk_at = :at_risk_at, changed_at = :now,
        version = :version, planned_on = :planned_on, waiting_for = :waiting_for,
        waits_until = :waits_until, waiting_words = :waiting_words, closed_at = :closed_at,
        closing_reason = :closing_reason, closing_words = :closing_words,
        merged_into = :merged_into, priority = :priority, cause = :cause,
        waiting_party = :waiting_party
    WHERE id = :id
    """
)


def write_case(transaction: Transaction, changed: Case, *, now: datetime) -> None:
    """Write all columns of a case that can change; whoever calls it tells the fact."""
    transaction.write(
        _CHANGE,
        {
            "id": changed.id,
            "category_code": changed.category_code,
            "category_group": changed.category_group,
            "stage": changed.stage.value,
            "asset_id": changed.asset_id,
            "party_id": changed.party_id,
            "is_danger": changed.is_danger,
            "report_count": changed.report_count,
            "due_at": changed.due_at,
            "at_risk_at": changed.at_risk_at,
            "now": now,
            "version": changed.version,
            "planned_on": changed.planned_on,
            "waiting_for": changed.waiting_for,
            "waits_until": changed.waits_until,
            "waiting_words": changed.waiting_words,
            "closed_at": changed.closed_at,
            "closing_reason": changed.closing_reason,
            "closing_words": changed.closing_words,
            "merged_into": changed.merged_into,
            "priority": changed.priority.value,
            "cause": changed.cause,
            "waiting_party": changed.waiting_party,
        },
    )
