"""`/berichten`: what there is to tell whoever is signed in, and how many of it they did not see."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.work.notices.model import Notice, Notices
from app.work.notices.operations import notices_of, see_notices
from app.work.notices.words import count_words, notice_words
from app.work.pages.shown import category_names, moment_words, near_words
from app.work.words import due_words

blueprint = Blueprint("notices", __name__, url_prefix="/berichten")

#: More than this is shown as that many and a plus.
_MOST_COUNTED = 99


@blueprint.get("")
@open_to(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what there is to tell, the last first."""
    services = provided()
    now, actor = services.get(Clock).now(), acting()
    with services.get(Database).transaction() as transaction:
        told = notices_of(transaction, actor, now=now)
        names = category_names(transaction, {one.category_code for one in told.all})
    unseen = {id(one) for one in told.unseen}
    return render_template(
        "work/notices.html",
        lines=[
            {
                "address": _address(one),
                "words": notice_words(one),
                "kind": one.kind.value,
                "category_code": one.category_code,
                "category_name": names.get(one.category_code, one.category_code),
                "reference": one.reference,
                "near": near_words(one.near_address, one.near_village) if one.near_address else "",
                "is_danger": one.is_danger,
                "since": moment_words(one.since),
                "due": due_words(one.due_at, now),
                "is_unseen": id(one) in unseen,
            }
            for one in told.all
        ],
        counts=count_words(told.unseen_by_kind),
        is_more=told.is_more,
        is_told_anything=actor.may(Permission.WORK_TASKS) or actor.may(Permission.SEE_DESK),
        # What comes while somebody reads is not seen by it.
        seen_until=str(int(now.timestamp())),
    )


@blueprint.post("/gezien")
@open_to(Permission.SIGNED_IN)
def see() -> ResponseReturnValue:
    """Take all that stood on the page as seen."""
    services = provided()
    now, account_id = services.get(Clock).now(), acting().id
    until = _moment(request.form.get("tot", ""))
    if until is not None and account_id is not None:
        with services.get(Database).transaction() as transaction:
            see_notices(transaction, account_id, until=until, now=now)
    return redirect("/berichten", code=303)


@blueprint.get("/stand")
@open_to(Permission.SIGNED_IN, counts_as_use=False)
def standing() -> ResponseReturnValue:
    """Say how many there are that were not seen; asking is no use of a sign-in, so it may end."""
    services = provided()
    with services.get(Database).transaction() as transaction:
        told = notices_of(transaction, acting(), now=services.get(Clock).now())
    answer = jsonify(_standing(told))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _standing(told: Notices) -> dict[str, object]:
    number = len(told.unseen)
    shown = str(number) if number <= _MOST_COUNTED else f"{_MOST_COUNTED}+"
    return {
        "unseen": number,
        "shown": shown,
        "words": ngettext("%(num)s new notice", "%(num)s new notices", number) if number else "",
        "newest": told.unseen[0].since.isoformat() if number else None,
    }


def _address(notice: Notice) -> str:
    if notice.task_id is not None:
        return f"/werk/taken/{notice.task_id}"
    return f"/balie/zaken/{notice.reference}"


def _moment(typed: str) -> datetime | None:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 11):
        return None
    return datetime.fromtimestamp(int(typed), UTC)
