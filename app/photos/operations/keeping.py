"""Photos are kept: as rows of a report, a task or a draft, and later given to the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from json import dumps
from uuid import UUID, uuid4

from sqlalchemy import text, update

from app.foundation.database import Transaction
from app.photos.model import (
    MAX_PHOTOS,
    Photo,
    PhotoNotFound,
    PhotoStatus,
    Purpose,
    StoredOriginal,
    TooManyPhotos,
)
from app.photos.records import photo_in, photo_table
from app.photos.rules import is_heavy

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
    for photo, original in zip(photos, originals, strict=True):
        defer = transaction.defer_heavy if is_heavy(original.container) else transaction.defer
        defer("photos.make_safe", photo_id=str(photo.id))
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
        row = transaction.connection.execute(
            update(photo_table)
            .where(photo_table.c.id == photo_id, photo_table.c.draft_id == draft_id)
            .values(report_id=report_id, draft_id=None, position=position)
            .returning(photo_table)
        ).one_or_none()
        if row is None:
            raise PhotoNotFound
        attached.append(photo_in(row))
    return attached


def check_room(present: Sequence[Photo], more: int, *, most: int = MAX_PHOTOS) -> None:
    """Let `more` photos join those present.

    Raises:
        TooManyPhotos: there would be more than `most`.
    """
    if len(present) + more > most:
        raise TooManyPhotos
