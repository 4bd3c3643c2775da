"""The tables of intake: reports, and the contact details apart from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base

#: The words of a report as they are searched: in the form of either language.
REPORT_WORDS = (
    "to_tsvector('straatbeeld_dutch', description)"
    " || to_tsvector('straatbeeld_english', description)"
)
#: The last digits of a telephone number, whatever was typed between and before them.
CONTACT_PHONE = "right(regexp_replace(phone, '[^0-9]', '', 'g'), 9)"


class ReportRecord(Base):
    """What one person handed in. Its photos and contact details are kept elsewhere."""

    __tablename__ = "report"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("defect_case.id"))
    #: How it came to that case: what a stranger sees of it depends on this.
    joined_by: Mapped[str] = mapped_column(Text, server_default="opened")
    description: Mapped[str] = mapped_column(Text)
    spot: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False, nullable=False)
    )
    accuracy_metres: Mapped[float | None]
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id"))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    category_chosen_by: Mapped[str] = mapped_column(Text)
    category_certainty: Mapped[float]
    is_danger: Mapped[bool]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: What was answered, with the question as it was asked: [{question, text, kind, answer,
    #: values, isPrivate}].
    answered: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    #: The codes of required questions that have no answer yet.
    missing_answers: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    channel: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    token_generation: Mapped[int]
    observed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_demo: Mapped[bool]

    __table_args__ = (
        CheckConstraint("char_length(description) between 1 and 3000", name="description_length"),
        CheckConstraint("category_chosen_by in ('reporter', 'words', 'desk')", name="chosen_by"),
        CheckConstraint("category_certainty between 0 and 1", name="certainty"),
        CheckConstraint(
            "channel in ('mobile', 'web', 'phone', 'counter', 'whatsapp', 'email', 'social-media',"
            " 'open311')",
            name="channel",
        ),
        CheckConstraint("language in ('nl', 'en')", name="language"),
        CheckConstraint(
            "joined_by in ('opened', 'same-asset', 'reporter', 'staff')", name="joined_by"
        ),
        Index("ix_report_case_id", "case_id"),
        Index("ix_report_channel_case_id", "channel", "case_id"),
        Index("ix_report_words", text(f"({REPORT_WORDS})"), postgresql_using="gin"),
        Index("ix_report_received_at", "received_at"),
    )


class ContactRecord(Base):
    """How to reach the reporter; gone some time after the case closes."""

    __tablename__ = "contact"

    report_id: Mapped[UUID] = mapped_column(
        ForeignKey("report.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    #: Whether they want to hear how it goes, besides being asked what is not clear.
    wants_to_hear: Mapped[bool] = mapped_column(server_default=text("true"))
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("num_nonnulls(name, email, phone) > 0", name="something"),
        # Whoever may open contact details finds a caller's report by them.
        Index("ix_contact_email", text("lower(email)"), postgresql_where=text("email IS NOT NULL")),
        Index("ix_contact_phone", text(CONTACT_PHONE), postgresql_where=text("phone IS NOT NULL")),
        Index(
            "ix_contact_name",
            text("to_tsvector('simple', name)"),
            postgresql_using="gin",
            postgresql_where=text("name IS NOT NULL"),
        ),
    )


class ContactOpeningRecord(Base):
    """Who opened the contact details of a report, and when; a log of its own, that expires.

    It names the report and the account without a foreign key: it outlives them both.
    """

    __tablename__ = "contact_opening"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID]
    account_id: Mapped[UUID]
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: On which page: that of the case, or the search for a reporter.
    opened_on: Mapped[str] = mapped_column(Text, server_default=text("'case'"))

    __table_args__ = (
        CheckConstraint("opened_on IN ('case', 'search')", name="opened_on"),
        Index("ix_contact_opening_account_id_opened_at", "account_id", "opened_at"),
        Index("ix_contact_opening_report_id", "report_id"),
        Index("ix_contact_opening_opened_at", "opened_at"),
    )


class RemarkRecord(Base):
    """What a reporter added afterwards on the follow page; not history, for it can be erased."""

    __tablename__ = "remark"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("char_length(text) between 1 and 3000", name="text_length"),
        Index("ix_remark_report_id", "report_id"),
    )
