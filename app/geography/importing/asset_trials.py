"""A file with assets that is looked at first, and kept as it was looked at, or thrown away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Database, Transaction
from app.foundation.rule_changes import ChangedBy
from app.geography.importing.asset_files import AssetFields, AssetsRead, read_assets
from app.geography.importing.asset_history import asset_import_rows
from app.geography.importing.assets import AssetsImported, AssetsToImport, import_assets
from app.geography.model import ChangedSince, ImportNotFound

#: A page waits for its answer; what is larger is read by the command.
AT_MOST_BYTES = 20_000_000
AT_MOST_ASSETS = 25_000

#: So many of the assets that would change are shown.
AT_MOST_SHOWN = 50

#: A file that nobody decided about goes after this.
_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AssetReading:
    """How a file with assets is to be read, as somebody filled it in."""

    kind: str
    number_field: str
    street_field: str | None = None
    id_field: str | None = None
    attributes: Sequence[str] = ()
    #: The code of the party that owns them, and its id.
    owner: str | None = None
    owner_party_id: str | None = None
    epsg: int | None = None
    removes_missing: bool = False
    skips_bad: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A file that waits for a decision: what it would do, and the first of what would change."""

    id: UUID
    called: str
    reading: AssetReading
    done: AssetsImported
    rows: Sequence[Mapping[str, Any]]
    skipped: Sequence[str]


class _LookedOnly(Exception):
    """What was tried is to be rolled back."""


def look_at(
    database: Database,
    called: str,
    content: bytes,
    reading: AssetReading,
    *,
    account_id: UUID,
    by: ChangedBy,
    now: datetime,
    on: date,
    say: Callable[[str], str],
) -> None:
    """Try a file without changing anything, and let it wait for this account's decision.

    What was passed over is kept as `say` says it. The file takes the place of the one that the
    same account looked at before.

    Raises:
        MapFileRefused: the file cannot be read, or something in it is not right.
    """
    read = _read(called, content, reading)
    shown: list[Mapping[str, Any]] = []
    try:
        with database.transaction() as transaction:
            done = _import(transaction, read, called, reading, by=by, now=now, on=on, is_trial=True)
            if done.number is not None:
                shown = [
                    {"what": row.what, "before": row.before, "after": row.after}
                    for row in asset_import_rows(transaction, done.number, at_most=AT_MOST_SHOWN)
                ]
            raise _LookedOnly
    except _LookedOnly:
        pass
    looked = {
        "done": asdict(done) | {"number": None},
        "rows": shown,
        "skipped": [say(fault.sentence) for fault in read.faults[:AT_MOST_SHOWN]],
    }
    with database.transaction() as transaction:
        transaction.connection.execute(_FORGET, {"until": now - _KEPT_FOR})
        transaction.connection.execute(
            _WAIT,
            {
                "account_id": account_id,
                "at": now,
                "called": called,
                "content": content,
                "reading": Jsonb(asdict(reading)),
                "looked": Jsonb(looked),
            },
        )


def look_of(transaction: Transaction, account_id: UUID) -> Look:
    """Return the file that waits for this account's decision.

    Raises:
        ImportNotFound: there is none.
    """
    row = transaction.connection.execute(
        text("SELECT id, called, reading, looked FROM asset_file WHERE account_id = :account_id"),
        {"account_id": account_id},
    ).one_or_none()
    if row is None:
        raise ImportNotFound()
    return Look(
        row.id,
        row.called,
        AssetReading(**row.reading),
        AssetsImported(**row.looked["done"]),
        row.looked["rows"],
        row.looked["skipped"],
    )


def keep(
    transaction: Transaction, look_id: UUID, *, account_id: UUID, by: ChangedBy, now: datetime,
    on: date,
) -> AssetsImported:  # fmt: skip
    """Bring in the file that was looked at, when it still does what was seen.

    Raises:
        ImportNotFound: it is not there any more: kept already, thrown away, or another was sent.
        ChangedSince: what there is has changed since, so that the file would do something else.
    """
    content = transaction.connection.execute(
        text(
            "DELETE FROM asset_file WHERE account_id = :account_id AND id = :id"
            " RETURNING content, reading, called, looked"
        ),
        {"account_id": account_id, "id": look_id},
    ).one_or_none()
    if content is None:
        raise ImportNotFound()
    reading = AssetReading(**content.reading)
    read = _read(content.called, bytes(content.content), reading)
    done = _import(transaction, read, content.called, reading, by=by, now=now, on=on)
    if asdict(done) | {"number": None} != content.looked["done"]:
        raise ChangedSince()
    return done


def throw_away(transaction: Transaction, look_id: UUID, *, account_id: UUID) -> None:
    """Let a file that was looked at go; nothing was changed by it."""
    transaction.connection.execute(
        text("DELETE FROM asset_file WHERE account_id = :account_id AND id = :id"),
        {"account_id": account_id, "id": look_id},
    )


_FORGET = text("DELETE FROM asset_file WHERE at < :until")

_WAIT = text(
    """
    INSERT INTO asset_file (account_id, at, called, content, reading, looked)
    VALUES (:account_id, :at, :called, :content, :reading, :looked)
    ON CONFLICT (account_id) DO UPDATE SET id = gen_random_uuid(), at = excluded.at,
        called = excluded.called, content = excluded.content, reading = excluded.reading,
        looked = excluded.looked
    """
)


def _read(called: str, content: bytes, reading: AssetReading) -> AssetsRead:
    with TemporaryDirectory(prefix="straatbeeld-") as folder:
        path = Path(folder) / called
        path.write_bytes(content)
        return read_assets(
            path,
            AssetFields(
                reading.number_field, reading.street_field, reading.id_field, reading.attributes
            ),
            epsg=reading.epsg,
            layer=None,
            skips_bad=reading.skips_bad,
            at_most_bytes=AT_MOST_BYTES,
            at_most=AT_MOST_ASSETS,
            tell=_say_nothing,
        )


def _import(
    transaction: Transaction,
    read: AssetsRead,
    called: str,
    reading: AssetReading,
    *,
    by: ChangedBy,
    now: datetime,
    on: date,
    is_trial: bool = False,
) -> AssetsImported:
    return import_assets(
        transaction,
        AssetsToImport(
            kind=reading.kind,
            assets=read.assets,
            source=called,
            owner_party_id=UUID(reading.owner_party_id) if reading.owner_party_id else None,
            removes_missing=reading.removes_missing,
            is_trial=is_trial,
        ),
        by=by,
        now=now,
        on=on,
        tell=_say_nothing,
    )


def _say_nothing(_sentence: str) -> None:
    """Tell nobody: it is done within the answer to a request."""
