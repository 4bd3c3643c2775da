"""The tables of the office: filters that are kept, and what was done with many cases at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base


class SavedFilterRecord(Base):
    """A filter of the list of cases that somebody keeps under a name, alone or for all."""

    __tablename__ = "saved_filter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(Text)
    #: As it stands in the address of the list.
    query: Mapped[str] = mapped_column(Text)
    is_shared: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_saved_filter_account_id_name", "account_id", text("lower(name)"), unique=True),
        Index("ix_saved_filter_shared", "name", postgresql_where=text("is_shared")),
    )


class StartFilterRecord(Base):
    """With which filter somebody begins after signing in."""

    __tablename__ = "start_filter"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    filter_id: Mapped[UUID] = mapped_column(
        ForeignKey("saved_filter.id", ondelete="CASCADE"), index=True
    )


class BulkActionRecord(Base):
    """One thing done with several cases at once; kept for a day, and undone for five minutes."""

    __tablename__ = "bulk_action"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(Text)
    #: What was to be done: codes and references, nothing that somebody typed.
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("kind in ('assign', 'plan', 'merge', 'close')", name="kind"),
        Index("ix_bulk_action_done_at", "done_at"),
    )


class BulkActionCaseRecord(Base):
    """What became of one case in it, and how it stood before and after."""

    __tablename__ = "bulk_action_case"

    action_id: Mapped[UUID] = mapped_column(
        ForeignKey("bulk_action.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("defect_case.id"), primary_key=True, index=True
    )
    position: Mapped[int]
    outcome: Mapped[str] = mapped_column(Text)
    #: Why nothing was done, or why it was not put back.
    because: Mapped[str | None] = mapped_column(Text)
    was: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    became: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        CheckConstraint("outcome in ('done', 'refused', 'undone', 'kept')", name="outcome"),
    )
