"""The table of photos: where each belongs and stands. The pictures are files in the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base
from app.photos.model import Photo, PhotoKind, PhotoStatus, Purpose


class PhotoRecord(Base):
    """A photo of a report, of a repair, or of a draft that has not been sent."""

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("storage_key", name="uq_photo_storage_key"),
        CheckConstraint("storage_key ~ '^[0-9a-f]{32}$'", name="storage_key"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("purpose IN ('report', 'repair')", name="purpose"),
        CheckConstraint("status IN ('received', 'ready', 'unreadable')", name="status"),
        CheckConstraint(
            "kind IN ('image/jpeg', 'image/png', 'image/webp', 'image/heic')", name="kind"
        ),
        CheckConstraint("size_bytes > 0 AND width_px > 0 AND height_px > 0", name="sizes"),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("num_nonnulls(report_id, task_id, draft_id) <= 1", name="one_place"),
        CheckConstraint(
            "CASE status WHEN 'ready'"
            " THEN num_nulls(made_safe_at, shown_width_px, shown_height_px) = 0"
            " ELSE num_nonnulls(made_safe_at, shown_width_px, shown_height_px) = 0 END",
            name="ready_is_made_safe",
        ),
        Index("ix_photo_report_id", "report_id", postgresql_where=text("report_id IS NOT NULL")),
        Index("ix_photo_task_id", "task_id", postgresql_where=text("task_id IS NOT NULL")),
        Index("ix_photo_draft_id", "draft_id", postgresql_where=text("draft_id IS NOT NULL")),
        Index(
            "ix_photo_received_at_unsent",
            "received_at",
            postgresql_where=text("report_id IS NULL AND task_id IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    storage_key: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.id"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"))
    draft_id: Mapped[UUID | None]
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int]
    width_px: Mapped[int]
    height_px: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    made_safe_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    shown_width_px: Mapped[int | None]
    shown_height_px: Mapped[int | None]


#: The table, for statements that pass by the session.
photo_table = cast("Table", PhotoRecord.__table__)


def photo_in(row: Any) -> Photo:  # noqa: ANN401  # columns by name
    """Return the photo that `row`, with all columns of the table, tells of."""
    return Photo(
        id=row.id,
        storage_key=row.storage_key,
        purpose=Purpose(row.purpose),
        status=PhotoStatus(row.status),
        report_id=row.report_id,
        task_id=row.task_id,
        draft_id=row.draft_id,
        position=row.position,
        kind=PhotoKind(row.kind),
        size_bytes=row.size_bytes,
        width_px=row.width_px,
        height_px=row.height_px,
        sha256=row.sha256,
        received_at=row.received_at,
        made_safe_at=row.made_safe_at,
        shown_width_px=row.shown_width_px,
        shown_height_px=row.shown_height_px,
    )
