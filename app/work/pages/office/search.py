"""`/beheer/zaken/zoeken`: one box; a number leads to its report, anything else to what is found."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.texts import clean_text
from app.geography.addresses import AddressBook
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.intake.reporters import reports_of_reporter
from app.intake.rules import normal_reference
from app.work.operations.office.case_filter import CaseFilter
from app.work.operations.office.finding import MOST_FOUND, find_cases
from app.work.operations.office.searching import case_with_number, cases_of_reports
from app.work.operations.within import ids_within
from app.work.pages.office.asked import WORDS_LENGTH, address_of
from app.work.pages.office.found import LinesFound, groups_found
from app.work.pages.office.shown import lines_shown

blueprint = Blueprint("office_search", __name__, url_prefix="/beheer/zaken")

_ADDRESSES = 3


@blueprint.get("/zoeken")
@open_to(Permission.SEE_CASES)
def start() -> ResponseReturnValue:
    """Show the box alone: what was looked for stands in no address."""
    return _page("", {})


@blueprint.post("/zoeken")
@open_to(Permission.SEE_CASES)
def search() -> ResponseReturnValue:
    """Look for what was typed; it may be a person's name, so it comes in a form."""
    typed = clean_text(request.form.get("zoek", ""))
    if not typed:
        return _page("", {"zoek": gettext("Type what you look for.")})
    if len(typed) > WORDS_LENGTH:
        most = gettext("Write %(most)s characters at most.", most=WORDS_LENGTH)
        return _page(typed, {"zoek": most})
    services = provided()
    if normal_reference(typed) is not None:
        with services.get(Database).transaction() as transaction:
            meant = case_with_number(transaction, typed, limits=acting().limits)
        if meant is not None:
            return redirect(f"/balie/zaken/{meant.reference}", HTTPStatus.SEE_OTHER)
    # The register of addresses can take its time: asked while no transaction is open.
    addresses = services.get(AddressBook).search(typed, at_most=_ADDRESSES)
    with services.get(Database).transaction() as transaction:
        found = find_cases(transaction, typed, addresses=addresses, limits=acting().limits)
        of_reporter = _of_reporter(transaction, typed)
    by_place, by_words = groups_found(found)
    return _page(typed, {}, [*by_place, *of_reporter, *by_words])


def _of_reporter(transaction: Transaction, typed: str) -> list[LinesFound]:
    account_id = acting().id
    if account_id is None or not acting().may(Permission.SEE_CONTACT):
        return []
    now = provided().get(Clock).now()
    limits = acting().limits
    found = reports_of_reporter(
        transaction,
        typed,
        account_id=account_id,
        now=now,
        may_see=lambda case_ids: ids_within(transaction, case_ids, limits),
    )
    cases = list(dict.fromkeys(one.case_id for one in found))
    lines = cases_of_reports(transaction, cases)
    return [LinesFound(gettext("Of this reporter"), [], lines)] if lines else []


def _page(
    typed: str,
    errors: dict[str, str],
    groups: Sequence[LinesFound] | None = None,
) -> ResponseReturnValue:
    now = provided().get(Clock).now()
    shown = render_template(
        "work/office/search.html",
        typed=typed,
        errors=errors,
        words_length=WORDS_LENGTH,
        is_answered=groups is not None,
        is_number=normal_reference(typed) is not None,
        groups=[
            {
                "name": one.name,
                "of": one.of,
                "lines": lines_shown(one.lines, now),
                "more": one.more,
                "all_of": address_of(one.all_of) if one.all_of else "",
            }
            for one in groups or []
        ],
        most=MOST_FOUND,
        as_list=address_of(CaseFilter(status="all", words=typed)) if typed else "",
        logs_openings=acting().may(Permission.SEE_CONTACT),
    )
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
