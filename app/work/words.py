"""What stages, reasons and happenings of work are called on pages, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from flask_babel import format_date, format_decimal, gettext, lazy_gettext, ngettext

from app.foundation.clock import LOCAL_ZONE
from app.intake.model import Channel
from app.work.model import (
    CaseStage,
    ClockState,
    ClosingReason,
    DeclineReason,
    DeskReason,
    Happening,
    HistoryEntry,
    TaskStage,
    WaitingFor,
    WorkResult,
)
from app.work.refusals import JoinObstacle
from app.work.weight_words import desk_happenings

_METRES_IN_A_KILOMETRE = 1000


_CASE_STAGES: dict[CaseStage, object] = {
    CaseStage.RECEIVED: lazy_gettext("Received"),
    CaseStage.ASSIGNED: lazy_gettext("Being handled"),
    CaseStage.PLANNED: lazy_gettext("Scheduled"),
    CaseStage.IN_PROGRESS: lazy_gettext("Work in progress"),
    CaseStage.WAITING: lazy_gettext("Waiting"),
    CaseStage.RESOLVED: lazy_gettext("Resolved"),
    CaseStage.CLOSED_WITHOUT_WORK: lazy_gettext("Not resolved"),
    CaseStage.REFERRED: lazy_gettext("Passed on"),
    CaseStage.MERGED: lazy_gettext("Part of another report"),
}


def case_stage_words(stage: CaseStage) -> str:
    """Return what a case's stage is called."""
    return str(_CASE_STAGES[stage])


_TASK_STAGES: dict[TaskStage, object] = {
    TaskStage.OFFERED: lazy_gettext("To do"),
    TaskStage.ACCEPTED: lazy_gettext("Accepted"),
    TaskStage.STARTED: lazy_gettext("Started"),
    TaskStage.ON_HOLD: lazy_gettext("On hold"),
    TaskStage.DONE: lazy_gettext("Done"),
    TaskStage.DECLINED: lazy_gettext("Given back"),
    TaskStage.CANCELLED: lazy_gettext("Taken back"),
}


def task_stage_words(stage: TaskStage) -> str:
    """Return what a task's stage is called by those who work."""
    return str(_TASK_STAGES[stage])


_RESULTS: dict[WorkResult, object] = {
    WorkResult.SOLVED: lazy_gettext("Solved"),
    WorkResult.NOT_SOLVED: lazy_gettext("Not solved"),
    WorkResult.NOTHING_FOUND: lazy_gettext("Nothing found"),
}


def result_words(result: WorkResult) -> str:
    """Return how a task ended."""
    return str(_RESULTS[result])


_DECLINED: dict[DeclineReason, object] = {
    DeclineReason.NOT_OURS: lazy_gettext("Not of the municipality"),
    DeclineReason.NOT_MINE: lazy_gettext("For another team"),
    DeclineReason.ALREADY_FIXED: lazy_gettext("Already fixed"),
    DeclineReason.PLACE_UNCLEAR: lazy_gettext("The place is not clear"),
    DeclineReason.OTHER: lazy_gettext("Something else"),
}


def decline_words(reason: DeclineReason) -> str:
    """Return why a party gives a task back."""
    return str(_DECLINED[reason])


_WAITING: dict[WaitingFor, object] = {
    WaitingFor.MATERIAL: lazy_gettext("Material"),
    WaitingFor.WEATHER: lazy_gettext("The weather"),
    WaitingFor.THIRD_PARTY: lazy_gettext("Somebody else, such as the grid company"),
    WaitingFor.REPORTER: lazy_gettext("An answer of the reporter"),
}


def waiting_words(waiting_for: WaitingFor) -> str:
    """Return what the work waits for, as a crew says it."""
    return str(_WAITING[waiting_for])


_CLOSED: dict[str, object] = {
    ClosingReason.NOTHING_FOUND.value: lazy_gettext("We found nothing there"),
    ClosingReason.ALREADY_FIXED.value: lazy_gettext("It was fixed already"),
    ClosingReason.NOT_PUBLIC_SPACE.value: lazy_gettext("It is not in public space"),
    ClosingReason.NOT_A_DEFECT.value: lazy_gettext("It is as it should be"),
    ClosingReason.IN_PLANNED_WORK.value: lazy_gettext("It goes with work that is planned"),
    ClosingReason.PLACE_UNCLEAR.value: lazy_gettext("We could not find the place"),
}


