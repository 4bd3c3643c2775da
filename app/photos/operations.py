"""What photos can do: come in, be kept, be made safe, be shown, go with a report, be erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from json import dumps
from typing import BinaryIO
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ColumnElement, delete, select, text, update

from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.settings import Settings
from app.photos import rules
from app.photos.model import (
    MAX_PHOTOS,
    ExaminedPhoto,
    KnownFile,
    Photo,
    PhotoLinks,
    PhotoNotFound,
    PhotoStatus,
    Purpose,
    Rendition,
    ShownPhoto,
    StoredOriginal,
    Swept,
    TooManyPhotos,
)
from app.photos.records import photo_in, photo_table
from app.photos.rendering import SafePhoto, Undecodable, make_safe, reads_heic
from app.photos.storage import (
    ORIGINAL,
    FileMissing,
    PhotoStore,
    StoredFile,
    file_name,
    new_storage_key,
)

#: A file younger than this may belong to a transaction that has not committed yet.
FILES_REST_FOR = timedelta(hours=1)
#: A photo of a draft that was not sent is kept this long.
DRAFT_PHOTOS_REST_FOR = timedelta(days=7)

_SWEPT_AT_ONCE = 1_000

_log = structlog.get_logger(__name__)


# Coming in


def examine(content: bytes | BinaryIO) -> ExaminedPhoto:
    """Return the photo in `content` if it may come in; HEIC only where this installation reads it.

    Raises:
        PhotoRefused: one of its kinds, with a code and a plain sentence.
    """
    return rules.examine(content, reads_heic=reads_heic())


def examine_all(
    contents: Iterable[bytes | BinaryIO], *, most: int = MAX_PHOTOS
) -> list[ExaminedPhoto]:
    """Examine photos sent together; a refusal says which of them it was.

    Raises:
        TooManyPhotos: there are more than `most`.
        PhotoRefused: one of them may not come in, so none does.
    """
    return rules.examine_all(contents, reads_heic=reads_heic(), most=most)


@contextmanager
def stored_originals(
    store: PhotoStore, examined: Iterable[ExaminedPhoto]
) -> Iterator[list[StoredOriginal]]:
    """Put photos safely on disk, before and outside the transaction that will know of them.

    A refusal inside the block erases them again. After a fault they stay: the commit may have
    succeeded without our hearing of it. If it did not, the sweeper finds them.
    """
    stored: list[StoredOriginal] = []
    try:
        stored.extend(store_original(store, photo) for photo in examined)
        yield stored
    except DomainError:
        discard_originals(store, stored)
        raise


def store_original(store: PhotoStore, examined: ExaminedPhoto) -> StoredOriginal:
    """Put one photo safely on disk under a random key, without what was hung behind it."""
    storage_key = new_storage_key()
    store.put(file_name(storage_key, ORIGINAL), examined.photo_itself)
    return StoredOriginal(storage_key, examined.container, len(examined.content), examined.sha256)


def discard_originals(store: PhotoStore, stored: Iterable[StoredOriginal]) -> None:
    """Erase originals that no committed row knows."""
    for original in stored:
        store.delete(file_name(original.storage_key, ORIGINAL))


_KEEP = text(
    """
    INSERT INTO photo (
        id, storage_key, purpose, status, report_id, task_id, draft_id, position, kind,
        size_bytes, width_px, height_px, sha256, received_at)
    SELECT
        id, storage_key, purpose, status, report_id, task_id, draft_id, position, kind,
        size_bytes, width_px, height_px, sha256, received_at
    FROM jsonb_populate_recordset(CAST(NULL AS photo), CAST(:photos AS jsonb))
    """
)


def keep(
    transaction: Transaction,
    originals: Sequence[StoredOriginal],
    *,
    purpose: Purpose = Purpose.REPORT,
    report_id: UUID | None = None,
    task_id: UUID | None = None,
    draft_id: UUID | None = None,
    first_position: int = 0,
    now: datetime,
) -> list[Photo]:
    """Keep stored originals as photos of one report, task or draft, in one statement.

    The report or task stands in the database already. Making them safe is deferred.
    """
    photos = [
        Photo(
            id=uuid4(),
            storage_key=original.storage_key,
            purpose=purpose,
            status=PhotoStatus.RECEIVED,
            report_id=report_id,
            task_id=task_id,
            draft_id=draft_id,
            position=first_position + place,
            kind=original.container.kind,
            size_bytes=original.size_bytes,
            width_px=original.container.width_px,
            height_px=original.container.height_px,
            sha256=original.sha256,
            received_at=now,
            made_safe_at=None,
            shown_width_px=None,
            shown_height_px=None,
        )
        for place, original in enumerate(originals)
    ]
    if photos:
        rows = [{name: getattr(photo, name) for name in Photo.__slots__} for photo in photos]
        transaction.write(_KEEP, {"photos": dumps(rows, default=str)})
    for photo in photos:
        transaction.defer("photos.make_safe", photo_id=str(photo.id))
    return photos


def attach_to_report(
    transaction: Transaction, photo_ids: Sequence[UUID], report_id: UUID, *, draft_id: UUID
) -> list[Photo]:
    """Give a draft's photos to the report it became, in the order of `photo_ids`.

    Raises:
        PhotoNotFound: one of them is not a photo of this draft.
    """
    attached: list[Photo] = []
    for position, photo_id in enumerate(photo_ids):
        row = (
            transaction.connection.execute(
                update(photo_table)
                .where(photo_table.c.id == photo_id, photo_table.c.draft_id == draft_id)
                .values(report_id=report_id, draft_id=None, position=position)
                .returning(photo_table)
            )
            .mappings()
            .one_or_none()
        )
        if row is None:
            raise PhotoNotFound
        attached.append(photo_in(row))
    return attached


# Reading


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


def check_room(present: Sequence[Photo], more: int, *, most: int = MAX_PHOTOS) -> None:
    """Let `more` photos join those present.

    Raises:
        TooManyPhotos: there would be more than `most`.
    """
    if len(present) + more > most:
        raise TooManyPhotos


def _grouped(
    transaction: Transaction, place: ColumnElement[UUID | None], ids: Sequence[UUID]
) -> dict[UUID, list[Photo]]:
    if not ids:
        return {}
    rows = transaction.connection.execute(
        select(photo_table)
        .where(place.in_(ids))
        .order_by(photo_table.c.position, photo_table.c.received_at, photo_table.c.id)
    ).mappings()
    grouped: dict[UUID, list[Photo]] = {}
    for row in rows:
        photo = photo_in(row)
        where = photo.report_id or photo.task_id or photo.draft_id
        if where is not None:
            grouped.setdefault(where, []).append(photo)
    return grouped


# Showing


def links(photo: Photo, settings: Settings, now: datetime) -> PhotoLinks | None:
    """Return where a page finds the renditions for the coming hours; None until it is ready."""
    if photo.shown_width_px is None or photo.shown_height_px is None:
        return None
    secret_key = settings.secret_key.get_secret_value()
    expires_at = rules.link_expiry(now)
    return PhotoLinks(
        large=rules.photo_link(secret_key, photo.id, Rendition.LARGE, expires_at),
        thumbnail=rules.photo_link(secret_key, photo.id, Rendition.THUMBNAIL, expires_at),
        jpeg=rules.photo_link(secret_key, photo.id, Rendition.LARGE_JPEG, expires_at),
        width_px=photo.shown_width_px,
        height_px=photo.shown_height_px,
    )


def shown(photo: Photo, settings: Settings, now: datetime) -> ShownPhoto:
    """Return the photo as an interface for programs tells it, with whole addresses."""
    found = links(photo, settings, now)
    return ShownPhoto(
        id=str(photo.id),
        status=photo.status.value,
        url=None if found is None else settings.base_url + found.large,
        thumbnailUrl=None if found is None else settings.base_url + found.thumbnail,
        jpegUrl=None if found is None else settings.base_url + found.jpeg,
    )


# Making safe


def make_photo_safe(
    database: Database, store: PhotoStore, photo_id: UUID, *, now: datetime
) -> None:
    """Make the renditions of one photo, say so in its row, then erase what was sent.

    No transaction is open meanwhile. Killed anywhere and run again, or run twice, it ends the
    same: the names of the files follow from the row, and the row is changed from `received` once.

    Raises:
        HeicNotInstalled: nothing here reads HEIC; the original stays, and so does the job.
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


