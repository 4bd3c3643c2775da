"""What work refuses, each called after the fact that stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.foundation.errors import DomainError


class CaseNotFound(DomainError):
    """There is no such case here."""


class TaskNotFound(DomainError):
    """There is no such task here."""


class StageNotReachable(DomainError):
    """This step is not possible from where it stands now."""

    def __init__(self, stage: StrEnum, wanted: StrEnum, possible: frozenset[StrEnum]) -> None:
        self.stage = stage
        self.possible = sorted(possible)
        super().__init__(f"From “{stage}” it cannot go to “{wanted}”.")

    @property
    def more(self) -> Mapping[str, object]:
        """Where it stands, and the moves that are possible from there."""
        return {"currentStatus": str(self.stage), "possible": [str(p) for p in self.possible]}


class CasesMovedOn(DomainError):
    """Other open cases would go elsewhere by now than those that were shown; look again."""


class MovedOn(DomainError):
    """Somebody changed this in the meantime; look at it again before you change it."""

    def __init__(self, *, version: int, stage: StrEnum) -> None:
        self.version = version
        self.stage = stage
        super().__init__()

    @property
    def more(self) -> Mapping[str, object]:
        """Where it stands now."""
        stage = str(self.stage)
        return {"currentVersion": self.version, "currentStage": stage, "currentStatus": stage}


class JoinObstacle(StrEnum):
    """Why two cases cannot become one."""

    SAME_CASE = "same-case"
    CLOSED = "closed"
    TWO_ASSETS = "two-assets"


class CannotJoin(DomainError):
    """These two cannot be the same defect."""

    def __init__(
        self, detail: str | None = None, *, because: JoinObstacle = JoinObstacle.TWO_ASSETS
    ) -> None:
        super().__init__(detail)
        self.because = because


class OnlyReport(DomainError):
    """A case keeps at least one report; this is its only one."""


class NothingToSplit(DomainError):
    """Of what became part of the other case no report is left there."""


class CaseIsClosed(DomainError):
    """This case is closed; reopen it first."""


class CaseOpenAtAsset(DomainError):
    """There is an open case at this object already; join the two instead."""

    def __init__(self, reference: str) -> None:
        super().__init__()
        #: The case that is open.
        self.reference = reference


class StillWithNobody(DomainError):
    """Nobody has this case yet: assign it, join it to another, or close it."""


class NothingToCheck(DomainError):
    """There is no finished work to check at this case."""


class StandardTextNotFound(DomainError):
    """There is no such standard text."""


class StandardTextMovedOn(DomainError):
    """Somebody changed this standard text in the meantime; look at it again."""


class NoDanger(DomainError):
    """Nobody says that this case is a danger."""
