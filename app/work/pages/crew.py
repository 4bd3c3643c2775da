"""`/werk`: the tasks of one's own party, for a phone in the rain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.model import NotAPlace, Spot
from app.geography.operations import municipality_outline, villages
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.intake.operations import first_descriptions, reports_of_cases
from app.maps.model import MapParts, TileSource
from app.maps.operations import page_nonce
from app.maps.way import WayStop, way_map
from app.photos.model import Photo
from app.photos.operations.reading import photos_of_reports
from app.photos.operations.showing import links
from app.routing.operations.deciding import areas_of_cases
from app.work.crew_words import begin_words, turn_words
from app.work.driving_order import Turn
from app.work.model import Case, CaseStage
from app.work.operations.crew_list import (
    MOST_STOPS,
    TASKS_ON_A_PAGE,
    Asked,
    CrewList,
    Line,
    Order,
    Whose,
    crew_list,
)
from app.work.operations.lists import listed_tasks
from app.work.pages.shown import category_names, near_words, place_words
from app.work.pages.task_page import own_account, own_party, show_task
from app.work.pages.typed import page_number
from app.work.words import (
    clock_words,
    distance_words,
    due_words,
    task_stage_words,
    waits_words,
)

blueprint = Blueprint("crew", __name__, url_prefix="/werk")

#: Of what a resident wrote, a line of the list shows the beginning.
_WORDS_ON_A_LINE = 90

#: In the session: which list and which order somebody looked at last. After a task one comes back
#: to the same.
_KEPT_AS = "crew_list"


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a line of the list; `number` is its place in the order."""

    id: UUID
    number: int
    category_code: str
    category_name: str
    stage: str
    stage_words: str
    is_danger: bool
    is_overdue: bool
    is_high: bool
    #: For what its case waits, in words; empty where it does not.
    waits: str
    clock: str
    due: str
    place: str
    distance: str | None
    begins: str
    thumbnail: str | None
    heading: str | None
    worker: str | None
    is_mine: bool


