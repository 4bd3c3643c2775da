"""The tables of drafts: what would change of agreements and areas, and what was put in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base


class RoutingDraftRecord(Base):
    """Changes that can be compared with today's rules, and put in force together."""

    __tablename__ = "routing_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]
    in_force_from: Mapped[date | None] = mapped_column(Date)
    put_in_force_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    put_in_force_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_by: Mapped[UUID | None]
    #: What putting it in force made and ended, so that it can be undone.
    applied: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint("char_length(name) between 1 and 120", name="name"),
        CheckConstraint(
            "num_nonnulls(in_force_from, put_in_force_at, applied) in (0, 3)", name="in_force"
        ),
        CheckConstraint("undone_at is null or put_in_force_at is not null", name="undone"),
    )


class DraftAgreementRecord(Base):
    """One agreement that a draft makes, changes or ends.

    `based_on` is the agreement as it was when it was taken up, `content` as it would be.
    """

    __tablename__ = "draft_agreement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("routing_draft.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(Text)
    operation: Mapped[str] = mapped_column(Text)
    based_on: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (
        UniqueConstraint("draft_id", "code", name="uq_draft_agreement_draft_id_code"),
        CheckConstraint("operation in ('make', 'change', 'end')", name="operation"),
        CheckConstraint("(operation = 'make') = (based_on is null)", name="based_on"),
        CheckConstraint("(operation = 'end') = (content is null)", name="content"),
    )


class DraftAreasRecord(Base):
    """That a draft replaces all areas of a kind; `based_on` are the ids of those it replaces."""

    __tablename__ = "draft_areas"

    draft_id: Mapped[UUID] = mapped_column(
        ForeignKey("routing_draft.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    based_on: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class DraftAreaRecord(Base):
    """An area as a draft would have it."""

    __tablename__ = "draft_area"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    shape: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False, nullable=False)
    )
    square_metres: Mapped[float]

    __table_args__ = (
        UniqueConstraint("draft_id", "kind", "code", name="uq_draft_area_draft_id_kind_code"),
        ForeignKeyConstraint(
            ["draft_id", "kind"],
            ["draft_areas.draft_id", "draft_areas.kind"],
            name="fk_draft_area_draft_id_draft_areas",
            ondelete="CASCADE",
        ),
    )


class DraftAreaPartRecord(Base):
    """A small piece of such an area, by which a place is looked up."""

    __tablename__ = "draft_area_part"

    draft_area_id: Mapped[UUID] = mapped_column(
        ForeignKey("draft_area.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    shape: Mapped[WKBElement] = mapped_column(
        Geometry("GEOMETRY", srid=4326, spatial_index=False, nullable=False)
    )

    __table_args__ = (Index("ix_draft_area_part_shape", "shape", postgresql_using="gist"),)
