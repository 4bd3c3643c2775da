"""Photos are erased: their rows at once, their files by a job after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete

from app.foundation.database import Transaction
from app.photos.model import PhotoNotFound, Rendition
from app.photos.records import photo_table
from app.photos.storage import ORIGINAL, PhotoStore, file_name

_FILES_PER_JOB = 1_000


def erase_photos_of_reports(transaction: Transaction, report_ids: Sequence[UUID]) -> int:
    """Erase the photos of reports; their files go by a job after the commit. Return how many."""
    return erase(transaction, photo_table.c.report_id.in_(report_ids))


def erase_photos_of_tasks(transaction: Transaction, task_ids: Sequence[UUID]) -> int:
    """Erase the photos of repairs; their files go by a job after the commit. Return how many."""
    return erase(transaction, photo_table.c.task_id.in_(task_ids))


def erase_photos_of_drafts(transaction: Transaction, draft_ids: Sequence[UUID]) -> int:
    """Erase the photos of drafts that nobody goes on with. Return how many.

    Only whoever keeps the drafts knows when each was used last, so no photo goes by its own age.
    """
    return erase(transaction, photo_table.c.draft_id.in_(draft_ids))


def erase_from_draft(transaction: Transaction, photo_id: UUID, *, draft_id: UUID) -> None:
    """Erase one photo of a draft, for a reporter who takes it back.

    Raises:
        PhotoNotFound: it is not a photo of this draft.
    """
    is_it = (photo_table.c.id == photo_id) & (photo_table.c.draft_id == draft_id)
    if not erase(transaction, is_it):
        raise PhotoNotFound


def erase(transaction: Transaction, which: ColumnElement[bool]) -> int:
    """Erase the photos that a condition on their table selects; return how many."""
    keys = list(
        transaction.connection.scalars(
            delete(photo_table).where(which).returning(photo_table.c.storage_key)
        )
    )
    for start in range(0, len(keys), _FILES_PER_JOB):
        transaction.defer(
            "photos.erase_files", storage_keys=[*keys[start : start + _FILES_PER_JOB]]
        )
    return len(keys)


def erase_files(store: PhotoStore, storage_keys: Iterable[str]) -> None:
    """Erase every file of these photos; fine when they are gone already."""
    for storage_key in storage_keys:
        for what in (ORIGINAL, *Rendition):
            store.delete(file_name(storage_key, what))
