"""Which cases a list holds, in which order, and from where it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.identity.model import NO_LIMITS, Limits
from app.intake.model import Channel
from app.work.model import ClockState, WaitingFor
from app.work.weights import Priority

#: Beside the words of the stages: those that are open, those that are closed, and all.
OPEN, CLOSED, ALL = "open", "closed", "all"

#: Instead of a party: nobody has it.
NOBODY_HAS = "nobody"


class CaseOrder(StrEnum):
    """In which order cases are listed."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What somebody wants to see; what is None or empty leaves nothing out.

    `status` is a stage, `open`, `closed` or `all`; `category` the code of a kind or a main kind;
    `area` is `kind:code`; `party` a code, or `nobody`. `since` and `until` are days on which a case
    came in, both included.
    """

    status: str = OPEN
    category: str | None = None
    area: str | None = None
    #: The name of the street that is nearest, in any village.
    street: str | None = None
    party: str | None = None
    #: The account of whoever of a party took a task of it.
    person: UUID | None = None
    channel: Channel | None = None
    since: date | None = None
    until: date | None = None
    clock: ClockState | None = None
    waiting_for: WaitingFor | None = None
    priority: Priority | None = None
    is_danger: bool = False
    has_photo: bool = False
    words: str = ""
    #: To what the account is limited for whom this is; nobody chooses it, and no address tells it.
    limits: Limits = NO_LIMITS


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: the key of the case beside it, and on which side the list goes on."""

    at: datetime
    id: UUID
    is_before: bool = False
