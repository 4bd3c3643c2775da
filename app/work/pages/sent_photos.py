"""Photos of a repair as they come with a form: a bad one never takes the others with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import structlog
from flask import flash, request
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Transaction
from app.foundation.provided import provided
from app.photos.model import MAX_PHOTOS, ExaminedPhoto, PhotoRefused, StoredOriginal
from app.photos.operations.coming_in import examine, stored_originals
from app.photos.operations.reading import photos_of_task
from app.photos.storage import PhotoStore
from app.work.model import Task
from app.work.operations.repair_photos import add_repair_photos
from app.work.pages.task_page import acted_by
from app.work.pages.typed import Typed

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class SentPhotos:
    """The photos that came with a form: those that may be kept, and what to say of the others."""

    examined: list[ExaminedPhoto] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def ask_photos_again(typed: Typed) -> None:
    """Say that a browser does not send a chosen file a second time."""
    if any(file.filename for file in request.files.getlist("photo")):
        typed.errors["photo"] = gettext("Choose the photos again.")


def sent_photos() -> SentPhotos:
    """Examine what came with the form, one by one: a bad one does not take the others with it."""
    sent = SentPhotos()
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


def stored(stack: ExitStack, sent: SentPhotos) -> Sequence[StoredOriginal]:
    """Put the photos on disk; a full disk loses the photos and nothing else."""
    try:
        return stack.enter_context(stored_originals(provided().get(PhotoStore), sent.examined))
    except OSError:
        _log.exception("repair_photos_notstored", photos=len(sent.examined))
        said = gettext("The photos could not be kept.")
        # Of tasks that were done in one go, once.
        if said not in sent.complaints:
            sent.complaints.append(said)
        return []


def keep_with_task(
    transaction: Transaction,
    of_task: Task,
    originals: Sequence[StoredOriginal],
    sent: SentPhotos,
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
    add_repair_photos(
        transaction, of_task, new[:room], by=acted_by(), now=provided().get(Clock).now()
    )
    return [one for one in originals if one not in new[:room]]


def tell_complaints(sent: SentPhotos) -> None:
    if sent.complaints:
        flash(" ".join([*sent.complaints, gettext("You can add photos on this page.")]), "warning")