# Erasing


def erase_photos_of_reports(transaction: Transaction, report_ids: Sequence[UUID]) -> int:
    """Erase the photos of reports; their files go by a job after the commit. Return how many."""
    return _erase(transaction, photo_table.c.report_id.in_(report_ids))


def erase_photos_of_tasks(transaction: Transaction, task_ids: Sequence[UUID]) -> int:
    """Erase the photos of repairs; their files go by a job after the commit. Return how many."""
    return _erase(transaction, photo_table.c.task_id.in_(task_ids))


def erase_from_draft(transaction: Transaction, photo_id: UUID, *, draft_id: UUID) -> None:
    """Erase one photo of a draft, for a reporter who takes it back.

    Raises:
        PhotoNotFound: it is not a photo of this draft.
    """
    is_it = (photo_table.c.id == photo_id) & (photo_table.c.draft_id == draft_id)
    if not _erase(transaction, is_it):
        raise PhotoNotFound


def _erase(transaction: Transaction, which: ColumnElement[bool]) -> int:
    keys = list(
        transaction.connection.scalars(
            delete(photo_table).where(which).returning(photo_table.c.storage_key)
        )
    )
    for start in range(0, len(keys), _SWEPT_AT_ONCE):
        transaction.defer(
            "photos.erase_files", storage_keys=[*keys[start : start + _SWEPT_AT_ONCE]]
        )
    return len(keys)


