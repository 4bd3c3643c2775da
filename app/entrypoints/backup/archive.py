"""The archive of a back-up: a tar with the database's dump, the photos, and a manifest at its end.

The manifest is written last and holds the digest of everything before it: an archive without one
was cut short, and one that does not agree with it was damaged.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

from app.foundation.errors import DomainError
from app.photos.storage import NotAFileName, checked_name

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
_PHOTOS = "photos/"
_MANIFEST_AT_MOST_BYTES = 512 * 1024 * 1024


class NotABackup(DomainError):
    """This file is no back-up of Straatbeeld."""


class BackupDamaged(DomainError):
    """This back-up is not whole."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the archive, as it was when it was put there."""

    size_bytes: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What a back-up holds, and of what it is one."""

    straatbeeld: str
    made_at: str
    municipality_code: str
    #: The migration that the database had.
    revision: str
    #: Tells whether the secret key of an installation is the one this was made with.
    secret_key_check: str
    #: How many rows each table has.
    rows: dict[str, int] = field(default_factory=dict)
    dump: Kept | None = None
    photos: dict[str, Kept] = field(default_factory=dict)
    #: Photos that were erased while the back-up was made, by the beginning of their files' names.
    erased_meanwhile: list[str] = field(default_factory=list)
    #: Files that rows know and the store had not: a fault that was there before.
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT


class ArchiveWriter:
    """Writes an archive from its beginning to its end."""

    def __init__(self, file: IO[bytes], manifest: Manifest) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # closed with the archive
        self._manifest = manifest

    def add_dump(self, dump: BinaryIO, size_bytes: int) -> None:
        """Write the database's dump."""
        self._manifest.dump = self._add(DUMP, dump, size_bytes)

    def add_photo(self, name: str, content: bytes) -> None:
        """Write one file of a photo."""
        kept = self._add(f"{_PHOTOS}{checked_name(name)}", io.BytesIO(content), len(content))
        self._manifest.photos[name] = kept

    def close(self) -> None:
        """Write the manifest; only now the archive is whole."""
        told = json.dumps(asdict(self._manifest), separators=(",", ":")).encode()
        self._add(MANIFEST, io.BytesIO(told), len(told))
        self._tar.close()

    def _add(self, name: str, content: IO[bytes], size_bytes: int) -> Kept:
        member = tarfile.TarInfo(name)
        member.size = size_bytes
        member.mode = 0o600
        member.mtime = int(time.time())
        read = _Digesting(content)
        self._tar.addfile(member, read)
        return Kept(size_bytes, read.sha256)


class Archive:
    """An archive that is read, its manifest first."""

    def __init__(self, path: Path, tar: tarfile.TarFile) -> None:
        try:
            self._members = {member.name: member for member in tar}
        except (tarfile.TarError, OSError):
            raise BackupDamaged(f"{path.name} is cut short or damaged.") from None
        self._tar = tar
        self.manifest = self._read_manifest(path)

    def check(self) -> None:
        """Read everything once and compare it with the manifest.

        Raises:
            BackupDamaged: naming what is not as it was.
        """
        for name, kept in self._promised():
            with self._opened(name) as file:
                read = _Digesting(file)
                size_bytes = 0
                while block := read.read(1024 * 1024):
                    size_bytes += len(block)
            if (size_bytes, read.sha256) != (kept.size_bytes, kept.sha256):
                raise BackupDamaged(f"{name} in this back-up is not as it was when it was made.")

    def dump(self) -> IO[bytes]:
        """Return the database's dump for reading."""
        return self._opened(DUMP)

    def photos(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and the content of every file of a photo."""
        for name in self.manifest.photos:
            with self._opened(f"{_PHOTOS}{name}") as file:
                yield name, file.read()

    def _read_manifest(self, path: Path) -> Manifest:
        member = self._members.get(MANIFEST)
        if member is None:
            if DUMP in self._members:
                raise BackupDamaged(f"{path.name} is cut short: its end is missing.")
            raise NotABackup(f"{path.name} is no back-up of Straatbeeld.")
        if member.size > _MANIFEST_AT_MOST_BYTES:
            raise NotABackup(f"{path.name} is no back-up of Straatbeeld.")
        with self._opened(MANIFEST) as file:
            told = file.read()
        try:
            return _manifest(json.loads(told))
        except (ValueError, TypeError, KeyError, AttributeError, NotAFileName):
            raise NotABackup(f"{path.name} has no manifest that this version can read.") from None

    def _promised(self) -> Iterator[tuple[str, Kept]]:
        if self.manifest.dump is None:
            raise BackupDamaged("This back-up has no database in it.")
        yield DUMP, self.manifest.dump
        for name, kept in self.manifest.photos.items():
            yield f"{_PHOTOS}{name}", kept

    def _opened(self, name: str) -> IO[bytes]:
        member = self._members.get(name)
        file = self._tar.extractfile(member) if member is not None and member.isreg() else None
        if file is None:
            raise BackupDamaged(f"{name} is missing in this back-up.")
        return file


def _manifest(told: dict[str, object]) -> Manifest:
    if told["format"] != FORMAT:
        raise ValueError("another format")
    given = dict(told)
    photos, dump = given.pop("photos"), given.pop("dump")
    if not isinstance(photos, dict) or not isinstance(dump, dict):
        raise TypeError("no manifest")
    manifest = Manifest(
        **given,  # type: ignore[arg-type]  # a field that is not known raises
        dump=Kept(**dump),
        photos={checked_name(name): Kept(**kept) for name, kept in photos.items()},
    )
    # These become part of statements.
    for table, rows in manifest.rows.items():
        if not re.fullmatch(r"[a-z_]{1,63}", table) or type(rows) is not int:
            raise ValueError("no table and its rows")
    for storage_key in manifest.erased_meanwhile:
        checked_name(f"{storage_key}.original")
    return manifest


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """Open an archive and read its manifest.

    Raises:
        NotABackup: it is something else.
        BackupDamaged: its end is missing.
    """
    try:
        tar = tarfile.open(path, mode="r:")  # noqa: SIM115  # closed below
    except tarfile.TarError:
        raise NotABackup(f"{path.name} is no back-up of Straatbeeld.") from None
    with tar:
        yield Archive(path, tar)


class _Digesting:
    """Reads a file and reckons the SHA-256 of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read as the file does."""
        block = self._file.read(size)
        self._hash.update(block)
        return block

    @property
    def sha256(self) -> str:
        """The digest of everything that was read so far."""
        return self._hash.hexdigest()
