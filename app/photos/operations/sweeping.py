"""The store is swept: files that no row knows go, and photos that belong to nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select

from app.foundation.database import Transaction
from app.photos.model import PhotoStatus, Rendition, Swept
from app.photos.operations.erasing import erase
from app.photos.records import photo_table
from app.photos.storage import ORIGINAL, PhotoStore, StoredFile

#: A file younger than this may belong to a transaction that has not committed yet.
FILES_REST_FOR = timedelta(hours=1)
#: A photo that belongs to nothing is kept this long.
STRAY_PHOTOS_REST_FOR = timedelta(days=7)

_SWEPT_AT_ONCE = 1_000


def sweep(
    transaction: Transaction, store: PhotoStore, now: datetime, *, is_dry_run: bool = False
) -> Swept:
    """Erase files that no row knows, and photos that belong to no report, repair or draft.

    A file is let alone for an hour, a stray photo for a week; those of a draft go with the draft.
    Files are erased at once, because no row knows them; the files of erased rows go by a job after
    the commit.
    """
    old_files = (file for file in store.files() if file.stored_at < now - FILES_REST_FOR)
    unknown_files = 0
    while some := list(islice(old_files, _SWEPT_AT_ONCE)):
        for file in _unknown(transaction, some):
            unknown_files += 1
            if not is_dry_run:
                store.delete(file.name)
    is_stray = (
        photo_table.c.report_id.is_(None)
        & photo_table.c.task_id.is_(None)
        & photo_table.c.draft_id.is_(None)
        & (photo_table.c.received_at < now - STRAY_PHOTOS_REST_FOR)
    )
    if is_dry_run:
        found = transaction.connection.execute(select(photo_table.c.id).where(is_stray))
        return Swept(unknown_files, len(found.all()))
    return Swept(unknown_files, erase(transaction, is_stray))


def _unknown(transaction: Transaction, files: Sequence[StoredFile]) -> Iterator[StoredFile]:
    """Yield those of `files` that the row of their photo, if there is one, does not speak of."""
    keys = {file.name.partition(".")[0] for file in files}
    status_by_key = {
        row.storage_key: PhotoStatus(row.status)
        for row in transaction.connection.execute(
            select(photo_table.c.storage_key, photo_table.c.status).where(
                photo_table.c.storage_key.in_(keys)
            )
        )
    }
    renditions = {rendition.value for rendition in Rendition}
    known_by_status = {
        # Its renditions may be there before its row says so.
        PhotoStatus.RECEIVED: {ORIGINAL, *renditions},
        PhotoStatus.READY: renditions,
        PhotoStatus.UNREADABLE: set(),
        None: set(),
    }
    for file in files:
        storage_key, _, what = file.name.partition(".")
        if what not in known_by_status[status_by_key.get(storage_key)]:
            yield file
