"""What imports did to assets: listed, looked up for one asset, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, ChangedThrough, note_rule_change, rule_changes
from app.foundation.sentences import Sentence
from app.geography.importing.assets import TOLD, lock_assets
from app.geography.model import ImportNotFound, ImportNotUndone

#: Who cannot be named by all is named by some.
_AT_MOST_NAMED = 5

#: Of one asset nobody reads more.
_AT_MOST_CHANGES = 200


class Done(StrEnum):
    """What an import did to an asset."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class AssetImport:
    """One time that assets were brought in."""

    number: int
    kind: str
    source: str
    at: datetime
    by: ChangedBy
    added: int
    changed: int
    removed: int
    undone_at: datetime | None
    undone_by: ChangedBy | None

    def of(self, what: Done) -> int:
        """How many rows of this sort there are."""
        return {
            Done.ADDED: self.added,
            Done.CHANGED: self.changed,
            Done.REMOVED: self.removed,
        }[what]


@dataclass(frozen=True, slots=True)
class AssetImportRow:
    """What an import did to one asset; None before is a new one, None after one that went."""

    asset_id: UUID
    what: Done
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class AssetChange:
    """Something that happened to an asset: by a page, by an import, or by taking one back."""

    at: datetime
    by: ChangedBy
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    #: The import that did it, or that was taken back.
    number: int | None = None
    source: str | None = None
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class AssetImportUndone:
    """What taking back an import of assets did, as numbers of assets."""

    number: int
    kind: str
    gone: int
    as_before: int
    back: int


_COLUMNS = """
    number, kind, source, at, through, account_id, added, changed, removed,
    undone_at, undone_through, undone_account_id
"""

_IMPORTS = text(
    f"""
    SELECT {_COLUMNS} FROM asset_import
    WHERE CAST(:kind AS text) IS NULL OR kind = :kind
    ORDER BY number DESC LIMIT :at_most OFFSET :skip
    """  # noqa: S608  # our own columns
)

_IMPORT = text(f"SELECT {_COLUMNS} FROM asset_import WHERE number = :number")  # noqa: S608  # our own columns


def asset_imports(
    transaction: Transaction, *, kind: str | None = None, at_most: int = 50, skip: int = 0
) -> list[AssetImport]:
    """Return the times that assets were brought in, the newest first; of a kind where named."""
    rows = transaction.connection.execute(
        _IMPORTS, {"kind": kind, "at_most": at_most, "skip": skip}
    )
    return [_import(row) for row in rows]


def asset_import(transaction: Transaction, number: int) -> AssetImport:
    """Return one time that assets were brought in.

    Raises:
        ImportNotFound: there is none with this number.
    """
    row = transaction.connection.execute(_IMPORT, {"number": number}).one_or_none()
    if row is None:
        raise ImportNotFound()
    return _import(row)


_ROWS = text(
    """
    SELECT asset_id, what, before, after FROM asset_import_row
    WHERE import_number = :number AND (CAST(:what AS text) IS NULL OR what = :what)
    ORDER BY what, coalesce(after, before) ->> 'street',
             length(coalesce(after, before) ->> 'number'), coalesce(after, before) ->> 'number',
             asset_id
    LIMIT :at_most OFFSET :skip
    """
)


def asset_import_rows(
    transaction: Transaction,
    number: int,
    *,
    what: Done | None = None,
    at_most: int,
    skip: int = 0,
) -> list[AssetImportRow]:
    """Return what an import did, asset by asset; what stayed the same is not among it."""
    rows = transaction.connection.execute(
        _ROWS, {"number": number, "what": what, "at_most": at_most, "skip": skip}
    )
    return [AssetImportRow(row.asset_id, Done(row.what), row.before, row.after) for row in rows]


_BY_IMPORTS = text(
    """
    SELECT number, source, at, through, account_id, before, after,
           undone_at, undone_through, undone_account_id
    FROM asset_import_row JOIN asset_import ON number = import_number
    WHERE asset_id = :id ORDER BY number DESC LIMIT :at_most
    """
)


