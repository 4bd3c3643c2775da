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


@dataclass(frozen=True, slots=True)
class AssetsImported:
    """What came of bringing in assets, as numbers of rows."""

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

_CHANGE = text(
    f"""
    WITH differing AS (
        SELECT asset.id, incoming.number, incoming.street, incoming.source_id, incoming.spot,
               incoming.attributes,
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
        RETURNING differing.has_moved
    )
    SELECT count(*) AS changed, count(*) FILTER (WHERE has_moved) AS moved FROM written
    """  # noqa: S608  # a number of our own
)

_ADD = text(
    """
    INSERT INTO asset (kind, number, street, source_id, spot, attributes, owner_party_id)
    SELECT :kind, number, street, source_id, spot, attributes, :owner
    FROM incoming_asset WHERE asset_id IS NULL
    """
)

_MISSING = """
    kind = :kind AND removed_on IS NULL AND owner_party_id IS NOT DISTINCT FROM :owner
    AND NOT EXISTS (SELECT FROM incoming_asset WHERE asset_id = asset.id)
"""


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

    One line in the history of changes says what the import did.

    Raises:
        AssetsRefused: the kind is no word, or two would be the same one.
    """
    require_kind(wanted.kind)
    connection = transaction.connection
    for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"SET LOCAL {setting} = '10min'"))
    connection.execute(text("SET LOCAL lock_timeout = '60s'"))
    values = {"kind": wanted.kind, "owner": wanted.owner_party_id}
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:kind, 852))"),
        {"kind": f"asset {wanted.kind}"},
    )
    connection.execute(_STAGE)
    connection.execute(text("TRUNCATE incoming_asset"))
    _copy(transaction, wanted.assets)
    connection.execute(text("ANALYZE incoming_asset"))
    tell(f"{len(wanted.assets):,} objects written aside; comparing")
    for recognise in _RECOGNISE:
        connection.execute(text(recognise), values)
    _require_one_each(transaction)
    missing: int = connection.scalar(
        text(f"SELECT count(*) FROM asset WHERE {_MISSING}"),  # noqa: S608  # our own condition
        values,
    )
    removed = 0
    if wanted.removes_missing:
        removed = connection.execute(
            text(
                "UPDATE asset SET removed_on = :on, version = version + 1"  # noqa: S608  # our own
                f" WHERE {_MISSING}"
            ),
            {**values, "on": on},
        ).rowcount
    changed = connection.execute(_CHANGE, values).one()
    added = connection.execute(_ADD, values).rowcount
    done = AssetsImported(
        added=added,
        changed=changed.changed,
        moved=changed.moved,
        removed=removed,
        as_they_were=len(wanted.assets) - added - changed.changed,
        not_in_file=missing - removed,
    )
    if added or changed.changed or removed:
        note_rule_change(
            transaction,
            what="asset",
            code=wanted.kind,
            by=by,
            at=now,
            before=None,
            after={
                "source": wanted.source,
                "added": added,
                "changed": changed.changed,
                "removed": removed,
            },
        )
    return done


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
        raise AssetsRefused(f"{twice.number} in {twice.street!r} would be two objects at once.")
