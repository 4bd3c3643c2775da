"""Tells at which assets a case is open, for those who are about to report one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction


@dataclass(frozen=True, slots=True)
class OpenAtAsset:
    """An open case at an asset, as far as a stranger may be told that it is there."""

    asset_id: UUID
    reference: str
    category_group: str


_OPEN_AT_ASSETS = text(
    """
    SELECT c.asset_id, c.reference, c.category_group
    FROM defect_case AS c
    JOIN category ON category.code = c.category_code
    WHERE c.asset_id = ANY(:asset_ids)
      AND c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')
      AND category.public_visibility = 'exact'
    ORDER BY c.received_at, c.reference
    """
)


def open_at_assets(transaction: Transaction, asset_ids: Sequence[UUID]) -> Sequence[OpenAtAsset]:
    """Return the open cases at these assets that are no secret, the oldest first. One statement."""
    if not asset_ids:
        return []
    rows = transaction.connection.execute(_OPEN_AT_ASSETS, {"asset_ids": list(asset_ids)})
    return [OpenAtAsset(row.asset_id, row.reference, row.category_group) for row in rows]
