"""What the desk does on a case's page: assign, change the kind, close, settle, reopen."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity.access import acting, open_to
from app.identity.operations import parties
from app.identity.permissions import Permission
from app.intake.model import ReportNotFound
from app.intake.operations import (
    open_contact,
    reports_of_case,
)
from app.triage.model import Category
from app.triage.operations import category_tree
from app.work.model import (
    DESK_WAITS_FOR,
    ClosingReason,
    DeskReason,
    WaitingFor,
)
from app.work.operations.cases import ResponsibleParty, case_by_reference
from app.work.operations.checking import approve_work
from app.work.operations.danger import take_danger_away
from app.work.operations.desk import (
    assign_case,
    close_without_work,
    reopen_case,
    settle,
)
from app.work.operations.recategorising import change_category
from app.work.operations.standard_texts import unfilled_gap
from app.work.operations.waiting import let_go_on, let_wait
from app.work.pages.case_page import known_reference, show_case
from app.work.pages.taking_steps import NotRight, Said, by_whom, moment, take_step
from app.work.pages.typed import Typed
from app.work.rules import can_wait_until
from app.work.words import case_stage_words, day_words

blueprint = Blueprint("case_steps", __name__, url_prefix="/balie")

#: What the desk adds to the reason of a closing, or of waiting.
_CLOSING_WORDS_LENGTH = 500

#: The name of a third party that a case waits for.
_PARTY_LENGTH = 80


@blueprint.post("/zaken/<reference>/toewijzen")
@open_to(Permission.DIRECT_CASES)
def assign(reference: str) -> ResponseReturnValue:
    """Hand the case to a party."""
    typed = Typed()
    code = typed.text("party", most=100)

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        party = _party(transaction, code)
        if party is None:
            typed.errors["party"] = gettext("Choose a party from the list.")
            raise NotRight
        assign_case(
            transaction,
            reference,
            party=party,
            by=by_whom(),
            now=moment(),
            expected_version=version,
        )
        return "ok", gettext("Given to %(party)s.", party=party.name)

    return take_step("party", reference, typed, step)


@blueprint.post("/zaken/<reference>/soort")
@open_to(Permission.DIRECT_CASES)
def recategorise(reference: str) -> ResponseReturnValue:
    """Change the kind; who is responsible is found anew."""
    typed = Typed()
    code = typed.text("category", most=100)

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        category = _category(transaction, code)
        if category is None:
            typed.errors["category"] = gettext("Choose a kind from the list.")
            raise NotRight
        kept = case_by_reference(transaction, reference).category_code == category.code
        changed = change_category(
            transaction,
            reference,
            category=category,
            by=by_whom(),
            now=moment(),
            expected_version=version,
        )
        if kept:
            return "ok", gettext("The kind stays the same.")
        if changed.party_name:
            return "ok", gettext("Kind changed. It is with %(party)s.", party=changed.party_name)
        return "warning", gettext("Kind changed. Nobody is responsible: give it to a party.")

    return take_step("category", reference, typed, step)


@blueprint.post("/zaken/<reference>/geen-gevaar")
@open_to(Permission.DIRECT_CASES)
def calm(reference: str) -> ResponseReturnValue:
    """Say that it is no danger after all."""

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        take_danger_away(
            transaction, reference, by=by_whom(), now=moment(), expected_version=version
        )
        return "ok", gettext("It is no danger any more. The usual norm counts again.")

    return take_step("page", reference, Typed(), step)


@blueprint.post("/zaken/<reference>/sluiten")
@open_to(Permission.DIRECT_CASES)
def close(reference: str) -> ResponseReturnValue:
    """Close the case without work, with a reason that its reporters read."""
    typed = Typed()
    reason = typed.word("reason", ClosingReason, missing=gettext("Choose a reason."))
    words = typed.text("words", most=_CLOSING_WORDS_LENGTH)
    _ask_to_fill_in(typed, "words", words)

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        if reason is None or typed.errors:
            raise NotRight
        close_without_work(
            transaction,
            reference,
            reason=reason.value,
            words=words,
            by=by_whom(),
            now=moment(),
            expected_version=version,
        )
        return "ok", gettext("Closed without work.")

    return take_step("reason", reference, typed, step)


@blueprint.post("/zaken/<reference>/wachten")
@open_to(Permission.DIRECT_CASES)
def wait(reference: str) -> ResponseReturnValue:
    """Let the case wait for the reporter or somebody else until a day; its clock stands still."""
    typed = Typed()
    waiting_for = typed.word(
        "waiting_for", WaitingFor, missing=gettext("Say what it has to wait for.")
    )
    if waiting_for is not None and waiting_for not in DESK_WAITS_FOR:
        typed.errors["waiting_for"] = gettext("Say what it has to wait for.")
    until = typed.day("waits_until", missing=gettext("Say until which day it waits."))
    today = moment().astimezone(LOCAL_ZONE).date()
    if until is not None and not can_wait_until(until, today=today):
        typed.errors["waits_until"] = gettext("Choose a day after today, within a year.")
    words = typed.text("waiting_words", most=_CLOSING_WORDS_LENGTH)
    _ask_to_fill_in(typed, "waiting_words", words)
    chosen = typed.text("waiting_party", most=_PARTY_LENGTH)
    written = typed.text("other_party", most=_PARTY_LENGTH)
    party = written or chosen
    if waiting_for is WaitingFor.THIRD_PARTY and not party:
        typed.errors["waiting_party"] = gettext("Say for whom it waits.")
    if waiting_for is WaitingFor.REPORTER and not words:
        typed.errors["waiting_words"] = gettext("Write what the reporter should tell us.")

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        if waiting_for is None or until is None or typed.errors:
            raise NotRight
        let_wait(
            transaction,
            reference,
            waiting_for=waiting_for,
            until=until,
            words=words,
            party=party,
            by=by_whom(),
            now=moment(),
            expected_version=version,
        )
        return "ok", gettext(
            "It waits until %(day)s. The clock stands still.", day=day_words(until)
        )

    return take_step("waiting_for", reference, typed, step)


@blueprint.post("/zaken/<reference>/gecontroleerd")
@open_to(Permission.DIRECT_CASES)
def approve(reference: str) -> ResponseReturnValue:
    """Say that the finished work is good; the case ends with it."""

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        ended = approve_work(
            transaction, reference, by=by_whom(), now=moment(), expected_version=version
        )
        return "ok", gettext("Checked: %(stage)s.", stage=case_stage_words(ended.stage).lower())

    return take_step("page", reference, Typed(), step)


@blueprint.post("/zaken/<reference>/verder")
@open_to(Permission.DIRECT_CASES)
def go_on(reference: str) -> ResponseReturnValue:
    """Let a case that waits go on."""

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        gone_on = let_go_on(
            transaction, reference, by=by_whom(), now=moment(), expected_version=version
        )
        if gone_on.party_name:
            return "ok", gettext("It goes on. It is with %(party)s.", party=gone_on.party_name)
        return "warning", gettext("It goes on. Nobody has it: give it to a party.")

    return take_step("page", reference, Typed(), step)


@blueprint.post("/zaken/<reference>/heropenen")
@open_to(Permission.DIRECT_CASES)
def reopen(reference: str) -> ResponseReturnValue:
    """Open a closed case again."""

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        reopened = reopen_case(
            transaction, reference, by=by_whom(), now=moment(), expected_version=version
        )
        if reopened.party_name:
            return "ok", gettext("Reopened. It is with %(party)s.", party=reopened.party_name)
        return "warning", gettext("Reopened. Nobody has it: give it to a party.")

    return take_step("page", reference, Typed(), step)


@blueprint.post("/zaken/<reference>/afhandelen")
@open_to(Permission.DIRECT_CASES)
def settle_entry(reference: str) -> ResponseReturnValue:
    """Take the case off the list for one reason, where nothing has to be done."""
    typed = Typed()
    reason = typed.word("entry", DeskReason, missing=gettext("Choose what is settled."))

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        del version  # Saying that one looked holds whatever else happened to the case.
        if reason is None:
            raise NotRight
        settle(transaction, reference, reason=reason, by=by_whom(), now=moment())
        return "ok", gettext("Taken off the list.")

    return take_step("page", reference, typed, step)


@blueprint.post("/zaken/<reference>/contact/<uuid:report_id>")
@open_to(Permission.SEE_CONTACT)
def contact(reference: str, report_id: UUID) -> ResponseReturnValue:
    """Show how to reach the reporter of one report; it is logged who looked.

    The answer is the page itself: the details stand in no address and in no cookie.
    """
    account_id = acting().id
    with provided().get(Database).transaction() as transaction:
        found = case_by_reference(transaction, known_reference(reference))
        is_of_case = report_id in {one.id for one in reports_of_case(transaction, found.id)}
        if account_id is None or not is_of_case:
            raise ReportNotFound()
        opened = open_contact(transaction, report_id, account_id=account_id, now=moment())
    return show_case(reference, contacts={report_id: opened})


def _ask_to_fill_in(typed: Typed, field: str, words: str) -> None:
    gap = unfilled_gap(words)
    if gap is not None:
        typed.errors[field] = gettext("Fill in “%(gap)s” first, or take it out.", gap=gap)


def _party(transaction: Transaction, code: str) -> ResponsibleParty | None:
    today = moment().astimezone(LOCAL_ZONE).date()
    for party in parties(transaction, on=today):
        if party.code == code:
            return ResponsibleParty(party.id, party.code, party.name, party.kind)
    return None


def _category(transaction: Transaction, code: str) -> Category | None:
    tree = category_tree(transaction)
    inner = (one for main in tree.main_categories for one in main.categories)
    return next((one for one in inner if one.code == code), None)
