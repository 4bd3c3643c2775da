"""`/werk/ploeg`: who of a party has what, and what nobody has yet; for its team lead."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.work.operations.claiming import NotOfThisParty, TaskIsClosed, give_task
from app.work.operations.crew_list import TASKS_ON_A_PAGE, Asked, Line, Order, Whose, crew_list
from app.work.operations.office.listing import cases_by_id
from app.work.operations.team import loads_of_team
from app.work.pages.shown import place_of_line, reader_language
from app.work.pages.task_page import acted_by, own_account, own_party
from app.work.refusals import TaskNotFound
from app.work.words import due_words

blueprint = Blueprint("crew_team", __name__, url_prefix="/werk/ploeg")


@blueprint.get("")
@open_to(Permission.DIRECT_TEAM)
def team() -> ResponseReturnValue:
    """Show what each member of the team has, and the tasks that nobody has."""
    return _page()


@blueprint.post("")
@open_to(Permission.DIRECT_TEAM)
def give() -> ResponseReturnValue:
    """Give the ticked tasks to a member of the team; those that are over by now are told."""
    services = provided()
    chosen = request.form.getlist("task")[:TASKS_ON_A_PAGE]
    ids = [one for one in map(_id_in, chosen) if one is not None]
    member = _id_in(request.form.get("member", ""))
    errors = {}
    if not ids:
        errors["task"] = gettext("Tick at least one task.")
    if member is None:
        errors["member"] = gettext("Choose a colleague.")
    if errors or member is None:
        return _page(errors, chosen, request.form.get("member", "")), 400
    given, over = 0, 0
    for task_id in ids:
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
            given += 1
        except (TaskIsClosed, TaskNotFound):
            over += 1
        except NotOfThisParty:
            return _page({"member": gettext("Choose a colleague.")}, chosen, ""), 400
    if given:
        flash(ngettext("%(num)s task given.", "%(num)s tasks given.", given), "ok")
    if over:
        flash(
            ngettext(
                "%(num)s task is not with your team any more.",
                "%(num)s tasks are not with your team any more.",
                over,
            ),
            "warning",
        )
    return redirect("/werk/ploeg", code=303)


def _page(
    errors: dict[str, str] | None = None, chosen: list[str] | None = None, member: str = ""
) -> str:
    services = provided()
    now = services.get(Clock).now()
    local = now.astimezone(LOCAL_ZONE)
    morning = local.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Asked(own_party(), own_account(), Whose.FREE, order=Order.DUE)
    with services.get(Database).transaction() as transaction:
        loads = loads_of_team(transaction, own_party(), now=now, morning=morning)
        free = crew_list(
            transaction,
            asked,
            now=now,
            morning=morning,
            today=local.date(),
            at_most=TASKS_ON_A_PAGE,
        )
        options = _options(transaction, free.lines)
    return render_template(
        "work/team.html",
        loads=loads,
        free=options,
        of_nobody=free.of_nobody,
        of_team=free.of_team,
        members=[{"value": str(one.id), "label": one.name} for one in loads],
        chosen=chosen or [],
        member=member,
        errors=errors or {},
    )


def _options(transaction: Transaction, lines: Sequence[Line]) -> list[dict[str, str]]:
    now, language = provided().get(Clock).now(), reader_language()
    cases = {one.case.id: one for one in cases_by_id(transaction, [line.case_id for line in lines])}
    return [
        {
            "value": str(line.task_id),
            "name": cases[line.case_id].category_name.in_language(language),
            "place": place_of_line(cases[line.case_id]),
            "due": due_words(line.due_at, now),
            "is_danger": "yes" if cases[line.case_id].case.is_danger else "",
        }
        for line in lines
        if line.case_id in cases
    ]


def _id_in(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
