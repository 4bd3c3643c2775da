"""One task on a page of its own, as it is or after something could not be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.map_ground import outline_and_villages
from app.identity.access import acting
from app.identity.colleagues import TeamMember, team_members
from app.identity.model import Colleague, NotAllowed
from app.identity.operations import who_they_are
from app.identity.permissions import Permission
from app.intake.model import KeptReport
from app.intake.operations import remarks_of_reports, reports_of_case
from app.maps.model import GeoJSON, MapParts, TileSource
from app.maps.operations import page_nonce, spot_map
from app.photos.model import MAX_PHOTOS, Photo
from app.photos.operations.reading import photos_of_reports, photos_of_task
from app.routing.operations.deciding import areas_of_cases
from app.work.model import (
    NEXT_TASK_STAGES,
    OPEN_TASK_STAGES,
    ActedBy,
    CaseStage,
    DeclineReason,
    HistoryEntry,
    ListedTask,
    TaskStage,
    WaitingFor,
    WorkResult,
)
from app.work.operations.also_here import AlsoHere, also_here
from app.work.operations.claiming import Worker, worker_of
from app.work.operations.history import history_of_case
from app.work.operations.lists import listed_task
from app.work.pages.shown import (
    actors_in,
    address_of_case,
    categories_in,
    category_names,
    history_lines,
    moment_words,
    pictures,
    place_words,
    what_is_new,
)
from app.work.pages.typed import Typed
from app.work.refusals import TaskNotFound
from app.work.rules import MOST_DAYS_AHEAD
from app.work.words import (
    clock_words,
    day_words,
    decline_words,
    distance_words,
    due_words,
    result_words,
    task_stage_words,
    waiting_words,
    waits_words,
)


@dataclass(frozen=True, slots=True)
class _Known:
    """All that a task's page tells, read in one transaction."""

    listed: ListedTask
    names: dict[str, str]
    place: str
    reports: list[KeptReport]
    remarks: list[str]
    photos: dict[UUID, list[Photo]]
    repairs: list[Photo]
    history: list[HistoryEntry]
    people: dict[UUID, Colleague]
    worker: Worker | None
    near: Sequence[AlsoHere]
    members: Sequence[TeamMember]
    outline: GeoJSON
    villages: GeoJSON


def acted_by() -> ActedBy:
    """Return who acts, as the history names them."""
    actor = acting()
    return ActedBy(actor.kind.value, actor.id)


def own_party() -> UUID:
    """Return the party for which the person works who is signed in.

    Raises:
        NotAllowed: they work for none.
    """
    party_id = acting().party_id
    if party_id is None:
        raise NotAllowed()
    return party_id


def own_account() -> UUID:
    """Return the account that is signed in; only people open these pages.

    Raises:
        NotAllowed: it is no person.
    """
    account_id = acting().id
    if account_id is None:
        raise NotAllowed()
    return account_id


