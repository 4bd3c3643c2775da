"""Photos are read: one by its id, or those of reports, tasks and drafts in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.photos.model import Photo, PhotoNotFound
from app.photos.records import photo_in, photo_table


def photos_of_report(transaction: Transaction, report_id: UUID) -> list[Photo]:
    """Return the photos of one report in their order."""
    return photos_of_reports(transaction, [report_id]).get(report_id, [])


def photos_of_reports(
    transaction: Transaction, report_ids: Sequence[UUID]
) -> dict[UUID, list[Photo]]:
    """Return the photos of many reports in one statement, by report; none, no entry."""
    return photos_of_reports_and_tasks(transaction, report_ids, [])


def photos_of_task(transaction: Transaction, task_id: UUID) -> list[Photo]:
    """Return the photos of one task's repair in their order."""
    return photos_of_tasks(transaction, [task_id]).get(task_id, [])


def photos_of_tasks(transaction: Transaction, task_ids: Sequence[UUID]) -> dict[UUID, list[Photo]]:
    """Return the photos of many tasks in one statement, by task; none, no entry."""
    return photos_of_reports_and_tasks(transaction, [], task_ids)


def photos_of_reports_and_tasks(
    transaction: Transaction, report_ids: Sequence[UUID], task_ids: Sequence[UUID]
) -> dict[UUID, list[Photo]]:
    """Return the photos of reports and of repairs in one statement, by report or task."""
    if not report_ids and not task_ids:
        return {}
    values = {"report_ids": list(report_ids), "task_ids": list(task_ids)}
    return _by_place(transaction.read(_OF_REPORTS_AND_TASKS, values))


def photos_of_draft(transaction: Transaction, draft_id: UUID) -> list[Photo]:
    """Return the photos of a draft in their order."""
    rows = transaction.read(_OF_DRAFT, {"draft_id": draft_id})
    return _by_place(rows).get(draft_id, [])


def find_photo(transaction: Transaction, photo_id: UUID) -> Photo:
    """Return one photo.

    Raises:
        PhotoNotFound: there is none with this id.
    """
    rows = transaction.read(_ONE, {"id": photo_id})
    if not rows:
        raise PhotoNotFound
    return photo_in(rows[0])


# Named one by one: a statement that is prepared with a star breaks when a column is added.
_PHOTOS = f"SELECT {', '.join(column.name for column in photo_table.columns)} FROM photo"  # noqa: S608  # our own columns
_OF_REPORTS_AND_TASKS = text(
    f"""
    {_PHOTOS}
    WHERE report_id = ANY(CAST(:report_ids AS uuid[])) OR task_id = ANY(CAST(:task_ids AS uuid[]))
    ORDER BY position, received_at, id
    """
)
_OF_DRAFT = text(f"{_PHOTOS} WHERE draft_id = :draft_id ORDER BY position, received_at, id")
_ONE = text(f"{_PHOTOS} WHERE id = :id")


def _by_place(rows: Sequence[Any]) -> dict[UUID, list[Photo]]:
    grouped: dict[UUID, list[Photo]] = {}
    for row in rows:
        photo = photo_in(row)
        where = photo.report_id or photo.task_id or photo.draft_id
        if where is not None:
            grouped.setdefault(where, []).append(photo)
    return grouped
