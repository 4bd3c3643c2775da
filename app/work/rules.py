"""Decisions about cases and tasks: which moves are allowed, and what follows from a result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.foundation.clock import LOCAL_ZONE
from app.geography.model import Spot
from app.geography.rules import metres_between
from app.work.model import (
    NEXT_STAGES,
    NEXT_TASK_STAGES,
    Case,
    CaseStage,
    TaskStage,
    WorkResult,
)
from app.work.refusals import StageNotReachable


def check_move(stage: CaseStage, wanted: CaseStage) -> None:
    """Refuse a move that the table does not allow.

    Raises:
        StageNotReachable: with the moves that are possible.
    """
    if wanted not in NEXT_STAGES[stage]:
        raise StageNotReachable(stage, wanted, frozenset(NEXT_STAGES[stage]))


def check_task_move(stage: TaskStage, wanted: TaskStage) -> None:
    """Refuse a move of a task that the table does not allow.

    Raises:
        StageNotReachable: with the moves that are possible.
    """
    if wanted not in NEXT_TASK_STAGES[stage]:
        raise StageNotReachable(stage, wanted, frozenset(NEXT_TASK_STAGES[stage]))


def stage_of_new_case(party_kind: str | None) -> CaseStage:
    """Return where a new case stands: with nobody, with its party, or with another authority."""
    if party_kind is None:
        return CaseStage.RECEIVED
    return CaseStage.REFERRED if party_kind == "authority" else CaseStage.ASSIGNED


#: What a finished task means for its case, once no other task is open. A task that did not solve
#: it brings the case to the desk.
STAGE_AFTER: dict[WorkResult, CaseStage] = {
    WorkResult.SOLVED: CaseStage.RESOLVED,
    WorkResult.NOTHING_FOUND: CaseStage.CLOSED_WITHOUT_WORK,
    WorkResult.NOT_SOLVED: CaseStage.RECEIVED,
}


#: A task is not put off for longer than this.
MOST_DAYS_AHEAD = 366


def can_wait_until(day: date, *, today: date) -> bool:
    """Whether a task can be on hold until this day: one after today, within a year."""
    return 0 < (day - today).days <= MOST_DAYS_AHEAD


def can_be_planned_on(day: date, *, today: date) -> bool:
    """Whether a task can be planned for this day: today or later, within a year."""
    return day == today or can_wait_until(day, today=today)


def is_after_promise(day: date, due_at: datetime) -> bool:
    """Whether a day comes after the one by which something was promised."""
    return day > due_at.astimezone(LOCAL_ZONE).date()


def waits_too_long(case: Case) -> bool:
    """Whether nobody comes in time: the work waits, or is planned for after the promised day."""
    if case.stage is CaseStage.WAITING:
        return True
    if case.stage is not CaseStage.PLANNED or case.planned_on is None:
        return False
    return is_after_promise(case.planned_on, case.due_at)


#: Where a case stands that waits for its party: the day on which it comes says more.
BEFORE_THE_WORK = frozenset(
    {CaseStage.RECEIVED, CaseStage.ASSIGNED, CaseStage.PLANNED, CaseStage.WAITING}
)


#: What lies further apart is hardly one defect, so a person is asked before two cases are joined.
#: The page of a case proposes to join what lies within it: that needs no question.
HARDLY_ONE_DEFECT_METRES = 250


@dataclass(frozen=True, slots=True)
class JoinDoubts:
    """Why two cases are hardly one defect, although they can be joined."""

    #: Reports of the two kinds never are about one defect by themselves.
    is_other_kind: bool
    #: How far apart they are, where that is far.
    metres: float | None

    @property
    def words(self) -> frozenset[str]:
        """The doubts, each in a word by which a form says which of them were answered."""
        doubts = {"kind": self.is_other_kind, "place": self.metres is not None}
        return frozenset(word for word, is_so in doubts.items() if is_so)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.words)


def doubts_about_joining(one: Case, other: Case) -> JoinDoubts:
    """Return what a person should be asked before these two are joined."""
    metres = metres_between(
        Spot(one.longitude, one.latitude), Spot(other.longitude, other.latitude)
    )
    return JoinDoubts(
        is_other_kind=one.category_group != other.category_group,
        metres=metres if metres > HARDLY_ONE_DEFECT_METRES else None,
    )
