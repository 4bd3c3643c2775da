"""Following a report with its link: where it stands, what happened, and adding something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response as BaseResponse

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.foundation.texts import clean_text
from app.geography.map_ground import outline_and_villages
from app.identity.access import SIGN_IN_PATH, open_to
from app.identity.permissions import Permission
from app.intake.model import ReportNotFound
from app.intake.operations import report_with_token
from app.intake.rules import DESCRIPTION_LENGTH
from app.maps.model import TileSource
from app.maps.operations import page_nonce, spot_map
from app.photos.model import MAX_PHOTOS, ExaminedPhoto, Photo, PhotoLinks, PhotoRefused
from app.photos.operations.coming_in import discard_originals, examine_all, stored_originals
from app.photos.operations.showing import links
from app.photos.storage import PhotoStore
from app.reception.additions import (
    TooManyRemarks,
    add_answers,
    add_photos,
    add_remark,
    codes_of,
    missing_questions,
)
from app.reception.following import follow
from app.reception.pages.following_words import (
    by_when,
    closed_on,
    day_in_words,
    standing,
    timeline,
    too_many_remarks,
    was_fixed_already,
    why_closed,
)
from app.reception.pages.photo_words import refusal_in_words
from app.reception.pages.question_fields import Typed, fields_of, problems_in, typed_answers
from app.triage.model import ChangedMeanwhile
from app.work.model import CaseStage

blueprint = Blueprint("following", __name__, url_prefix="/volg")

_PHOTO = "photo"
_REMARK = "remark"


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """A photo on the page: where it stands, and its addresses once it is ready."""

    status: str
    links: PhotoLinks | None


@blueprint.get("")
@open_to(Permission.ANYONE)
def where_to_find_it() -> str:
    """Say where the link to a report is found."""
    return render_template("reception/follow_start.html")


@blueprint.get("/<token>")
@open_to(Permission.ANYONE)
def show(token: str) -> ResponseReturnValue:
    """Show where a report stands."""
    return _page(token)


@blueprint.post("/<token>")
@open_to(Permission.ANYONE)
def add(token: str) -> ResponseReturnValue:
    """Add a remark, photos, or both; what is refused is shown with what was typed."""
    services = provided()
    settings, store = services.get(Settings), services.get(PhotoStore)
    now = services.get(Clock).now()
    try:
        with services.get(Database).transaction() as transaction:
            # Before the photos are read: a stranger's are not taken in at all.
            report_with_token(transaction, token, secret_key=settings.secret_key.get_secret_value())
    except ReportNotFound:
        return _not_found()
    remark = clean_text(request.form.get(_REMARK, ""))
    errors: dict[str, str] = {}
    photos = _examined(errors)
    if len(remark) > DESCRIPTION_LENGTH:
        errors[_REMARK] = gettext("Write %(most)s characters at most.", most=DESCRIPTION_LENGTH)
    if not errors and not remark and not photos:
        errors[_REMARK] = gettext("Write something or choose a photo.")
    if errors:
        return _page(token, remark=remark, errors=errors)
    try:
        with stored_originals(store, photos) as originals:
            with services.get(Database).transaction() as transaction:
                report = report_with_token(
                    transaction, token, secret_key=settings.secret_key.get_secret_value()
                )
                if remark:
                    add_remark(transaction, report, remark, now=now)
                _, unneeded = add_photos(transaction, report, originals, now=now)
            discard_originals(store, unneeded)
    except PhotoRefused as refused:
        errors[_PHOTO] = refusal_in_words(refused)
        return _page(token, remark=remark, errors=errors)
    except TooManyRemarks:
        errors[_REMARK] = too_many_remarks()
        return _page(token, remark=remark, errors=errors)
    flash(gettext("Thank you. We have added it to your report."), "ok")
    return _private(redirect(f"/volg/{token}", code=303))


@blueprint.post("/<token>/antwoorden")
@open_to(Permission.ANYONE)
def answer(token: str) -> ResponseReturnValue:
    """Take the answers that were missing; what is not right is shown with what was typed."""
    services = provided()
    secret = services.get(Settings).secret_key.get_secret_value()
    try:
        with services.get(Database).transaction() as transaction:
            report = report_with_token(transaction, token, secret_key=secret)
            questions = missing_questions(transaction, report)
            filled = typed_answers(questions)
            errors = problems_in(questions, filled)
            if not errors:
                add_answers(
                    transaction,
                    report,
                    filled,
                    seen=request.form.get("seen", ""),
                    now=services.get(Clock).now(),
                )
    except ReportNotFound:
        return _not_found()
    except ChangedMeanwhile:
        flash(gettext("Your report changed meanwhile. Look once more."), "warning")
        return _private(redirect(f"/volg/{token}", code=303))
    if errors:
        return _page(token, errors=errors, filled=filled)
    flash(gettext("Thank you. We have added it to your report."), "ok")
    return _private(redirect(f"/volg/{token}", code=303))


def _examined(errors: dict[str, str]) -> list[ExaminedPhoto]:
    """Return the photos that came with the form; browsers send an empty one where there is none."""
    files = [file for file in request.files.getlist(_PHOTO) if file.filename]
    try:
        return examine_all(file.read() for file in files)
    except PhotoRefused as refused:
        words = refusal_in_words(refused)
        if refused.number is not None and len(files) > 1:
            words = gettext("Photo %(number)s: %(why)s", number=refused.number, why=words)
        errors[_PHOTO] = words
        return []


def _page(
    token: str,
    *,
    remark: str = "",
    errors: dict[str, str] | None = None,
    filled: Typed | None = None,
) -> ResponseReturnValue:
    services = provided()
    settings, now = services.get(Settings), services.get(Clock).now()
    try:
        with services.get(Database).transaction() as transaction:
            followed = follow(transaction, token, secret_key=settings.secret_key.get_secret_value())
            missing = missing_questions(transaction, followed.report)
            outline, places = outline_and_villages(transaction)
    except ReportNotFound:
        return _not_found()
    category = followed.category.in_language(str(get_locale() or "nl"))
    asked = fields_of(missing, filled or {}, str(get_locale() or "nl"))
    parts = spot_map(
        (followed.report.longitude, followed.report.latitude),
        outline=outline,
        villages=places,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        label=category,
        category=followed.case.category_code,
        stage=followed.case.stage.value,
    )
    page = render_template(
        "reception/follow.html",
        # The page's own address opens the report, so it is in no link that leads elsewhere.
        sign_in_url=SIGN_IN_PATH,
        map=parts,
        followed=followed,
        missing=asked,
        labels={one.name: one.text for one in asked},
        seen=codes_of(missing),
        category=category,
        standing=standing(followed, now),
        was_fixed_already=was_fixed_already(followed),
        why_closed=why_closed(followed),
        by_when=by_when(followed, now),
        is_late=followed.case.is_overdue(now),
        closed_on=closed_on(followed),
        reported_on=day_in_words(followed.report.received_at),
        events=timeline(followed),
        remarks=[(remark.words, day_in_words(remark.written_at)) for remark in followed.remarks],
        photos=_shown(followed.photos, settings, now),
        repair_photos=[one for one in _shown(followed.repair_photos, settings, now) if one.links],
        room_for_photos=MAX_PHOTOS - len(followed.photos),
        most_characters=DESCRIPTION_LENGTH,
        remark=remark,
        errors=errors or {},
        is_closed=followed.case.stage in {CaseStage.RESOLVED, CaseStage.CLOSED_WITHOUT_WORK},
    )
    return _private(make_response(page, 400 if errors else 200))


def _shown(photos: Sequence[Photo], settings: Settings, now: datetime) -> list[ShownPhoto]:
    return [ShownPhoto(photo.status.value, links(photo, settings, now)) for photo in photos]


def _not_found() -> BaseResponse:
    page = render_template("reception/follow_not_found.html", sign_in_url=SIGN_IN_PATH)
    return _private(make_response(page, 404))


def _private(answer: BaseResponse) -> BaseResponse:
    """Keep a page that its address alone opens out of caches, search engines and other sites."""
    answer.headers.update(
        {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex, nofollow, noarchive",
        }
    )
    return answer
