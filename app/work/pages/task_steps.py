"""What a crew does with a task on the page: start, plan, put on hold, report done, give back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.photos.operations.coming_in import discard_originals
from app.photos.storage import PhotoStore
from app.work.model import (
    DeclineReason,
    Task,
    TaskStage,
    WaitingFor,
    WorkResult,
)
from app.work.operations.claiming import TaskTaken, begin_task, check_worker, note_who_did_it
from app.work.operations.lists import listed_task
from app.work.operations.planning_task import plan_task
from app.work.operations.repair_photos import locked_task
from app.work.operations.tasks import complete_task, decline_task, hold_task, task
from app.work.pages.doing_also import also_chosen, close_also
from app.work.pages.sent_photos import (
    SentPhotos,
    ask_photos_again,
    keep_with_task,
    sent_photos,
    stored,
    tell_complaints,
)
from app.work.pages.task_page import acted_by, own_account, own_party, show_task
from app.work.pages.typed import Typed, number_in
from app.work.refusals import MovedOn, StageNotReachable, TaskNotFound
from app.work.rules import can_be_planned_on, can_wait_until, is_after_promise
from app.work.words import day_words

#: The name of a company or an office that one waits for.
_PARTY_LENGTH = 80

blueprint = Blueprint("task_steps", __name__, url_prefix="/werk/taken/<uuid:task_id>")


@blueprint.post("/beginnen")
@open_to(Permission.WORK_TASKS)
def start(task_id: UUID) -> ResponseReturnValue:
    """Begin with a task; beginning twice is no error."""
    return _take(task_id, Typed(), begin_task, is_so=lambda now: now.stage is TaskStage.STARTED)


@blueprint.post("/plannen")
@open_to(Permission.WORK_TASKS)
def plan(task_id: UUID) -> ResponseReturnValue:
    """Say on which day one comes; the reporters read it."""
    typed = Typed()
    on = typed.day("planned_on", missing=gettext("Say on which day you come."))
    if on is not None and not can_be_planned_on(on, today=_today()):
        typed.errors["planned_on"] = gettext("Choose today or a later day, within a year.")
    # One more press for the same day says that it is meant so; another day is asked anew.
    elif on is not None and request.form.get("is_sure", "") != on.isoformat():
        promised = _promise_broken_by(task_id, on)
        if promised is not None:
            typed.values["is_sure"] = on.isoformat()
            typed.errors["planned_on"] = gettext(
                "That is after the day we promised (%(day)s). Are you sure? Press again.",
                day=day_words(promised),
            )
    if on is None or typed.errors:
        return _not_right(task_id, typed)
    return _take(
        task_id,
        typed,
        partial(plan_task, on=on),
        is_so=lambda _: _is_planned_for(task_id, on),
        said=gettext("Planned for %(day)s.", day=day_words(on)),
    )


@blueprint.post("/wachten")
@open_to(Permission.WORK_TASKS)
def hold(task_id: UUID) -> ResponseReturnValue:
    """Put a task on hold until a day, with the reason; the reporters read until when."""
    typed = Typed()
    why = typed.text("hold_remark")
    if not why:
        typed.errors["hold_remark"] = gettext("Say why it has to wait.")
    waiting_for = typed.word(
        "waiting_for", WaitingFor, missing=gettext("Say what it has to wait for.")
    )
    waiting_party = typed.text("waiting_party", most=_PARTY_LENGTH)
    until = typed.day("held_until", missing=gettext("Say until which day it waits."))
    if until is not None and not can_wait_until(until, today=_today()):
        typed.errors["held_until"] = gettext("Choose a day after today, within a year.")
    if until is None or waiting_for is None or typed.errors:
        return _not_right(task_id, typed)
    return _take(
        task_id,
        typed,
        partial(
            hold_task,
            until=until,
            remark=why,
            waiting_for=waiting_for,
            waiting_party=waiting_party or None,
        ),
        is_so=lambda now: (
            (now.stage, now.held_until, now.remark) == (TaskStage.ON_HOLD, until, why)
        ),
        said=gettext("This task is on hold."),
    )


@blueprint.post("/klaar")
@open_to(Permission.WORK_TASKS)
def complete(task_id: UUID) -> ResponseReturnValue:
    """Report a task done. A photo that cannot be kept never keeps it from being done."""
    typed = Typed()
    version = typed.version()
    result = typed.word("result", WorkResult, missing=gettext("Say how it ended."))
    remark = typed.text("remark")
    typed.chosen = also_chosen()
    if version is None:
        typed = _incomplete(typed)
    if version is None or result is None or typed.errors:
        ask_photos_again(typed)
        return show_task(task_id, typed=typed, status=400)
    services = provided()
    party_id, now = own_party(), services.get(Clock).now()
    sent = sent_photos()
    try:
        with ExitStack() as stack:
            originals = stored(stack, sent)
            with services.get(Database).transaction() as transaction:
                done = complete_task(
                    transaction,
                    task_id,
                    party_id=party_id,
                    result=result,
                    remark=remark,
                    by=acted_by(),
                    now=now,
                    expected_version=version,
                )
                check_worker(transaction, task_id, account_id=own_account(), seen=_worker_seen())
                note_who_did_it(transaction, task_id, account_id=own_account(), now=now)
                left_over = keep_with_task(transaction, done, originals, sent)
            discard_originals(services.get(PhotoStore), left_over)
    except TaskTaken as refusal:
        ask_photos_again(typed)
        return show_task(task_id, typed=typed, status=409, taken_by=refusal.worker.name)
    except (MovedOn, StageNotReachable):
        now_is = _now(task_id)
        is_the_same = now_is.result is result and remark in {"", now_is.remark or ""}
        if now_is.stage is not TaskStage.DONE or not is_the_same:
            ask_photos_again(typed)
            return _moved_on(task_id, typed)
        # The same once more: after bad reception, or two taps.
        _add_photos(task_id, sent)
    flash(gettext("This task is done. Thank you."), "ok")
    close_also(task_id, typed.chosen, result=result, remark=remark, sent=sent)
    tell_complaints(sent)
    return redirect(f"/werk/taken/{task_id}", code=303)


@blueprint.post("/teruggeven")
@open_to(Permission.WORK_TASKS)
def decline(task_id: UUID) -> ResponseReturnValue:
    """Give a task back, with the reason; the desk decides what comes next."""
    typed = Typed()
    reason = typed.word("reason", DeclineReason, missing=gettext("Say why you give it back."))
    remark = typed.text("decline_remark")
    if reason is None or typed.errors:
        return _not_right(task_id, typed)
    return _take(
        task_id,
        typed,
        partial(decline_task, reason=reason, remark=remark),
        is_so=lambda now: (
            now.stage is TaskStage.DECLINED
            and now.decline_reason is reason
            and remark in {"", now.remark or ""}
        ),
        said=gettext("You gave the task back. The desk looks at it."),
        leads_to="/werk",
    )


@blueprint.post("/fotos")
@open_to(Permission.WORK_TASKS)
def add_photos(task_id: UUID) -> ResponseReturnValue:
    """Add photos of the repair, also after the task was done."""
    if _now(task_id).stage in {TaskStage.CANCELLED, TaskStage.DECLINED}:
        return show_task(task_id, status=409)
    sent = sent_photos()
    if not sent.examined and not sent.complaints:
        typed = Typed(errors={"photo": gettext("Choose a photo first.")})
        return show_task(task_id, typed=typed, status=400)
    added = _add_photos(task_id, sent)
    if added:
        flash(ngettext("%(num)s photo added.", "%(num)s photos added.", added), "ok")
    tell_complaints(sent)
    return redirect(f"/werk/taken/{task_id}", code=303)


def _take(
    task_id: UUID,
    typed: Typed,
    act: Callable[..., Task],
    *,
    is_so: Callable[[Task], bool],
    said: str | None = None,
    leads_to: str | None = None,
) -> ResponseReturnValue:
    """Take a step based on the version of the form; the page comes back where it cannot be done.

    `is_so` tells whether a task is as the step leaves it: the same once more, after bad reception
    or two taps, is no error.
    """
    version = typed.version()
    if version is None:
        return _not_right(task_id, typed)
    services = provided()
    try:
        with services.get(Database).transaction() as transaction:
            act(
                transaction,
                task_id,
                party_id=own_party(),
                by=acted_by(),
                now=services.get(Clock).now(),
                expected_version=version,
            )
            check_worker(transaction, task_id, account_id=own_account(), seen=_worker_seen())
    except TaskTaken as refusal:
        return show_task(task_id, typed=typed, status=409, taken_by=refusal.worker.name)
    except (MovedOn, StageNotReachable):
        if not is_so(_now(task_id)):
            return _moved_on(task_id, typed)
    if said:
        flash(said, "ok")
    return redirect(leads_to or f"/werk/taken/{task_id}", code=303)


def _worker_seen() -> UUID | None:
    """Return who had the task when the form was shown."""
    try:
        return UUID(request.form.get("worker", ""))
    except ValueError:
        return None


def _today() -> date:
    return provided().get(Clock).now().astimezone(LOCAL_ZONE).date()


def _promise_broken_by(task_id: UUID, on: date) -> date | None:
    """Return the promised day, where this one is after it; once it has passed no day is asked of.

    Raises:
        TaskNotFound: there is no such task, or it is another party's.
    """
    with provided().get(Database).transaction() as transaction:
        known = listed_task(transaction, task_id, party_id=own_party())
    if known is None:
        raise TaskNotFound()
    due_at = known.case.due_at
    is_broken_now = is_after_promise(_today(), due_at)
    if is_broken_now or not is_after_promise(on, due_at):
        return None
    return due_at.astimezone(LOCAL_ZONE).date()


def _is_planned_for(task_id: UUID, on: date | None) -> bool:
    with provided().get(Database).transaction() as transaction:
        known = listed_task(transaction, task_id, party_id=own_party())
    return known is not None and on is not None and known.case.planned_on == on


def _now(task_id: UUID) -> Task:
    """Return a task of one's own party as it is now.

    Raises:
        TaskNotFound: there is none, or it is another party's.
    """
    with provided().get(Database).transaction() as transaction:
        return task(transaction, task_id, party_id=own_party())


def _moved_on(task_id: UUID, typed: Typed) -> ResponseReturnValue:
    return show_task(
        task_id, typed=typed, status=412, seen=number_in(request.form.get("happened", ""))
    )


def _not_right(task_id: UUID, typed: Typed) -> ResponseReturnValue:
    """Show the page again with what was typed and what is not right about it."""
    if typed.version() is None:
        typed = _incomplete(typed)
    return show_task(task_id, typed=typed, status=400)


def _incomplete(typed: Typed) -> Typed:
    typed.errors["page"] = gettext("The page was not complete. Look at it again and press again.")
    return typed


def _add_photos(task_id: UUID, sent: SentPhotos) -> int:
    """Keep photos with a task apart from any step; return how many."""
    services = provided()
    with ExitStack() as stack:
        originals = stored(stack, sent)
        with services.get(Database).transaction() as transaction:
            held = locked_task(transaction, task_id, party_id=own_party())
            left_over = keep_with_task(transaction, held, originals, sent)
        discard_originals(services.get(PhotoStore), left_over)
    return len(originals) - len(left_over)
