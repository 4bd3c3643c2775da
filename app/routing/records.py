"""The tables of routing: agreements, and every decision with its reason."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base


class AgreementRecord(Base):
    """Party × area or asset owner × category: what routing reads.

    `category_code` is an inner code, a main code, or null for everything.
    """

    __tablename__ = "agreement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    #: An area by kind and code, so that a newly imported shape takes the place of the old one.
    area_kind: Mapped[str | None] = mapped_column(Text)
    area_code: Mapped[str | None] = mapped_column(Text)
    asset_owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    priority: Mapped[int]
    asset_kind: Mapped[str | None] = mapped_column(Text)
    #: The code of a question → the answers that count, as a list.
    answers: Mapped[dict[str, list[str]]] = mapped_column(
        JSONB, default=dict, server_default=text("'{}'")
    )
    #: Parts of the week: [{days, from, until, daysOff}].
    windows: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default=text("'[]'")
    )
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    is_demo: Mapped[bool]

    __table_args__ = (
        CheckConstraint("num_nonnulls(area_code, asset_owner_id) = 1", name="area_or_asset_owner"),
        CheckConstraint("(area_kind is null) = (area_code is null)", name="area_kind_and_code"),
        # One that was taken back holds on no day: it ends the day before it begins.
        CheckConstraint("valid_until is null or valid_until >= valid_from - 1", name="period"),
        Index("ix_agreement_area_code_area_kind", "area_code", "area_kind"),
        Index("ix_agreement_asset_owner_id", "asset_owner_id"),
    )


class DayOffRecord(Base):
    """A day on which the municipality does not work, besides Saturdays and Sundays."""

    __tablename__ = "day_off"
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)

    on_day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)


class WorkingDayRecord(Base):
    """When a working day begins and ends; one row."""

    __tablename__ = "working_day"
    __table_args__ = (
        CheckConstraint("is_the_one", name="is_the_one"),
        CheckConstraint("begins < ends AND cut_off <= ends", name="hours"),
    )

    is_the_one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    begins: Mapped[time] = mapped_column(server_default=text("'08:00'"))
    ends: Mapped[time] = mapped_column(server_default=text("'17:00'"))
    cut_off: Mapped[time] = mapped_column(server_default=text("'17:00'"))
    rests_on_liberation_day: Mapped[bool] = mapped_column(server_default=text("true"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class RoutingDecisionRecord(Base):
    """Who was found responsible for a case, and why; every decision is kept."""

    __tablename__ = "routing_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("defect_case.id"))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"))
    because: Mapped[str] = mapped_column(Text)
    grounds: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rule_version: Mapped[int]
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("ix_routing_decision_case_id", "case_id"),)
