"""The table of reception: web forms half filled in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base


class DraftRecord(Base):
    """A web form half filled in; its cookie holds the key, of which only a digest is kept here."""

    __tablename__ = "draft"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    report_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("octet_length(key_digest) = 32", name="key_digest"),
        Index("ix_draft_changed_at", "changed_at"),
    )
