"""Promises a case a day again: when its kind changes, its danger goes, or it is opened again."""

from __future__ import annotations

from datetime import datetime

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.geography.model import MUNICIPALITY, Located, Spot, UnknownAsset
from app.geography.operations import brought_inside, locate
from app.intake.kept_answers import answers_of_case
from app.routing.calendar import Promise, promise
from app.routing.operations.calendar_days import working_calendar
from app.routing.operations.deciding import decisions_of_case
from app.triage.model import Category, Term
from app.work.model import Case
from app.work.operations.clock import clock_stops, with_stops


def promised_from_the_start(
    transaction: Transaction, found: Case, category: Category, *, located: Located, danger: bool
) -> Promise:
    """Return what the norm of a category promises, counted from when the case came in.

    That is what its reporter was promised; the time in which its clock stood still is added.
    """
    calendar = working_calendar(transaction, since=found.received_at)
    terms = _terms(transaction, found, category, located, danger=danger)
    promised = promise(found.received_at, terms, calendar)
    return with_stops(promised, clock_stops(transaction, found.id), calendar)


def promised_from_now(
    transaction: Transaction, found: Case, category: Category, *, now: datetime
) -> Promise:
    """Return what the norm of a category promises for a case that begins again now."""
    located = located_again(transaction, found, now=now)
    terms = _terms(transaction, found, category, located, danger=found.is_danger)
    return promise(now, terms, working_calendar(transaction, since=now))


def located_again(transaction: Transaction, found: Case, *, now: datetime) -> Located:
    """Return what is known today about the place of a case.

    What was taken although it lies just outside the border is still taken as inside.
    """
    spot, today = Spot(found.longitude, found.latitude), now.astimezone(LOCAL_ZONE).date()
    try:
        located = locate(transaction, spot, asset_id=found.asset_id, on=today)
    except UnknownAsset:
        # The asset was taken away since; the place is still where it was.
        located = locate(transaction, spot, asset_id=None, on=today)
    taken_into = _taken_into(transaction, found) if located.at_border_of else None
    if taken_into is None:
        return located
    return brought_inside(transaction, located, municipality_code=taken_into, on=today)


def _taken_into(transaction: Transaction, found: Case) -> str | None:
    """Return the code of the municipality that took a case from just outside its border."""
    grounds = [decision["grounds"] for decision in decisions_of_case(transaction, found.id)]
    if not grounds or not grounds[0].get("isAtBorder"):
        return None
    areas = grounds[0]["areas"]
    return next((area["code"] for area in areas if area["kind"] == MUNICIPALITY), None)


def _terms(
    transaction: Transaction, found: Case, category: Category, located: Located, *, danger: bool
) -> tuple[Term, ...]:
    return category.norm.terms(
        danger=danger,
        answers=answers_of_case(transaction, found.id),
        asset_kind=located.asset.kind if located.asset else None,
    )
