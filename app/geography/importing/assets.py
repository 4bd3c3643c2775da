"""Brings assets in: what is new, moved, told otherwise or gone, a hundred thousand at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import shapely
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.foundation.sentences import Sentence
from app.geography.importing.asset_files import AssetToImport
from app.geography.importing.model import Progress
from app.geography.model import AssetsRefused
from app.geography.rules import require_kind

#: Two registers that round coordinates otherwise speak of the same place.
_SAME_PLACE_METRES = 0.05


@dataclass(frozen=True, slots=True)
class AssetsToImport:
    """The assets of a kind, as one source knows them."""

    kind: str
    assets: Sequence[AssetToImport]
    source: str
    owner_party_id: UUID | None
    #: What there is of the kind and the owner, and is not among them, is taken away.
    removes_missing: bool = False
    #: Nothing of it will stay: it takes no number, so that those of imports have no gaps.
    is_trial: bool = False


@dataclass(frozen=True, slots=True)
class AssetsImported:
    """What came of bringing in assets, as numbers of rows; no number where nothing differed."""

    number: int | None
    added: int
    changed: int
    moved: int
    removed: int
    as_they_were: int
    #: Of the kind, but not in the file, and left as they are.
    not_in_file: int


_STAGE = text(
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_asset (
        number text NOT NULL, street text NOT NULL, source_id text,
        spot geometry(Point, 4326) NOT NULL, attributes jsonb NOT NULL, asset_id uuid
    ) ON COMMIT DROP
    """
)

#: A kind that came a moment ago has no statistics yet: without an index, what is missing would be
#: looked for by going through all that came in, once for each object.
_FIND_AGAIN = (
    "CREATE INDEX IF NOT EXISTS ix_incoming_asset_asset_id ON incoming_asset (asset_id)",
    "ANALYZE incoming_asset",
)

_COPY = "COPY incoming_asset (number, street, source_id, spot, attributes) FROM STDIN"

#: One with an id of its source is known by that; before it had one, by street and number.
_RECOGNISE = (
    """
    UPDATE incoming_asset AS incoming SET asset_id = asset.id FROM asset
    WHERE asset.kind = :kind AND asset.removed_on IS NULL AND incoming.source_id IS NOT NULL
      AND asset.source_id = incoming.source_id
    """,
    """
    UPDATE incoming_asset AS incoming SET asset_id = asset.id FROM asset
    WHERE asset.kind = :kind AND asset.removed_on IS NULL AND asset.source_id IS NULL
      AND asset.street = incoming.street AND asset.number = incoming.number
      AND incoming.asset_id IS NULL
      AND (incoming.source_id IS NULL OR NOT EXISTS (
          SELECT FROM incoming_asset AS other
          WHERE other.street = incoming.street AND other.number = incoming.number
            AND other.source_id < incoming.source_id))
    """,
)


def _told(asset: str) -> str:
    """Return SQL for all that an import can change of an asset, so that it can be taken back."""
    return (
        f"jsonb_build_object('number', {asset}.number, 'street', {asset}.street,"
        f" 'sourceId', {asset}.source_id, 'longitude', ST_X({asset}.spot),"
        f" 'latitude', ST_Y({asset}.spot), 'owner', {asset}.owner_party_id,"
        f" 'attributes', {asset}.attributes, 'isDemo', {asset}.is_demo)"
    )


#: An asset as rows of imports tell it.
TOLD = _told("asset")

_KEEP = "INSERT INTO asset_import_row (import_number, asset_id, what, before, after)"

_CHANGE = text(
    f"""
    WITH differing AS (
        SELECT asset.id, {TOLD} AS before, incoming.number, incoming.street,
               incoming.source_id, incoming.spot, incoming.attributes,
               ST_DistanceSphere(asset.spot, incoming.spot) > {_SAME_PLACE_METRES} AS has_moved
        FROM incoming_asset AS incoming JOIN asset ON asset.id = incoming.asset_id
        WHERE (asset.number, asset.street, asset.attributes, asset.is_demo)
              IS DISTINCT FROM (incoming.number, incoming.street, incoming.attributes, false)
           OR asset.source_id IS DISTINCT FROM incoming.source_id
           OR asset.owner_party_id IS DISTINCT FROM :owner
           OR ST_DistanceSphere(asset.spot, incoming.spot) > {_SAME_PLACE_METRES}
    ), written AS (
        UPDATE asset SET number = differing.number, street = differing.street,
            source_id = differing.source_id, spot = differing.spot,
            attributes = differing.attributes, owner_party_id = :owner, is_demo = false,
            version = version + 1
        FROM differing WHERE asset.id = differing.id
        RETURNING asset.id, differing.before, {TOLD} AS after, differing.has_moved
    ), kept AS (
        {_KEEP} SELECT :import, id, 'changed', before, after FROM written
    )
    SELECT count(*) AS changed, count(*) FILTER (WHERE has_moved) AS moved FROM written
    """  # noqa: S608  # words and a number of our own
)

_ADD = text(
    f"""
    WITH asset AS (
        INSERT INTO asset (kind, number, street, source_id, spot, attributes, owner_party_id)
        SELECT :kind, number, street, source_id, spot, attributes, :owner
        FROM incoming_asset WHERE asset_id IS NULL
        RETURNING *
    )
    {_KEEP} SELECT :import, id, 'added', NULL, {TOLD} FROM asset
    """  # noqa: S608  # words of our own
)

