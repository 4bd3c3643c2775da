"""What the reception answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.foundation.errors import DomainError
from app.intake.model import KeptReport
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
