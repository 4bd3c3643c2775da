"""What can be done with many cases at once, what became of each, and what stood in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.foundation.errors import DomainError
from app.work.model import Case, ClosingReason
from app.work.operations.cases import ResponsibleParty
from app.work.rules import JoinDoubts

#: More than this nobody looks through before it is done.
MOST_AT_ONCE = 200

#: For so long it can be undone.
UNDONE_WITHIN = timedelta(minutes=5)


class BulkActionNotFound(DomainError):
    """There is no such action, it is somebody else's, or it is over for a day."""


class TooLateToUndo(DomainError):
    """What was done with several reports can be undone for five minutes."""


class BulkKind(StrEnum):
    """What can be done with several cases at once."""

    ASSIGN = "assign"
    PLAN = "plan"
    MERGE = "merge"
    CLOSE = "close"


class Outcome(StrEnum):
    """What became of a case in it."""

    DONE = "done"
    #: Nothing was done with it, for the reason beside it.
    REFUSED = "refused"
    UNDONE = "undone"
    #: It was done and could not be put back, for the reason beside it.
    KEPT = "kept"


class Obstacle(StrEnum):
    """What stands in the way of doing something with a case, or of putting it back."""

    NOT_THERE = "not-there"
    MOVED_ON = "moved-on"
    CLOSED = "closed"
    PASSED_ON = "passed-on"
    NOBODY_HAS_IT = "nobody-has-it"
    HAS_IT_ALREADY = "has-it-already"
    WORK_BEGAN = "work-began"
    SAME_CASE = "same-case"
    OTHER_CLOSED = "other-closed"
    TWO_ASSETS = "two-assets"
    OPEN_AT_ASSET = "open-at-asset"
    #: It is of another kind than the one it would join, or far away, and nobody said to join it.
    DIFFERS = "differs"
    #: It belongs with another that could not be put back.
    WITH_ANOTHER = "with-another"


class InTheWay(Exception):
    """One case stays as it is; the others go on."""

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__(obstacle.value)


@dataclass(frozen=True, slots=True)
class BulkAction:
    """What is to be done with each case. Of the fields below `kind`, those of its kind are set."""

    kind: BulkKind
    party: ResponsibleParty | None = None
    on: date | None = None
    #: The case that the others become part of.
    into: str | None = None
    reason: ClosingReason | None = None
    #: What the reporters read beside the reason; kept with the case alone.
    words: str = ""
    #: Those that join it although they differ: a person was asked about them and said so.
    although_different: frozenset[str] = frozenset()

    @property
    def told(self) -> dict[str, str]:
        """What is kept of it: codes and references, nothing that somebody typed."""
        told = {
            "party": self.party.name if self.party else "",
            "on": self.on.isoformat() if self.on else "",
            "into": self.into or "",
            "reason": self.reason.value if self.reason else "",
        }
        return {name: word for name, word in told.items() if word}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case that was chosen, as it was seen."""

    reference: str
    version: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of a chosen case; without an obstacle it is done."""

    reference: str
    case: Case | None
    obstacle: Obstacle | None
    #: Where it would join another that it hardly is one defect with: then a person is asked first.
    doubts: JoinDoubts | None = None


@dataclass(frozen=True, slots=True)
class BulkLine:
    """What became of one case."""

    reference: str
    outcome: Outcome
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class BulkDone:
    """One thing that was done with several cases, and what became of each."""

    id: UUID
    kind: BulkKind
    told: dict[str, str]
    done_at: datetime
    undone_at: datetime | None
    lines: tuple[BulkLine, ...]

    def can_be_undone(self, now: datetime) -> bool:
        """Whether there is something to put back, and it is not too late."""
        return (
            self.undone_at is None
            and now - self.done_at <= UNDONE_WITHIN
            and any(one.outcome is Outcome.DONE for one in self.lines)
        )
