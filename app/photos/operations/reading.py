"""Photos are read: one by its id, or those of reports, tasks and drafts in their order."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

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
    return _grouped(transaction, photo_table.c.report_id, report_ids)


def photos_of_task(transaction: Transaction, task_id: UUID) -> list[Photo]:
    """Return the photos of one task's repair in their order."""
    return photos_of_tasks(transaction, [task_id]).get(task_id, [])


def photos_of_tasks(transaction: Transaction, task_ids: Sequence[UUID]) -> dict[UUID, list[Photo]]:
    """Return the photos of many tasks in one statement, by task; none, no entry."""
    return _grouped(transaction, photo_table.c.task_id, task_ids)


def photos_of_reports_and_tasks(
    transaction: Transaction, report_ids: Sequence[UUID], task_ids: Sequence[UUID]
) -> dict[UUID, list[Photo]]:
    """Return the photos of reports and of repairs in one statement, by report or task."""
    if not report_ids and not task_ids:
        return {}
    either = photo_table.c.report_id.in_(report_ids) | photo_table.c.task_id.in_(task_ids)
    return _by_place(transaction, either)


def photos_of_draft(transaction: Transaction, draft_id: UUID) -> list[Photo]:
    """Return the photos of a draft in their order."""
    return _grouped(transaction, photo_table.c.draft_id, [draft_id]).get(draft_id, [])


def find_photo(transaction: Transaction, photo_id: UUID) -> Photo:
    """Return one photo.

    Raises:
        PhotoNotFound: there is none with this id.
    """
    row = (
        transaction.connection.execute(select(photo_table).where(photo_table.c.id == photo_id))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise PhotoNotFound
    return photo_in(row)


def _grouped(
    transaction: Transaction, place: ColumnElement[UUID | None], ids: Sequence[UUID]
) -> dict[UUID, list[Photo]]:
    if not ids:
        return {}
    return _by_place(transaction, place.in_(ids))


def _by_place(transaction: Transaction, condition: ColumnElement[bool]) -> dict[UUID, list[Photo]]:
    rows = transaction.connection.execute(
        select(photo_table)
        .where(condition)
        .order_by(photo_table.c.position, photo_table.c.received_at, photo_table.c.id)
    ).mappings()
    grouped: dict[UUID, list[Photo]] = {}
    for row in rows:
        photo = photo_in(row)
        where = photo.report_id or photo.task_id or photo.draft_id
        if where is not None:
            grouped.setdefault(where, []).append(photo)
    return grouped
