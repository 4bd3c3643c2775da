"""`/werk`: the tasks of one's own party, for a phone in the rain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.map_ground import outline_and_villages
from app.geography.model import NotAPlace, Spot
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.maps.model import MapParts, TileSource
from app.maps.operations import page_nonce
from app.maps.way import WayStop, way_map
from app.work.crew_words import begin_words, turn_words
from app.work.driving_order import Turn
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
from app.work.pages.crew_lines import TaskLine, task_lines
from app.work.pages.drawn import task_line
from app.work.pages.shown import category_names, near_words
from app.work.pages.task_page import own_account, own_party, show_task
from app.work.pages.typed import page_number
from app.work.words import (
    task_stage_words,
)

blueprint = Blueprint("crew", __name__, url_prefix="/werk")

#: In the session: which list and which order somebody looked at last. After a task one comes back
#: to the same.
_KEPT_AS = "crew_list"


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
        lines = [] if on_map else _numbered(transaction, found, asked, now, page)
        parts = _map(transaction, found) if on_map else None
    return render_template(
        "work/tasks.html",
        tasks=lines,
        task_line=task_line,
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
    outline, around = outline_and_villages(transaction)
    if not outline["features"]:
        return None
    settings = provided().get(Settings)
    names = category_names(transaction, {line.category_code for line in found.lines})
    return way_map(
        outline=outline,
        villages=around,
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


def _numbered(
    transaction: Transaction, found: CrewList, asked: Asked, now: datetime, page: int
) -> list[tuple[TaskLine, int, str | None]]:
    """Return each line with its number in the order, and what stands above it."""
    lines = task_lines(transaction, found.lines, account_id=asked.account_id, now=now)
    headings = _headings(found.lines, asked)
    return [
        (line, number, headings.get(line.id))
        for number, line in enumerate(lines, start=(page - 1) * TASKS_ON_A_PAGE + 1)
    ]


def _headings(lines: Sequence[Line], asked: Asked) -> dict[UUID, str]:
    """Return what stands above the first task of each turn, where there is more than one turn."""
    first: dict[Turn, UUID] = {}
    for line in lines:
        first.setdefault(line.turn, line.task_id)
    # One alone says nothing, and the nearest are not sorted by it.
    if len(first) == 1 or asked.order is Order.NEAREST:
        return {}
    return {task_id: turn_words(turn) for turn, task_id in first.items()}
