"""Joining on the page of a case: ask first where two hardly are one defect, join, split again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.intake.operations import first_descriptions, move_reports
from app.routing.operations.deciding import areas_of_cases
from app.work.model import Case
from app.work.operations.cases import case_by_reference
from app.work.operations.merging import merge_case
from app.work.operations.office.searching import case_with_number
from app.work.operations.unmerging import undo_merge
from app.work.pages.case_page import known_reference, show_case
from app.work.pages.doubt_words import doubt_sentences
from app.work.pages.shown import category_names, moment_words, place_words
from app.work.pages.taking_steps import NotRight, Said, by_whom, moment, take_step
from app.work.pages.typed import Typed, number_in
from app.work.refusals import CaseNotFound
from app.work.rules import JoinDoubts, doubts_about_joining

blueprint = Blueprint("joining", __name__, url_prefix="/balie")


class _AskFirst(Exception):
    """It is possible, and a person should say first that they mean it."""

    def __init__(self, one: Case, other: Case, doubts: JoinDoubts) -> None:
        self.one, self.other, self.doubts = one, other, doubts
        super().__init__()


@blueprint.post("/zaken/<reference>/samenvoegen")
@open_to(Permission.DIRECT_CASES)
def join(reference: str) -> ResponseReturnValue:
    """Let the case become part of another; its reports move. What differs is asked about first."""
    typed = Typed()
    written = typed.text("other", most=40)
    answered = set(request.form.getlist("sure"))
    joined_to: list[str] = []
    if request.form.get("back"):
        return show_case(reference, typed=typed)

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        other = case_with_number(transaction, written, limits=acting().limits)
        if other is None:
            typed.errors["other"] = gettext(
                "There is no report with this number. A number looks like K7MD-4QXW."
            )
            raise NotRight
        one = case_by_reference(transaction, reference)
        merged, into = merge_case(
            transaction,
            reference,
            other.reference,
            by=by_whom(),
            now=moment(),
            expected_version=version,
        )
        doubts = doubts_about_joining(one, other)
        if doubts.words - answered:
            # Nothing of it is kept: it was only tried, so that nobody is asked for nothing.
            raise _AskFirst(one, other, doubts)
        move_reports(transaction, from_case=merged.id, to_case=into.id)
        joined_to.append(into.reference)
        return "ok", gettext(
            "%(one)s is part of this report now. Below, under “Joined to this report”, it can be"
            " split again.",
            one=reference,
        )

    try:
        return take_step("other", reference, typed, step, leads_to=joined_to)
    except _AskFirst as ask:
        return _ask(ask)


@blueprint.post("/zaken/<reference>/losmaken")
@open_to(Permission.DIRECT_CASES)
def split_again(reference: str) -> ResponseReturnValue:
    """Let the case be a defect of its own again; its reports come back."""

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        split, left = undo_merge(
            transaction, reference, by=by_whom(), now=moment(), expected_version=version
        )
        return _said(split, left)

    return take_step("page", reference, Typed(), step)


@blueprint.post("/zaken/<reference>/samengevoegd/<part>/losmaken")
@open_to(Permission.DIRECT_CASES)
def split_part(reference: str, part: str) -> ResponseReturnValue:
    """Let what became part of the case be a defect of its own again, from the case's own page."""
    part = known_reference(part)

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        of_case, other = (case_by_reference(transaction, each) for each in (reference, part))
        if other.merged_into not in {None, of_case.id}:
            raise CaseNotFound()
        split, left = undo_merge(
            transaction, part, by=by_whom(), now=moment(), expected_version_of_other=version
        )
        return _said(split, left)

    return take_step("page", reference, Typed(), step)


def _said(split: Case, left: Case) -> Said:
    said = gettext(
        "%(reference)s is no longer part of %(other)s.",
        reference=split.reference,
        other=left.reference,
    )
    if split.party_name:
        return "ok", f"{said} " + gettext("It is with %(party)s.", party=split.party_name)
    return "warning", f"{said} " + gettext("Nobody has it: give it to a party.")


def _ask(ask: _AskFirst) -> ResponseReturnValue:
    """Return the page that says what differs, and asks whether they are one defect."""
    both = (ask.one, ask.other)
    with provided().get(Database).transaction() as transaction:
        names = category_names(transaction, {one.category_code for one in both})
        words = first_descriptions(transaction, [one.id for one in both])
        areas = areas_of_cases(transaction, [one.id for one in both])

    def shown(one: Case) -> dict[str, Any]:
        return {
            "reference": one.reference,
            "category_code": one.category_code,
            "category": names[one.category_code],
            "place": place_words(areas.get(one.id, []), None, near=one.near_address),
            "received": moment_words(one.received_at),
            "reports": one.report_count,
            "words": words.get(one.id, ""),
        }

    page = render_template(
        "work/join_question.html",
        one=shown(ask.one),
        other=shown(ask.other),
        differences=doubt_sentences(
            ask.doubts, names[ask.one.category_code], names[ask.other.category_code]
        ),
        sure=sorted(ask.doubts.words),
        version=ask.one.version,
        happened=number_in(request.form.get("happened", "")),
    )
    return page, HTTPStatus.OK
