"""The nouns of work: stages of a case and of a task, results, desk lists and facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.work.weights import Priority


class CaseStage(StrEnum):
    """Where a case stands; the API calls it `status`."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    PLANNED = "planned"
    IN_PROGRESS = "in-progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED_WITHOUT_WORK = "closed-without-work"
    REFERRED = "referred"
    MERGED = "merged"


#: A case in one of these stages is still somebody's to do; a report may join it.
OPEN_STAGES = frozenset(
    {
        CaseStage.RECEIVED,
        CaseStage.ASSIGNED,
        CaseStage.PLANNED,
        CaseStage.IN_PROGRESS,
        CaseStage.WAITING,
    }
)

#: Where an open case can go.
_FROM_OPEN = frozenset(CaseStage)

_REOPENED = frozenset({CaseStage.RECEIVED, CaseStage.ASSIGNED, CaseStage.REFERRED})

#: The only moves a case can make. Absent means forbidden.
NEXT_STAGES: Mapping[CaseStage, frozenset[CaseStage]] = {
    CaseStage.RECEIVED: _FROM_OPEN - {CaseStage.RECEIVED},
    CaseStage.ASSIGNED: _FROM_OPEN,
    CaseStage.PLANNED: _FROM_OPEN - {CaseStage.PLANNED},
    CaseStage.IN_PROGRESS: _FROM_OPEN - {CaseStage.IN_PROGRESS},
    CaseStage.WAITING: _FROM_OPEN - {CaseStage.WAITING},
    # Reopening is an event of its own that brings a case back to `assigned`, to the authority that
    # had it, or to the desk where nobody has it any more.
    CaseStage.RESOLVED: _REOPENED,
    CaseStage.CLOSED_WITHOUT_WORK: _REOPENED,
    # What was passed on can come back to us, be passed on to another, turn out to be a case we
    # have, or be reported done by whoever took it.
    CaseStage.REFERRED: frozenset(
        {
            CaseStage.RECEIVED,
            CaseStage.ASSIGNED,
            CaseStage.REFERRED,
            CaseStage.RESOLVED,
            CaseStage.CLOSED_WITHOUT_WORK,
            CaseStage.MERGED,
        }
    ),
    # What turns out to be a defect of its own after all goes on where it was.
    CaseStage.MERGED: _REOPENED,
}


