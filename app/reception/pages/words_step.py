"""Step one of the form, first half: what it is, in the reporter's own words and photos.

Without scripts the photos have a page of their own, after the words were kept: a photo that is too
large to send, or a connection that breaks off while it goes, then takes no words along.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.foundation.texts import has_control_characters
from app.identity.access import is_program, open_to
from app.identity.permissions import Permission
from app.intake.rules import DESCRIPTION_LENGTH
from app.photos.model import MAX_PHOTOS, Photo, PhotoRefused
from app.photos.operations.coming_in import examine, stored_originals
from app.photos.operations.erasing import erase_from_draft
from app.photos.operations.keeping import check_room, keep
from app.photos.operations.reading import photos_of_draft
from app.photos.operations.showing import links
from app.photos.storage import PhotoStore
from app.reception.drafts import open_draft, throw_away
from app.reception.model import DraftContent, DraftNotFound, FailedPhoto
from app.reception.pages.own_draft import drop_key, new_key, own_keys, read_current_draft, this_key
from app.reception.pages.photo_words import refusal_in_words
from app.reception.pages.steps import Page, filled_in, kept, onward, shown
from app.reception.rules import (
    KEPT_CHARACTERS,
    LONGEST_ADDRESS,
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_PHONE,
    WordsProblem,
    draft_id_of,
    typed,
    words_problem,
)

blueprint = Blueprint("words", __name__)

_PHOTOS = Page.PHOTOS.value

#: The fields in which people type, and how much of each is kept.
_TYPED = {
    "words": KEPT_CHARACTERS,
    "address": LONGEST_ADDRESS,
    "name": LONGEST_NAME,
    "email": LONGEST_EMAIL,
    "phone": LONGEST_PHONE,
}


@blueprint.get("")
@open_to(Permission.ANYONE)
def ask_words() -> ResponseReturnValue:
    """Ask what it is; a form that was begun before goes on where it was."""
    draft = read_current_draft()
    if not own_keys() or (draft is not None and draft.is_sent):
        new_key()
    content = draft.content if draft is not None and not draft.is_sent else DraftContent()
    return _page(content, is_going_on=bool(content.words))


@blueprint.post("")
@open_to(Permission.ANYONE)
def take_words() -> ResponseReturnValue:
    """Keep the words and the photos that came with them; what is refused is said, not lost."""
    written = request.form.get("words", "")
    words = typed(written, most=KEPT_CHARACTERS)
    kept(lambda content: replace(content, words=words))
    content, errors = _keep_what_came()
    if (problem := words_problem(words)) is not None:
        errors["words"] = _words_in_words(problem, len(words))
    elif has_control_characters(written):
        errors["words"] = gettext(
            "There were characters in it that we cannot keep. We left them out: is it still right?"
        )
    if errors:
        return _page(content, errors=errors)
    if request.form.get("photos") == "next" and not _chosen_files():
        return redirect(Page.PHOTOS, code=303)
    return onward(content)


def _keep_what_came() -> tuple[DraftContent, dict[str, str]]:
    """Keep the photos that came with the form; return it, and a sentence about those refused."""
    refused = [failed for file in _chosen_files() if (failed := _try_to_keep(file)) is not None]
    content = kept(lambda content: replace(content, failed_photos=_failed(content, refused)))
    if not refused:
        return content, {}
    sentence = gettext(
        "%(why)s You can go on without this photo.",
        why=" ".join(f"{failed.name}: {failed.why}" for failed in refused),
    )
    return content, {"photo": sentence}


@blueprint.get("/fotos")
@open_to(Permission.ANYONE)
def ask_photos() -> ResponseReturnValue:
    """Ask for photos, of a browser without scripts; the words are kept by now."""
    return _photo_page(filled_in())


@blueprint.post("/fotos")
@open_to(Permission.ANYONE)
def take_photos() -> ResponseReturnValue:
    """Take one photo while the form is being filled in, or those of the page that asks for them."""
    if is_program():
        return _take_photo()
    content, errors = _keep_what_came()
    return _photo_page(content, errors=errors) if errors else onward(content)


def _take_photo() -> ResponseReturnValue:
    files = _chosen_files()
    if len(files) != 1:
        raise PhotoRefused(gettext("Send one photo at a time."))
    try:
        photo = _keep_photo(files[0])
    except PhotoRefused as refusal:
        raise type(refusal)(refusal_in_words(refusal)) from None
    answer = jsonify(id=str(photo.id), removeUrl=f"{_PHOTOS}/{photo.id}/weg")
    return answer, 201


@blueprint.post("/fotos/<uuid:photo_id>/weg")
@open_to(Permission.ANYONE)
def remove_photo(photo_id: UUID) -> ResponseReturnValue:
    """Take a photo back; without scripts the words come along and are kept."""
    services = provided()
    if not is_program():
        kept(_with_what_was_typed)
    with services.get(Database).transaction() as transaction:
        erase_from_draft(transaction, photo_id, draft_id=draft_id_of(this_key()))
    if is_program():
        return "", 204
    # Only the page with the words brings words along.
    return redirect(Page.WORDS if "words" in request.form else Page.PHOTOS, code=303)


@blueprint.post("/bewaren")
@open_to(Permission.ANYONE)
def keep_what_is_typed() -> ResponseReturnValue:
    """Keep what is typed as it stands, for a reload, another language or an empty battery."""
    if any(request.form.get(name, "").strip() for name in _TYPED):
        kept(_with_what_was_typed)
    if is_program():
        return "", 204
    asked = request.form.get("terug", "")
    page = next((page for page in Page if page == asked), Page.WORDS)
    spoken = request.args.get("taal")
    return redirect(f"{page}?taal={spoken}" if spoken in {"nl", "en"} else page, code=303)


@blueprint.post("/opnieuw")
@open_to(Permission.ANYONE)
def begin_again() -> ResponseReturnValue:
    """Forget what was filled in, and begin an empty form."""
    services = provided()
    key = this_key()
    with services.get(Database).transaction() as transaction:
        draft = open_draft(transaction, key, now=services.get(Clock).now())
        if not draft.is_sent:
            throw_away(transaction, draft)
    if not draft.is_sent:
        drop_key(key)
        flash(gettext("We threw away what you filled in."), "ok")
    new_key()
    return redirect(Page.WORDS, code=303)


def _page(
    content: DraftContent, *, errors: dict[str, str] | None = None, is_going_on: bool = False
) -> ResponseReturnValue:
    return shown(
        Page.WORDS,
        "words",
        content,
        errors=errors,
        most=DESCRIPTION_LENGTH,
        most_photos=MAX_PHOTOS,
        is_going_on=is_going_on,
        photos=photos_so_far(),
        upload_url=_PHOTOS,
    )


def _photo_page(
    content: DraftContent, *, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    return shown(
        Page.PHOTOS,
        "photos",
        content,
        errors=errors,
        most_photos=MAX_PHOTOS,
        photos=photos_so_far(),
    )


def photos_so_far() -> list[dict[str, object]]:
    """Return the photos of this form, as the page and its script know them."""
    services = provided()
    settings, now = services.get(Settings), services.get(Clock).now()
    keys = own_keys()
    if not keys:
        return []
    with services.get(Database).transaction() as transaction:
        photos = photos_of_draft(transaction, draft_id_of(this_key()))
    return [
        {
            "id": str(photo.id),
            "thumbnail_url": found.thumbnail if (found := links(photo, settings, now)) else None,
            "remove_url": f"{_PHOTOS}/{photo.id}/weg",
        }
        for photo in photos
    ]


def _chosen_files() -> list[FileStorage]:
    # An empty file input comes as one part without a name.
    return [file for file in request.files.getlist("photo") if file.filename]


def _try_to_keep(file: FileStorage) -> FailedPhoto | None:
    try:
        _keep_photo(file)
    except PhotoRefused as refusal:
        return FailedPhoto(_name(file), refusal_in_words(refusal))
    finally:
        # A large one lies in a temporary file.
        file.close()
    return None


def _keep_photo(file: FileStorage) -> Photo:
    """Keep one photo with the form; the same photo once more is the one that is there.

    Raises:
        PhotoRefused: one of its kinds.
        DraftNotFound: the form was sent already.
    """
    services = provided()
    database, now = services.get(Database), services.get(Clock).now()
    examined = examine(file.stream)  # type: ignore[arg-type]  # a stream of bytes
    draft_id = draft_id_of(this_key())
    with database.transaction() as transaction:
        present = photos_of_draft(transaction, draft_id)
    again = next((photo for photo in present if photo.sha256 == examined.sha256), None)
    if again is not None:
        return again
    check_room(present, 1)
    with (
        stored_originals(services.get(PhotoStore), [examined]) as originals,
        database.transaction() as transaction,
    ):
        draft = open_draft(transaction, this_key(), now=now)
        if draft.is_sent:
            raise DraftNotFound(gettext("You sent this report already."))
        present = photos_of_draft(transaction, draft.id)
        check_room(present, 1)
        first = max((photo.position for photo in present), default=-1) + 1
        return keep(transaction, originals, draft_id=draft.id, first_position=first, now=now)[0]


def _failed(content: DraftContent, refused: list[FailedPhoto]) -> tuple[FailedPhoto, ...]:
    """Return the photos that failed: those of before unless they came again, and those of now."""
    came_now = {_name(file) for file in _chosen_files()}
    before = [failed for failed in content.failed_photos if failed.name not in came_now]
    return (*before, *refused)[-MAX_PHOTOS:]


def _name(file: FileStorage) -> str:
    return typed(file.filename or "", most=80) or gettext("Photo")


def _with_what_was_typed(content: DraftContent) -> DraftContent:
    written = {
        name: typed(request.form[name], most=most)
        for name, most in _TYPED.items()
        if name in request.form
    }
    return replace(content, **written)  # type: ignore[arg-type]  # the fields of text alone


def _words_in_words(problem: WordsProblem, length: int) -> str:
    if problem is WordsProblem.NONE:
        return str(gettext("Tell us what is wrong."))
    return str(
        gettext(
            "Write at most %(most)s characters. There are %(length)s now.",
            most=DESCRIPTION_LENGTH,
            length=length,
        )
    )
