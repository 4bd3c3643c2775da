"""The nouns of notices: what is told about a case, and how many somebody has not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

#: What is longer ago stands on the lists themselves.
TOLD_FOR = timedelta(days=14)

#: More than this nobody reads one by one.
MOST_NOTICES = 100


class NoticeKind(StrEnum):
    """What is told about a case."""

    NEW = "new"
    REOPENED = "reopened"
    AT_RISK = "at-risk"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Notice:
    """The last that there is to tell about one case on somebody's list.

    `task_id` is that of the task for who does the work, and None for who directs it.
    """

    kind: NoticeKind
    since: datetime
    case_id: UUID
    reference: str
    category_code: str
    is_danger: bool
    due_at: datetime
    task_id: UUID | None = None
    #: Why it stands on the desk's list, where it is new there.
    desk_reason: str | None = None
    #: The street and number nearest to it, and their village.
    near_address: str | None = None
    near_village: str | None = None


@dataclass(frozen=True, slots=True)
class Notices:
    """What there is to tell, the last first, and until when it was seen; None for never."""

    all: Sequence[Notice]
    seen_until: datetime | None
    is_more: bool

    @property
    def unseen(self) -> Sequence[Notice]:
        """Those that came after what was seen."""
        seen = self.seen_until
        return [one for one in self.all if seen is None or one.since > seen]

    @property
    def unseen_by_kind(self) -> Counter[NoticeKind]:
        """How many are not seen, of each kind."""
        return Counter(one.kind for one in self.unseen)
