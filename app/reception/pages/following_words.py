"""Where a report stands and what happened to it, in words for whoever reported it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import format_date, format_datetime, gettext

from app.foundation.clock import LOCAL_ZONE
from app.reception.following import Followed
from app.reception.pages.authority_words import passed_on_words
from app.work.model import (
    CaseStage,
    ClockState,
    ClosingReason,
    Happening,
    HistoryEntry,
    WaitingFor,
    WorkResult,
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and when: for a computer and for people."""

    at: datetime
    when: str
    words: str


def day_in_words(day: date | datetime) -> str:
    """Return a day as people say it, such as "donderdag 3 december"."""
    if isinstance(day, datetime):
        day = day.astimezone(LOCAL_ZONE).date()
    return str(format_date(day, "EEEE d MMMM"))


def too_many_remarks() -> str:
    """Return what is said to who adds more than anybody reads."""
    return str(
        gettext("So much was added to this report that we take no more here. Please call us.")
    )


def standing(followed: Followed, now: datetime) -> str:
    """Return in a sentence or two where the report stands."""
    case = followed.case
    party = case.party_name or gettext("The municipality")
    if case.stage is CaseStage.WAITING:
        return " ".join(filter(None, (_waiting(followed, party), _later(followed, now))))
    if case.stage is CaseStage.PLANNED and case.planned_on is not None:
        comes = gettext(
            "%(party)s comes on %(day)s.", party=party, day=day_in_words(case.planned_on)
        )
        return " ".join(filter(None, (comes, _later(followed, now))))
    if was_fixed_already(followed):
        return str(gettext("This had been solved already. Thank you for telling us."))
    sentences: dict[CaseStage, str] = {
        CaseStage.RECEIVED: gettext("We have your report. We are finding out who can solve it."),
        CaseStage.ASSIGNED: gettext("%(party)s has your report and will solve it.", party=party),
        CaseStage.PLANNED: gettext("%(party)s has planned the work.", party=party),
        CaseStage.IN_PROGRESS: gettext("%(party)s is working on it.", party=party),
        CaseStage.RESOLVED: gettext("This has been solved. Thank you for telling us."),
        CaseStage.CLOSED_WITHOUT_WORK: gettext("We have closed your report. We do no work here."),
        CaseStage.REFERRED: passed_on_words(followed.authority)
        if followed.authority
        else gettext(
            "This is not ours to solve. We passed your report on to %(party)s.", party=party
        ),
        CaseStage.MERGED: gettext("This was known already. We solve it once, for everyone."),
    }
    return sentences[case.stage]


def was_fixed_already(followed: Followed) -> bool:
    """Whether the case closed because there was nothing left to do."""
    case = followed.case
    is_closed = case.stage is CaseStage.CLOSED_WITHOUT_WORK
    return is_closed and case.closing_reason == ClosingReason.ALREADY_FIXED


def why_closed(followed: Followed) -> str | None:
    """Return why nothing was done, where the case closed without work and that says it not yet."""
    case = followed.case
    if case.stage is not CaseStage.CLOSED_WITHOUT_WORK or not case.closing_reason:
        return None
    if was_fixed_already(followed):
        return None
    sentences: dict[str, str] = {
        ClosingReason.NOTHING_FOUND.value: gettext("We went to look and found nothing wrong."),
        ClosingReason.NOT_PUBLIC_SPACE.value: gettext("It is on private ground, not ours."),
        ClosingReason.NOT_A_DEFECT.value: gettext("It is as it should be."),
        ClosingReason.IN_PLANNED_WORK.value: gettext(
            "We solve it together with work that is planned here."
        ),
        ClosingReason.PLACE_UNCLEAR.value: gettext("We could not find the place."),
    }
    return sentences.get(case.closing_reason, case.closing_reason)


