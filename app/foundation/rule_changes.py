"""Who changed which of the municipality's own rules, when, and from what to what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base, Transaction


class ChangedThrough(StrEnum):
    """How somebody changed a rule."""

    PAGE = "page"
    COMMAND = "command"
    DEMO = "demo"
    #: The provider of single sign-on said who works here, and as what.
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class ChangedBy:
    """Who changed a rule: somebody with an account, or whoever may type commands."""

    through: ChangedThrough
    account_id: UUID | None = None


BY_COMMAND = ChangedBy(ChangedThrough.COMMAND)
BY_DEMO = ChangedBy(ChangedThrough.DEMO)
BY_PROVIDER = ChangedBy(ChangedThrough.PROVIDER)


class RuleChangeRecord(Base):
    """One change of an area, an asset, an agreement, a category, a norm or the calendar.

    Only ever added to. It holds no person but the account that made the change.
    """

    __tablename__ = "rule_change"
    __table_args__ = (
        CheckConstraint("through IN ('page', 'command', 'demo', 'provider')", name="through"),
        Index("ix_rule_change_what_code", "what", "code"),
        Index("ix_rule_change_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: What was changed, as a word of the glossary: `agreement`, `area`.
    what: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    through: Mapped[str] = mapped_column(Text)
    account_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A change as it is shown; None before is something new, None after is an end."""

    at: datetime
    what: str
    code: str
    by: ChangedBy
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


_NOTE = text(
    """
    INSERT INTO rule_change (at, what, code, through, account_id, before, after)
    VALUES (:at, :what, :code, :through, :account_id, :before, :after)
    """
)


def note_rule_change(
    transaction: Transaction,
    *,
    what: str,
    code: str,
    by: ChangedBy,
    at: datetime,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Note a change in the transaction that makes it; what did not change is not noted."""
    if before == after:
        return
    transaction.write(
        _NOTE,
        {
            "at": at,
            "what": what,
            "code": code,
            "through": by.through.value,
            "account_id": by.account_id,
            "before": Jsonb(before) if before is not None else None,
            "after": Jsonb(after) if after is not None else None,
        },
    )


def version_of(told: Mapping[str, Any]) -> str:
    """Return a short word that is another one as soon as anything of a thing is changed.

    A form carries it, so that the second of two people is told of the first.
    """
    written = json.dumps(told, sort_keys=True, ensure_ascii=True)
    return sha256(written.encode()).hexdigest()[:20]


_LATEST = text(
    """
    SELECT at, what, code, through, account_id, before, after FROM rule_change
    WHERE (CAST(:what AS text) IS NULL OR what = :what)
      AND (CAST(:code AS text) IS NULL OR code = :code)
    ORDER BY id DESC LIMIT :at_most OFFSET :skip
    """
)

_COUNTS = text("SELECT what, count(*) AS changes FROM rule_change GROUP BY what ORDER BY what")


def rule_change_counts(transaction: Transaction) -> dict[str, int]:
    """Return how many changes there are of each kind of thing."""
    return {row.what: row.changes for row in transaction.connection.execute(_COUNTS)}


def rule_changes(
    transaction: Transaction,
    *,
    what: str | None = None,
    code: str | None = None,
    at_most: int = 50,
    skip: int = 0,
) -> Sequence[RuleChange]:
    """Return the latest changes, the newest first; of one thing where it is named."""
    rows = transaction.connection.execute(
        _LATEST, {"what": what, "code": code, "at_most": at_most, "skip": skip}
    )
    return [
        RuleChange(
            row.at,
            row.what,
            row.code,
            ChangedBy(ChangedThrough(row.through), row.account_id),
            row.before,
            row.after,
        )
        for row in rows
    ]
