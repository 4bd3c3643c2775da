"""Photos of the repair: a party adds them to its task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.foundation.database import Transaction
from app.photos.model import Photo, Purpose, StoredOriginal
from app.photos.operations.keeping import check_room, keep
from app.photos.operations.reading import photos_of_task
from app.work.model import ActedBy, Happening, Task
from app.work.operations.cases import case
from app.work.operations.history import write_history
from app.work.operations.tasks import task


def locked_task(transaction: Transaction, task_id: UUID, *, party_id: UUID) -> Task:
    """Return a task of this party; nobody else changes it or its case until the transaction ends.

    Raises:
        TaskNotFound: there is none, or it is another party's.
    """
    case(transaction, task(transaction, task_id, party_id=party_id).case_id, lock=True)
    return task(transaction, task_id, party_id=party_id)


def add_repair_photos(
    transaction: Transaction,
    of_task: Task,
    originals: Sequence[StoredOriginal],
    *,
    by: ActedBy,
    now: datetime,
) -> list[Photo]:
    """Keep photos with a task whose case the caller has locked, so that five stay five.

    Raises:
        TooManyPhotos: there would be more than five.
    """
    if not originals:
        return []
    present = photos_of_task(transaction, of_task.id)
    check_room(present, len(originals))
    kept = keep(
        transaction,
        originals,
        purpose=Purpose.REPAIR,
        task_id=of_task.id,
        first_position=len(present),
        now=now,
    )
    write_history(
        transaction,
        of_task.case_id,
        Happening.PHOTO_ADDED,
        by=by,
        at=now,
        task=str(of_task.id),
        photos=len(kept),
    )
    return kept
