"""Notices as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, ngettext

from app.work.model import DeskReason
from app.work.notices.model import Notice, NoticeKind
from app.work.words import desk_reason_words


def notice_words(notice: Notice) -> str:
    """Return what is told of a case."""
    if notice.kind is NoticeKind.NEW:
        if notice.desk_reason is not None:
            why = desk_reason_words(DeskReason(notice.desk_reason))
            return str(gettext("On the desk's list: %(why)s", why=why))
        return str(gettext("New on your list"))
    return {
        NoticeKind.REOPENED: str(gettext("Opened again")),
        NoticeKind.AT_RISK: str(gettext("May become too late")),
        NoticeKind.OVERDUE: str(gettext("Too late")),
    }[notice.kind]


def count_words(counts: Mapping[NoticeKind, int]) -> list[str]:
    """Return how many there are of each kind that there is, the most pressing first."""
    said = []
    if number := counts.get(NoticeKind.OVERDUE, 0):
        said.append(ngettext("%(num)s too late", "%(num)s too late", number))
    if number := counts.get(NoticeKind.AT_RISK, 0):
        said.append(ngettext("%(num)s at risk", "%(num)s at risk", number))
    if number := counts.get(NoticeKind.REOPENED, 0):
        said.append(ngettext("%(num)s opened again", "%(num)s opened again", number))
    if number := counts.get(NoticeKind.NEW, 0):
        said.append(ngettext("%(num)s new", "%(num)s new", number))
    return [str(one) for one in said]