class TaskStage(StrEnum):
    """Where a task stands with the party it was handed to."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    STARTED = "started"
    ON_HOLD = "on-hold"
    DONE = "done"
    DECLINED = "declined"
    CANCELLED = "cancelled"


OPEN_TASK_STAGES = frozenset(
    {TaskStage.OFFERED, TaskStage.ACCEPTED, TaskStage.STARTED, TaskStage.ON_HOLD}
)

_ENDS_OF_A_TASK = frozenset({TaskStage.DONE, TaskStage.DECLINED, TaskStage.CANCELLED})

#: The only moves a task can make. Absent means forbidden.
NEXT_TASK_STAGES: Mapping[TaskStage, frozenset[TaskStage]] = {
    TaskStage.OFFERED: OPEN_TASK_STAGES - {TaskStage.OFFERED} | _ENDS_OF_A_TASK,
    TaskStage.ACCEPTED: frozenset({TaskStage.STARTED, TaskStage.ON_HOLD}) | _ENDS_OF_A_TASK,
    TaskStage.STARTED: frozenset({TaskStage.ON_HOLD}) | _ENDS_OF_A_TASK,
    TaskStage.ON_HOLD: frozenset({TaskStage.STARTED}) | _ENDS_OF_A_TASK,
    TaskStage.DONE: frozenset(),
    TaskStage.DECLINED: frozenset(),
    TaskStage.CANCELLED: frozenset(),
}


class WorkResult(StrEnum):
    """How a task ended when it was done."""

    SOLVED = "solved"
    NOT_SOLVED = "not-solved"
    NOTHING_FOUND = "nothing-found"


class DeclineReason(StrEnum):
    """Why a party hands a task back."""

    NOT_OURS = "not-ours"
    NOT_MINE = "not-mine"
    ALREADY_FIXED = "already-fixed"
    PLACE_UNCLEAR = "place-unclear"
    OTHER = "other"


class ClosingReason(StrEnum):
    """Why a case is closed at which nothing is done."""

    NOTHING_FOUND = "nothing-found"
    ALREADY_FIXED = "already-fixed"
    NOT_PUBLIC_SPACE = "not-public-space"
    NOT_A_DEFECT = "not-a-defect"
    IN_PLANNED_WORK = "in-planned-work"
    PLACE_UNCLEAR = "place-unclear"


class DeskReason(StrEnum):
    """Why a person at the desk must look at a case."""

    NOBODY_RESPONSIBLE = "nobody-responsible"
    DECLINED = "declined"
    UNSURE_CATEGORY = "unsure-category"
    POSSIBLE_DUPLICATE = "possible-duplicate"
    NOT_SOLVED = "not-solved"
    REMARK = "remark"
    DANGER_WAITS = "danger-waits"
    WAIT_OVER = "wait-over"
    OTHER_ANSWERS = "other-answers"
    TO_CHECK = "to-check"


#: The desk's reasons that say nobody has the case: they end when somebody gets it, or it closes.
#: The others are questions that a person can answer while the work goes on.
NOBODY_HAS_IT = (DeskReason.NOBODY_RESPONSIBLE, DeskReason.DECLINED, DeskReason.NOT_SOLVED)


#: Nobody works at it any more, and still it is open: it ends when somebody gets it, or it closes.
ONLY_THE_DESK_HAS_IT = (*NOBODY_HAS_IT, DeskReason.TO_CHECK)

#: What another party may be asked after: the others say that a person has to look.
FOR_ANOTHER_PARTY = frozenset({DeclineReason.NOT_OURS, DeclineReason.NOT_MINE})


class ClockState(StrEnum):
    """How the promise of a case stands."""

    ON_TIME = "on-time"
    AT_RISK = "at-risk"
    OVERDUE = "overdue"
    STOPPED = "stopped"
    ENDED = "ended"


class WaitingFor(StrEnum):
    """What the work at a case waits for; the API calls it `waitingFor`."""

    MATERIAL = "material"
    WEATHER = "weather"
    THIRD_PARTY = "third-party"
    REPORTER = "reporter"


#: What stops the clock of a promise: nobody here can do anything about it. Material that is late
#: and the weather are ours.
STOPS_THE_CLOCK = frozenset({WaitingFor.THIRD_PARTY.value, WaitingFor.REPORTER.value})

#: What the desk itself can let a case wait for; material and weather are for who does the work.
DESK_WAITS_FOR = (WaitingFor.REPORTER, WaitingFor.THIRD_PARTY)


class Happening(StrEnum):
    """What happened to a case: the words of its history."""

    OPENED = "opened"
    REPORT_JOINED = "report-joined"
    TASK_OFFERED = "task-offered"
    TASK_ACCEPTED = "task-accepted"
    TASK_STARTED = "task-started"
    TASK_ON_HOLD = "task-on-hold"
    TASK_DONE = "task-done"
    TASK_DECLINED = "task-declined"
    TASK_CANCELLED = "task-cancelled"
    STAGE_CHANGED = "stage-changed"
    CATEGORY_CHANGED = "category-changed"
    DANGER_TAKEN_AWAY = "danger-taken-away"
    ASSIGNED = "assigned"
    MERGED = "merged"
    SPLIT_AGAIN = "split-again"
    REOPENED = "reopened"
    TASK_TAKEN = "task-taken"
    TASK_PUT_BACK = "task-put-back"
    TASK_GIVEN = "task-given"
    PHOTO_ADDED = "photo-added"
    REMARK_ADDED = "remark-added"
    DESK_SETTLED = "desk-settled"
    CLOCK_STOPPED = "clock-stopped"
    CLOCK_RAN_ON = "clock-ran-on"
    ANSWERS_ADDED = "answers-added"
    PLACE_CHANGED = "place-changed"
    PRIORITY_CHANGED = "priority-changed"
    CAUSE_CHANGED = "cause-changed"
    NOTE_ADDED = "note-added"
    PRINTED_WITH_CONTACT = "printed-with-contact"
    PUT_BACK = "put-back"


@dataclass(frozen=True, slots=True)
class ActedBy:
    """Who did something: kind and id only, never a name or an address."""

    kind: str
    id: UUID | None = None


SYSTEM = ActedBy("system")
REPORTER = ActedBy("reporter")


@dataclass(frozen=True, slots=True)
class Case:
    """One defect being worked on; one or more reports join it.

    `longitude` and `latitude` are degrees in WGS 84.
    """

    id: UUID
    reference: str
    category_code: str
    category_group: str
    stage: CaseStage
    longitude: float
    latitude: float
    asset_id: UUID | None
    party_id: UUID | None
    is_danger: bool
    report_count: int
    received_at: datetime
    due_at: datetime
    version: int
    planned_on: date | None = None
    waiting_for: str | None = None
    #: The day on which whoever let it wait expects that it goes on.
    waits_until: date | None = None
    #: What the desk tells the reporters of it; never part of the history.
    waiting_words: str | None = None
    closed_at: datetime | None = None
    closing_reason: str | None = None
    #: What the desk adds to the reason, for the reporters; never part of the history.
    closing_words: str | None = None
    merged_into: UUID | None = None
    #: From when on the promise is at risk; the norm is used up for three quarters by then.
    at_risk_at: datetime | None = None
    party_code: str | None = None
    party_name: str | None = None
    party_kind: str | None = None
    public_visibility: str = "exact"
    #: Whether a person looks at the work before it counts as resolved.
    is_checked: bool = False
    is_demo: bool = False
    priority: Priority = Priority.NORMAL
    #: The code of what made the defect, where somebody found out.
    cause: str | None = None
    #: The third party it waits for, as its reporters read it; never part of the history.
    waiting_party: str | None = None
    #: The street and number of the nearest address, where one is known; for who works here alone.
    near_address: str | None = None
    near_village: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still somebody's to do."""
        return self.stage in OPEN_STAGES

    @property
    def is_shown_exactly(self) -> bool:
        """Whether everyone may see it where it is; then joining it tells nothing new."""
        return self.public_visibility == "exact"

    def is_overdue(self, now: datetime) -> bool:
        """Whether the promised moment has passed while it was still open."""
        return self.is_open and now > self.due_at

    def clock(self, now: datetime) -> ClockState:
        """Return how its promise stands at this moment."""
        if not self.is_open:
            return ClockState.ENDED
        if now > self.due_at:
            return ClockState.OVERDUE
        if self.stage is CaseStage.WAITING and self.waiting_for in STOPS_THE_CLOCK:
            return ClockState.STOPPED
        if self.at_risk_at is not None and now >= self.at_risk_at:
            return ClockState.AT_RISK
        return ClockState.ON_TIME


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work on a case, handed to one party."""

    id: UUID
    case_id: UUID
    party_id: UUID
    stage: TaskStage
    version: int
    offered_at: datetime
    due_at: datetime
    changed_at: datetime
    result: WorkResult | None = None
    remark: str | None = None
    decline_reason: DeclineReason | None = None
    held_until: date | None = None
    #: What was asked of a party that got a part of the work; never part of the history.
    request: str | None = None


@dataclass(frozen=True, slots=True)
class NearCase:
    """An open case near a spot, as a reporter may be asked about it."""

    reference: str
    category_code: str
    stage: CaseStage
    longitude: float
    latitude: float
    asset_id: UUID | None
    report_count: int
    received_at: datetime
    due_at: datetime
    distance_metres: float


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task as it stands on a list, with what is needed of its case."""

    task: Task
    case: Case
    asset_number: str | None
    distance_metres: float | None = None
    asset_kind: str | None = None
    #: Where numbers are unique in their street alone.
    asset_street: str | None = None

    @property
    def number_and_street(self) -> str | None:
        """The number of its object as people find it, with its street where that is known."""
        return ", ".join(filter(None, (self.asset_number, self.asset_street))) or None


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A case on the desk's list, and why."""

    id: UUID
    reason: DeskReason
    details: Mapping[str, object]
    raised_at: datetime
    case: Case


@dataclass(frozen=True, slots=True)
class DeskCase:
    """A case on the desk's list with all its reasons, the oldest first."""

    case: Case
    entries: tuple[DeskEntry, ...]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who did what to a case and when; `actor_id` is an account or a partner client."""

    at: datetime
    happening: Happening
    actor_kind: str
    actor_id: UUID | None
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """A case came to be or changed in a way its readers may notice."""

    case: Case
    previous_stage: CaseStage | None
    at: datetime
