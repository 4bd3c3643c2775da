"""Keeps it to one open case of a group at an asset, however many reports and people at once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.work.model import Case, CaseNotFound, CaseOpenAtAsset, MovedOn
from app.work.operations.case_rows import case_where

#: Cases at the same asset are looked up under a lock of this family and the asset's own number.
_ASSET_LOCK = 7_352_115

#: True of the open case of a group at an asset.
OPEN_AT_ASSET = (
    "c.asset_id = :asset_id AND c.category_group = :category_group"
    " AND c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')"
)


_LOCK = text("SELECT pg_advisory_xact_lock(:family, hashtext(:asset))")


def lock_asset(transaction: Transaction, asset_id: UUID, *, category_group: str) -> None:
    """Let nobody else look up or open a case of this group at this asset meanwhile.

    Whoever may open a case, or open one again, takes this lock before that of any case.
    """
    transaction.read(_LOCK, {"family": _ASSET_LOCK, "asset": f"{asset_id}/{category_group}"})


def locked_with_asset(
    transaction: Transaction, seen: Case, *, category_group: str | None = None
) -> Case:
    """Return a case, seen before, as it is now, locked together with its asset.

    For whoever may open it again, or make it one of `category_group`.

    Raises:
        MovedOn: it came to another asset or group in the very same moment.
    """
    if seen.asset_id is not None:
        for group in sorted({seen.category_group, category_group or seen.category_group}):
            lock_asset(transaction, seen.asset_id, category_group=group)
    found = case_where(transaction, "c.id = :id", {"id": seen.id}, lock=True)
    if found is None:
        raise CaseNotFound()
    if (found.asset_id, found.category_group) != (seen.asset_id, seen.category_group):
        raise MovedOn(version=found.version, stage=found.stage)
    return found


def check_alone_at_asset(transaction: Transaction, opened: Case, *, category_group: str) -> None:
    """Refuse that a case becomes the second open one of this group at its asset.

    The caller holds the lock of the asset.

    Raises:
        CaseOpenAtAsset: with the reference of the one that is open.
    """
    if opened.asset_id is None:
        return
    other = case_where(
        transaction,
        OPEN_AT_ASSET + " AND c.id <> :id",
        {"asset_id": opened.asset_id, "category_group": category_group, "id": opened.id},
        lock=False,
    )
    if other is not None:
        raise CaseOpenAtAsset(other.reference)
