"""The table of notices: until when each account saw theirs. What there is to tell is not kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base


class NoticesSeenRecord(Base):
    """Until when an account saw what there was to tell."""

    __tablename__ = "notices_seen"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    seen_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
