"""Photos are backed up: which files of the store their rows promise."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from app.foundation.database import Transaction
from app.photos.model import KnownFile, PhotoStatus, Rendition
from app.photos.records import photo_table
from app.photos.storage import ORIGINAL, file_name


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
