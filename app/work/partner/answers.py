"""What programs are told about a task: nothing about who reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.foundation.database import Transaction
from app.foundation.settings import Settings
from app.intake.operations import first_descriptions, reports_of_case
from app.photos.model import Photo
from app.photos.operations.reading import photos_of_reports, photos_of_task
from app.photos.operations.showing import shown
from app.routing.operations.deciding import areas_of_cases
from app.triage.model import Name
from app.triage.operations import names_of_categories
from app.work.model import Case, ListedTask, Task
from app.work.partner.model import possible_steps


def listed_tasks(transaction: Transaction, found: Sequence[ListedTask]) -> list[dict[str, Any]]:
    """Return tasks as the list tells them, in three statements however many there are."""
    case_ids = [one.case.id for one in found]
    descriptions = first_descriptions(transaction, case_ids)
    areas = areas_of_cases(transaction, case_ids)
    names = names_of_categories(transaction, {one.case.category_code for one in found})
    return [
        _task(
            one,
            description=descriptions.get(one.case.id, ""),
            areas=areas.get(one.case.id, ()),
            category=names[one.case.category_code],
        )
        for one in found
    ]


def whole_task(
    transaction: Transaction, found: ListedTask, settings: Settings, *, now: datetime
) -> dict[str, Any]:
    """Return a task with its reports and photos; a link to a photo lives two hours or more."""
    (told,) = listed_tasks(transaction, [found])
    reports = reports_of_case(transaction, found.case.id)
    photos = photos_of_reports(transaction, [report.id for report in reports])
    told["reports"] = [
        {
            "description": report.description,
            "received_at": report.received_at,
            "answers": [
                {"question": one.question, "text": one.text, "answer": one.answer}
                for one in report.answers
            ],
            "photos": _shown(photos.get(report.id, []), settings, now),
        }
        for report in reports
    ]
    told["photos"] = _shown(photos_of_task(transaction, found.task.id), settings, now)
    return told


def step_taken(task: Task, of_case: Case, photos: Sequence[Photo]) -> dict[str, Any]:
    """Return what is answered to a step, and kept for whoever repeats it: no words of people."""
    return {
        "id": task.id,
        "stage": task.stage,
        "version": task.version,
        "possible": possible_steps(task.stage),
        "case": {"reference": of_case.reference, "status": of_case.stage},
        "photos": photos,
    }


def _task(
    found: ListedTask, *, description: str, areas: Sequence[Mapping[str, str]], category: Name
) -> dict[str, Any]:
    task, case = found.task, found.case
    return {
        "id": task.id,
        "stage": task.stage,
        "version": task.version,
        "possible": possible_steps(task.stage),
        "case": {
            "reference": case.reference,
            "status": case.stage,
            "category": {"code": case.category_code, "name": category},
            "report_count": case.report_count,
        },
        "description": description,
        "location": {"type": "Point", "coordinates": [case.longitude, case.latitude]},
        "asset": _asset(found),
        "areas": areas,
        "danger": case.is_danger,
        "offered_at": task.offered_at,
        "due_at": task.due_at,
        "changed_at": task.changed_at,
        "held_until": task.held_until,
        "result": task.result,
        "decline_reason": task.decline_reason,
        "remark": task.remark,
        "request": task.request,
    }


def _asset(found: ListedTask) -> dict[str, str | None] | None:
    if found.asset_number is None or found.asset_kind is None:
        return None
    return {"kind": found.asset_kind, "number": found.asset_number, "street": found.asset_street}


def _shown(photos: Sequence[Photo], settings: Settings, now: datetime) -> list[dict[str, Any]]:
    return [dict(shown(photo, settings, now)) for photo in photos]
