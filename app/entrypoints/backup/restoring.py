"""Restores a back-up into an empty database: all of it, or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from app.entrypoints.backup.archive import Archive, Manifest, opened_archive
from app.entrypoints.backup.making import secret_key_check
from app.entrypoints.backup.postgresql_tools import load
from app.entrypoints.demo.people import CREDENTIALS
from app.entrypoints.ground.cluster import MAP_READER
from app.entrypoints.migrations import migrate, revisions
from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.photos.storage import FileMissing, PhotoStore

#: Rows of these tables are somebody's; what migrations put elsewhere is nobody's.
_SOMEBODYS = ("report", "account", "party", "area", "asset", "planned_work")


class NotEmpty(DomainError):
    """There is something in this database; restoring replaces it only when you say so."""


class InUseNow(DomainError):
    """Somebody is connected to this database."""


class OfANewerVersion(DomainError):
    """This back-up was made by a newer version than this one; install that first."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    made_at: datetime
    reports: int
    cases: int
    photo_files: int
    missing: tuple[str, ...]
    #: Whether links that were sent before still open.
    has_same_key: bool


def require_alone(transaction: Transaction) -> None:
    """Make sure that neither web nor worker uses the database.

    Raises:
        InUseNow: somebody is connected as we are, or as the map's reader.
    """
    others = transaction.connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename IN (current_user, :map_reader) AND pid <> pg_backend_pid()"
        ),
        {"map_reader": MAP_READER},
    )
    if others:
        raise InUseNow(
            f"This database is in use ({others} connections): stop script/server, or web and"
            " worker, and try again."
        )


def restore_backup(provided: Provided, path: Path, *, replaces: bool) -> Restored:
    """Let database and photos be what they were when the back-up at `path` was made.

    Everything in the archive is checked first. The photos' files are put back, then the database
    is loaded in one transaction in which its rows are counted; where that fails, it is as it was.
    Migrations that came since are run afterwards.

    Raises:
        NotABackup, BackupDamaged, OfANewerVersion: it cannot be restored.
        NotEmpty: the database holds something and `replaces` is false.
        ToolMissing, LoadFailed: the database could not be loaded.
    """
    with opened_archive(path) as archive:
        manifest = archive.manifest
        if manifest.revision not in revisions():
            raise OfANewerVersion()
        with provided.get(Database).transaction() as transaction:
            if not replaces:
                _require_empty(transaction)
            before = list(_dropping_everything(transaction))
        archive.check()
        put = _put_photos(archive, provided.get(PhotoStore))
        try:
            _load(archive, provided.get(Settings).database_url, before, manifest)
        except BaseException:
            for name in put:
                provided.get(PhotoStore).delete(name)
            raise
    settings = provided.get(Settings)
    migrate(settings.database_url)
    has_same_key = manifest.secret_key_check == secret_key_check(settings)
    if not has_same_key:
        # Of another installation: the demo's people, if it has them, sign in otherwise there.
        (settings.data_dir / CREDENTIALS).unlink(missing_ok=True)
    return Restored(
        made_at=datetime.fromisoformat(manifest.made_at),
        reports=manifest.rows["report"],
        cases=manifest.rows["defect_case"],
        photo_files=len(manifest.photos),
        missing=tuple(manifest.missing),
        has_same_key=has_same_key,
    )


def _require_empty(transaction: Transaction) -> None:
    held = {
        table: rows
        for table in _SOMEBODYS
        if transaction.connection.scalar(text("SELECT to_regclass(:name)"), {"name": table})
        and (
            rows := transaction.connection.execute(
                text(f"SELECT count(*) FROM {table}")  # noqa: S608  # our own names
            ).scalar_one()
        )
    }
    if held:
        told = ", ".join(f"{rows} {table}" for table, rows in held.items())
        raise NotEmpty(
            f"There is something in this database ({told}). With --replace it goes, for good."
        )


