"""Where photo files are kept: a store behind one interface, a folder and a double in memory."""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from app.foundation.clock import Clock

#: 32 random hexadecimal digits, a dot, and what the file is. Nothing else gets near the disk.
_FILE_NAME = re.compile(r"[0-9a-f]{32}\.[0-9a-z]{1,20}(?:\.[0-9a-z]{1,20})?", re.ASCII)

#: The part of a name after the random digits, for a photo as it was sent.
ORIGINAL = "original"


class NotAFileName(ValueError):
    """This is no name of a file in a photo store."""


class FileMissing(LookupError):
    """The store has no file of this name."""


class StoreFull(OSError):
    """There is no room for another file; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store and when it was put there."""

    name: str
    size_bytes: int
    stored_at: datetime


class PhotoStore(Protocol):
    """Keeps files under unguessable names, for nobody but the application."""

    def put(self, name: str, content: bytes | memoryview) -> None:
        """Keep `content` under `name`, whole or not at all, on disk when this returns.

        Raises:
            StoreFull: there is no room for it.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """Return the file for reading.

        Raises:
            FileMissing: there is none.
        """
        ...

    def delete(self, name: str) -> None:
        """Erase the file; it is fine when there is none."""
        ...

    def files(self) -> Iterator[StoredFile]:
        """Yield every file there is, also what an interrupted `put` left behind."""
        ...


def new_storage_key() -> str:
    """Return 32 random hexadecimal digits, the beginning of the names of one photo's files."""
    return secrets.token_hex(16)


def file_name(storage_key: str, what: str) -> str:
    """Return the name of one file of a photo: `original`, or a rendition such as `320.webp`."""
    return checked_name(f"{storage_key}.{what}")


def checked_name(name: str) -> str:
    """Return `name` if it can be one of ours.

    Raises:
        NotAFileName: it cannot, so a path can never leave the store.
    """
    if not _FILE_NAME.fullmatch(name):
        raise NotAFileName(name)
    return name


class FolderPhotoStore:
    """Keeps photos in a folder that only the application's own user may enter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

    def put(self, name: str, content: bytes | memoryview) -> None:
        """Write beside the place, sync, then rename: a reader never meets half a file."""
        try:
            self._write(self._path(name), name, content)
        except OSError as fault:
            if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StoreFull from fault
            raise

    def _write(self, path: Path, name: str, content: bytes | memoryview) -> None:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(self._folder)
        # A name of its own form: what an interrupted write leaves is listed and swept.
        unfinished = path.parent / f"{name[:32]}.{secrets.token_hex(4)}.part"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                view = memoryview(content)
                written = 0
                while written < len(view):
                    written += file.write(view[written:]) or 0
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def open(self, name: str) -> BinaryIO:
        """Open the file."""
        try:
            return self._path(name).open("rb")
        except FileNotFoundError:
            raise FileMissing(name) from None

    def delete(self, name: str) -> None:
        """Unlink the file."""
        self._path(name).unlink(missing_ok=True)

    def files(self) -> Iterator[StoredFile]:
        """Walk the folder; what appears or goes meanwhile may be seen or not."""
        with os.scandir(self._folder) as shelves:
            folders = sorted(entry.path for entry in shelves if entry.is_dir(follow_symlinks=False))
        for folder in folders:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if not _FILE_NAME.fullmatch(entry.name):
                        continue
                    try:
                        state = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    changed_at = datetime.fromtimestamp(state.st_mtime, UTC)
                    yield StoredFile(entry.name, state.st_size, changed_at)

    def _path(self, name: str) -> Path:
        # 256 shelves keep every folder small enough to list.
        return self._folder / checked_name(name)[:2] / name


class MemoryPhotoStore:
    """Keeps photos in memory, for tests and for trying."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, tuple[bytes, datetime]] = {}

    def put(self, name: str, content: bytes | memoryview) -> None:
        """Remember a copy of `content`."""
        self._files[checked_name(name)] = (bytes(content), self._clock.now())

    def open(self, name: str) -> BinaryIO:
        """Return the content as a file."""
        try:
            return BytesIO(self._files[checked_name(name)][0])
        except KeyError:
            raise FileMissing(name) from None

    def delete(self, name: str) -> None:
        """Forget the file."""
        self._files.pop(checked_name(name), None)

    def files(self) -> Iterator[StoredFile]:
        """Yield what is remembered at this moment."""
        for name, (content, stored_at) in list(self._files.items()):
            yield StoredFile(name, len(content), stored_at)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
