"""What a report is: its channels, contact, and what a person may hand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.foundation.errors import DomainError
from app.foundation.json_value import JSONValue


class Channel(StrEnum):
    """How a report reached us."""

    MOBILE = "mobile"
    WEB = "web"
    PHONE = "phone"
    COUNTER = "counter"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    SOCIAL_MEDIA = "social-media"
    OPEN311 = "open311"


class Language(StrEnum):
    """The language a reporter reads."""

    DUTCH = "nl"
    ENGLISH = "en"


class JoinedBy(StrEnum):
    """How a report came to its case."""

    OPENED = "opened"
    SAME_ASSET = "same-asset"
    REPORTER = "reporter"
    STAFF = "staff"

    @property
    def is_vouched_for(self) -> bool:
        """Whether the case began with this report, or staff said that they are one defect."""
        return self in {JoinedBy.OPENED, JoinedBy.STAFF}


@dataclass(frozen=True, slots=True)
class KeptRemark:
    """What a reporter added afterwards."""

    report_id: UUID
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a reporter; every part may be left out."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    #: Whether they want to hear how it goes; otherwise they are only asked what is not clear.
    wants_to_hear: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether the reporter left nothing."""
        return not (self.name or self.email or self.phone)


@dataclass(frozen=True, slots=True)
class NewReport:
    """What one person hands in, checked but not yet kept.

    `longitude` and `latitude` are degrees in WGS 84.
    """

    description: str
    longitude: float
    latitude: float
    channel: Channel
    category: str | None = None
    asset_id: UUID | None = None
    same_as: str | None = None
    is_danger: bool = False
    accuracy_metres: float | None = None
    observed_at: datetime | None = None
    language: Language = Language.DUTCH
    contact: Contact = field(default_factory=Contact)
    #: To the questions of the category, by the question's code, as they were sent.
    answers: dict[str, JSONValue] = field(default_factory=dict)
    #: What the reporter says about the place: an address, words.
    place_said: dict[str, JSONValue] = field(default_factory=dict)
    #: Somebody of the municipality took it in for the reporter: they say what is the same defect.
    is_taken_by_staff: bool = False


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer with the question as its reporter read it; `values` are the codes chosen, or words.

    A private one is for staff and the party alone.
    """

    question: str
    kind: str
    text: str
    answer: str
    values: tuple[str, ...]
    is_private: bool


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report as it stands in the database."""

    id: UUID
    reference: str
    case_id: UUID
    description: str
    longitude: float
    latitude: float
    category_code: str
    category_chosen_by: str
    category_certainty: float
    channel: Channel
    language: Language
    is_danger: bool
    received_at: datetime
    token_generation: int
    joined_by: JoinedBy = JoinedBy.OPENED
    answers: tuple[KeptAnswer, ...] = ()
    #: The codes of required questions that have no answer yet.
    missing_answers: tuple[str, ...] = ()


class ReportNotFound(DomainError):
    """There is no report here, or the link to it is not right."""


class ReportRefused(DomainError):
    """Something in the report is not right."""
