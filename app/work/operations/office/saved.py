"""Filters of the list of cases that people keep under a name: for themselves, or for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.foundation.errors import DomainError
from app.foundation.identifiers import new_id

#: More than this nobody finds again.
MOST_FILTERS = 50


class FilterNotFound(DomainError):
    """There is no such filter, or it is somebody else's own."""


class FilterNameTaken(DomainError):
    """You have a filter with this name already."""


class FilterMovedOn(DomainError):
    """Somebody changed this filter in the meantime; look at it again before you change it."""


class TooManyFilters(DomainError):
    """You keep as many filters as you can; delete one first."""


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter under a name, as one person sees it."""

    id: UUID
    name: str
    #: As it stands in the address of the list.
    query: str
    is_shared: bool
    version: int
    is_own: bool
    #: Who keeps it.
    owner: str
    #: Whether this person begins with it after signing in.
    is_start: bool

    @property
    def address(self) -> str:
        """The list with this filter."""
        return f"/beheer/zaken?{self.query}" if self.query else "/beheer/zaken"


_SEEN = """
    SELECT saved_filter.id, saved_filter.name, saved_filter.query, saved_filter.is_shared,
           saved_filter.version, saved_filter.account_id = :account_id AS is_own,
           account.name AS owner, start_filter.filter_id IS NOT NULL AS is_start
    FROM saved_filter
    JOIN account ON account.id = saved_filter.account_id
    LEFT JOIN start_filter ON start_filter.filter_id = saved_filter.id
        AND start_filter.account_id = :account_id
    WHERE (saved_filter.account_id = :account_id OR saved_filter.is_shared)
"""

_ALL_SEEN = text(f"{_SEEN} ORDER BY lower(saved_filter.name), saved_filter.id")

_ONE_SEEN = text(f"{_SEEN} AND saved_filter.id = :id")


def saved_filters(transaction: Transaction, account_id: UUID) -> Sequence[SavedFilter]:
    """Return somebody's own filters and those that are shared, by name. One statement."""
    return [_seen(row) for row in transaction.read(_ALL_SEEN, {"account_id": account_id})]


def saved_filter(transaction: Transaction, filter_id: UUID, *, account_id: UUID) -> SavedFilter:
    """Return a filter that this person may use.

    Raises:
        FilterNotFound: there is none, or it is somebody else's own.
    """
    rows = transaction.read(_ONE_SEEN, {"id": filter_id, "account_id": account_id})
    if not rows:
        raise FilterNotFound()
    return _seen(rows[0])


def keep_filter(
    transaction: Transaction,
    *,
    account_id: UUID,
    name: str,
    query: str,
    is_shared: bool,
    now: datetime,
) -> UUID:
    """Keep a filter under a name; return its id.

    Raises:
        FilterNameTaken: this person has one with this name.
        TooManyFilters: this person has as many as one can have.
    """
    # Whoever keeps two at once with one name waits for the other here.
    transaction.connection.execute(
        text("SELECT FROM account WHERE id = :id FOR NO KEY UPDATE"), {"id": account_id}
    )
    own = transaction.connection.scalars(
        text("SELECT lower(name) FROM saved_filter WHERE account_id = :id"), {"id": account_id}
    ).all()
    if len(own) >= MOST_FILTERS:
        raise TooManyFilters()
    _refuse_taken(transaction, account_id, name)
    filter_id = new_id()
    transaction.connection.execute(
        text(
            """
            INSERT INTO saved_filter (id, account_id, name, query, is_shared, version, changed_at)
            VALUES (:id, :account_id, :name, :query, :is_shared, 1, :now)
            """
        ),
        {
            "id": filter_id,
            "account_id": account_id,
            "name": name,
            "query": query,
            "is_shared": is_shared,
            "now": now,
        },
    )
    return filter_id