_NOT_OF_AN_EXTENSION = """NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = c.tableoid AND objid = c.oid AND deptype = 'e')"""

#: What stands in our schema and is no part of PostGIS, by kind.
_OURS = {
    "TABLE": f"""
        SELECT c.oid::regclass::text FROM pg_class AS c
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
          AND {_NOT_OF_AN_EXTENSION}
    """,  # noqa: S608  # our own words
    "VIEW": f"""
        SELECT c.oid::regclass::text FROM pg_class AS c
        WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
          AND {_NOT_OF_AN_EXTENSION}
    """,  # noqa: S608  # our own words
    "TEXT SEARCH CONFIGURATION": f"""
        SELECT quote_ident(c.cfgname) FROM pg_ts_config AS c
        WHERE c.cfgnamespace = 'public'::regnamespace AND {_NOT_OF_AN_EXTENSION}
    """,  # noqa: S608  # our own words
    "TEXT SEARCH DICTIONARY": f"""
        SELECT quote_ident(c.dictname) FROM pg_ts_dict AS c
        WHERE c.dictnamespace = 'public'::regnamespace AND {_NOT_OF_AN_EXTENSION}
    """,  # noqa: S608  # our own words
    "ROUTINE": f"""
        SELECT c.oid::regprocedure::text FROM pg_proc AS c
        WHERE c.pronamespace = 'public'::regnamespace AND {_NOT_OF_AN_EXTENSION}
    """,  # noqa: S608  # our own words
    "TYPE": f"""
        SELECT c.oid::regtype::text FROM pg_type AS c
        LEFT JOIN pg_class AS whose ON whose.oid = c.typrelid
        WHERE c.typtype IN ('e', 'c', 'd') AND coalesce(whose.relkind, 'c') = 'c'
          AND c.typnamespace = 'public'::regnamespace AND {_NOT_OF_AN_EXTENSION}
    """,  # noqa: S608  # our own words
}


def _dropping_everything(transaction: Transaction) -> Iterator[str]:
    """Yield what takes all of ours out of the schema and leaves PostGIS in."""
    yield "SET LOCAL lock_timeout = '10s';"
    for kind, ours in _OURS.items():
        for name in transaction.connection.scalars(text(ours)):
            yield f"DROP {kind} IF EXISTS public.{name.removeprefix('public.')} CASCADE;"


def _put_photos(archive: Archive, store: PhotoStore) -> list[str]:
    """Put the files back that are not there; return those, in case the rest fails."""
    put: list[str] = []
    try:
        for name, content in archive.photos():
            if not _has(store, name, content):
                store.put(name, content)
                put.append(name)
    except BaseException:
        for name in put:
            store.delete(name)
        raise
    return put


def _has(store: PhotoStore, name: str, content: bytes) -> bool:
    try:
        with store.open(name) as file:
            return file.read() == content
    except FileMissing:
        return False


def _load(archive: Archive, database_url: str, before: Sequence[str], manifest: Manifest) -> None:
    with tempfile.TemporaryDirectory(prefix="straatbeeld-") as folder:
        dumped = Path(folder) / "database.dump"
        with archive.dump() as packed, dumped.open("wb") as file:
            shutil.copyfileobj(packed, file, 1024 * 1024)
        load(database_url, dumped, before=before, after=_checking(manifest))


def _checking(manifest: Manifest) -> Iterator[str]:
    """Yield what counts the rows of every table, and takes out what was erased meanwhile."""
    for table, rows in manifest.rows.items():
        yield (
            f"DO $$ BEGIN IF (SELECT count(*) FROM public.{table}) <> {rows} THEN"  # noqa: S608  # checked when it was read
            f" RAISE EXCEPTION 'not all rows of {table} came back'; END IF; END $$;"
        )
    for storage_key in manifest.erased_meanwhile:
        yield f"DELETE FROM public.photo WHERE storage_key = '{storage_key}';"  # noqa: S608  # checked when it was read