def closing_words(reason: str) -> str:
    """Return why a case was closed without work; a sentence of an older day is given as it is."""
    return str(_CLOSED.get(reason, reason))


_DESK_REASONS: dict[DeskReason, object] = {
    DeskReason.NOBODY_RESPONSIBLE: lazy_gettext("Nobody responsible"),
    DeskReason.DECLINED: lazy_gettext("Given back"),
    DeskReason.UNSURE_CATEGORY: lazy_gettext("Kind not certain"),
    DeskReason.POSSIBLE_DUPLICATE: lazy_gettext("Possible duplicate"),
    DeskReason.NOT_SOLVED: lazy_gettext("Not solved"),
    DeskReason.REMARK: lazy_gettext("Remark of a reporter"),
    DeskReason.DANGER_WAITS: lazy_gettext("Danger, and the work waits"),
    DeskReason.WAIT_OVER: lazy_gettext("Waited long enough"),
    DeskReason.OTHER_ANSWERS: lazy_gettext("Answers that say otherwise"),
    DeskReason.TO_CHECK: lazy_gettext("Check whether it is solved"),
}


def desk_reason_words(reason: DeskReason) -> str:
    """Return why a case stands on the desk's list."""
    return str(_DESK_REASONS[reason])


_SETTLED: dict[DeskReason, object] = {
    DeskReason.UNSURE_CATEGORY: lazy_gettext("The kind is right"),
    DeskReason.POSSIBLE_DUPLICATE: lazy_gettext("No duplicate"),
    DeskReason.REMARK: lazy_gettext("Remark read"),
    DeskReason.DANGER_WAITS: lazy_gettext("Somebody sees to the danger"),
    DeskReason.OTHER_ANSWERS: lazy_gettext("Answers looked at"),
}


def settled_words(reason: DeskReason) -> str | None:
    """Return what a person says who settles this; none where saying it settles nothing."""
    words = _SETTLED.get(reason)
    return None if words is None else str(words)


def channel_words() -> dict[str, str]:
    """Return how reports reached us, by the word of the channel."""
    return {
        Channel.MOBILE.value: gettext("by phone app"),
        Channel.WEB.value: gettext("on the website"),
        Channel.PHONE.value: gettext("by telephone"),
        Channel.COUNTER.value: gettext("at the counter"),
        Channel.WHATSAPP.value: gettext("by WhatsApp"),
        Channel.EMAIL.value: gettext("by e-mail"),
        Channel.SOCIAL_MEDIA.value: gettext("by social media"),
        Channel.OPEN311.value: gettext("by another app"),
    }


_OBSTACLES: dict[JoinObstacle, object] = {
    JoinObstacle.SAME_CASE: lazy_gettext("A report cannot be joined to itself."),
    JoinObstacle.CLOSED: lazy_gettext("That report is not open any more."),
    JoinObstacle.TWO_ASSETS: lazy_gettext(
        "These are two different objects, so they are two different defects."
    ),
}


def obstacle_words(obstacle: JoinObstacle) -> str:
    """Return why two cases cannot become one."""
    return str(_OBSTACLES[obstacle])


_CLOCKS: dict[ClockState, object] = {
    ClockState.ON_TIME: "",
    ClockState.AT_RISK: lazy_gettext("at risk of being late"),
    ClockState.OVERDUE: lazy_gettext("too late"),
    ClockState.STOPPED: lazy_gettext("clock stands still"),
    ClockState.ENDED: "",
}


def clock_words(state: ClockState) -> str:
    """Return how a promise stands; nothing where all is well, or where it is over."""
    return str(_CLOCKS[state])


def due_words(due_at: datetime, now: datetime) -> str:
    """Return by when, as people say it: today, tomorrow, in so many days, or how late."""
    days = _local_day(due_at).toordinal() - _local_day(now).toordinal()
    if days < 0:
        return str(ngettext("%(num)s day late", "%(num)s days late", -days))
    if days == 0:
        return str(gettext("today, too late") if now > due_at else gettext("today"))
    if days == 1:
        return str(gettext("tomorrow"))
    return str(ngettext("in %(num)s day", "in %(num)s days", days))