_MISSING = """
    kind = :kind AND removed_on IS NULL AND owner_party_id IS NOT DISTINCT FROM :owner
    AND NOT EXISTS (SELECT FROM incoming_asset WHERE asset_id = asset.id)
"""

_REMOVE = text(
    f"""
    WITH asset AS (
        UPDATE asset SET removed_on = :on, version = version + 1 WHERE {_MISSING} RETURNING *
    )
    {_KEEP} SELECT :import, id, 'removed', {TOLD}, NULL FROM asset
    """  # noqa: S608  # words of our own
)

#: Imports of areas and of assets have one row of numbers: `import undo NUMBER` means one of them.
#: Numbers that were given out do not come back, so a trial has one that no import ever has.
_BEGIN = text(
    """
    INSERT INTO asset_import (number, kind, source, at, through, account_id)
    VALUES (CASE WHEN :is_trial THEN -pg_backend_pid()
                 ELSE nextval(pg_get_serial_sequence('area_import', 'number')) END,
            :kind, :source, :at, :through, :account_id)
    RETURNING number
    """
)

_END = text(
    """
    UPDATE asset_import SET added = :added, changed = :changed, removed = :removed
    WHERE number = :number
    """
)


def import_assets(
    transaction: Transaction,
    wanted: AssetsToImport,
    *,
    by: ChangedBy,
    now: datetime,
    on: date,
    tell: Progress,
) -> AssetsImported:
    """Let these be assets of their kind: each is known again, and is changed where it differs.

    What is added, changed or removed is kept row by row, before and after; one line in the list of
    changes says how many there were.

    Raises:
        AssetsRefused: the kind is no word, or two would be the same one.
    """
    require_kind(wanted.kind)
    connection = transaction.connection
    lock_assets(transaction, wanted.kind)
    values: dict[str, object] = {"kind": wanted.kind, "owner": wanted.owner_party_id}
    connection.execute(_STAGE)
    connection.execute(text("TRUNCATE incoming_asset"))
    _copy(transaction, wanted.assets)
    connection.execute(text("ANALYZE incoming_asset"))
    tell(f"{len(wanted.assets):,} objects written aside; comparing")
    for recognise in _RECOGNISE:
        connection.execute(text(recognise), values)
    for prepare in _FIND_AGAIN:
        connection.execute(text(prepare))
    _require_one_each(transaction)
    missing: int = connection.scalar(
        text(f"SELECT count(*) FROM asset WHERE {_MISSING}"),  # noqa: S608  # our own condition
        values,
    )
    number: int = connection.execute(
        _BEGIN,
        {
            "kind": wanted.kind,
            "source": wanted.source,
            "at": now,
            "through": by.through.value,
            "account_id": by.account_id,
            "is_trial": wanted.is_trial,
        },
    ).scalar_one()
    values["import"] = number
    removed = 0
    if wanted.removes_missing:
        removed = connection.execute(_REMOVE, {**values, "on": on}).rowcount
    changed = connection.execute(_CHANGE, values).one()
    added = connection.execute(_ADD, values).rowcount
    is_different = bool(added or changed.changed or removed)
    done = AssetsImported(
        number=number if is_different else None,
        added=added,
        changed=changed.changed,
        moved=changed.moved,
        removed=removed,
        as_they_were=len(wanted.assets) - added - changed.changed,
        not_in_file=missing - removed,
    )
    if not is_different:
        connection.execute(
            text("DELETE FROM asset_import WHERE number = :number"), {"number": number}
        )
        return done
    told = {"added": added, "changed": changed.changed, "removed": removed}
    connection.execute(_END, {**told, "number": number})
    note_rule_change(
        transaction,
        what="asset",
        code=wanted.kind,
        by=by,
        at=now,
        before=None,
        after={"source": wanted.source, "import": number, **told},
    )
    return done


def lock_assets(transaction: Transaction, kind: str) -> None:
    """Let imports of one kind wait for each other, and give long ones the time they need."""
    connection = transaction.connection
    for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"SET LOCAL {setting} = '10min'"))
    connection.execute(text("SET LOCAL lock_timeout = '60s'"))
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:kind, 852))"),
        {"kind": f"asset {kind}"},
    )


def _copy(transaction: Transaction, assets: Sequence[AssetToImport]) -> None:
    with transaction.driver_connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for asset in assets:
            spot = shapely.Point(asset.spot.longitude, asset.spot.latitude)
            copy.write_row(
                (
                    asset.number,
                    asset.street,
                    asset.source_id,
                    shapely.to_wkb(shapely.set_srid(spot, 4326), hex=True, include_srid=True),
                    json.dumps(asset.attributes, ensure_ascii=False),
                )
            )


def _require_one_each(transaction: Transaction) -> None:
    twice = transaction.connection.execute(
        text(
            """
            SELECT min(number) AS number, min(street) AS street FROM incoming_asset
            WHERE asset_id IS NOT NULL GROUP BY asset_id HAVING count(*) > 1 LIMIT 1
            """
        )
    ).one_or_none()
    if twice is not None:
        raise AssetsRefused(
            Sentence(
                "%(number)s in %(street)s would be two objects at once.",
                number=twice.number,
                street=repr(twice.street),
            )
        )
