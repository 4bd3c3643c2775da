"""Who does a task: taken by a member of a crew, put back, or given by the team lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
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

    def step(transaction: Transaction, now: datetime) -> str:
        claim_task(
            transaction,
            task_id,
            party_id=own_party(),
            account_id=own_account(),
            now=now,
            from_worker=_id_in("worker"),
        )
        return str(gettext("This task is yours."))

    return _take_step(task_id, step)


@blueprint.post("/terugleggen")
@open_to(Permission.WORK_TASKS)
def put_back(task_id: UUID) -> ResponseReturnValue:
    """Put a task back on the list of the team; a team lead may do so with anyone's."""

    def step(transaction: Transaction, now: datetime) -> str:
        put_back_task(
            transaction,
            task_id,
            party_id=own_party(),
            by=acted_by(),
            now=now,
            only_of=None if acting().may(Permission.DIRECT_TEAM) else own_account(),
        )
        return str(gettext("This task is for the whole team again."))

    return _take_step(task_id, step)


@blueprint.post("/geven")
@open_to(Permission.DIRECT_TEAM)
def give(task_id: UUID) -> ResponseReturnValue:
    """Give a task to a member of the team."""
    member = _id_in("member")
    if member is None:
        return _nobody_chosen(task_id)

    def step(transaction: Transaction, now: datetime) -> str:
        give_task(transaction, task_id, party_id=own_party(), to=member, by=acted_by(), now=now)
        names = {one.id: one.name for one in team_members(transaction, own_party())}
        return str(gettext("Given to %(name)s.", name=names[member]))

    return _take_step(task_id, step)


def _take_step(task_id: UUID, step: Callable[[Transaction, datetime], str]) -> ResponseReturnValue:
    """Do it and say so on the page of the task; where it cannot be, the page says why."""
    services = provided()
    try:
        with services.get(Database).transaction() as transaction:
            said = step(transaction, services.get(Clock).now())
    except TaskTaken as refusal:
        return show_task(task_id, status=409, taken_by=refusal.worker.name)
    except TaskIsClosed:
        return show_task(task_id, status=409)
    except NotOfThisParty:
        return _nobody_chosen(task_id)
    flash(said, "ok")
    return redirect(f"/werk/taken/{task_id}", code=303)


def _nobody_chosen(task_id: UUID) -> ResponseReturnValue:
    typed = Typed(errors={"member": gettext("Choose a colleague.")})
    return show_task(task_id, typed=typed, status=400)


def _id_in(name: str) -> UUID | None:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        return None