def change_filter(
    transaction: Transaction,
    filter_id: UUID,
    *,
    account_id: UUID,
    may_change_all: bool,
    name: str,
    is_shared: bool,
    expected_version: int,
    now: datetime,
) -> None:
    """Give a filter another name, or share it or not.

    `may_change_all` is for whoever may change what others share: of those who left, for example.

    Raises:
        FilterNotFound: there is none that this person may change.
        FilterMovedOn: it is not at `expected_version` any more.
        FilterNameTaken: its owner has another one with this name.
    """
    owner_id = _locked(
        transaction,
        filter_id,
        account_id=account_id,
        may_change_all=may_change_all,
        expected_version=expected_version,
    )
    _refuse_taken(transaction, owner_id, name, but=filter_id)
    transaction.connection.execute(
        text(
            """
            UPDATE saved_filter SET name = :name, is_shared = :is_shared, version = version + 1,
                changed_at = :now
            WHERE id = :id
            """
        ),
        {"id": filter_id, "name": name, "is_shared": is_shared, "now": now},
    )
    if not is_shared:
        transaction.connection.execute(
            text("DELETE FROM start_filter WHERE filter_id = :id AND account_id <> :owner_id"),
            {"id": filter_id, "owner_id": owner_id},
        )


def delete_filter(
    transaction: Transaction,
    filter_id: UUID,
    *,
    account_id: UUID,
    may_change_all: bool,
    expected_version: int,
) -> None:
    """Keep a filter no more; whoever began with it begins where their role does.

    Raises:
        FilterNotFound, FilterMovedOn: as `change_filter`.
    """
    _locked(
        transaction,
        filter_id,
        account_id=account_id,
        may_change_all=may_change_all,
        expected_version=expected_version,
    )
    transaction.connection.execute(
        text("DELETE FROM saved_filter WHERE id = :id"), {"id": filter_id}
    )


def begin_with(transaction: Transaction, filter_id: UUID | None, *, account_id: UUID) -> None:
    """Let somebody begin with a filter after signing in, or where their role does.

    Raises:
        FilterNotFound: there is none that this person may use.
    """
    if filter_id is None:
        transaction.connection.execute(
            text("DELETE FROM start_filter WHERE account_id = :id"), {"id": account_id}
        )
        return
    saved_filter(transaction, filter_id, account_id=account_id)
    transaction.connection.execute(
        text(
            """
            INSERT INTO start_filter (account_id, filter_id) VALUES (:account_id, :filter_id)
            ON CONFLICT (account_id) DO UPDATE SET filter_id = excluded.filter_id
            """
        ),
        {"account_id": account_id, "filter_id": filter_id},
    )


def start_page(transaction: Transaction, account_id: UUID) -> str | None:
    """Return the list with which somebody chose to begin; what is shared no more is none."""
    begins = next((one for one in saved_filters(transaction, account_id) if one.is_start), None)
    return begins.address if begins else None


def _locked(
    transaction: Transaction,
    filter_id: UUID,
    *,
    account_id: UUID,
    may_change_all: bool,
    expected_version: int,
) -> UUID:
    """Lock a filter that this person may change; return whose it is."""
    row = transaction.connection.execute(
        text("SELECT account_id, is_shared, version FROM saved_filter WHERE id = :id FOR UPDATE"),
        {"id": filter_id},
    ).one_or_none()
    if row is None or not (row.account_id == account_id or (may_change_all and row.is_shared)):
        raise FilterNotFound()
    if row.version != expected_version:
        raise FilterMovedOn()
    owner_id: UUID = row.account_id
    return owner_id


def _refuse_taken(
    transaction: Transaction, account_id: UUID, name: str, *, but: UUID | None = None
) -> None:
    taken = transaction.connection.scalar(
        text(
            """
            SELECT EXISTS (
                SELECT FROM saved_filter WHERE account_id = :account_id
                  AND lower(name) = lower(:name) AND id IS DISTINCT FROM CAST(:but AS uuid))
            """
        ),
        {"account_id": account_id, "name": name, "but": but},
    )
    if taken:
        raise FilterNameTaken()


def _seen(row: Row[Any]) -> SavedFilter:
    return SavedFilter(
        id=row.id,
        name=row.name,
        query=row.query,
        is_shared=row.is_shared,
        version=row.version,
        is_own=row.is_own,
        owner=row.owner,
        is_start=row.is_start,
    )