@blueprint.get("")
@open_to(Permission.WORK_TASKS)
def tasks() -> ResponseReturnValue:
    """Show what there is to do in the order of a short way, or the nearest or most urgent first."""
    services = provided()
    now, asked, page = services.get(Clock).now(), _asked(), page_number()
    on_map = request.args.get("weergave") == "kaart"
    local = now.astimezone(LOCAL_ZONE)
    with services.get(Database).transaction() as transaction:
        found = crew_list(
            transaction,
            asked,
            now=now,
            morning=local.replace(hour=0, minute=0, second=0, microsecond=0),
            today=local.date(),
            at_most=MOST_STOPS if on_map else TASKS_ON_A_PAGE,
            skip=0 if on_map else (page - 1) * TASKS_ON_A_PAGE,
        )
        lines = [] if on_map else _lines(transaction, found, asked, now, page)
        parts = _map(transaction, found) if on_map else None
    return render_template(
        "work/tasks.html",
        tasks=lines,
        map=parts,
        on_map=on_map,
        found=found,
        shown=len(found.lines),
        whose=asked.of or asked.whose.value,
        of=next((line.worker_name for line in found.lines if line.worker_id == asked.of), None),
        order=asked.order.value,
        begin=begin_words(found.begin),
        is_near=asked.near is not None,
        may_direct=acting().may(Permission.DIRECT_TEAM),
        page=page,
        pages=max(1, -(-found.total // TASKS_ON_A_PAGE)),
        page_link=lambda number: _link(page=number),
        link=_link,
    )


@blueprint.get("/taken/<uuid:task_id>")
@open_to(Permission.WORK_TASKS)
def task(task_id: UUID) -> ResponseReturnValue:
    """Show one task with all that is known of it, and what can be done."""
    return show_task(task_id)


def _asked() -> Asked:
    """Return which list is asked for; what is not said is as it was the last time.

    A team lead may look at the list of one person.
    """
    kept = session.get(_KEPT_AS)
    kept = kept if isinstance(kept, dict) else {}
    word = request.args.get("lijst", kept.get("lijst", ""))
    whose = Whose(word) if word in set(Whose) else Whose.TEAM
    order_word = request.args.get("volgorde", kept.get("volgorde", ""))
    order = Order(order_word) if order_word in set(Order) else Order.DRIVING
    of = _id_in(word) if acting().may(Permission.DIRECT_TEAM) else None
    if {"lijst", "volgorde"} & set(request.args):
        session[_KEPT_AS] = {"lijst": whose.value, "volgorde": order.value}
    return Asked(own_party(), own_account(), whose, of, order, _near())


def _id_in(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


def _near() -> tuple[float, float] | None:
    """Return where the phone says it is; whatever is no place on earth counts as not said."""
    try:
        spot = Spot(float(request.args["lon"]), float(request.args["lat"]))
    except (KeyError, ValueError, NotAPlace):
        return None
    return spot.longitude, spot.latitude


def _link(**changes: object) -> str:
    """Return the address of this list with something else; a change to None leaves it out."""
    page = {} if "page" in changes else {"page": None}
    asked = {**request.args.to_dict(), **page, **changes}
    kept = {name: value for name, value in asked.items() if value is not None}
    return "/werk?" + urlencode(kept) if kept else "/werk"


def _map(transaction: Transaction, found: CrewList) -> MapParts | None:
    """Return the map of the list, unless no outline was brought in yet."""
    outline = municipality_outline(transaction)
    if not outline["features"]:
        return None
    settings = provided().get(Settings)
    names = category_names(transaction, {line.category_code for line in found.lines})
    return way_map(
        outline=outline,
        villages=villages(transaction),
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        stops=[
            WayStop(
                number=number,
                label=names[line.category_code],
                words=_map_words(line),
                sign=line.turn.name.lower().replace("_", "-"),
                address=f"/werk/taken/{line.task_id}",
                longitude=line.longitude,
                latitude=line.latitude,
            )
            for number, line in enumerate(found.lines, start=1)
        ],
    )


def _map_words(line: Line) -> str:
    said = [turn_words(line.turn) if line.turn is not Turn.OTHER else task_stage_words(line.stage)]
    if line.near_address:
        said.append(near_words(line.near_address))
    if line.worker_name:
        said.append(line.worker_name)
    return " · ".join(said)


def _lines(
    transaction: Transaction, found: CrewList, asked: Asked, now: datetime, page: int
) -> list[TaskLine]:
    lines = {line.task_id: line for line in found.lines}
    listed = listed_tasks(transaction, list(lines), party_id=asked.party_id, near=asked.near)
    cases = [one.case.id for one in listed]
    names = category_names(transaction, [one.case.category_code for one in listed])
    areas = areas_of_cases(transaction, cases)
    texts = first_descriptions(transaction, cases)
    thumbnails = _thumbnails(transaction, cases, now)
    headings = _headings(found.lines, asked)
    stages = {stage: task_stage_words(stage) for stage in {one.task.stage for one in listed}}
    return [
        TaskLine(
            id=one.task.id,
            number=number,
            category_code=one.case.category_code,
            category_name=names[one.case.category_code],
            stage=one.task.stage.value,
            stage_words=stages[one.task.stage],
            is_danger=one.case.is_danger,
            is_overdue=now > one.task.due_at,
            is_high=lines[one.task.id].is_high,
            waits=_waits(one.case),
            clock="" if now > one.task.due_at else clock_words(one.case.clock(now)),
            due=due_words(one.task.due_at, now),
            place=place_words(
                areas.get(one.case.id, []),
                one.number_and_street,
                one.asset_kind,
                near=one.case.near_address,
            ),
            distance=None if one.distance_metres is None else distance_words(one.distance_metres),
            begins=_beginning(texts.get(one.case.id, "")),
            thumbnail=thumbnails.get(one.case.id),
            heading=headings.get(one.task.id),
            worker=lines[one.task.id].worker_name,
            is_mine=lines[one.task.id].worker_id == asked.account_id,
        )
        for number, one in enumerate(listed, start=(page - 1) * TASKS_ON_A_PAGE + 1)
    ]


def _waits(case: Case) -> str:
    if case.stage is not CaseStage.WAITING:
        return ""
    return waits_words(case.waiting_for, case.waits_until, case.waiting_party)


def _headings(lines: Sequence[Line], asked: Asked) -> dict[UUID, str]:
    """Return what stands above the first task of each turn, where there is more than one turn."""
    first: dict[Turn, UUID] = {}
    for line in lines:
        first.setdefault(line.turn, line.task_id)
    # One alone says nothing, and the nearest are not sorted by it.
    if len(first) == 1 or asked.order is Order.NEAREST:
        return {}
    return {task_id: turn_words(turn) for turn, task_id in first.items()}


def _thumbnails(
    transaction: Transaction, cases: Sequence[UUID], now: datetime
) -> Mapping[UUID, str]:
    """Return for each case the first photo that is ready."""
    reports = reports_of_cases(transaction, cases)
    photos = photos_of_reports(transaction, [one for ids in reports.values() for one in ids])
    found = {
        case: _thumbnail([photo for one in ids for photo in photos.get(one, [])], now)
        for case, ids in reports.items()
    }
    return {case: thumbnail for case, thumbnail in found.items() if thumbnail is not None}


def _thumbnail(photos: list[Photo], now: datetime) -> str | None:
    settings = provided().get(Settings)
    found = (links(photo, settings, now) for photo in photos)
    return next((one.thumbnail for one in found if one is not None), None)


def _beginning(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WORDS_ON_A_LINE else flat[:_WORDS_ON_A_LINE].rstrip() + "…"
