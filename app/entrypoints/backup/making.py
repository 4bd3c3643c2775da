"""Makes a back-up: one snapshot of the database, and every photo that its rows know."""

from __future__ import annotations

import hashlib
import hmac
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import text

from app.entrypoints.backup.archive import ArchiveWriter, Manifest
from app.entrypoints.backup.postgresql_tools import dump
from app.entrypoints.tables import METADATA
from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.photos.model import KnownFile
from app.photos.operations.backing_up import known_files
from app.photos.storage import FileMissing, PhotoStore

#: What was sent is erased some seconds after a photo was made safe. When that happens between the
#: snapshot and the copy, another snapshot is taken.
_TRIES = 20
_SECONDS_BETWEEN_TRIES = 0.5


class FileInTheWay(DomainError):
    """There is a file of this name already; a back-up never replaces one."""


class TooBusy(DomainError):
    """Photos were made safe faster than they could be copied; try again in a quiet moment."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a back-up holds."""

    reports: int
    cases: int
    photo_files: int
    size_bytes: int
    missing: tuple[str, ...]


def make_backup(provided: Provided, path: Path, *, now: datetime) -> Made:
    """Write the database and the photos of this moment to `path`: whole, or nothing.

    The secret key is not in it. The system may run meanwhile; what is erased meanwhile is not in
    the back-up.

    Raises:
        FileInTheWay: there is something at `path`.
        ToolMissing, DumpFailed, TooBusy: the database could not be read.
        OSError: it cannot be written.
    """
    if path.exists() or path.is_symlink():
        raise FileInTheWay(f"{path} exists already; a back-up never replaces a file.")
    for _ in range(_TRIES):
        with provided.get(Database).transaction() as transaction:
            snapshot = _snapshot(transaction)
            originals = _originals(transaction, provided.get(PhotoStore))
            if originals is not None:
                return _write(provided, transaction, path, snapshot, originals, now=now)
        time.sleep(_SECONDS_BETWEEN_TRIES)
    raise TooBusy()


def secret_key_check(settings: Settings) -> str:
    """Return what tells whether two installations have the same key, and nothing about it."""
    key = settings.secret_key.get_secret_value().encode()
    return hmac.new(key, b"straatbeeld back-up", hashlib.sha256).hexdigest()[:32]


def _snapshot(transaction: Transaction) -> str:
    """Let everything the transaction reads be of this moment, and let others read the same."""
    connection = transaction.connection
    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    connection.execute(text("SET LOCAL statement_timeout = '30min'"))
    return str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())


def _originals(transaction: Transaction, store: PhotoStore) -> dict[str, bytes] | None:
    """Copy what was sent and is not made safe yet; None when some of it has just gone."""
    copied: dict[str, bytes] = {}
    for file in known_files(transaction):
        if file.is_original:
            try:
                with store.open(file.name) as content:
                    copied[file.name] = content.read()
            except FileMissing:
                if not _is_gone_for_good(transaction, file):
                    return None
    return copied


def _is_gone_for_good(transaction: Transaction, file: KnownFile) -> bool:
    """Whether nothing will change by waiting: nobody is going to make this photo safe."""
    waits = text(
        "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = 'photos.make_safe'"
        " AND status IN ('todo', 'doing') AND args ->> 'photo_id' = :photo_id)"
    )
    return not transaction.connection.scalar(waits, {"photo_id": str(file.photo_id)})


def _write(
    provided: Provided,
    transaction: Transaction,
    path: Path,
    snapshot: str,
    originals: Mapping[str, bytes],
    *,
    now: datetime,
) -> Made:
    settings = provided.get(Settings)
    manifest = Manifest(
        straatbeeld=version("straatbeeld"),
        made_at=now.isoformat(),
        municipality_code=settings.municipality_code,
        revision=str(
            transaction.connection.execute(
                text("SELECT version_num FROM alembic_version")
            ).scalar_one()
        ),
        secret_key_check=secret_key_check(settings),
        rows=_rows(transaction),
    )
    being_written = path.with_name(f"{path.name}.part")
    descriptor = os.open(being_written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            archive = ArchiveWriter(file, manifest)
            _add_dump(archive, settings.database_url, snapshot, beside=path)
            _add_photos(archive, provided, transaction, originals, manifest)
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        # A link fails where a rename would replace what came there meanwhile.
        try:
            path.hardlink_to(being_written)
        except FileExistsError:
            raise FileInTheWay(f"{path} came to be while the back-up was made.") from None
    finally:
        being_written.unlink(missing_ok=True)
    return Made(
        reports=manifest.rows["report"],
        cases=manifest.rows["defect_case"],
        photo_files=len(manifest.photos),
        size_bytes=path.stat().st_size,
        missing=tuple(manifest.missing),
    )


def _rows(transaction: Transaction) -> dict[str, int]:
    return {
        table: transaction.connection.execute(
            text(f"SELECT count(*) FROM {table}")  # noqa: S608  # our own names
        ).scalar_one()
        for table in sorted(METADATA.tables)
        if table != "rate_count"
    }


def _add_dump(archive: ArchiveWriter, database_url: str, snapshot: str, *, beside: Path) -> None:
    # A tar wants to know the size before it gets the content.
    with tempfile.TemporaryDirectory(prefix=".straatbeeld-", dir=beside.parent) as folder:
        dumped = Path(folder) / "database.dump"
        dump(database_url, snapshot=snapshot, into=dumped)
        with dumped.open("rb") as file:
            archive.add_dump(file, dumped.stat().st_size)


def _add_photos(
    archive: ArchiveWriter,
    provided: Provided,
    transaction: Transaction,
    originals: Mapping[str, bytes],
    manifest: Manifest,
) -> None:
    store = provided.get(PhotoStore)
    gone: list[KnownFile] = []
    for file in known_files(transaction):
        if file.is_original:
            if file.name in originals:
                archive.add_photo(file.name, originals[file.name])
            else:
                gone.append(file)
            continue
        try:
            with store.open(file.name) as content:
                archive.add_photo(file.name, content.read())
        except FileMissing:
            gone.append(file)
    if not gone:
        return
    # What the database knows by now tells what was erased from what was lost.
    with provided.get(Database).transaction() as later:
        still_known = {file.name for file in known_files(later)}
    lost = [file.name for file in gone if file.name in still_known]
    erased = {file.storage_key for file in gone if file.name not in still_known}
    manifest.missing = lost
    manifest.erased_meanwhile = sorted(erased)
