"""Photos are made safe: their renditions drawn and stored, then what was sent erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select, update

from app.foundation.database import Database, Transaction
from app.photos.model import Photo, PhotoNotFound, PhotoStatus
from app.photos.operations.erasing import erase_files
from app.photos.operations.reading import find_photo
from app.photos.own_process import make_safe_apart
from app.photos.records import photo_table
from app.photos.rendering import SafePhoto, Undecodable, make_safe
from app.photos.rules import needs_own_process
from app.photos.storage import ORIGINAL, FileMissing, PhotoStore, file_name

_log = structlog.get_logger(__name__)


def make_photo_safe(
    database: Database, store: PhotoStore, photo_id: UUID, *, now: datetime
) -> None:
    """Make the renditions of one photo, say so in its row, then erase what was sent.

    No transaction is open meanwhile. Killed anywhere and run again, or run twice, it ends the
    same: the names of the files follow from the row, and the row is changed from `received` once.

    Raises:
        HeicNotInstalled: nothing here reads HEIC; the original stays, and so does the job.
        OwnProcessDied: the process that decoded it was killed; the original stays.
    """
    with database.transaction() as transaction:
        try:
            photo = find_photo(transaction, photo_id)
        except PhotoNotFound:
            # Erased before its turn came.
            return
    if photo.status is PhotoStatus.RECEIVED:
        safe = _rendered(store, photo)
        if safe is not None:
            for rendition, content in safe.renditions.items():
                store.put(file_name(photo.storage_key, rendition), content)
        with database.transaction() as transaction:
            _settle(transaction, photo, safe, now=now)
            is_still_there = _exists(transaction, photo.id)
        if not is_still_there:
            erase_files(store, [photo.storage_key])
            return
    store.delete(file_name(photo.storage_key, ORIGINAL))


def _rendered(store: PhotoStore, photo: Photo) -> SafePhoto | None:
    try:
        with store.open(file_name(photo.storage_key, ORIGINAL)) as file:
            original = file.read()
    except FileMissing:
        _log.error("photo_original_missing", photo_id=str(photo.id))
        return None
    try:
        if needs_own_process(photo.kind, photo.width_px, photo.height_px):
            return make_safe_apart(original, photo.kind)
        return make_safe(original, photo.kind)
    except Undecodable as why:
        _log.warning("photo_unreadable", photo_id=str(photo.id), kind=photo.kind, why=str(why))
        return None


def _settle(
    transaction: Transaction, photo: Photo, safe: SafePhoto | None, *, now: datetime
) -> None:
    told: Mapping[str, object] = (
        {"status": PhotoStatus.UNREADABLE}
        if safe is None
        else {
            "status": PhotoStatus.READY,
            "made_safe_at": now,
            "shown_width_px": safe.width_px,
            "shown_height_px": safe.height_px,
        }
    )
    # A second run at the same time finds nothing to change.
    transaction.connection.execute(
        update(photo_table)
        .where(photo_table.c.id == photo.id, photo_table.c.status == PhotoStatus.RECEIVED)
        .values(told)
    )


def _exists(transaction: Transaction, photo_id: UUID) -> bool:
    found = transaction.connection.execute(
        select(photo_table.c.id).where(photo_table.c.id == photo_id)
    )
    return found.one_or_none() is not None