def day_words(day: date | None) -> str | None:
    """Return a day as people write it, without the year."""
    return None if day is None else str(format_date(day, "d MMMM"))


def distance_words(metres: float) -> str:
    """Return a distance as people say it: in tens of metres, or kilometres."""
    tens = max(10, round(metres / 10) * 10)
    if tens < _METRES_IN_A_KILOMETRE:
        return str(gettext("%(metres)s m", metres=tens))
    kilometres = format_decimal(round(metres / _METRES_IN_A_KILOMETRE, 1))
    return str(gettext("%(kilometres)s km", kilometres=kilometres))


def happening_words(entry: HistoryEntry, category_names: Mapping[str, str]) -> str:
    """Return what happened, in a short sentence without an actor.

    Beside those of categories the names hold those of people, by the id of the account, and of
    causes.
    """
    told = {name: str(value) for name, value in entry.details.items()}
    party = told.get("party", "")
    # Each is written when it is asked for: a history would look up every text for every line.
    sentences: dict[Happening, Callable[[], str]] = {
        Happening.OPENED: lambda: gettext("The report came in"),
        Happening.REPORT_JOINED: lambda: _joined(
            told, is_danger=entry.details.get("danger") is True
        ),
        Happening.TASK_OFFERED: lambda: (
            gettext("Given to %(party)s", party=party) if party else gettext("A task was made")
        ),
        Happening.TASK_ACCEPTED: lambda: gettext("Accepted"),
        Happening.TASK_STARTED: lambda: gettext("Started"),
        Happening.TASK_TAKEN: lambda: _taken(told.get("was"), category_names),
        Happening.TASK_PUT_BACK: lambda: gettext("Put back on the list of the team"),
        Happening.TASK_GIVEN: lambda: gettext(
            "Given to %(name)s", name=category_names.get(told.get("account", ""), _a_colleague())
        ),
        Happening.TASK_ON_HOLD: lambda: _on_hold(told),
        Happening.TASK_DONE: lambda: gettext(
            "Done: %(result)s", result=_result(told.get("result"))
        ),
        Happening.TASK_DECLINED: lambda: gettext(
            "Given back: %(why)s", why=_why(told.get("reason"))
        ),
        Happening.TASK_CANCELLED: lambda: gettext("Task taken back"),
        Happening.STAGE_CHANGED: lambda: _stage_sentence(told),
        Happening.CATEGORY_CHANGED: lambda: gettext(
            "Kind changed from “%(was)s” to “%(now)s”",
            was=category_names.get(told.get("was", ""), told.get("was", "")),
            now=category_names.get(told.get("category", ""), told.get("category", "")),
        ),
        Happening.DANGER_TAKEN_AWAY: lambda: gettext("Found to be no danger"),
        Happening.ASSIGNED: lambda: (
            gettext("Given to %(party)s by “%(draft)s”", party=party, draft=told["draft"])
            if "draft" in told
            else gettext("Given to %(party)s", party=party)
        ),
        **desk_happenings(told, category_names),
        Happening.MERGED: lambda: gettext(
            "Joined to %(reference)s", reference=told.get("into", "")
        ),
        Happening.REOPENED: lambda: gettext("Reopened"),
        Happening.PHOTO_ADDED: lambda: gettext("Photo added"),
        Happening.REMARK_ADDED: lambda: gettext("The reporter added a remark"),
        Happening.ANSWERS_ADDED: lambda: gettext("The reporter answered our questions"),
        Happening.PUT_BACK: lambda: gettext("What was done with several reports at once is undone"),
        Happening.CLOCK_STOPPED: lambda: _clock_stopped(told),
        Happening.CLOCK_RAN_ON: lambda: gettext(
            "The clock runs on; due on %(day)s", day=_moment_day(told.get("due"))
        ),
        Happening.DESK_SETTLED: lambda: gettext(
            "Looked at by the desk: %(reason)s", reason=_desk_reason(told.get("reason"))
        ),
    }
    return str(sentences[entry.happening]())


