"""`/beheer/wat-als/…/open-meldingen`: open cases move to who has them by a draft, when asked."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.routing.operations.drafts import draft
from app.work.model import ActedBy
from app.work.operations.moving import digest_of, move_open_cases, open_cases_elsewhere
from app.work.refusals import CasesMovedOn

blueprint = Blueprint("moving_cases", __name__, url_prefix="/beheer/wat-als")

_LISTED = 200


@blueprint.get("/<uuid:draft_id>/open-meldingen")
@open_to(Permission.ADMINISTER)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show which open cases would go elsewhere now."""
    return _page(draft_id, {})


@blueprint.post("/<uuid:draft_id>/open-meldingen")
@open_to(Permission.ADMINISTER)
def move(draft_id: UUID) -> ResponseReturnValue:
    """Move those that were shown; others than those are shown first."""
    services = provided()
    now = services.get(Clock).now()
    try:
        with services.get(Database).transaction() as transaction:
            moved = move_open_cases(
                transaction,
                draft(transaction, draft_id),
                municipality_code=services.get(Settings).municipality_code,
                with_started=request.form.get("started") == "yes",
                by=ActedBy(acting().kind.value, acting().id),
                now=now,
                today=now.astimezone(LOCAL_ZONE).date(),
                seen=request.form.get("seen", ""),
            )
    except CasesMovedOn:
        said = gettext("Meanwhile these are not the same reports any more. Look once more.")
        return _page(draft_id, {"move": said})
    flash(ngettext("%(num)s open report moved.", "%(num)s open reports moved.", moved), "ok")
    return redirect(f"/beheer/wat-als/{draft_id}/open-meldingen", HTTPStatus.SEE_OTHER)


def _page(draft_id: UUID, errors: dict[str, str]) -> ResponseReturnValue:
    services = provided()
    today = services.get(Clock).now().astimezone(LOCAL_ZONE).date()
    with services.get(Database).transaction() as transaction:
        found = draft(transaction, draft_id)
        elsewhere = open_cases_elsewhere(
            transaction,
            found,
            municipality_code=services.get(Settings).municipality_code,
            today=today,
        )
    pairs = Counter((one.was, one.becomes) for one in elsewhere)
    page = render_template(
        "work/moving_cases.html",
        draft=found,
        holds=found.is_put_in_force
        and found.in_force_from is not None
        and found.in_force_from <= today,
        count=len(elsewhere),
        started=sum(one.is_started for one in elsewhere),
        pairs=sorted(pairs.items(), key=lambda pair: (-pair[1], str(pair[0]))),
        cases=elsewhere[:_LISTED],
        seen=digest_of(elsewhere),
        is_started=request.form.get("started") == "yes",
        errors=errors,
    )
    return page, HTTPStatus.PRECONDITION_FAILED if errors else HTTPStatus.OK
