"""What is done with photos later: made safe, their files erased, the store swept."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.jobs import Job
from app.foundation.provided import Provided
from app.photos.operations import erasing, making_safe, sweeping
from app.photos.own_process import OwnProcessDied
from app.photos.storage import PhotoStore

_log = structlog.get_logger(__name__)


def make_safe(provided: Provided, *, photo_id: str) -> None:
    """Make one photo safe."""
    making_safe.make_photo_safe(
        provided.get(Database),
        provided.get(PhotoStore),
        UUID(photo_id),
        now=provided.get(Clock).now(),
    )


def erase_files(provided: Provided, *, storage_keys: list[str]) -> None:
    """Erase the files of photos whose rows are gone."""
    erasing.erase_files(provided.get(PhotoStore), storage_keys)


def sweep(provided: Provided) -> None:
    """Erase files that no row knows, and photos that belong to nothing."""
    with provided.get(Database).transaction() as transaction:
        swept = sweeping.sweep(transaction, provided.get(PhotoStore), provided.get(Clock).now())
    _log.info(
        "photos_swept",
        unknown_files=swept.unknown_files,
        stray_photos=swept.stray_photos,
    )


#: For the wiring table: the jobs of photos by name. A disk or a database can be away for a moment.
JOBS = {
    "photos.make_safe": Job(
        make_safe, retry_on=(OSError, OperationalError, OwnProcessDied), attempts=6
    ),
    "photos.erase_files": Job(erase_files, retry_on=(OSError,), attempts=6),
    "photos.sweep": Job(sweep, every="17 * * * *"),
}
