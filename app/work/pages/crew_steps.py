"""Who does a task: taken by a member of a crew, put back, or given by the team lead."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity.access import acting, open_to
from app.identity.colleagues import team_members
from app.identity.permissions import Permission
from app.work.operations.claiming import (
    NotOfThisParty,
    TaskIsClosed,
    TaskTaken,
    claim_task,
    give_task,
    put_back_task,
)
from app.work.pages.task_page import acted_by, own_account, own_party, show_task
from app.work.pages.typed import Typed

blueprint = Blueprint("crew_steps", __name__, url_prefix="/werk/taken/<uuid:task_id>")


@blueprint.post("/nemen")
@open_to(Permission.WORK_TASKS)
def take(task_id: UUID) -> ResponseReturnValue:
    """Take a task, or take it over from the colleague that the page named."""
    services = provided()
    try:
        with services.get(Database).transaction() as transaction:
            claim_task(
                transaction,
                task_id,
                party_id=own_party(),
                account_id=own_account(),
                now=services.get(Clock).now(),
                from_worker=_id_in("worker"),
            )
    except TaskTaken as refusal:
        return show_task(task_id, status=409, taken_by=refusal.worker.name)
    except TaskIsClosed:
        return show_task(task_id, status=409)
    flash(gettext("This task is yours."), "ok")
    return redirect(f"/werk/taken/{task_id}", code=303)


@blueprint.post("/terugleggen")
@open_to(Permission.WORK_TASKS)
def put_back(task_id: UUID) -> ResponseReturnValue:
    """Put a task back on the list of the team; a team lead may do so with anyone's."""
    services = provided()
    may_direct = acting().may(Permission.DIRECT_TEAM)
    try:
        with services.get(Database).transaction() as transaction:
            put_back_task(
                transaction,
                task_id,
                party_id=own_party(),
                by=acted_by(),
                now=services.get(Clock).now(),
                only_of=None if may_direct else own_account(),
            )
    except TaskTaken as refusal:
        return show_task(task_id, status=409, taken_by=refusal.worker.name)
    except TaskIsClosed:
        return show_task(task_id, status=409)
    flash(gettext("This task is for the whole team again."), "ok")
    return redirect(f"/werk/taken/{task_id}", code=303)


@blueprint.post("/geven")
@open_to(Permission.DIRECT_TEAM)
def give(task_id: UUID) -> ResponseReturnValue:
    """Give a task to a member of the team."""
    services = provided()
    member = _id_in("member")
    if member is None:
        return _nobody_chosen(task_id)
    try:
        with services.get(Database).transaction() as transaction:
            give_task(
                transaction,
                task_id,
                party_id=own_party(),
                to=member,
                by=acted_by(),
                now=services.get(Clock).now(),
            )
            names = {one.id: one.name for one in team_members(transaction, own_party())}
    except NotOfThisParty:
        return _nobody_chosen(task_id)
    except TaskIsClosed:
        return show_task(task_id, status=409)
    flash(gettext("Given to %(name)s.", name=names[member]), "ok")
    return redirect(f"/werk/taken/{task_id}", code=303)


def _nobody_chosen(task_id: UUID) -> ResponseReturnValue:
    typed = Typed(errors={"member": gettext("Choose a colleague.")})
    return show_task(task_id, typed=typed, status=400)


def _id_in(name: str) -> UUID | None:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        return None
