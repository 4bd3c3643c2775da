"""Photos come in: they are examined, and put on disk before any row knows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from app.foundation.errors import DomainError
from app.photos import rules
from app.photos.model import MAX_PHOTOS, ExaminedPhoto, StoredOriginal
from app.photos.rendering import reads_heic
from app.photos.storage import ORIGINAL, PhotoStore, file_name, new_storage_key


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
