"""`/beheer/routering`: who would get a report at a place, and every step to that answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, get_locale, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.model import NotAPlace, Spot, UnknownAsset
from app.geography.operations import municipality_outline, villages
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.maps.model import MapParts, TileSource
from app.maps.operations import page_nonce, picker_map
from app.routing.operations.deciding import grounds_of
from app.routing.operations.explaining import Explained, explain
from app.routing.words import RoutingShown, routing_shown
from app.triage.model import RetiredCategory, UnknownCategory
from app.triage.operations import category_tree

blueprint = Blueprint("routing_trial", __name__, url_prefix="/beheer/routering")

_FURTHEST_DEGREES = {"longitude": 180, "latitude": 90}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was asked, as it was typed."""

    category: str
    longitude: str
    latitude: str
    asset: str
    at: str
    is_danger: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """The answer as people read it; no routing where the report would be refused."""

    answer: str
    what: str
    routing: RoutingShown | None


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def try_a_place() -> ResponseReturnValue:
    """Show the form, and the answer when a place and a kind are given."""
    typed = Typed(
        **{
            name: request.args.get(name, "").strip()[:100]
            for name in ("category", "longitude", "latitude", "asset", "at")
        },
        is_danger=request.args.get("danger") == "yes",
    )
    errors: dict[str, str] = {}
    trial: Trial | None = None
    with provided().get(Database).transaction() as transaction:
        if request.args.keys() & {"category", "longitude", "latitude"}:
            trial = _tried(transaction, typed, errors)
        page = render_template(
            "routing/trial.html",
            categories=_choices(transaction),
            typed=typed,
            errors=errors,
            explained=trial,
            map=_map(transaction, typed),
        )
    return page, HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK


def _tried(transaction: Transaction, typed: Typed, errors: dict[str, str]) -> Trial | None:
    services = provided()
    settings = services.get(Settings)
    spot, at = _spot(typed, errors), _moment(typed.at, services.get(Clock).now(), errors)
    if not typed.category:
        errors["category"] = gettext("Choose a kind from the list.")
    if spot is None or at is None or errors:
        return None
    try:
        explained = explain(
            transaction,
            spot,
            category_code=typed.category,
            at=at,
            municipality_code=settings.municipality_code,
            asset_id=_asset(typed.asset),
            is_urgent=typed.is_danger,
        )
    except (UnknownCategory, RetiredCategory):
        errors["category"] = gettext("Choose a kind from the list.")
        return None
    except UnknownAsset:
        errors["longitude"] = gettext("The object that was chosen is not there any more.")
        return None
    return _shown(explained, municipality=settings.municipality_name)


def _shown(explained: Explained, *, municipality: str) -> Trial:
    decision, defect = explained.decision, explained.defect
    named = explained.category.name.in_language(str(get_locale() or "nl"))
    moment = format_datetime(defect.moment.at, "EEEE d MMMM y H:mm")
    what = f"{named} · {moment}"
    if defect.asset_number:
        what += f" · {defect.asset_number}"
    if not explained.is_ours:
        answer = gettext("We refuse it: this place is not in %(name)s.", name=municipality)
        return Trial(answer, what, None)
    answer = decision.party.name if decision.party else gettext("Nobody: the desk looks at it")
    return Trial(answer, what, routing_shown(decision.because.value, grounds_of(decision, defect)))


def _spot(typed: Typed, errors: dict[str, str]) -> Spot | None:
    found: dict[str, float] = {}
    for name, furthest in _FURTHEST_DEGREES.items():
        try:
            number = float(getattr(typed, name).replace(",", "."))
        except ValueError:
            number = math.nan
        if math.isfinite(number) and -furthest <= number <= furthest:
            found[name] = number
        else:
            errors[name] = gettext("Point at a place on the map, or type degrees such as 4.3694.")
    try:
        return Spot(found["longitude"], found["latitude"])
    except (KeyError, NotAPlace):
        return None


def _moment(typed: str, now: datetime, errors: dict[str, str]) -> datetime | None:
    if not typed:
        return now
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=LOCAL_ZONE)
    except ValueError:
        errors["at"] = gettext("Type a day and a time, such as 2026-11-29T23:30.")
        return None


def _asset(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _choices(transaction: Transaction) -> list[dict[str, object]]:
    language = str(get_locale() or "nl")
    return [
        {
            "label": main.name.in_language(language),
            "options": [
                {"value": inner.code, "label": inner.name.in_language(language)}
                for inner in main.categories
            ],
        }
        for main in category_tree(transaction).main_categories
    ]


def _map(transaction: Transaction, typed: Typed) -> MapParts:
    settings = provided().get(Settings)
    spot = _spot(typed, {})
    return picker_map(
        outline=municipality_outline(transaction),
        villages=villages(transaction),
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        spot=(spot.longitude, spot.latitude) if spot else None,
        asset=typed.asset or None,
    )
