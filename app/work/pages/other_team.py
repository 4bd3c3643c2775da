"""A crew asks another party for a part of the work, on a page of its own: a task stays light."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity.access import open_to
from app.identity.model import PartyKind
from app.identity.operations import parties
from app.identity.permissions import Permission
from app.work.model import OPEN_TASK_STAGES, ListedTask, Task
from app.work.operations.cases import ResponsibleParty
from app.work.operations.lists import listed_task
from app.work.operations.splitting import PartyHasTask, split_off_task
from app.work.operations.tasks import take_task, tasks_of_case
from app.work.pages.shown import category_names
from app.work.pages.task_page import acted_by, own_party, show_task
from app.work.pages.typed import Typed
from app.work.refusals import CaseIsClosed, TaskNotFound

blueprint = Blueprint("other_team", __name__, url_prefix="/werk/taken/<uuid:task_id>/ander-team")


@blueprint.get("")
@open_to(Permission.WORK_TASKS)
def form(task_id: UUID) -> ResponseReturnValue:
    """Ask which other party has to do what."""
    return _form(task_id, Typed())


@blueprint.post("")
@open_to(Permission.WORK_TASKS)
def ask(task_id: UUID) -> ResponseReturnValue:
    """Give another party a task at the same case; asking the same twice is no error."""
    services = provided()
    typed = Typed()
    code = typed.text("party", most=100)
    request = typed.text("request")
    if not request:
        typed.errors["request"] = gettext("Say what they have to do.")
    with services.get(Database).transaction() as transaction:
        party = _others(transaction).get(code)
    if party is None:
        typed.errors["party"] = gettext("Choose a party from the list.")
    if party is None or typed.errors:
        return _form(task_id, typed, 400)
    try:
        with services.get(Database).transaction() as transaction:
            held, of_case = take_task(
                transaction, task_id, party_id=own_party(), expected_version=None
            )
            if held.stage not in OPEN_TASK_STAGES:
                raise CaseIsClosed()
            split_off_task(
                transaction,
                of_case,
                party=party,
                request=request,
                by=acted_by(),
                now=services.get(Clock).now(),
            )
    except CaseIsClosed:
        return show_task(task_id, status=409)
    except PartyHasTask:
        if not _was_asked(task_id, party.id, request):
            typed.errors["party"] = gettext(
                "%(party)s has a task at this report already.", party=party.name
            )
            return _form(task_id, typed, 409)
    flash(gettext("%(party)s has a task now too.", party=party.name), "ok")
    return redirect(f"/werk/taken/{task_id}", code=303)


def _form(task_id: UUID, typed: Typed, status: int = 200) -> ResponseReturnValue:
    with provided().get(Database).transaction() as transaction:
        listed = _own(transaction, task_id)
        if listed.task.stage not in OPEN_TASK_STAGES:
            return redirect(f"/werk/taken/{task_id}", code=303)
        names = category_names(transaction, {listed.case.category_code})
        others = _others(transaction)
    page = render_template(
        "work/other_team.html",
        task=listed.task,
        case=listed.case,
        category_name=names[listed.case.category_code],
        parties=[{"value": one.code, "label": one.name} for one in others.values()],
        typed=typed.values,
        errors=typed.errors,
    )
    return page, status


def _own(transaction: Transaction, task_id: UUID) -> ListedTask:
    listed = listed_task(transaction, task_id, party_id=own_party())
    if listed is None:
        raise TaskNotFound()
    return listed


def _others(transaction: Transaction) -> dict[str, ResponsibleParty]:
    """Return who can get a part of the work, by code: not oneself, and no other authority."""
    today = provided().get(Clock).now().astimezone(LOCAL_ZONE).date()
    return {
        one.code: ResponsibleParty(one.id, one.code, one.name, one.kind)
        for one in parties(transaction, on=today)
        if one.kind != PartyKind.AUTHORITY.value and one.id != own_party()
    }


def _was_asked(task_id: UUID, party_id: UUID, request: str) -> bool:
    """Whether the other party was asked the very same: by two taps, or after bad reception."""
    with provided().get(Database).transaction() as transaction:
        case_id = _own(transaction, task_id).case.id
        tasks: list[Task] = [
            one for one in tasks_of_case(transaction, case_id) if one.party_id == party_id
        ]
    return any(one.request == request for one in tasks)
