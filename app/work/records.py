"""The tables of work: cases, tasks, the desk's list and the history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base

_OPEN = "stage in ('received', 'assigned', 'planned', 'in-progress', 'waiting')"
_OPEN_TASK = "stage in ('offered', 'accepted', 'started', 'on-hold')"


class CaseRecord(Base):
    """One defect being worked on. (`case` is a word of SQL's own.)"""

    __tablename__ = "defect_case"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    category_group: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text)
    spot: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False, nullable=False)
    )
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id"))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    is_danger: Mapped[bool]
    report_count: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: From when on the promise is at risk.
    at_risk_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]
    planned_on: Mapped[date | None] = mapped_column(Date)
    waiting_for: Mapped[str | None] = mapped_column(Text)
    waits_until: Mapped[date | None] = mapped_column(Date)
    #: What the reporters read of it.
    waiting_words: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closing_reason: Mapped[str | None] = mapped_column(Text)
    #: What the desk adds to the reason, for the reporters to read.
    closing_words: Mapped[str | None] = mapped_column(Text)
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("defect_case.id"))
    is_demo: Mapped[bool]
    #: How much it presses beside its promise, as the desk sees it.
    priority: Mapped[str] = mapped_column(Text, server_default=text("'normal'"))
    #: What made the defect, where somebody found out.
    cause: Mapped[str | None] = mapped_column(ForeignKey("choice.code"))
    #: For which third party it waits.
    waiting_party: Mapped[str | None] = mapped_column(Text)
    #: `kind:code` of each area it lies in, but for the municipality; kept by a trigger.
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    #: Whether a report or a task of it has a photo; kept by a trigger.
    has_photo: Mapped[bool] = mapped_column(server_default=text("false"))
    #: The nearest address within 200 metres, as people say it: its street and number. It stays away
    #: from what the public reads.
    near_address: Mapped[str | None] = mapped_column(Text)
    near_street: Mapped[str | None] = mapped_column(Text)
    near_village: Mapped[str | None] = mapped_column(Text)
    #: When the register of addresses told it, or told that there is none.
    near_asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint(
            "stage in ('received', 'assigned', 'planned', 'in-progress', 'waiting', 'resolved',"
            " 'closed-without-work', 'referred', 'merged')",
            name="stage",
        ),
        CheckConstraint(
            "stage = 'waiting' or (waits_until is null and waiting_words is null)", name="waits"
        ),
        CheckConstraint("stage = 'waiting' OR waiting_party IS NULL", name="waiting_party"),
        CheckConstraint("priority in ('low', 'normal', 'high')", name="priority"),
        CheckConstraint(
            "(near_address IS NULL) = (near_street IS NULL)"
            " AND (near_address IS NULL) = (near_village IS NULL)"
            " AND (near_address IS NULL OR near_asked_at IS NOT NULL)",
            name="near_address",
        ),
        CheckConstraint("(stage = 'merged') = (merged_into is not null)", name="merged_into"),
        CheckConstraint(
            f"({_OPEN}) = (closed_at is null)",
            name="closed_at",
        ),
        # The list of cases goes on by key, so each order has its id at the end.
        Index("ix_defect_case_received_at_id", "received_at", "id"),
        Index("ix_defect_case_due_at_id", "due_at", "id"),
        Index("ix_defect_case_party_id_received_at_id", "party_id", "received_at", "id"),
        Index("ix_defect_case_category_code_received_at_id", "category_code", "received_at", "id"),
        Index(
            "ix_defect_case_open_received_at_id",
            "received_at",
            "id",
            postgresql_where=text(_OPEN),
        ),
        Index(
            "ix_defect_case_danger_received_at_id",
            "received_at",
            "id",
            postgresql_where=text("is_danger"),
        ),
        Index(
            "ix_defect_case_photo_received_at_id",
            "received_at",
            "id",
            postgresql_where=text("has_photo"),
        ),
        Index(
            "ix_defect_case_open_high",
            "received_at",
            "id",
            postgresql_where=text(f"priority = 'high' and {_OPEN}"),
        ),
        Index("ix_defect_case_areas", "areas", postgresql_using="gin"),
        Index(
            "ix_defect_case_near_street",
            text("lower(near_street)"),
            "received_at",
            postgresql_where=text("near_street IS NOT NULL"),
        ),
        Index(
            "ix_defect_case_near_address",
            text("lower(near_address)"),
            postgresql_where=text("near_address IS NOT NULL"),
        ),
        # Those of which nobody asked yet where they are: open ones first.
        Index(
            "ix_defect_case_near_unasked",
            text("closed_at DESC NULLS FIRST"),
            text("received_at DESC"),
            postgresql_where=text("near_asked_at IS NULL"),
        ),
        Index(
            "ix_defect_case_asset_id",
            "asset_id",
            postgresql_where=text("asset_id IS NOT NULL"),
        ),
        Index("ix_defect_case_spot", "spot", postgresql_using="gist"),
        Index(
            "ix_defect_case_merged_into",
            "merged_into",
            postgresql_where=text("merged_into is not null"),
        ),
        Index(
            "ix_defect_case_waits_until",
            "waits_until",
            postgresql_where=text("waits_until is not null"),
        ),
        Index("ix_defect_case_open_due_at", "due_at", postgresql_where=text(_OPEN)),
        # What the order of a crew's list goes by, of each case that can have an open task.
        Index(
            "ix_defect_case_with_tasks",
            "id",
            postgresql_include=[
                "spot",
                "stage",
                "is_danger",
                "priority",
                "due_at",
                "at_risk_at",
                "planned_on",
            ],
            postgresql_where=text("stage NOT IN ('resolved', 'closed-without-work', 'merged')"),
        ),
        Index(
            "ix_defect_case_open_spot",
            "spot",
            postgresql_using="gist",
            postgresql_where=text(_OPEN),
        ),
        # Not unique: what is not shown exactly stands beside others, and how a case is shown is
        # its category's. However many report one lamp at once, the lock of the asset keeps it to
        # one open case.
        Index(
            "ix_defect_case_open_asset_id_category_group",
            "asset_id",
            "category_group",
            postgresql_where=text(f"asset_id is not null and {_OPEN}"),
        ),
    )


