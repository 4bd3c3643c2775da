"""`/beheer/zaken/samen`: one thing done with many cases: chosen, foreseen, done, and undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from http import HTTPStatus
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.identifiers import new_id
from app.foundation.provided import provided
from app.identity.access import acting, open_to
from app.identity.model import NotAllowed
from app.identity.operations import parties
from app.identity.permissions import Permission
from app.intake.rules import normal_reference
from app.work.model import ActedBy, ClosingReason
from app.work.operations.cases import ResponsibleParty
from app.work.operations.office.bulk_doing import do_with_all, foresee
from app.work.operations.office.bulk_model import (
    MOST_AT_ONCE,
    UNDONE_WITHIN,
    BulkAction,
    BulkKind,
    Chosen,
    Outcome,
    TooLateToUndo,
)
from app.work.operations.office.bulk_undoing import bulk_done, undo
from app.work.operations.office.case_filter import CaseOrder
from app.work.operations.office.listing import CaseLine, lines_by_reference, list_cases
from app.work.operations.office.searching import case_with_number
from app.work.operations.standard_texts import unfilled_gap
from app.work.operations.within import references_within
from app.work.pages.office.asked import filter_of
from app.work.pages.office.bulk_shown import done_sentence, foreseen_lines, told_lines
from app.work.pages.office.filters import normal_query
from app.work.pages.office.shown import lines_shown
from app.work.pages.typed import Typed, number_in
from app.work.rules import can_be_planned_on
from app.work.words import closing_words

blueprint = Blueprint("office_bulk", __name__, url_prefix="/beheer/zaken/samen")

_PATH = "/beheer/zaken/samen"
_WORDS_LENGTH = 500
_BETWEEN = ":"


@dataclass(slots=True)
class _Choice:
    """The cases that were chosen, and from which list."""

    references: list[str]
    #: Reference → the version at which it was foreseen.
    versions: dict[str, int] = field(default_factory=dict)
    query: str = ""
    is_too_many: bool = False

    @property
    def list_address(self) -> str:
        return f"/beheer/zaken?{self.query}" if self.query else "/beheer/zaken"


@blueprint.get("")
@open_to(Permission.DIRECT_CASES)
def start() -> ResponseReturnValue:
    """Lead to the list, where the cases are chosen."""
    return redirect("/beheer/zaken", code=303)


@blueprint.post("")
@open_to(Permission.DIRECT_CASES)
def choose() -> ResponseReturnValue:
    """Ask what is to be done with the cases that were chosen on the list."""
    return _ask(_chosen(), Typed())


@blueprint.post("/voorbeeld")
@open_to(Permission.DIRECT_CASES)
def show_first() -> ResponseReturnValue:
    """Show what would become of each case, before anything is done."""
    choice, typed = _chosen(), Typed()
    action = _action(typed)
    if action is None or typed.errors or not choice.references:
        return _ask(choice, typed, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    database, now = provided().get(Database), _now()
    with database.transaction() as transaction:
        lines = lines_by_reference(transaction, choice.references)
    if not lines:
        return _ask(choice, typed, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    chosen = [Chosen(one.case.reference, one.case.version) for one in lines]
    foreseen = foresee(database, action, chosen, by=_by(), now=now)
    shown, possible = foreseen_lines(foreseen, lines, action)
    different = [one.reference for one in shown if one.is_done and one.differs]
    return render_template(
        "work/office/bulk_preview.html",
        action_id=new_id(),
        sentence=done_sentence(action.kind, action.told, possible, is_to_come=True),
        lines=shown,
        possible=possible,
        different=different,
        alike_sentence=done_sentence(
            action.kind, action.told, possible - len(different), is_to_come=True
        ),
        alike=possible - len(different),
        chosen=[f"{one.reference}{_BETWEEN}{one.version}" for one in chosen],
        choice=choice,
        typed=typed,
    )


@blueprint.post("/doen")
@open_to(Permission.DIRECT_CASES)
def do() -> ResponseReturnValue:
    """Do it with each case that still stands as it was shown."""
    choice, typed = _chosen(), Typed()
    action, action_id = _action(typed), _uuid(request.form.get("actie", ""))
    chosen = [
        Chosen(reference, choice.versions[reference])
        for reference in choice.references
        if reference in choice.versions
    ]
    if action is None or action_id is None or typed.errors or not chosen:
        return _ask(choice, typed, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.form.get("verschil") == "ook":
        # Only those that were shown as different: another may have become so meanwhile.
        asked = frozenset(filter(None, map(normal_reference, request.form.getlist("anders"))))
        action = replace(action, although_different=asked)
    database, account_id = provided().get(Database), _account_id()
    do_with_all(database, action_id, action, chosen, account_id=account_id, by=_by(), now=_now())
    return redirect(f"{_PATH}/{action_id}", code=303)


@blueprint.get("/<uuid:action_id>")
@open_to(Permission.DIRECT_CASES)
def done(action_id: UUID) -> ResponseReturnValue:
    """Show what became of each case, and offer to undo it."""
    return _done(action_id)


@blueprint.post("/<uuid:action_id>/terug")
@open_to(Permission.DIRECT_CASES)
def put_back(action_id: UUID) -> ResponseReturnValue:
    """Put back what was done, as far as nobody changed it since."""
    try:
        undo(provided().get(Database), action_id, account_id=_account_id(), by=_by(), now=_now())
    except TooLateToUndo:
        return _done(action_id, is_too_late=True)
    return redirect(f"{_PATH}/{action_id}", code=303)


def _done(action_id: UUID, *, is_too_late: bool = False) -> ResponseReturnValue:
    now = _now()
    with provided().get(Database).transaction() as transaction:
        found = bulk_done(transaction, action_id, account_id=_account_id())
    page = render_template(
        "work/office/bulk_done.html",
        done=found,
        lines=told_lines(found),
        sentence=done_sentence(
            found.kind, found.told, sum(one.outcome is not Outcome.REFUSED for one in found.lines)
        ),
        can_be_undone=found.can_be_undone(now),
        some_kept=any(one.outcome is Outcome.KEPT for one in found.lines),
        until=found.done_at + UNDONE_WITHIN,
        is_too_late=is_too_late,
    )
    return page, HTTPStatus.CONFLICT if is_too_late else HTTPStatus.OK


def _ask(
    choice: _Choice, typed: Typed, *, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    now = _now()
    with provided().get(Database).transaction() as transaction:
        lines = lines_by_reference(transaction, choice.references)
        all_parties = parties(transaction, on=_today())
    choice.references = [one.case.reference for one in lines]
    page = render_template(
        "work/office/bulk.html",
        lines=lines_shown(lines, now),
        choice=choice,
        typed=typed,
        most=MOST_AT_ONCE,
        kinds=_kinds(),
        parties=[{"value": one.code, "label": one.name} for one in all_parties],
        joins=_joins(lines),
        reasons=[{"value": one.value, "label": closing_words(one.value)} for one in ClosingReason],
        words_length=_WORDS_LENGTH,
        today=_today().isoformat(),
    )
    return page, status


def _kinds() -> list[dict[str, str]]:
    return [
        {"value": BulkKind.ASSIGN.value, "label": gettext("Give them to a party")},
        {"value": BulkKind.PLAN.value, "label": gettext("Plan them on a day")},
        {"value": BulkKind.MERGE.value, "label": gettext("Join them to one report")},
        {"value": BulkKind.CLOSE.value, "label": gettext("Close them without work")},
    ]


def _joins(lines: Sequence[CaseLine]) -> list[dict[str, str]]:
    """Return the open ones among the chosen, which the others can become part of."""
    return [
        {"value": one.reference, "label": f"{one.category_name} {one.reference}"}
        for one in lines_shown([line for line in lines if line.case.is_open], _now())
    ]


def _chosen() -> _Choice:
    """Read which cases were chosen: those that were ticked, or all of a filter."""
    query = normal_query(request.form.get("lijst", ""))
    if request.form.get("alles"):
        return _all_of(query)
    choice = _Choice([], query=query)
    for written in request.form.getlist("zaak")[: MOST_AT_ONCE + 1]:
        said, _, version = written[:60].partition(_BETWEEN)
        reference = normal_reference(said)
        if reference is None or reference in choice.references:
            continue
        choice.references.append(reference)
        if (number := number_in(version)) is not None:
            choice.versions[reference] = number
    with provided().get(Database).transaction() as transaction:
        inside = references_within(transaction, choice.references, acting().limits)
    choice.references = [one for one in choice.references if one in inside]
    choice.is_too_many = len(choice.references) > MOST_AT_ONCE
    choice.references = choice.references[:MOST_AT_ONCE]
    return choice


def _all_of(query: str) -> _Choice:
    wanted = replace(filter_of(dict(parse_qsl(query))), limits=acting().limits)
    with provided().get(Database).transaction() as transaction:
        page = list_cases(
            transaction, wanted, order=CaseOrder.NEWEST, now=_now(), at_most=MOST_AT_ONCE
        )
    return _Choice(
        [one.case.reference for one in page.lines], query=query, is_too_many=page.has_after
    )


def _action(typed: Typed) -> BulkAction | None:
    """Read what is to be done; what is not right stands in `typed.errors`."""
    kind = typed.word("wat", BulkKind, missing=gettext("Choose what is to be done."))
    code, words = typed.text("party", most=100), typed.text("words", most=_WORDS_LENGTH)
    written_into, other = typed.text("into", most=40), typed.text("other", most=40)
    typed.values["on"] = request.form.get("on", "")[:20]
    typed.values["reason"] = request.form.get("reason", "")[:40]
    if kind is BulkKind.ASSIGN:
        party = _party(code)
        if party is None:
            typed.errors["party"] = gettext("Choose a party from the list.")
        return BulkAction(kind, party=party)
    if kind is BulkKind.PLAN:
        day = typed.day("on", missing=gettext("Say on which day."))
        if day is not None and not can_be_planned_on(day, today=_today()):
            typed.errors["on"] = gettext("Choose a day from today on, within a year.")
        return BulkAction(kind, on=day)
    if kind is BulkKind.MERGE:
        into = _case_of_number(other or written_into)
        if into is None:
            typed.errors["other" if other else "into"] = gettext(
                "There is no report with this number. A number looks like K7MD-4QXW."
            )
        return BulkAction(kind, into=into)
    if kind is BulkKind.CLOSE:
        reason = typed.word("reason", ClosingReason, missing=gettext("Choose a reason."))
        if (gap := unfilled_gap(words)) is not None:
            typed.errors["words"] = gettext("Fill in “%(gap)s” first, or take it out.", gap=gap)
        return BulkAction(kind, reason=reason, words=words)
    return None


def _party(code: str) -> ResponsibleParty | None:
    with provided().get(Database).transaction() as transaction:
        for one in parties(transaction, on=_today()):
            if one.code == code:
                return ResponsibleParty(one.id, one.code, one.name, one.kind)
    return None


def _case_of_number(written: str) -> str | None:
    with provided().get(Database).transaction() as transaction:
        found = case_with_number(transaction, written, limits=acting().limits)
    return found.reference if found else None


def _by() -> ActedBy:
    return ActedBy(acting().kind.value, acting().id)


def _account_id() -> UUID:
    account_id = acting().id
    if account_id is None:
        raise NotAllowed()
    return account_id


def _now() -> datetime:
    return provided().get(Clock).now()


def _today() -> date:
    return _now().astimezone(LOCAL_ZONE).date()


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
