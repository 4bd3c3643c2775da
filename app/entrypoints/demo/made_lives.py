"""What becomes of a made-up case: its steps, each at its moment, and where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app.entrypoints.demo.moments import at_work
from app.work.model import ClosingReason

_OPEN = ("offered", "accepted", "planned", "started", "on-hold", "declined")
_OPEN_OFTEN = (30, 30, 10, 20, 9, 1)
_REMARKS = ("Hersteld.", "Opgeruimd.", "Vervangen.", "Gedaan.", "Netjes gemaakt.")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a case's history; `of_task` when it belongs to the task."""

    at: datetime
    happening: str
    details: dict[str, str | int]
    of_task: bool = True


@dataclass(frozen=True, slots=True)
class Life:
    """Where a case and its task stand after all steps."""

    steps: tuple[Step, ...]
    stage: str
    task_stage: str | None
    changed_at: datetime
    closed_at: datetime | None = None
    planned_on: str | None = None
    held_until: str | None = None
    waiting_for: str | None = None
    closing_reason: str | None = None
    result: str | None = None
    remark: str | None = None
    decline_reason: str | None = None


def life(
    chance: Random,
    *,
    first_stage: str,
    received_at: datetime,
    due_at: datetime,
    now: datetime,
    is_open: bool,
) -> Life:
    """Make up what became of a case since it was received.

    `first_stage` is `received` (nobody is responsible), `referred` or `assigned`. Four of five
    that closed did so in time.
    """
    if first_stage == "referred":
        return Life((), "referred", "offered", received_at, closed_at=received_at)
    if is_open:
        return _still_open(chance, first_stage, received_at, now)
    taken = (due_at - received_at) * chance.triangular(0.05, 1.6, 0.6)
    closed_at = min(at_work(received_at + taken), now)
    if first_stage == "received":
        closing: dict[str, str | int] = {
            "stage": "closed-without-work",
            "reason": ClosingReason.NOT_PUBLIC_SPACE.value,
        }
        return Life(
            (Step(closed_at, "stage-changed", closing, of_task=False),),
            "closed-without-work",
            None,
            closed_at,
            closed_at=closed_at,
            closing_reason=ClosingReason.NOT_PUBLIC_SPACE.value,
        )
    found_something = chance.random() < 0.92
    result = "solved" if found_something else "nothing-found"
    begun = [
        Step(moment, happening, {})
        for moment, happening in _between(
            chance, received_at, closed_at, ("task-accepted", "task-started")
        )
    ]
    return Life(
        (*begun, Step(closed_at, "task-done", {"result": result})),
        "resolved" if found_something else "closed-without-work",
        "done",
        closed_at,
        closed_at=closed_at,
        closing_reason=None if found_something else "nothing-found",
        result=result,
        remark=chance.choice(_REMARKS) if found_something else "Niets gevonden.",
    )


def _still_open(chance: Random, first_stage: str, received_at: datetime, now: datetime) -> Life:
    if first_stage == "received":
        return Life((), "received", None, received_at)
    stands = chance.choices(_OPEN, _OPEN_OFTEN)[0]
    if stands == "offered":
        return Life((), "assigned", "offered", received_at)
    until = min(received_at + timedelta(days=2), now)
    accepted, later = (
        moment for moment, _ in _between(chance, received_at, until, ("accepted", "later"))
    )
    if stands == "declined":
        reason = chance.choice(("not-ours", "not-mine", "already-fixed", "place-unclear"))
        declined = Step(accepted, "task-declined", {"reason": reason})
        return Life((declined,), "received", "declined", accepted, decline_reason=reason)
    begun = Step(accepted, "task-accepted", {})
    coming = (now + timedelta(days=chance.randint(1, 8))).date().isoformat()
    if stands == "accepted":
        return Life((begun,), "assigned", "accepted", accepted)
    if stands == "planned":
        planned = Step(later, "stage-changed", {"stage": "planned", "on": coming}, of_task=False)
        return Life((begun, planned), "planned", "accepted", later, planned_on=coming)
    if stands == "on-hold":
        held = Step(later, "task-on-hold", {"until": coming, "waiting": "third-party"})
        return Life(
            (begun, held),
            "waiting",
            "on-hold",
            later,
            held_until=coming,
            waiting_for="third-party",
            remark="Wachten op de netbeheerder.",
        )
    return Life((begun, Step(later, "task-started", {})), "in-progress", "started", later)


def _between(
    chance: Random, first: datetime, last: datetime, happenings: tuple[str, ...]
) -> list[tuple[datetime, str]]:
    """Return a moment for each happening, in order, at work where there is room for that."""
    shares = sorted(chance.uniform(0.05, 0.95) for _ in happenings)
    moments = [min(at_work(first + (last - first) * share), last) for share in shares]
    return list(zip(sorted(moments), happenings, strict=True))


def joinings(received: Sequence[datetime]) -> list[Step]:
    """Return the steps at which every report but the first joined the case."""
    return [
        Step(at, "report-joined", {"reports": number}, of_task=False)
        for number, at in enumerate(received[1:], start=2)
    ]


def steps_with_ids(
    steps: Iterable[Step], task_id: UUID | None
) -> list[tuple[Step, dict[str, str | int]]]:
    """Return the steps with their details, to which those of the task add which task it is."""
    return [
        (step, {"task": str(task_id), **step.details} if step.of_task else step.details)
        for step in steps
    ]
