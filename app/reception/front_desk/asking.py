"""`/balie/zoeken`: somebody asks about a report; the desk finds it, answers, notes a remark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.texts import clean_text
from app.geography.addresses import AddressBook
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.intake.model import KeptReport, ReportNotFound
from app.intake.operations import references_of, report_with_reference
from app.intake.reporters import reports_of_reporter
from app.intake.rules import DESCRIPTION_LENGTH, normal_reference
from app.reception.additions import TooManyRemarks, add_remark
from app.reception.following import Followed, followed
from app.reception.pages.following_words import (
    by_when,
    closed_on,
    standing,
    timeline,
    too_many_remarks,
    why_closed,
)
from app.reception.pages.known_step import day_shown
from app.reception.pages.steps import language
from app.work.model import ActedBy
from app.work.operations.office.finding import MOST_FOUND, find_cases
from app.work.operations.office.listing import CaseLine
from app.work.operations.office.searching import case_with_number, cases_of_reports
from app.work.operations.within import ids_within
from app.work.pages.office.found import LinesFound, groups_found
from app.work.pages.shown import place_of_line
from app.work.words import case_stage_words

blueprint = Blueprint("front_desk_asking", __name__, url_prefix="/balie")

_LONGEST = 200
_ADDRESSES = 3
#: What is said to a caller of what happened: the newest of it.
_MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A report that may be meant, as a line of what was found."""

    reference: str
    kind: str
    stage: str
    stage_words: str
    about: str
    begins: str


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """Reports that were found in one way: at the address, of the reporter, by the words."""

    name: str
    of: str
    lines: list[FoundLine]
    #: A sentence, where some are left out.
    more: str = ""


@blueprint.get("/zoeken")
@open_to(Permission.SEE_DESK)
def start() -> ResponseReturnValue:
    """Show the box alone: what was looked for stands in no address."""
    return _search_page("", {})


@blueprint.post("/zoeken")
@open_to(Permission.SEE_DESK)
def search() -> ResponseReturnValue:
    """Look for a report by its number, a place, whoever reported it, or words."""
    typed = clean_text(request.form.get("zoek", "")[: 4 * _LONGEST])
    if not typed:
        return _search_page("", {"zoek": gettext("Type what you look for.")})
    if len(typed) > _LONGEST:
        most = gettext("Write %(most)s characters at most.", most=_LONGEST)
        return _search_page(typed[:_LONGEST], {"zoek": most})
    services = provided()
    if (reference := normal_reference(typed)) is not None:
        with services.get(Database).transaction() as transaction:
            if _seen(transaction, reference) is not None:
                return redirect(f"/balie/antwoord/{reference}", HTTPStatus.SEE_OTHER)
            # A case has another number than its report where the first one was taken off a case.
            if case_with_number(transaction, reference, limits=acting().limits) is not None:
                return redirect(f"/balie/zaken/{reference}", HTTPStatus.SEE_OTHER)
    # The register of addresses can take its time: asked while no transaction is open.
    addresses = services.get(AddressBook).search(typed, at_most=_ADDRESSES)
    limits = acting().limits
    with services.get(Database).transaction() as transaction:
        found = find_cases(transaction, typed, addresses=addresses, limits=limits)
        of_reporter = _of_reporter(transaction, typed)
    by_place, by_words = groups_found(found)
    groups = [
        *(_group_shown(one) for one in by_place),
        *([of_reporter] if of_reporter.lines else []),
        *(_group_shown(one) for one in by_words),
    ]
    return _search_page(typed, {}, groups)


@blueprint.get("/antwoord/<reference>")
@open_to(Permission.SEE_DESK)
def answer(reference: str) -> ResponseReturnValue:
    """Say where a report stands, in words for whoever reported it."""
    with provided().get(Database).transaction() as transaction:
        found = _followed(transaction, reference)
    return _answer_page(found)


