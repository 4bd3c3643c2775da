"""`/werk`: the tasks of one's own party, for a phone in the rain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.model import NotAPlace, Spot
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.intake.operations import first_descriptions, reports_of_cases
from app.photos.model import Photo
from app.photos.operations.reading import photos_of_reports
from app.photos.operations.showing import links
from app.routing.operations.deciding import areas_of_cases
from app.work.model import ListedTask
from app.work.operations.lists import count_open_tasks, open_tasks_of_party
from app.work.pages.shown import category_names, place_words
from app.work.pages.task_page import own_party, show_task
from app.work.pages.typed import page_number
from app.work.words import clock_words, distance_words, due_words, task_stage_words

blueprint = Blueprint("crew", __name__, url_prefix="/werk")

TASKS_ON_A_PAGE = 40

#: Of what a resident wrote, a line of the list shows the beginning.
_WORDS_ON_A_LINE = 90


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a line of the list."""

    id: UUID
    category_code: str
    category_name: str
    stage: str
    stage_words: str
    is_danger: bool
    is_overdue: bool
    clock: str
    due: str
    place: str
    distance: str | None
    begins: str
    thumbnail: str | None


@blueprint.get("")
@open_to(Permission.WORK_TASKS)
def tasks() -> ResponseReturnValue:
    """Show what there is to do: started first, then danger, then what is near or most urgent."""
    services = provided()
    now, near, page = services.get(Clock).now(), _near(), page_number()
    party_id = own_party()
    with services.get(Database).transaction() as transaction:
        total = count_open_tasks(transaction, party_id)
        listed = open_tasks_of_party(
            transaction,
            party_id,
            now=now,
            near=near,
            at_most=TASKS_ON_A_PAGE,
            skip=(page - 1) * TASKS_ON_A_PAGE,
        )
        lines = _lines(transaction, listed, now)
    return render_template(
        "work/tasks.html",
        party_member=acting().name,
        tasks=lines,
        total=total,
        is_near=near is not None,
        page=page,
        pages=max(1, -(-total // TASKS_ON_A_PAGE)),
        page_link=_page_link,
    )


@blueprint.get("/taken/<uuid:task_id>")
@open_to(Permission.WORK_TASKS)
def task(task_id: UUID) -> ResponseReturnValue:
    """Show one task with all that is known of it, and what can be done."""
    return show_task(task_id)


def _near() -> tuple[float, float] | None:
    """Return where the phone says it is; whatever is no place on earth counts as not said."""
    try:
        spot = Spot(float(request.args["lon"]), float(request.args["lat"]))
    except (KeyError, ValueError, NotAPlace):
        return None
    return spot.longitude, spot.latitude


def _page_link(page: int) -> str:
    return "/werk?" + urlencode({**request.args.to_dict(), "page": page})


def _lines(transaction: Transaction, listed: Sequence[ListedTask], now: datetime) -> list[TaskLine]:
    cases = [one.case.id for one in listed]
    names = category_names(transaction, [one.case.category_code for one in listed])
    areas = areas_of_cases(transaction, cases)
    texts = first_descriptions(transaction, cases)
    reports = reports_of_cases(transaction, cases)
    photos = photos_of_reports(transaction, [one for ids in reports.values() for one in ids])
    return [
        TaskLine(
            id=one.task.id,
            category_code=one.case.category_code,
            category_name=names[one.case.category_code],
            stage=one.task.stage.value,
            stage_words=task_stage_words(one.task.stage),
            is_danger=one.case.is_danger,
            is_overdue=now > one.task.due_at,
            clock="" if now > one.task.due_at else clock_words(one.case.clock(now)),
            due=due_words(one.task.due_at, now),
            place=place_words(areas.get(one.case.id, []), one.number_and_street, one.asset_kind),
            distance=None if one.distance_metres is None else distance_words(one.distance_metres),
            begins=_beginning(texts.get(one.case.id, "")),
            thumbnail=_thumbnail(
                [
                    photo
                    for report_id in reports.get(one.case.id, [])
                    for photo in photos.get(report_id, [])
                ],
                now,
            ),
        )
        for one in listed
    ]


def _thumbnail(photos: list[Photo], now: datetime) -> str | None:
    settings = provided().get(Settings)
    found = (links(photo, settings, now) for photo in photos)
    return next((one.thumbnail for one in found if one is not None), None)


def _beginning(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WORDS_ON_A_LINE else flat[:_WORDS_ON_A_LINE].rstrip() + "…"
