"""The table of planned works; it holds nothing a stranger may not read."""

from datetime import date, datetime
from uuid import UUID, uuid4

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base


class PlannedWorkRecord(Base):
    """Work the municipality or a partner will do, with place, period and hindrance."""

    __tablename__ = "planned_work"
    __table_args__ = (
        UniqueConstraint("reference", name="uq_planned_work_reference"),
        CheckConstraint("ends_on >= starts_on", name="period_runs_forward"),
        CheckConstraint(
            "hindrance IN ('none', 'some-delay', 'detour', 'closed')", name="hindrance_is_known"
        ),
        Index("ix_planned_work_shape", "shape", postgresql_using="gist"),
        Index("ix_planned_work_ends_on", "ends_on"),
        Index("ix_planned_work_party_id", "party_id"),
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid4, server_default=text("gen_random_uuid()")
    )
    reference: Mapped[str] = mapped_column(Text)
    title_nl: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    description_nl: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    description_en: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    shape: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=4326, spatial_index=False))
    kind: Mapped[str] = mapped_column(Text)
    hindrance: Mapped[str] = mapped_column(Text)
    join_groups: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'")
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    carried_out_by: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    party_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("party.id", name="fk_planned_work_party_id_party")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
