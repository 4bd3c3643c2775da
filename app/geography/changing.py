"""What an administrator does with areas and assets, one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.geography.model import AssetTaken, ChangedSince, Spot
from app.geography.rules import require_kind

#: So many lines a page shows.
ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class AreaListed:
    """An area as the list shows it."""

    id: UUID
    code: str
    name: str
    valid_from: date
    valid_until: date | None
    source: str
    square_metres: float


@dataclass(frozen=True, slots=True)
class AssetListed:
    """An asset as the list shows it."""

    id: UUID
    kind: str
    number: str
    street: str
    spot: Spot
    owner: str | None
    version: int
    removed_on: date | None


def area_kinds(transaction: Transaction, *, on: date) -> dict[str, int]:
    """Return the kinds of areas that there are or will be, each with how many."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT kind, count(*) AS areas FROM area
            WHERE valid_until IS NULL OR valid_until > :on GROUP BY kind ORDER BY kind
            """
        ),
        {"on": on},
    )
    return {row.kind: row.areas for row in rows}


def areas_listed(transaction: Transaction, *, kind: str, on: date) -> list[AreaListed]:
    """Return the areas of a kind that are in use on this day or later, by name."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT id, code, name, valid_from, valid_until, source, square_metres FROM area
            WHERE kind = :kind AND (valid_until IS NULL OR valid_until > :on)
            ORDER BY name, code, valid_from LIMIT 1000
            """
        ),
        {"kind": kind, "on": on},
    )
    return [AreaListed(**row._mapping) for row in rows]


def end_area(
    transaction: Transaction, area_id: UUID, *, on: date, by: ChangedBy, now: datetime
) -> str:
    """Let an area be in use no longer from this day on; returns its name.

    Raises:
        ChangedSince: somebody else has ended it meanwhile, or it begins later than that.
    """
    row = transaction.connection.execute(
        text(
            """
            UPDATE area SET valid_until = :on
            WHERE id = :id AND valid_until IS NULL AND valid_from <= :on
            RETURNING kind, code, name, valid_from
            """
        ),
        {"id": area_id, "on": on},
    ).one_or_none()
    if row is None:
        raise ChangedSince()
    before = {"name": row.name, "validFrom": row.valid_from.isoformat(), "validUntil": None}
    note_rule_change(
        transaction,
        what="area",
        code=f"{row.kind}/{row.code}",
        by=by,
        at=now,
        before=before,
        after={**before, "validUntil": on.isoformat()},
    )
    return str(row.name)


_FOUND = text(
    """
    SELECT asset.id, asset.kind, number, street, ST_X(spot) AS longitude, ST_Y(spot) AS latitude,
           party.name AS owner, version, removed_on
    FROM asset LEFT JOIN party ON party.id = owner_party_id
    WHERE (removed_on IS NULL OR :with_removed)
      AND (CAST(:kind AS text) IS NULL OR asset.kind = :kind)
      AND (street || ' ' || number || ' ' || street) ILIKE ALL (:patterns)
    ORDER BY asset.kind, street, length(number), number, asset.id
    LIMIT :at_most OFFSET :skip
    """
)


def assets_found(
    transaction: Transaction,
    *,
    words: str,
    kind: str | None,
    page: int,
    with_removed: bool = False,
) -> list[AssetListed]:
    """Return the assets whose street and number hold every word; one more than a page shows."""
    patterns = [
        "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        for word in words.split()[:8]
    ]
    rows = transaction.connection.execute(
        _FOUND,
        {
            "kind": kind,
            "with_removed": with_removed,
            "patterns": patterns or ["%"],
            "at_most": ON_A_PAGE + 1,
            "skip": (page - 1) * ON_A_PAGE,
        },
    )
    return [_listed(row) for row in rows]


def asset_listed(transaction: Transaction, asset_id: UUID) -> AssetListed | None:
    """Return one asset as the list shows it, also one that was removed."""
    row = transaction.connection.execute(
        text(
            """
            SELECT asset.id, asset.kind, number, street, ST_X(spot) AS longitude,
                   ST_Y(spot) AS latitude, party.name AS owner, version, removed_on
            FROM asset LEFT JOIN party ON party.id = owner_party_id
            WHERE asset.id = :id
            """
        ),
        {"id": asset_id},
    ).one_or_none()
    return _listed(row) if row is not None else None


def _listed(row: Row[Any]) -> AssetListed:
    return AssetListed(
        row.id,
        row.kind,
        row.number,
        row.street,
        Spot(row.longitude, row.latitude),
        row.owner,
        row.version,
        row.removed_on,
    )


def asset_kinds(transaction: Transaction) -> Sequence[str]:
    """Return the kinds of assets that there are."""
    return transaction.connection.scalars(
        text("SELECT DISTINCT kind FROM asset WHERE removed_on IS NULL ORDER BY kind")
    ).all()


def add_asset(
    transaction: Transaction,
    *,
    kind: str,
    number: str,
    street: str,
    spot: Spot,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Put an asset on the map.

    Raises:
        AreasRefused: the kind is no word.
        AssetTaken: there is one of this kind with this street and number.
    """
    require_kind(kind)
    values = {
        "kind": kind,
        "number": number,
        "street": street,
        "longitude": spot.longitude,
        "latitude": spot.latitude,
    }
    try:
        with transaction.connection.begin_nested():
            row = transaction.connection.execute(
                text(
                    """
                    INSERT INTO asset (kind, number, street, spot)
                    VALUES (:kind, :number, :street,
                            ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326))
                    RETURNING id
                    """
                ),
                values,
            ).one()
    except IntegrityError:
        raise AssetTaken() from None
    _note(transaction, row.id, by, now, before=None, after=values)


def move_asset(
    transaction: Transaction,
    asset_id: UUID,
    *,
    version: int,
    spot: Spot,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Put an asset in another place.

    Raises:
        ChangedSince: somebody else has moved or removed it meanwhile.
    """
    before = _seen(transaction, asset_id, version)
    transaction.connection.execute(
        text(
            """
            UPDATE asset SET spot = ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326),
                             version = version + 1
            WHERE id = :id
            """
        ),
        {"id": asset_id, "longitude": spot.longitude, "latitude": spot.latitude},
    )
    told = _told(before)
    after = {**told, "longitude": spot.longitude, "latitude": spot.latitude}
    _note(transaction, asset_id, by, now, before=told, after=after)


def remove_asset(
    transaction: Transaction,
    asset_id: UUID,
    *,
    version: int,
    on: date,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Take an asset off the map; reports about it stay.

    Raises:
        ChangedSince: somebody else has moved or removed it meanwhile.
    """
    before = _seen(transaction, asset_id, version)
    transaction.connection.execute(
        text("UPDATE asset SET removed_on = :on, version = version + 1 WHERE id = :id"),
        {"id": asset_id, "on": on},
    )
    _note(transaction, asset_id, by, now, before=_told(before), after=None)


def _seen(transaction: Transaction, asset_id: UUID, version: int) -> Row[Any]:
    row = transaction.connection.execute(
        text(
            """
            SELECT kind, number, street, ST_X(spot) AS longitude, ST_Y(spot) AS latitude FROM asset
            WHERE id = :id AND version = :version AND removed_on IS NULL FOR UPDATE
            """
        ),
        {"id": asset_id, "version": version},
    ).one_or_none()
    if row is None:
        raise ChangedSince()
    return row


def _told(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


def _note(
    transaction: Transaction,
    asset_id: UUID,
    by: ChangedBy,
    now: datetime,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    note_rule_change(
        transaction, what="asset", code=str(asset_id), by=by, at=now, before=before, after=after
    )
