"""`/beheer/inzage`: who opened contact details, when, of which report and on which page."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import open_to
from app.identity.operations import who_they_are
from app.identity.permissions import Permission
from app.intake.openings import (
    OPENINGS_ON_A_PAGE,
    OpenedOn,
    OpeningFilter,
    list_openings,
    who_opened,
)
from app.work.pages.typed import page_number

blueprint = Blueprint("openings", __name__, url_prefix="/beheer/inzage")


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def openings() -> ResponseReturnValue:
    """Show the log; to read it is no opening, and it tells nobody's details."""
    asked = {name: request.args.get(name, "").strip()[:36] for name in ("wie", "van", "tot")}
    wanted = OpeningFilter(_account(asked["wie"]), _day(asked["van"]), _day(asked["tot"]))
    page = page_number()
    with provided().get(Database).transaction() as transaction:
        found = list_openings(transaction, wanted, page=page)
        people = who_they_are(transaction, who_opened(transaction))
    said = {name: word for name, word in asked.items() if word}
    answer = make_response(
        render_template(
            "work/openings.html",
            lines=[
                {
                    "at": format_datetime(
                        one.opened_at.astimezone(LOCAL_ZONE), "d MMM y HH:mm", rebase=False
                    ),
                    "who": people[one.account_id].name
                    if one.account_id in people
                    else gettext("Somebody who is not known any more"),
                    "reference": one.reference,
                    "where": _where_words(one.opened_on),
                }
                for one in found.lines
            ],
            count=found.count,
            people=sorted(
                ({"value": str(key), "label": who.name} for key, who in people.items()),
                key=lambda option: option["label"].lower(),
            ),
            asked=asked,
            kept_days=provided().get(Settings).contact_log_days,
            page=page,
            pages=-(-found.count // OPENINGS_ON_A_PAGE),
            link=lambda number: f"/beheer/inzage?{urlencode({**said, 'page': number})}",
        )
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _where_words(opened_on: OpenedOn) -> str:
    named: dict[OpenedOn, str] = {
        OpenedOn.CASE: gettext("on the page of the report"),
        OpenedOn.SEARCH: gettext("by searching for the reporter"),
    }
    return named[opened_on]


def _account(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written[:10])
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None
