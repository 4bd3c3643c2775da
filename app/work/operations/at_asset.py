"""Keeps it to one open case of a group at an asset that everyone may see, however many at once.

What is blurred or hidden stands beside it: see
`docs/decisions/who-may-join-and-what-they-see.md`.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.work.model import Case
from app.work.operations.case_rows import case_where
from app.work.refusals import CaseNotFound, CaseOpenAtAsset, MovedOn

#: Cases at the same asset are looked up under a lock of this family and the asset's own number.
_ASSET_LOCK = 7_352_115

#: True of the open case of a group at an asset that everyone may see; should a category be shown
#: to everyone only since, of the oldest.
_FIRST_SHOWN = """
    c.asset_id = :asset_id AND c.category_group = :category_group
    AND c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')
    AND category.public_visibility = 'exact'
    AND c.id IS DISTINCT FROM CAST(:except_id AS uuid)
    ORDER BY c.received_at, c.id
    LIMIT 1
"""


_LOCK = text("SELECT pg_advisory_xact_lock(:family, hashtext(:asset))")


def lock_asset(transaction: Transaction, asset_id: UUID, *, category_group: str) -> None:
    """Let nobody else look up or open a case of this group at this asset meanwhile.

    Whoever may open a case, or open one again, takes this lock before that of any case.
    """
    transaction.read(_LOCK, {"family": _ASSET_LOCK, "asset": f"{asset_id}/{category_group}"})


def case_at_asset(transaction: Transaction, asset_id: UUID, *, category_group: str) -> Case | None:
    """Return the open case of this group at this asset that everyone may see where it is.

    From here to the end of the transaction nobody else looks up or opens a case at this asset:
    of many reports at the same moment one makes the case, the others join it.
    """
    lock_asset(transaction, asset_id, category_group=category_group)
    return case_where(
        transaction,
        _FIRST_SHOWN,
        {"asset_id": asset_id, "category_group": category_group, "except_id": None},
        lock=True,
    )


def secret_case_at_asset(
    transaction: Transaction, asset_id: UUID, *, category_group: str
) -> str | None:
    """Return the reference of the oldest open case at this asset that is blurred or hidden."""
    rows = transaction.read(
        _SECRET_AT_ASSET, {"asset_id": asset_id, "category_group": category_group}
    )
    return rows[0].reference if rows else None


_SECRET_AT_ASSET = text(
    """
    SELECT c.reference FROM defect_case AS c JOIN category ON category.code = c.category_code
    WHERE c.asset_id = :asset_id AND c.category_group = :category_group
      AND c.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')
      AND category.public_visibility <> 'exact'
    ORDER BY c.received_at, c.id
    LIMIT 1
    """
)


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


def check_alone_at_asset(transaction: Transaction, becoming: Case) -> None:
    """Refuse that a case becomes the second open one of its group at its asset, shown exactly.

    `becoming` is the case as it will be; what is blurred or hidden may stand beside others. The
    caller holds the lock of the asset.

    Raises:
        CaseOpenAtAsset: with the reference of the one that is open.
    """
    if becoming.asset_id is None or not becoming.is_shown_exactly:
        return
    other = case_where(
        transaction,
        _FIRST_SHOWN,
        {
            "asset_id": becoming.asset_id,
            "category_group": becoming.category_group,
            "except_id": becoming.id,
        },
        lock=False,
    )
    if other is not None:
        raise CaseOpenAtAsset(other.reference)


def alone_at_asset(transaction: Transaction, becoming: Case) -> Case:
    """Return a case as it can be: without its asset where another of its group is open there.

    For what a person says is another defect than the one at the asset: that keeps the asset, and
    is what later reports at it join. The caller holds the lock of the asset.
    """
    try:
        check_alone_at_asset(transaction, becoming)
    except CaseOpenAtAsset:
        return replace(becoming, asset_id=None)
    return becoming
