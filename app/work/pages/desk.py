"""`/balie`: what a person must look at, by reason, and a box for a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.intake.operations import first_descriptions
from app.routing.operations.deciding import areas_of_cases
from app.work.model import CaseStage, DeclineReason, DeskCase, DeskEntry, DeskReason
from app.work.operations.lists import count_cases_at_desk, desk_counts, desk_list
from app.work.operations.office.searching import case_with_number
from app.work.pages.last_list import keep_list
from app.work.pages.shown import category_names, moment_words, place_words
from app.work.pages.typed import page_number
from app.work.words import (
    case_stage_words,
    clock_words,
    decline_words,
    desk_reason_words,
    distance_words,
    due_words,
    waits_words,
)

blueprint = Blueprint("desk", __name__, url_prefix="/balie")

ENTRIES_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A case as a line of the desk's list, with what staff need to decide."""

    reference: str
    category_code: str
    category_name: str
    stage: str
    stage_words: str
    is_danger: bool
    #: Each with what is known of it.
    reasons: list[tuple[str, str]]
    raised: str
    #: None for what was passed on: others decide when.
    due: str | None
    is_overdue: bool
    clock: str
    place: str
    begins: str


@blueprint.get("")
@open_to(Permission.SEE_DESK)
def desk() -> ResponseReturnValue:
    """Show the list, or lead to the case whose number was typed."""
    services = provided()
    typed = request.args.get("nummer", "").strip()
    with services.get(Database).transaction() as transaction:
        limits = acting().limits
        found = case_with_number(transaction, typed, limits=limits) if typed else None
        if found is not None:
            return redirect(f"/balie/zaken/{found.reference}", code=303)
        page = _list_page(transaction, typed, services.get(Clock).now())
    return page, HTTPStatus.NOT_FOUND if typed else HTTPStatus.OK


def entry_words(entry: DeskEntry) -> str:
    """Return what there is to know of why a case stands on the list."""
    details = entry.details
    if entry.reason is DeskReason.DECLINED:
        return ": ".join(filter(None, (_text(details, "party"), _declined(details))))
    if entry.reason is DeskReason.POSSIBLE_DUPLICATE:
        return _suspicion(details)
    if entry.reason is DeskReason.WAIT_OVER:
        return waits_words(_text(details, "waiting"), entry.case.waits_until)
    if entry.reason in {DeskReason.NOT_SOLVED, DeskReason.TO_CHECK}:
        return _text(details, "party")
    if entry.reason is DeskReason.OTHER_ANSWERS:
        return str(gettext("of report %(report)s", report=_text(details, "report")))
    return ""


def _list_page(transaction: Transaction, typed: str, now: datetime) -> str:
    asked = request.args.get("reden", "")
    reason = DeskReason(asked) if asked in set(DeskReason) else None
    page = page_number()
    keep_list(f"/balie?{urlencode({'reden': asked, 'page': page})}" if reason else "/balie")
    limits = acting().limits
    counts = desk_counts(transaction, limits=limits)
    everything = count_cases_at_desk(transaction, limits=limits)
    listed = desk_list(
        transaction,
        now=now,
        reason=reason,
        limits=limits,
        at_most=ENTRIES_ON_A_PAGE,
        skip=(page - 1) * ENTRIES_ON_A_PAGE,
    )
    total = counts[reason] if reason else everything
    errors = (
        {"nummer": gettext("There is no report with this number. A number looks like K7MD-4QXW.")}
        if typed
        else {}
    )
    return render_template(
        "work/desk.html",
        lines=_lines(transaction, listed, now),
        total=total,
        everything=everything,
        reasons=[
            {"value": one.value, "label": desk_reason_words(one), "count": counts[one]}
            for one in DeskReason
        ],
        chosen=reason,
        typed=typed,
        errors=errors,
        page=page,
        pages=max(1, -(-total // ENTRIES_ON_A_PAGE)),
        page_link=_page_link,
    )


def _page_link(page: int) -> str:
    return "/balie?" + urlencode({**request.args.to_dict(), "page": page})


def _lines(transaction: Transaction, listed: Sequence[DeskCase], now: datetime) -> list[DeskLine]:
    cases = [one.case.id for one in listed]
    names = category_names(transaction, [one.case.category_code for one in listed])
    texts = first_descriptions(transaction, cases)
    areas = areas_of_cases(transaction, cases)
    return [
        DeskLine(
            reference=one.case.reference,
            category_code=one.case.category_code,
            category_name=names[one.case.category_code],
            stage=one.case.stage.value,
            stage_words=case_stage_words(one.case.stage),
            is_danger=one.case.is_danger,
            reasons=[
                (desk_reason_words(entry.reason), entry_words(entry)) for entry in one.entries
            ],
            raised=moment_words(one.entries[0].raised_at),
            due=None if one.case.stage is CaseStage.REFERRED else due_words(one.case.due_at, now),
            is_overdue=one.case.is_overdue(now),
            # How many days late it is says it already.
            clock="" if one.case.is_overdue(now) else clock_words(one.case.clock(now)),
            place=place_words(areas.get(one.case.id, []), None, near=one.case.near_address),
            begins=texts.get(one.case.id, ""),
        )
        for one in listed
    ]


def _declined(details: Mapping[str, object]) -> str:
    why = _text(details, "why")
    return decline_words(DeclineReason(why)) if why in set(DeclineReason) else ""


def _suspicion(details: Mapping[str, object]) -> str:
    other, metres = _text(details, "case"), details.get("metres")
    if isinstance(metres, int | float):
        return str(
            gettext(
                "Perhaps the same as %(reference)s, %(distance)s away",
                reference=other,
                distance=distance_words(metres),
            )
        )
    return str(gettext("Perhaps the same as %(reference)s", reference=other))


def _text(details: Mapping[str, object], name: str) -> str:
    value = details.get(name)
    return value if isinstance(value, str) else ""