def show_task(
    task_id: UUID,
    *,
    typed: Typed | None = None,
    status: int = 200,
    seen: int | None = None,
    taken_by: str | None = None,
) -> ResponseReturnValue:
    """Return the page of a task of one's own party.

    Where something could not be done, `typed` is shown again. After somebody else was first
    (412), `seen` is how many things had happened when the form was shown. `taken_by` is the name
    of the colleague who had it when one wanted to do something (409).

    Raises:
        TaskNotFound: there is none, or it is another party's.
    """
    services = provided()
    settings, now, party_id = services.get(Settings), services.get(Clock).now(), own_party()
    with services.get(Database).transaction() as transaction:
        known = _read(transaction, task_id, party_id)
    task, case = known.listed.task, known.listed.case
    today = now.astimezone(LOCAL_ZONE).date()
    typed = typed or Typed()
    category_name = known.names[case.category_code]
    lines = history_lines(
        known.history, people=known.people, names=known.names, seen_by_party=party_id
    )
    page = render_template(
        "work/task.html",
        task=task,
        case=case,
        category_name=category_name,
        place=known.place,
        address=address_of_case(case),
        held_until=day_words(task.held_until) if task.stage is TaskStage.ON_HOLD else None,
        stage_words=task_stage_words(task.stage),
        due=due_words(task.due_at, now),
        due_at=moment_words(task.due_at),
        is_overdue=task.stage in OPEN_TASK_STAGES and now > task.due_at,
        # That it is late the day says already.
        clock="" if now > task.due_at else clock_words(case.clock(now)),
        waiting=waits_words(case.waiting_for, case.waits_until, case.waiting_party)
        if case.stage is CaseStage.WAITING
        else None,
        is_open=task.stage in OPEN_TASK_STAGES,
        worker=known.worker,
        is_mine=known.worker is not None and known.worker.id == own_account(),
        taken_by=taken_by,
        members=[{"value": str(one.id), "label": one.name} for one in known.members],
        near_here=[
            {"value": f"{one.task_id}:{one.version}", "label": _near_words(one)}
            for one in known.near
        ],
        also_chosen=typed.chosen,
        can_plan=task.stage in {TaskStage.OFFERED, TaskStage.ACCEPTED},
        can_hold=TaskStage.ON_HOLD in NEXT_TASK_STAGES[task.stage],
        planned_on=day_words(case.planned_on) if case.stage is CaseStage.PLANNED else None,
        earliest=today.isoformat(),
        day_after=(today + timedelta(days=1)).isoformat(),
        latest=(today + timedelta(days=MOST_DAYS_AHEAD)).isoformat(),
        can_start=task.stage in OPEN_TASK_STAGES - {TaskStage.STARTED},
        result_words=result_words(task.result) if task.result else None,
        decline_words=decline_words(task.decline_reason) if task.decline_reason else None,
        reports=[
            {
                "at": moment_words(report.received_at),
                "text": report.description,
                "answers": [(one.text, one.answer) for one in report.answers],
                "is_incomplete": bool(report.missing_answers),
                "photos": pictures(known.photos.get(report.id, []), settings, now),
            }
            for report in known.reports
        ],
        remarks=known.remarks,
        repairs=pictures(known.repairs, settings, now),
        room_for_photos=MAX_PHOTOS - len(known.repairs),
        history=lines[::-1],
        happened=len(lines),
        news=what_is_new(lines, seen) if status == HTTPStatus.PRECONDITION_FAILED else [],
        results=[{"value": one.value, "label": result_words(one)} for one in WorkResult],
        reasons=[{"value": one.value, "label": decline_words(one)} for one in DeclineReason],
        waits=[{"value": one.value, "label": waiting_words(one)} for one in WaitingFor],
        has_begun=task.stage is TaskStage.STARTED,
        typed=typed.values,
        errors=typed.errors,
        map=_map(known, settings, category_name),
    )
    return page, status


def _read(transaction: Transaction, task_id: UUID, party_id: UUID) -> _Known:
    listed = listed_task(transaction, task_id, party_id=party_id)
    if listed is None:
        raise TaskNotFound()
    case_id = listed.case.id
    # What was taken from a party or given back by it is not its business any more.
    is_theirs = listed.task.stage not in {TaskStage.CANCELLED, TaskStage.DECLINED}
    is_open = listed.task.stage in OPEN_TASK_STAGES
    may_direct = is_open and acting().may(Permission.DIRECT_TEAM)
    reports = list(reports_of_case(transaction, case_id)) if is_theirs else []
    ids = [report.id for report in reports]
    history = list(history_of_case(transaction, case_id)) if is_theirs else []
    outline, around = outline_and_villages(transaction)
    return _Known(
        listed=listed,
        names=category_names(transaction, {listed.case.category_code, *categories_in(history)}),
        place=place_words(
            areas_of_cases(transaction, [case_id]).get(case_id, []),
            listed.number_and_street,
            listed.asset_kind,
        ),
        reports=reports,
        remarks=[remark.text for remark in remarks_of_reports(transaction, ids)],
        photos=photos_of_reports(transaction, ids),
        repairs=photos_of_task(transaction, task_id),
        history=history,
        people=who_they_are(transaction, actors_in(history)),
        worker=worker_of(transaction, task_id) if is_theirs else None,
        near=also_here(transaction, listed, account_id=own_account()) if is_open else [],
        members=team_members(transaction, party_id) if may_direct else [],
        outline=outline,
        villages=around,
    )


def _near_words(one: AlsoHere) -> str:
    """Return how one finds a task near by: its number, its place and how far it is."""
    named = place_words([], one.asset_number, one.asset_kind, near=one.near_address)
    return " · ".join(filter(None, (one.reference, named, distance_words(one.distance_metres))))


def _map(known: _Known, settings: Settings, label: str) -> MapParts | None:
    """Return the small map, unless no outline was brought in yet."""
    if not known.outline["features"]:
        return None
    case = known.listed.case
    return spot_map(
        (case.longitude, case.latitude),
        outline=known.outline,
        villages=known.villages,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        label=label,
        category=case.category_code,
        stage=case.stage.value,
    )