class ClockStopRecord(Base):
    """A period in which a case waited for somebody else, so that its clock stood still."""

    __tablename__ = "clock_stop"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("defect_case.id"))
    waiting_for: Mapped[str] = mapped_column(Text)
    stopped_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ran_on_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    due_before: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_after: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("ran_on_at >= stopped_at", name="period"),
        CheckConstraint("(ran_on_at IS NULL) = (due_after IS NULL)", name="ended"),
        Index("ix_clock_stop_case_id", "case_id"),
        Index(
            "uq_clock_stop_case_id_now",
            "case_id",
            unique=True,
            postgresql_where=text("ran_on_at IS NULL"),
        ),
    )


class TaskRecord(Base):
    """A piece of work on a case, handed to one party."""

    __tablename__ = "task"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("defect_case.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    stage: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    held_until: Mapped[date | None] = mapped_column(Date)
    result: Mapped[str | None] = mapped_column(Text)
    remark: Mapped[str | None] = mapped_column(Text)
    decline_reason: Mapped[str | None] = mapped_column(Text)
    #: What was asked of a party that got a part of the work.
    request: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(
            "stage in ('offered', 'accepted', 'started', 'on-hold', 'done', 'declined',"
            " 'cancelled')",
            name="stage",
        ),
        CheckConstraint("(stage = 'done') = (result is not null)", name="result"),
        CheckConstraint("(stage = 'declined') = (decline_reason is not null)", name="declined"),
        Index("ix_task_case_id", "case_id"),
        Index(
            "ix_task_open_party_id_due_at", "party_id", "due_at", postgresql_where=text(_OPEN_TASK)
        ),
        Index("ix_task_party_id_offered_at_id", "party_id", "offered_at", "id"),
    )


class TaskWorkerRecord(Base):
    """Who of a party does a task; without a row it is for whoever comes first."""

    __tablename__ = "task_worker"

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("ix_task_worker_account_id_since", "account_id", "since"),)


class DeskEntryRecord(Base):
    """A case on the desk's list, and why; settled when a person has looked."""

    __tablename__ = "desk_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("defect_case.id"))
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    raised_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint(
            "reason in ('nobody-responsible', 'declined', 'unsure-category',"
            " 'possible-duplicate', 'not-solved', 'remark', 'danger-waits', 'wait-over',"
            " 'other-answers', 'to-check')",
            name="reason",
        ),
        Index("ix_desk_entry_case_id", "case_id"),
        Index(
            "ix_desk_entry_open_raised_at", "raised_at", postgresql_where=text("settled_at is null")
        ),
    )


class HistoryEntryRecord(Base):
    """Who did what to a case and when. Append-only; a trigger refuses the rest."""

    __tablename__ = "history_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("defect_case.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    happening: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        CheckConstraint(
            "actor_kind in ('account', 'partner', 'reporter', 'system')", name="actor_kind"
        ),
        Index("ix_history_entry_case_id", "case_id"),
        # What was opened again lately is told to who works on it.
        Index(
            "ix_history_entry_reopened_at",
            "at",
            postgresql_where=text("happening = 'reopened'"),
        ),
    )


class ChoiceRecord(Base):
    """What people choose from on the page of a case: a cause, or a third party to wait for."""

    __tablename__ = "choice"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    list: Mapped[str] = mapped_column(Text)
    name_nl: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    is_retired: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    is_demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (CheckConstraint("list in ('cause', 'third-party')", name="list"),)


class StandardTextRecord(Base):
    """Words that reporters read more often; gaps such as `[datum]` are filled each time."""

    __tablename__ = "standard_text"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    used_for: Mapped[str] = mapped_column(Text)
    #: A main category, an inner one, or none for all.
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    title: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    is_retired: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (CheckConstraint("used_for in ('waiting', 'closing')", name="used_for"),)


class CaseNoteRecord(Base):
    """What one who works here wrote about a case for colleagues; reporters never read it."""

    __tablename__ = "case_note"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("defect_case.id"))
    account_id: Mapped[UUID | None]
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    words: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_case_note_case_id", "case_id"),)