def _joined(told: Mapping[str, str], *, is_danger: bool) -> str:
    """Return what joined: another report, or a whole case that the desk found to be the same."""
    count, case = told.get("reports", "?"), told.get("case")
    if case is not None and is_danger:
        words = gettext(
            "Report %(reference)s was joined to this one, as a danger; %(count)s reports now",
            reference=case,
            count=count,
        )
    elif case is not None:
        words = gettext(
            "Report %(reference)s was joined to this one; %(count)s reports now",
            reference=case,
            count=count,
        )
    elif is_danger:
        words = gettext("Reported again, as a danger; %(count)s reports now", count=count)
    else:
        words = gettext("Reported again; %(count)s reports now", count=count)
    return str(words)


def _taken(was: str | None, names: Mapping[str, str]) -> str:
    """Return that somebody took a task, and from whom where somebody had it."""
    if was is None:
        return str(gettext("Taken on"))
    return str(gettext("Taken over from %(name)s", name=names.get(was, _a_colleague())))


def _a_colleague() -> str:
    return str(gettext("a colleague"))


def _on_hold(told: Mapping[str, str]) -> str:
    """Return until when a task is on hold and for what; older entries do not say for what."""
    day, waits_for = _day(told.get("until")), told.get("waiting")
    if waits_for not in set(WaitingFor):
        return str(gettext("On hold until %(day)s", day=day))
    what = waiting_words(WaitingFor(waits_for))
    return str(gettext("On hold until %(day)s, waits for: %(what)s", day=day, what=_lower(what)))


def waits_words(waiting_for: str | None, until: date | None, party: str | None = None) -> str:
    """Return for what or whom a case waits and until which day, as far as that is known."""
    known = next((one for one in WaitingFor if one == waiting_for), WaitingFor.THIRD_PARTY)
    what = party or _lower(waiting_words(known))
    if until is None:
        return str(gettext("Waits for: %(what)s", what=what))
    return str(gettext("Waits for: %(what)s, until %(day)s", what=what, day=day_words(until)))


def _clock_stopped(told: Mapping[str, str]) -> str:
    if told.get("waitingFor") == WaitingFor.REPORTER:
        return str(gettext("The clock stands still, for we wait for the reporter"))
    return str(gettext("The clock stands still, for we wait for somebody else"))


def _lower(words: str) -> str:
    """Return words as they stand in the middle of a sentence."""
    return words[:1].lower() + words[1:]


def _stage_sentence(told: Mapping[str, str]) -> str:
    try:
        stage = CaseStage(told.get("stage", ""))
    except ValueError:
        return str(gettext("Changed"))
    words = case_stage_words(stage)
    if stage is CaseStage.WAITING and "waiting" in told:
        return waits_words(told["waiting"], _date(told.get("until")))
    if "waited" in told:
        return str(gettext("The waiting is over: %(stage)s", stage=_lower(words)))
    if stage is CaseStage.PLANNED and "on" in told:
        return str(gettext("Scheduled for %(day)s", day=_day(told["on"])))
    if reason := told.get("reason"):
        return str(gettext("%(stage)s: %(reason)s", stage=words, reason=closing_words(reason)))
    return words


def _result(word: str | None) -> str:
    return result_words(WorkResult(word)) if word in set(WorkResult) else word or "?"


def _why(word: str | None) -> str:
    return decline_words(DeclineReason(word)) if word in set(DeclineReason) else word or "?"


def _desk_reason(word: str | None) -> str:
    return desk_reason_words(DeskReason(word)) if word in set(DeskReason) else word or "?"


def _day(iso: str | None) -> str:
    return day_words(_date(iso)) or "?"


def _date(iso: str | None) -> date | None:
    try:
        return date.fromisoformat(iso or "")
    except ValueError:
        return None


def _moment_day(iso: str | None) -> str:
    try:
        return str(format_date(_local_day(datetime.fromisoformat(iso or "")), "d MMMM"))
    except ValueError:
        return "?"


def _local_day(instant: datetime) -> date:
    return instant.astimezone(LOCAL_ZONE).date()