def asset_changes(transaction: Transaction, asset_id: UUID) -> list[AssetChange]:
    """Return all that happened to an asset, the newest first."""
    found = [
        AssetChange(one.at, one.by, one.before, one.after)
        for one in rule_changes(
            transaction, what="asset", code=str(asset_id), at_most=_AT_MOST_CHANGES
        )
    ]
    for row in transaction.connection.execute(
        _BY_IMPORTS, {"id": asset_id, "at_most": _AT_MOST_CHANGES}
    ):
        found.append(
            AssetChange(
                row.at, _by(row.through, row.account_id), row.before, row.after,
                row.number, row.source,
            )
        )  # fmt: skip
        if row.undone_at is not None:
            found.append(
                AssetChange(
                    row.undone_at, _by(row.undone_through, row.undone_account_id), row.after,
                    row.before, row.number, row.source, is_undo=True,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)


#: As the import left it: what looks otherwise now was changed since, by a page or by an import.
_SINCE = text(
    f"""
    WITH locked AS (
        SELECT asset.id, row.what, coalesce(row.after, row.before) AS told, {TOLD} AS now,
               asset.removed_on
        FROM asset_import_row AS row JOIN asset ON asset.id = row.asset_id
        WHERE row.import_number = :number
        ORDER BY asset.id FOR UPDATE OF asset
    )
    SELECT concat_ws(', ', now ->> 'number', nullif(now ->> 'street', '')) AS called,
           (SELECT max(later.import_number)
            FROM asset_import_row AS later JOIN asset_import ON number = later.import_number
            WHERE later.asset_id = locked.id AND later.import_number > :number
              AND undone_at IS NULL) AS by_import
    FROM locked
    WHERE told <> now OR (removed_on IS NULL) <> (what <> 'removed')
    ORDER BY called
    """  # noqa: S608  # words of our own
)

#: What would come back, where another has its place by now.
_TAKEN = text(
    """
    SELECT DISTINCT concat_ws(', ', row.before ->> 'number', nullif(row.before ->> 'street', ''))
           AS called
    FROM asset_import_row AS row JOIN asset AS other ON other.kind = :kind
     AND other.removed_on IS NULL
     AND ((other.source_id IS NULL AND row.before ->> 'sourceId' IS NULL
           AND other.street = row.before ->> 'street' AND other.number = row.before ->> 'number')
          OR other.source_id = row.before ->> 'sourceId')
    WHERE row.import_number = :number AND row.what <> 'added'
      AND NOT EXISTS (SELECT FROM asset_import_row AS own
                      WHERE own.import_number = :number AND own.asset_id = other.id)
    ORDER BY called
    """
)

_TAKE_AWAY = text(
    """
    UPDATE asset SET removed_on = :today, version = version + 1
    FROM asset_import_row AS row
    WHERE row.import_number = :number AND row.what = 'added' AND asset.id = row.asset_id
    """
)

_AS_BEFORE = text(
    """
    UPDATE asset SET number = before ->> 'number', street = before ->> 'street',
        source_id = before ->> 'sourceId',
        spot = ST_SetSRID(ST_MakePoint(CAST(before ->> 'longitude' AS float8),
                                       CAST(before ->> 'latitude' AS float8)), 4326),
        owner_party_id = CAST(before ->> 'owner' AS uuid), attributes = before -> 'attributes',
        is_demo = CAST(before ->> 'isDemo' AS boolean), version = version + 1
    FROM asset_import_row AS row
    WHERE row.import_number = :number AND row.what = 'changed' AND asset.id = row.asset_id
    """
)

_BRING_BACK = text(
    """
    UPDATE asset SET removed_on = NULL, version = version + 1
    FROM asset_import_row AS row
    WHERE row.import_number = :number AND row.what = 'removed' AND asset.id = row.asset_id
    """
)

_UNDONE = text(
    """
    UPDATE asset_import
    SET undone_at = :now, undone_through = :through, undone_account_id = :account_id
    WHERE number = :number AND undone_at IS NULL
    """
)


def undo_asset_import(
    transaction: Transaction, number: int, *, by: ChangedBy, now: datetime, today: date
) -> AssetImportUndone:
    """Take back an import of assets: what it added goes, the rest is as it was before.

    What it added is taken off the map and never deleted: reports about it stay with it.

    Raises:
        ImportNotFound: there is none with this number, or it was taken back already.
        ImportNotUndone: something of it was changed since, or its place is taken.
    """
    found = asset_import(transaction, number)
    lock_assets(transaction, found.kind)
    connection = transaction.connection
    taken = connection.execute(
        _UNDONE,
        {
            "number": number,
            "now": now,
            "through": by.through.value,
            "account_id": by.account_id,
        },
    )
    if taken.rowcount == 0:
        raise ImportNotFound()
    _require_as_it_left_them(transaction, found)
    values = {"number": number, "today": today}
    try:
        with connection.begin_nested():
            gone, as_before, back = (
                connection.execute(statement, values).rowcount
                for statement in (_TAKE_AWAY, _AS_BEFORE, _BRING_BACK)
            )
    except IntegrityError:
        # Somebody made one with the same number at this very moment.
        raise ImportNotUndone() from None
    note_rule_change(
        transaction,
        what="asset",
        code=found.kind,
        by=by,
        at=now,
        before={
            "source": found.source,
            "import": number,
            "added": found.added,
            "changed": found.changed,
            "removed": found.removed,
        },
        after=None,
    )
    return AssetImportUndone(number, found.kind, gone, as_before, back)


def _require_as_it_left_them(transaction: Transaction, found: AssetImport) -> None:
    values = {"number": found.number, "kind": found.kind}
    since = transaction.connection.execute(_SINCE, values).all()
    if later := max((row.by_import for row in since if row.by_import is not None), default=None):
        raise ImportNotUndone(
            Sentence(
                "Import %(number)s changed some of these objects after it (%(named)s): take that"
                " back first.",
                number=later,
                named=_named([row.called for row in since if row.by_import is not None]),
            )
        )
    if since:
        raise ImportNotUndone(
            Sentence(
                "Somebody changed these objects after it: %(named)s. Put them as the import left"
                " them, or change the others one by one.",
                named=_named([row.called for row in since]),
            )
        )
    if taken := transaction.connection.scalars(_TAKEN, values).all():
        raise ImportNotUndone(
            Sentence(
                "There are other objects by now with the numbers that would come back: %(named)s."
                " Remove those first.",
                named=_named(taken),
            )
        )


def _named(words: Sequence[str]) -> str:
    shown = "; ".join(words[:_AT_MOST_NAMED])
    more = len(words) - _AT_MOST_NAMED
    return Sentence("%(names)s and %(more)s more", names=shown, more=more) if more > 0 else shown


def _import(row: Row[Any]) -> AssetImport:
    return AssetImport(
        number=row.number,
        kind=row.kind,
        source=row.source,
        at=row.at,
        by=_by(row.through, row.account_id),
        added=row.added,
        changed=row.changed,
        removed=row.removed,
        undone_at=row.undone_at,
        undone_by=(
            _by(row.undone_through, row.undone_account_id) if row.undone_at is not None else None
        ),
    )


def _by(through: str, account_id: UUID | None) -> ChangedBy:
    return ChangedBy(ChangedThrough(through), account_id)