def by_when(followed: Followed, now: datetime) -> str | None:
    """Return by when it will be solved, honestly; none where nothing is promised any more, or
    `standing` says already that it will be later.
    """
    case = followed.case
    if not case.is_open or _later(followed, now):
        return None
    day = day_in_words(case.due_at)
    if case.is_overdue(now) and _was_known(followed):
        return str(
            gettext(
                "This place had been reported before. It is later than we promised (%(day)s):"
                " sorry.",
                day=day,
            )
        )
    if case.is_overdue(now):
        return str(gettext("This should have been done by %(day)s. We are late: sorry.", day=day))
    if case.clock(now) is ClockState.STOPPED:
        return str(gettext("On %(day)s at the latest, plus the time that we wait", day=day))
    return str(gettext("On %(day)s at the latest", day=day))


def closed_on(followed: Followed) -> str | None:
    """Return on which day it closed."""
    case = followed.case
    if case.is_open or case.closed_at is None or case.stage is CaseStage.REFERRED:
        return None
    return day_in_words(case.closed_at)


def timeline(followed: Followed) -> list[Event]:
    """Return what happened, the newest first, without what only staff need to know."""
    told: list[Event] = []
    planned: str | None = None
    for entry in followed.history:
        words = _happened(entry, followed)
        if entry.happening is Happening.STAGE_CHANGED and "on" in entry.details:
            planned = str(entry.details["on"])
        if entry.happening is Happening.MERGED:
            words = _merged(entry, followed, planned)
        if words and not (told and told[-1].words == words):
            told.append(
                Event(entry.at, str(format_datetime(entry.at, "d MMMM yyyy, HH:mm")), words)
            )
    return told[::-1]


def _merged(entry: HistoryEntry, followed: Followed, planned: str | None) -> str:
    """Return that the report joined another, since when that was known, and what fell away."""
    said = [
        gettext(
            "Your report is part of report %(reference)s now.",
            reference=str(entry.details.get("into", "")),
        )
    ]
    if _was_known(followed):
        known = day_in_words(followed.case.received_at)
        said.append(gettext("This was known already since %(day)s.", day=known))
    merged_on = entry.at.astimezone(LOCAL_ZONE).date()
    if planned is not None and date.fromisoformat(planned) >= merged_on:
        day = day_in_words(date.fromisoformat(planned))
        said.append(gettext("The visit of %(day)s does not go on for that reason.", day=day))
    return " ".join(said)


def _was_known(followed: Followed) -> bool:
    """Whether somebody had reported this on an earlier day than this reporter."""
    known, reported = followed.case.received_at, followed.report.received_at
    return known.astimezone(LOCAL_ZONE).date() < reported.astimezone(LOCAL_ZONE).date()


def _later(followed: Followed, now: datetime) -> str | None:
    """Return that it will be later than was promised, where that is known before it is too late."""
    case = followed.case
    day = case.planned_on if case.stage is CaseStage.PLANNED else followed.held_until
    if day is None or case.is_overdue(now):
        return None
    promised = case.due_at.astimezone(LOCAL_ZONE).date()
    if day <= promised:
        return None
    return str(gettext("That is later than we promised (%(day)s).", day=day_in_words(promised)))


def _waiting(followed: Followed, party: str) -> str:
    """Return what the work waits for, and until which day."""
    waiting_for, until = followed.case.waiting_for, followed.held_until
    sentences: dict[str, str] = {
        WaitingFor.REPORTER.value: gettext(
            "We need something from you before we can go on. Write it below, under “Add something”."
        ),
        WaitingFor.MATERIAL.value: gettext(
            "%(party)s cannot go on yet: the material is not there yet.", party=party
        ),
        WaitingFor.WEATHER.value: gettext(
            "%(party)s cannot go on yet: the weather does not allow it.", party=party
        ),
    }
    other = followed.case.waiting_party
    elsewhere = (
        gettext("%(party)s waits for %(other)s.", party=party, other=other)
        if other
        else gettext("%(party)s waits for somebody else, such as the grid company.", party=party)
    )
    said = sentences.get(waiting_for or "", elsewhere)
    if until is None:
        return str(said)
    waits = gettext("The work waits until %(day)s.", day=day_in_words(until))
    return f"{said} {waits}"


