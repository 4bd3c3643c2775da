"""What a partner's program asks for, and what it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from app.foundation.errors import DomainError
from app.work.model import NEXT_TASK_STAGES, TaskStage


class Step(StrEnum):
    """What a program can do with a task: the last part of the address it posts to."""

    ACCEPT = "accept"
    START = "start"
    HOLD = "hold"
    COMPLETE = "complete"
    DECLINE = "decline"


#: Step → the stage a task is in afterwards.
STAGE_AFTER_STEP: Mapping[Step, TaskStage] = {
    Step.ACCEPT: TaskStage.ACCEPTED,
    Step.START: TaskStage.STARTED,
    Step.HOLD: TaskStage.ON_HOLD,
    Step.COMPLETE: TaskStage.DONE,
    Step.DECLINE: TaskStage.DECLINED,
}


def possible_steps(stage: TaskStage) -> Sequence[Step]:
    """Return what can be done with a task that stands there."""
    return [step for step, after in STAGE_AFTER_STEP.items() if after in NEXT_TASK_STAGES[stage]]


class StepNotPossible(DomainError):
    """This step is not possible from where the task stands now."""

    def __init__(self, stage: TaskStage) -> None:
        self.stage = stage
        super().__init__()

    @property
    def more(self) -> Mapping[str, object]:
        """Where the task stands, and what can be done with it."""
        return {
            "currentStage": self.stage.value,
            # The same under its first name: programs read it.
            "currentStatus": self.stage.value,
            "possible": [step.value for step in possible_steps(self.stage)],
        }


class VersionNeeded(DomainError):
    """Say with If-Match on which version of the task this is based: the ETag of GET /tasks/{id}."""


class VersionUnclear(DomainError):
    """If-Match holds one version of the task, such as "3"."""


class CursorUnknown(DomainError):
    """This cursor was not given out here; begin without one."""


class TaskIsOver(DomainError):
    """This task was handed back or taken back; photos are not added to it any more."""
