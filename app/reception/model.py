"""What the reception answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as storable

from app.foundation.errors import DomainError
from app.intake.model import Channel, KeptReport
from app.photos.model import Photo
from app.triage.model import Category
from app.work.model import Case


@dataclass(frozen=True, slots=True)
class ReceivedReport:
    """A report as it was taken in: with its case, who has it, why and by when."""

    report: KeptReport
    case: Case
    has_joined: bool
    category: Category
    party: Mapping[str, Any] | None
    areas: tuple[Mapping[str, Any], ...]
    because: str
    area_name: str | None
    asset_number: str | None
    photos: tuple[Photo, ...]
    due_at: datetime


class SameAsUnknown(DomainError):
    """The case this report is said to be the same as is not there or not open any more."""


class DraftNotFound(DomainError):
    """This form was already sent, or it was left alone too long."""


@dataclass(frozen=True, slots=True)
class NewIds:
    """The names a report will have, chosen before anything is written."""

    report_id: UUID
    reference: str


@storable(frozen=True, slots=True)
class FailedPhoto:
    """A photo that was not taken: what its file is called, and why it was refused."""

    name: str
    why: str


@storable(frozen=True, slots=True, config=ConfigDict(extra="ignore"))
class DraftContent:
    """What a person filled in so far, as they typed it; nothing of it has been checked yet.

    `longitude` and `latitude` are degrees in WGS 84. The `has_answered_…` tell a question that
    was answered with "none of these" from one that was not asked yet.
    """

    words: str = ""
    #: How it reached us: the form of residents has one, the desk chooses.
    channel: str = Channel.WEB.value
    category: str | None = None
    leaves_kind_to_us: bool = False
    is_danger: bool | None = None
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None
    accuracy_metres: float | None = None
    #: The spot came from a map or a phone, so the address is what the reporter says about it.
    is_pointed_at: bool = False
    #: Only the village is known; a person has to find the place by the words.
    is_rough: bool = False
    place_name: str = ""
    asset_id: UUID | None = None
    has_answered_asset: bool = False
    same_as: str | None = None
    has_answered_known: bool = False
    name: str = ""
    email: str = ""
    phone: str = ""
    has_answered_contact: bool = False
    #: Whether whoever left contact details wants to hear how it goes.
    wants_to_hear: bool = True
    #: To the questions of the kind `answered_for`, as they were typed.
    answers: dict[str, str | list[str]] = field(default_factory=dict)
    answered_for: str | None = None
    #: What was said at a stop, by the question's code: `no` where it is not so, `called` after it.
    stops: dict[str, str] = field(default_factory=dict)
    failed_photos: tuple[FailedPhoto, ...] = ()
    #: Kept of a form that was sent: whether we can reach the reporter, not where.
    left_contact: bool = False

    @property
    def spot(self) -> tuple[float, float] | None:
        """Where it is, longitude first, once that is known."""
        if self.longitude is None or self.latitude is None:
            return None
        return self.longitude, self.latitude

    @property
    def has_kind(self) -> bool:
        """Whether the question what kind it is was answered."""
        return self.category is not None or self.leaves_kind_to_us


@dataclass(frozen=True, slots=True)
class Draft:
    """A web form half filled in, or sent: then it knows the report it became."""

    id: UUID
    content: DraftContent
    changed_at: datetime
    report_id: UUID | None

    @property
    def is_sent(self) -> bool:
        """Whether it became a report."""
        return self.report_id is not None
