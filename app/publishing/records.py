"""The only table the public map knows: columns that a stranger may read."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base

_OPEN = "stage in ('received', 'assigned', 'planned', 'in-progress', 'waiting')"


class PublicCaseRecord(Base):
    """A case as a stranger may see it. No text of a reporter, no UUID, no contact."""

    __tablename__ = "public_case"

    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    category_code: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text)
    spot: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False, nullable=False)
    )
    party_name: Mapped[str | None] = mapped_column(Text)
    report_count: Mapped[int]
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint(
            "stage in ('received', 'assigned', 'planned', 'in-progress', 'waiting', 'resolved',"
            " 'closed-without-work', 'referred', 'merged')",
            name="stage",
        ),
        Index("ix_public_case_changed_at", "changed_at"),
        Index(
            "ix_public_case_open_spot",
            "spot",
            postgresql_using="gist",
            postgresql_where=text(_OPEN),
        ),
    )
