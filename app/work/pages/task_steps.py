"""What a crew does with a task on the page: start it, report it done, give it back, add photos."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.photos.model import MAX_PHOTOS, ExaminedPhoto, PhotoRefused, StoredOriginal
from app.photos.operations.coming_in import discard_originals, examine, stored_originals
from app.photos.operations.reading import photos_of_task
from app.photos.storage import PhotoStore
from app.work.model import (
    ActedBy,
    DeclineReason,
    MovedOn,
    StageNotReachable,
    Task,
    TaskStage,
    WorkResult,
)
from app.work.operations.repair_photos import add_repair_photos, locked_task
from app.work.operations.tasks import complete_task, decline_task, start_task, task
from app.work.pages.task_page import own_party, show_task
from app.work.pages.typed import Typed, number_in

blueprint = Blueprint("task_steps", __name__, url_prefix="/werk/taken/<uuid:task_id>")

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _SentPhotos:
    """The photos that came with a form: those that may be kept, and what to say of the others."""

    examined: list[ExaminedPhoto] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@blueprint.post("/beginnen")
@open_to(Permission.WORK_TASKS)
def start(task_id: UUID) -> ResponseReturnValue:
    """Begin with a task; beginning twice is no error."""
    typed = Typed()
    version = typed.version()
    if version is None:
        return show_task(task_id, typed=_incomplete(typed), status=400)
    services = provided()
    try:
        with services.get(Database).transaction() as transaction:
            start_task(
                transaction,
                task_id,
                party_id=own_party(),
                by=_by(),
                now=services.get(Clock).now(),
                expected_version=version,
            )
    except (MovedOn, StageNotReachable):
        if _now(task_id).stage is not TaskStage.STARTED:
            return _moved_on(task_id, typed)
    return redirect(f"/werk/taken/{task_id}", code=303)


@blueprint.post("/klaar")
@open_to(Permission.WORK_TASKS)
def complete(task_id: UUID) -> ResponseReturnValue:
    """Report a task done. A photo that cannot be kept never keeps it from being done."""
    typed = Typed()
    version = typed.version()
    result = typed.word("result", WorkResult, missing=gettext("Say how it ended."))
    remark = typed.text("remark")
    if version is None:
        typed = _incomplete(typed)
    if version is None or result is None or typed.errors:
        _ask_photos_again(typed)
        return show_task(task_id, typed=typed, status=400)
    services = provided()
    party_id, now = own_party(), services.get(Clock).now()
    sent = _sent_photos()
    try:
        with ExitStack() as stack:
            originals = _stored(stack, sent)
            with services.get(Database).transaction() as transaction:
                done = complete_task(
                    transaction,
                    task_id,
                    party_id=party_id,
                    result=result,
                    remark=remark,
                    by=_by(),
                    now=now,
                    expected_version=version,
                )
                left_over = _keep(transaction, done, originals, sent)
            discard_originals(services.get(PhotoStore), left_over)
    except (MovedOn, StageNotReachable):
        now_is = _now(task_id)
        is_the_same = now_is.result is result and remark in {"", now_is.remark or ""}
        if now_is.stage is not TaskStage.DONE or not is_the_same:
            _ask_photos_again(typed)
            return _moved_on(task_id, typed)
        # The same once more: after bad reception, or two taps.
        _add_photos(task_id, sent)
    flash(gettext("This task is done. Thank you."), "ok")
    _tell(sent)
    return redirect(f"/werk/taken/{task_id}", code=303)


@blueprint.post("/teruggeven")
@open_to(Permission.WORK_TASKS)
def decline(task_id: UUID) -> ResponseReturnValue:
    """Give a task back, with the reason; the desk decides what comes next."""
    typed = Typed()
    version = typed.version()
    reason = typed.word("reason", DeclineReason, missing=gettext("Say why you give it back."))
    remark = typed.text("decline_remark")
    if version is None:
        typed = _incomplete(typed)
    if version is None or reason is None or typed.errors:
        return show_task(task_id, typed=typed, status=400)
    services = provided()
    try:
        with services.get(Database).transaction() as transaction:
            decline_task(
                transaction,
                task_id,
                party_id=own_party(),
                reason=reason,
                remark=remark,
                by=_by(),
                now=services.get(Clock).now(),
                expected_version=version,
            )
    except (MovedOn, StageNotReachable):
        now_is = _now(task_id)
        is_the_same = now_is.decline_reason is reason and remark in {"", now_is.remark or ""}
        if now_is.stage is not TaskStage.DECLINED or not is_the_same:
            return _moved_on(task_id, typed)
    flash(gettext("You gave the task back. The desk looks at it."), "ok")
    return redirect("/werk", code=303)


@blueprint.post("/fotos")
@open_to(Permission.WORK_TASKS)
def add_photos(task_id: UUID) -> ResponseReturnValue:
    """Add photos of the repair, also after the task was done."""
    if _now(task_id).stage in {TaskStage.CANCELLED, TaskStage.DECLINED}:
        return show_task(task_id, status=409)
    sent = _sent_photos()
    if not sent.examined and not sent.complaints:
        typed = Typed(errors={"photo": gettext("Choose a photo first.")})
        return show_task(task_id, typed=typed, status=400)
    added = _add_photos(task_id, sent)
    if added:
        flash(ngettext("%(num)s photo added.", "%(num)s photos added.", added), "ok")
    _tell(sent)
    return redirect(f"/werk/taken/{task_id}", code=303)


def _by() -> ActedBy:
    actor = acting()
    return ActedBy(actor.kind.value, actor.id)


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


def _incomplete(typed: Typed) -> Typed:
    typed.errors["page"] = gettext("The page was not complete. Look at it again and press again.")
    return typed


def _ask_photos_again(typed: Typed) -> None:
    """Say that a browser does not send a chosen file a second time."""
    if any(file.filename for file in request.files.getlist("photo")):
        typed.errors["photo"] = gettext("Choose the photos again.")


def _sent_photos() -> _SentPhotos:
    """Examine what came with the form, one by one: a bad one does not take the others with it."""
    sent = _SentPhotos()
    files = [file for file in request.files.getlist("photo") if file.filename]
    for number, file in enumerate(files, start=1):
        if number > MAX_PHOTOS:
            sent.complaints.append(
                gettext("You can send %(most)s photos at most.", most=MAX_PHOTOS)
            )
            break
        try:
            sent.examined.append(examine(file.read()))
        except PhotoRefused as refusal:
            sent.complaints.append(_complaint(number, refusal))
    return sent


def _complaint(number: int, refusal: PhotoRefused) -> str:
    sentences: dict[str, str] = {
        "photo-empty": gettext("Photo %(number)s is empty.", number=number),
        "photo-too-large": gettext("Photo %(number)s is larger than 15 MB.", number=number),
        "photo-kind-unsupported": gettext("File %(number)s is not a photo.", number=number),
        "photo-heic-unsupported": gettext(
            "Photo %(number)s is a HEIC photo; send it as JPEG.", number=number
        ),
        "photo-cut-short": gettext("Photo %(number)s is not complete.", number=number),
        "photo-too-many-pixels": gettext(
            "Photo %(number)s has more than 50 megapixels.", number=number
        ),
        "photo-webp-too-many-pixels": gettext(
            "Photo %(number)s is a WebP of more than 25 megapixels; send it as JPEG.", number=number
        ),
        "photo-shows-nothing": gettext("Photo %(number)s has one colour only.", number=number),
    }
    return sentences.get(
        refusal.code, str(gettext("Photo %(number)s cannot be read.", number=number))
    )


def _stored(stack: ExitStack, sent: _SentPhotos) -> Sequence[StoredOriginal]:
    """Put the photos on disk; a full disk loses the photos and nothing else."""
    try:
        return stack.enter_context(stored_originals(provided().get(PhotoStore), sent.examined))
    except OSError:
        _log.exception("repair_photos_not_stored", photos=len(sent.examined))
        sent.complaints.append(gettext("The photos could not be kept."))
        return []


def _keep(
    transaction: Transaction,
    of_task: Task,
    originals: Sequence[StoredOriginal],
    sent: _SentPhotos,
) -> Sequence[StoredOriginal]:
    """Keep the photos the task has not, as many as there is room for; return those left over."""
    present = photos_of_task(transaction, of_task.id)
    known = {photo.sha256 for photo in present}
    new = [one for one in originals if one.sha256 not in known]
    room = MAX_PHOTOS - len(present)
    if len(new) > room:
        sent.complaints.append(
            gettext(
                "A task has %(most)s photos at most; the others were not kept.", most=MAX_PHOTOS
            )
        )
    add_repair_photos(transaction, of_task, new[:room], by=_by(), now=provided().get(Clock).now())
    return [one for one in originals if one not in new[:room]]


def _add_photos(task_id: UUID, sent: _SentPhotos) -> int:
    """Keep photos with a task apart from any step; return how many."""
    services = provided()
    with ExitStack() as stack:
        originals = _stored(stack, sent)
        with services.get(Database).transaction() as transaction:
            held = locked_task(transaction, task_id, party_id=own_party())
            left_over = _keep(transaction, held, originals, sent)
        discard_originals(services.get(PhotoStore), left_over)
    return len(originals) - len(left_over)


def _tell(sent: _SentPhotos) -> None:
    if sent.complaints:
        flash(" ".join([*sent.complaints, gettext("You can add photos on this page.")]), "warning")