def _happened(entry: HistoryEntry, followed: Followed) -> str | None:
    details = {name: str(value) for name, value in entry.details.items()}
    party = details.get("party") or gettext("The municipality")
    if entry.happening is Happening.TASK_DONE:
        return _done(details.get("result"))
    if entry.happening is Happening.STAGE_CHANGED:
        return _stage_changed(details)
    if entry.happening is Happening.TASK_ON_HOLD:
        return _on_hold(details.get("until"))
    if entry.happening is Happening.REPORT_JOINED and _is_own(entry, followed):
        return _known_already(followed)
    if entry.happening is Happening.SPLIT_AGAIN:
        return _split_again(details, followed)
    sentences: dict[Happening, str] = {
        Happening.OPENED: gettext("We received the report"),
        Happening.REPORT_JOINED: gettext("Somebody else reported the same"),
        Happening.TASK_OFFERED: gettext("%(party)s got the report", party=party),
        Happening.ASSIGNED: gettext("%(party)s got the report", party=party),
        Happening.TASK_ACCEPTED: gettext("The work was taken on"),
        Happening.TASK_STARTED: gettext("The work has begun"),
        Happening.TASK_DECLINED: gettext("The report was given back. We look for somebody else."),
        Happening.CATEGORY_CHANGED: gettext("We changed the kind of report"),
        Happening.REOPENED: gettext("We opened the report again"),
        Happening.PHOTO_ADDED: gettext("A photo was added"),
        Happening.REMARK_ADDED: gettext("A remark was added"),
        Happening.PUT_BACK: gettext("We put the last step back"),
    }
    return sentences.get(entry.happening)


def _split_again(details: dict[str, str], followed: Followed) -> str:
    if details.get("from") == followed.report.reference:
        # The case that this report began keeps the number.
        return str(
            gettext(
                "We looked again: what others reported is something else. We handle your report"
                " by itself."
            )
        )
    if "from" in details:
        return str(
            gettext(
                "We looked again: your report is about something else than report %(reference)s."
                " We handle it by itself.",
                reference=details["from"],
            )
        )
    return str(gettext("What somebody else reported turned out to be something else"))


def _is_own(entry: HistoryEntry, followed: Followed) -> bool:
    """Whether it was this report that joined; older entries do not name it."""
    if "report" in entry.details:
        return entry.details["report"] == str(followed.report.id)
    return "case" not in entry.details and entry.at == followed.report.received_at


def _known_already(followed: Followed) -> str:
    if not _was_known(followed):
        return str(gettext("We received your report. It was known already."))
    known = day_in_words(followed.case.received_at)
    return str(gettext("We received your report. It was known already since %(day)s.", day=known))


def _done(result: str | None) -> str:
    sentences: dict[str, str] = {
        WorkResult.SOLVED.value: gettext("The work is done"),
        WorkResult.NOT_SOLVED.value: gettext("The work did not solve it. We look further."),
        WorkResult.NOTHING_FOUND.value: gettext("We looked and found nothing"),
    }
    return sentences.get(result or "", sentences[WorkResult.SOLVED.value])


def _stage_changed(details: dict[str, str]) -> str | None:
    is_closed = details.get("stage") == CaseStage.CLOSED_WITHOUT_WORK
    if is_closed and details.get("reason") == ClosingReason.ALREADY_FIXED:
        return str(gettext("It had been solved already. We closed the report."))
    if is_closed:
        return str(gettext("We closed the report without work"))
    if details.get("stage") == CaseStage.WAITING and "until" in details:
        day = day_in_words(date.fromisoformat(details["until"]))
        if details.get("waiting") == WaitingFor.REPORTER:
            return str(gettext("We wait for your answer until %(day)s", day=day))
        return str(gettext("We wait for somebody else until %(day)s", day=day))
    if "waited" in details:
        return str(gettext("The waiting is over"))
    if details.get("stage") == CaseStage.PLANNED and "on" in details:
        day = day_in_words(date.fromisoformat(details["on"]))
        return str(gettext("The work was planned for %(day)s", day=day))
    return None


def _on_hold(until: str | None) -> str:
    if until is None:
        return str(gettext("The work stands still for a while"))
    return str(gettext("The work waits until %(day)s", day=day_in_words(date.fromisoformat(until))))
