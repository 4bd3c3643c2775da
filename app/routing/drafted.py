"""The nouns of a what-if: a draft of changed rules, what it changes, and its refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.foundation.errors import DomainError

#: A draft of more than this is no trial but another set of agreements.
MOST_AGREEMENTS = 500

LONGEST_NAME = 120


class DraftUnknown(DomainError):
    """There is no such draft."""


class DraftRefused(DomainError):
    """The draft cannot be like this."""


class DraftMovedOn(DomainError):
    """Somebody else changed this draft meanwhile. Look at it again."""


class RulesChangedSince(DomainError):
    """What the draft is based on was changed meanwhile."""

    def __init__(self, changed: tuple[str, ...]) -> None:
        super().__init__("Changed since the draft was made: " + ", ".join(changed) + ".")
        #: The codes of agreements, and the kinds of areas, that are not as they were.
        self.changed = changed


class LaterChangeRestsOnIt(DomainError):
    """Something later rests on what the draft changed, so it cannot be undone."""

    def __init__(self, later: tuple[str, ...]) -> None:
        super().__init__("Changed again since: " + ", ".join(later) + ".")
        self.later = later


class AnotherComparison(DomainError):
    """Another comparison is under way; try again in a moment."""

    retry_after_seconds = 10


class TooManyReports(DomainError):
    """There are too many reports in this period to compare at once."""

    def __init__(self, reports: int, at_most: int) -> None:
        super().__init__(f"{reports} reports came in then; {at_most} can be compared at once.")
        self.reports = reports
        self.at_most = at_most


class Operation(StrEnum):
    """What a draft does to an agreement."""

    MAKE = "make"
    CHANGE = "change"
    END = "end"


@dataclass(frozen=True, slots=True)
class DraftedAgreement:
    """An agreement that a draft makes, changes or ends.

    `based_on` is how it was when it was taken up; `content` is how it would be. Both are as the
    history of changes tells an agreement; `content` has its code too.
    """

    code: str
    operation: Operation
    based_on: Mapping[str, Any] | None
    content: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class DraftedAreas:
    """The areas that would replace all of a kind: code → name."""

    kind: str
    source: str
    based_on: tuple[UUID, ...]
    areas: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """Changed agreements and areas that are not in force: compared first, put in force together."""

    id: UUID
    name: str
    made_by: UUID | None
    made_at: datetime
    version: int
    in_force_from: date | None = None
    put_in_force_at: datetime | None = None
    undone_at: datetime | None = None
    applied: Mapping[str, Any] | None = None
    agreements: tuple[DraftedAgreement, ...] = ()
    areas: tuple[DraftedAreas, ...] = ()

    @property
    def is_put_in_force(self) -> bool:
        """Whether it was put in force and not undone; the day may still have to come."""
        return self.put_in_force_at is not None and self.undone_at is None

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not self.agreements and not self.areas
