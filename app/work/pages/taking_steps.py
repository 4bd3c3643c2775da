"""Takes one step of the desk with a case, and says on its page whatever stands in its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity.access import acting
from app.work.model import ActedBy, CaseStage
from app.work.operations.within import references_within
from app.work.pages.case_page import known_reference, show_case
from app.work.pages.typed import Typed, number_in
from app.work.refusals import (
    CannotJoin,
    CaseIsClosed,
    CaseOpenAtAsset,
    MovedOn,
    NoDanger,
    NothingToCheck,
    NothingToSplit,
    OnlyReport,
    StageNotReachable,
    StillWithNobody,
)
from app.work.words import case_stage_words, obstacle_words

#: What is said once a step was taken: how (`ok`, `warning`), and the sentence.
Said = tuple[str, str]
Step = Callable[[Transaction, str, int], Said]


class NotRight(Exception):
    """Something in the form is not right; `typed.errors` says what."""


def take_step(
    field: str,
    written: str,
    typed: Typed,
    step: Step,
    *,
    leads_to: list[str] | None = None,
) -> ResponseReturnValue:
    """Take a step in one transaction, and say on the page whatever stands in its way.

    `field` is where a refusal is said; the page comes back with what was typed.
    """
    reference = known_reference(written)
    version = typed.version()
    if version is None:
        typed.errors["page"] = gettext(
            "The page was not complete. Look at it again and press again."
        )
        return show_case(reference, typed=typed, status=HTTPStatus.BAD_REQUEST)
    try:
        with provided().get(Database).transaction() as transaction:
            how, sentence = step(transaction, reference, version)
    except NotRight:
        return show_case(reference, typed=typed, status=HTTPStatus.BAD_REQUEST)
    except MovedOn:
        seen = number_in(request.form.get("happened", ""))
        return show_case(reference, typed=typed, status=HTTPStatus.PRECONDITION_FAILED, seen=seen)
    except (
        CannotJoin,
        CaseIsClosed,
        CaseOpenAtAsset,
        NoDanger,
        NothingToCheck,
        NothingToSplit,
        OnlyReport,
        StageNotReachable,
        StillWithNobody,
    ) as refusal:
        typed.errors[field] = _sentence(refusal)
        return show_case(reference, typed=typed, status=HTTPStatus.CONFLICT)
    flash(sentence, how)
    after = (leads_to or [reference])[-1]
    if limits := acting().limits:
        with provided().get(Database).transaction() as transaction:
            # Another kind can lead it out of what this account is limited to.
            if not references_within(transaction, [after], limits):
                return redirect("/balie", code=303)
    return redirect(f"/balie/zaken/{after}", code=303)


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, CannotJoin):
        return obstacle_words(refusal.because)
    if isinstance(refusal, CaseOpenAtAsset):
        return str(
            gettext(
                "At this object %(reference)s is open already. Join the two instead.",
                reference=refusal.reference,
            )
        )
    if isinstance(refusal, NoDanger):
        return str(gettext("Nobody says any more that this is a danger."))
    if isinstance(refusal, NothingToCheck):
        return str(gettext("There is no finished work to check any more."))
    if isinstance(refusal, OnlyReport):
        return str(gettext("This is its only report: a report cannot be without one."))
    if isinstance(refusal, NothingToSplit):
        return str(gettext("Nothing of it is left here: its reports belong elsewhere by now."))
    if isinstance(refusal, StillWithNobody):
        return str(gettext("Nobody has this report yet: give it to a party, join it or close it."))
    if isinstance(refusal, StageNotReachable):
        stage = refusal.stage
        words = case_stage_words(stage) if isinstance(stage, CaseStage) else str(stage)
        possible = [case_stage_words(one) for one in refusal.possible if isinstance(one, CaseStage)]
        return str(
            gettext(
                "That is not possible: it is at “%(stage)s” now. From there it can go to:"
                " %(possible)s.",
                stage=words,
                possible=", ".join(possible) or "–",
            )
        )
    return str(gettext("This report is closed. Reopen it first."))


def by_whom() -> ActedBy:
    """Return who acts, as the history keeps it."""
    actor = acting()
    return ActedBy(actor.kind.value, actor.id)


def moment() -> datetime:
    """Return the moment of this request."""
    return provided().get(Clock).now()
