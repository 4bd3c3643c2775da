"""How a task stands on the list of a crew: its kind, its place, by when, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from app.foundation.database import Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.intake.operations import reports_of_cases
from app.photos.model import Photo
from app.photos.operations.reading import photos_of_reports
from app.photos.operations.showing import links
from app.work.model import Case, CaseStage
from app.work.operations.crew_list import Line
from app.work.operations.office.listing import CaseLine, cases_by_id
from app.work.pages.shown import place_of_line, reader_language
from app.work.words import clock_words, distance_words, due_words, task_stage_words, waits_words

#: Of what a resident wrote, a line of the list shows the beginning.
_WORDS_ON_A_LINE = 90


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a line of the list; its number in the order stands beside it."""

    id: UUID
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
    worker: str | None
    is_mine: bool


def task_lines(
    transaction: Transaction, lines: Sequence[Line], *, account_id: UUID, now: datetime
) -> list[TaskLine]:
    """Return tasks as they are read, in their order; three statements at most."""
    cases = {one.case.id: one for one in cases_by_id(transaction, [line.case_id for line in lines])}
    pictured = [one.case.id for one in cases.values() if one.has_photo]
    thumbnails = _thumbnails(transaction, pictured, now)
    language, stages = reader_language(), cache(task_stage_words)

    def told(line: Line, found: CaseLine) -> TaskLine:
        is_overdue = now > line.due_at
        return TaskLine(
            id=line.task_id,
            category_code=line.category_code,
            category_name=found.category_name.in_language(language),
            stage=line.stage.value,
            stage_words=stages(line.stage),
            is_danger=found.case.is_danger,
            is_overdue=is_overdue,
            is_high=line.is_high,
            waits=_waits(found.case),
            clock="" if is_overdue else clock_words(found.case.clock(now)),
            due=due_words(line.due_at, now),
            place=place_of_line(found),
            distance=None if line.metres is None else distance_words(line.metres),
            begins=_beginning(found.begins),
            thumbnail=thumbnails.get(found.case.id),
            worker=line.worker_name,
            is_mine=line.worker_id == account_id,
        )

    # A case that was erased between the two statements stands on no list any more.
    return [told(line, cases[line.case_id]) for line in lines if line.case_id in cases]


def _waits(case: Case) -> str:
    if case.stage is not CaseStage.WAITING:
        return ""
    return waits_words(case.waiting_for, case.waits_until, case.waiting_party)


def _thumbnails(
    transaction: Transaction, cases: Sequence[UUID], now: datetime
) -> Mapping[UUID, str]:
    """Return for each case the first photo that is ready."""
    if not cases:
        return {}
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