@blueprint.post("/antwoord/<reference>/opmerking")
@open_to(Permission.SEE_DESK)
def note(reference: str) -> ResponseReturnValue:
    """Keep what the caller adds; it comes on the desk's list as their own remark would."""
    services = provided()
    written = request.form.get("opmerking", "")
    remark = clean_text(written[: 4 * DESCRIPTION_LENGTH])
    with services.get(Database).transaction() as transaction:
        found = _followed(transaction, reference)
        if not 1 <= len(remark) <= DESCRIPTION_LENGTH:
            sentence = gettext("Write between 1 and 3,000 characters.")
            return _answer_page(found, {"opmerking": sentence}, written=remark)
        by = ActedBy(acting().kind.value, acting().id)
        try:
            add_remark(transaction, found.report, remark, now=services.get(Clock).now(), by=by)
        except TooManyRemarks:
            return _answer_page(found, {"opmerking": too_many_remarks()}, written=remark)
    flash(gettext("What the caller added was kept, and stands on the desk's list."), "ok")
    return redirect(f"/balie/antwoord/{found.report.reference}", HTTPStatus.SEE_OTHER)


def _seen(transaction: Transaction, reference: str) -> KeptReport | None:
    """Return the report with this number, as far as whoever acts may see it."""
    try:
        report = report_with_reference(transaction, reference)
    except ReportNotFound:
        return None
    return report if ids_within(transaction, [report.case_id], acting().limits) else None


def _followed(transaction: Transaction, typed: str) -> Followed:
    """Return where the report of this number stands.

    Raises:
        ReportNotFound: there is none, or whoever acts may not see it.
    """
    reference = normal_reference(typed)
    report = _seen(transaction, reference) if reference else None
    if report is None:
        raise ReportNotFound()
    return followed(transaction, report)


def _of_reporter(transaction: Transaction, typed: str) -> FoundGroup:
    """Return the reports of whoever this is; each counts as opened contact details."""
    name = gettext("Of this reporter")
    account_id = acting().id
    if account_id is None or not acting().may(Permission.SEE_CONTACT):
        return FoundGroup(name, "", [])
    limits = acting().limits
    found = reports_of_reporter(
        transaction,
        typed,
        account_id=account_id,
        now=provided().get(Clock).now(),
        may_see=lambda case_ids: ids_within(transaction, case_ids, limits),
    )
    if not found:
        return FoundGroup(name, "", [])
    numbers = references_of(transaction, [one.report_id for one in found])
    own = {one.case_id: numbers[one.report_id] for one in found if one.report_id in numbers}
    lines = cases_of_reports(transaction, list(own))
    return FoundGroup(name, "", [_line(one, own) for one in lines])


def _group_shown(group: LinesFound) -> FoundGroup:
    lines = [_line(one, {}) for one in group.lines]
    return FoundGroup(group.name, " · ".join(group.of), lines, group.more)


def _line(line: CaseLine, own: Mapping[UUID, str]) -> FoundLine:
    case = line.case
    place = place_of_line(line)
    since = gettext("reported on %(day)s", day=day_shown(case.received_at))
    return FoundLine(
        # Of somebody who joined a case, their own number.
        reference=own.get(case.id, case.reference),
        kind=line.category_name.in_language(language()),
        stage=case.stage.value,
        stage_words=case_stage_words(case.stage),
        about=" · ".join(filter(None, (place, since))),
        begins=line.begins,
    )


def _search_page(
    typed: str, errors: dict[str, str], groups: Sequence[FoundGroup] | None = None
) -> ResponseReturnValue:
    page = render_template(
        "reception/front_desk/search.html",
        typed=typed,
        errors=errors,
        groups=groups or [],
        is_answered=groups is not None,
        is_number=normal_reference(typed) is not None,
        most=MOST_FOUND,
        most_typed=_LONGEST,
        logs_openings=acting().may(Permission.SEE_CONTACT),
    )
    return page, HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK


def _answer_page(
    found: Followed, errors: dict[str, str] | None = None, *, written: str = ""
) -> ResponseReturnValue:
    now = provided().get(Clock).now()
    case = found.case
    page = render_template(
        "reception/front_desk/answer.html",
        reference=found.report.reference,
        case=case.reference,
        kind=found.category.in_language(language()),
        stage=case.stage.value,
        stage_words=case_stage_words(case.stage),
        standing=standing(found, now),
        by=by_when(found, now),
        why=why_closed(found),
        closed=closed_on(found),
        authority=found.authority,
        part_of=found.part_of,
        words=found.report.description,
        received=day_shown(found.report.received_at),
        told=timeline(found)[:_MOST_TOLD],
        remarks=found.remarks,
        written=written,
        most=DESCRIPTION_LENGTH,
        errors=errors or {},
    )
    return page, HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
