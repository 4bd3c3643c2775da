"""Which defects to try at a place, so that every condition of its agreements comes up once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from app.foundation.windows import Window
from app.routing.model import Agreement, Defect, LocalMoment


def defects_to_try(agreements: Iterable[Agreement], plain: Defect) -> Iterator[Defect]:
    """Return the plain defect, and for each agreement with conditions one that meets them.

    The moments are in the week of the plain defect's; a public holiday is one where a window asks
    for it.
    """
    yield plain
    for agreement in agreements:
        met = _meeting(agreement, plain)
        if met != plain:
            yield met


def _meeting(agreement: Agreement, plain: Defect) -> Defect:
    met = plain
    if agreement.asset_kind is not None:
        met = replace(met, has_asset=True, asset_kind=agreement.asset_kind)
    if agreement.asset_owner_id is not None:
        met = replace(met, has_asset=True, asset_owner_id=agreement.asset_owner_id)
    if agreement.answers:
        answers = {question: frozenset(some) for question, some in agreement.answers.items()}
        met = replace(met, answers=answers)
    if agreement.windows:
        met = replace(met, moment=_beginning(agreement.windows[0], plain.moment.at))
    return met


def _beginning(window: Window, near: datetime) -> LocalMoment:
    """Return the moment at which a window begins, in the week after `near`."""
    day = near
    if window.days:
        while day.isoweekday() not in window.days:
            day += timedelta(days=1)
    at = day.replace(hour=window.begins.hour, minute=window.begins.minute, second=0, microsecond=0)
    return LocalMoment(at, is_day_off=not window.days)