def erase_files(store: PhotoStore, storage_keys: Iterable[str]) -> None:
    """Erase every file of these photos; fine when they are gone already."""
    for storage_key in storage_keys:
        for what in (ORIGINAL, *Rendition):
            store.delete(file_name(storage_key, what))


def sweep(
    transaction: Transaction, store: PhotoStore, now: datetime, *, is_dry_run: bool = False
) -> Swept:
    """Erase files that no row knows, and photos of drafts that nobody sent.

    A file is let alone for an hour, an unsent photo for a week. Files are erased at once, because
    no row knows them; the files of erased rows go by a job after the commit.
    """
    old_files = (file for file in store.files() if file.stored_at < now - FILES_REST_FOR)
    unknown_files = 0
    while some := list(islice(old_files, _SWEPT_AT_ONCE)):
        for file in _unknown(transaction, some):
            unknown_files += 1
            if not is_dry_run:
                store.delete(file.name)
    is_abandoned = (
        photo_table.c.report_id.is_(None)
        & photo_table.c.task_id.is_(None)
        & (photo_table.c.received_at < now - DRAFT_PHOTOS_REST_FOR)
    )
    if is_dry_run:
        found = transaction.connection.execute(select(photo_table.c.id).where(is_abandoned))
        return Swept(unknown_files, len(found.all()))
    return Swept(unknown_files, _erase(transaction, is_abandoned))


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


# Backing up


def known_files(transaction: Transaction) -> Iterator[KnownFile]:
    """Yield every file that the rows of photos promise to be in the store."""
    rows = transaction.connection.execute(
        select(photo_table.c.id, photo_table.c.storage_key, photo_table.c.status).order_by(
            photo_table.c.received_at, photo_table.c.id
        )
    )
    for row in rows:
        if row.status == PhotoStatus.RECEIVED:
            yield KnownFile(row.id, row.storage_key, file_name(row.storage_key, ORIGINAL), True)
        elif row.status == PhotoStatus.READY:
            for rendition in Rendition:
                yield KnownFile(
                    row.id, row.storage_key, file_name(row.storage_key, rendition), False
                )
