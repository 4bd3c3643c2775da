"""The nouns of planning: a planned work, its hindrance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.foundation.errors import DomainError


class Hindrance(StrEnum):
    """What passers-by notice of a planned work."""

    NONE = "none"
    SOME_DELAY = "some-delay"
    DETOUR = "detour"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """Work the municipality or a partner will do; everything in it is public."""

    reference: str
    title_nl: str
    title_en: str
    description_nl: str
    description_en: str
    kind: str
    hindrance: Hindrance
    #: The category groups (see triage) that this work takes care of.
    join_groups: tuple[str, ...]
    starts_on: date
    ends_on: date
    carried_out_by: str
    #: GeoJSON text, longitude first; a point, a line or an area.
    geometry: str

    def title(self, language: str) -> str:
        """Return the English title for English, the Dutch one for everything else."""
        return self.title_en if language.startswith("en") else self.title_nl

    def description(self, language: str) -> str:
        """Return the description in this language, the Dutch one for everything but English."""
        return self.description_en if language.startswith("en") else self.description_nl

    def is_under_way(self, on: date) -> bool:
        """Whether the work is going on on this day."""
        return self.starts_on <= on <= self.ends_on


@dataclass(frozen=True, slots=True)
class NearWork:
    """A planned work, and how far its nearest part is from the spot that was asked about."""

    work: PlannedWork
    distance_metres: float


class WorkWithoutPlace(DomainError):
    """A planned work needs a place: a point, a line or an area that is not empty."""
