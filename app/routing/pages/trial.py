"""`/beheer/routering`: who would get a report at a place, and every step to that answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, get_locale, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.foundation.texts import clean_text
from app.geography.addresses import AddressBook
from app.geography.map_ground import outline_and_villages
from app.geography.model import MUNICIPALITY, VILLAGE, NotAPlace, Spot, UnknownAsset
from app.geography.operations import area_shapes, assets_near
from app.geography.words import asset_kind_words
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.maps.model import JSON, GeoJSON, MapParts, TileSource
from app.maps.operations import page_nonce, picker_map
from app.routing.operations.calendar_days import FIRST_YEAR, YEARS_AHEAD
from app.routing.operations.deciding import grounds_of
from app.routing.operations.explaining import (
    Explained,
    OthersLookedAt,
    explain,
    others_looked_at,
    questions_that_count,
)
from app.routing.pages.trial_answers import (
    QuestionTried,
    due_words,
    questions_tried,
    typed_answers,
)
from app.routing.words import ConsideredShown, RoutingShown, routing_shown, why_words
from app.triage.model import AnswersRefused, RetiredCategory, UnknownCategory
from app.triage.operations import category, category_tree

blueprint = Blueprint("routing_trial", __name__, url_prefix="/beheer/routering")

_ASKS = frozenset({"category", "longitude", "latitude"})
_LONGEST_ADDRESS = 200
_PROPOSED = 8
#: Drawn on every map already, or as large as it.
_ON_EVERY = frozenset({MUNICIPALITY, VILLAGE})
_ASSETS_WITHIN_METRES = 50
_MOST_ASSETS = 20
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
    answers: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressShown:
    """An address that fits what was typed, with the link that tries it."""

    label: str
    link: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The answer as people read it; no routing where the report would be refused.

    `due` is by when it must be done, and by which norm; none where it is passed on.
    """

    answer: str
    what: str
    routing: RoutingShown | None
    due: tuple[str, str] | None = None
    #: The areas of the place, for the map: kind and code.
    areas: frozenset[tuple[str, str]] = frozenset()
    #: Agreements that could not match, with why not; and how many more there are.
    others: Sequence[ConsideredShown] = ()
    more_others: int = 0


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
        answers=typed_answers(request.args.getlist("answer")),
    )
    errors: dict[str, str] = {}
    trial: Trial | None = None
    asked = clean_text(request.args.get("address", ""))[:_LONGEST_ADDRESS]
    addresses: list[AddressShown] = []
    # Asked before the transaction: the answer may come from far.
    if "address" in request.args:
        typed, addresses = _at_address(typed, asked, errors)
    with provided().get(Database).transaction() as transaction:
        if _is_asked(typed):
            trial = _tried(transaction, typed, errors)
        page = render_template(
            "routing/trial.html",
            categories=_choices(transaction),
            typed=typed,
            errors=errors,
            explained=trial,
            questions=_questions(transaction, typed),
            assets=_assets(transaction, typed),
            address=asked,
            addresses=addresses,
            map=_map(transaction, typed, trial),
        )
    return page, HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK


def _is_asked(typed: Typed) -> bool:
    """Whether an answer is wanted: whoever looks for an address may have chosen no kind yet."""
    if "address" in request.args:
        return bool(typed.category and typed.longitude)
    return bool(request.args.keys() & _ASKS)


def _tried(transaction: Transaction, typed: Typed, errors: dict[str, str]) -> Trial | None:
    services = provided()
    settings = services.get(Settings)
    spot, at = _spot(typed, errors), _moment(typed.at, services.get(Clock).now(), errors)
    if not typed.category:
        errors["category"] = gettext("Choose a kind from the list.")
    asset_id = _asset(typed.asset)
    if typed.asset and asset_id is None:
        errors["longitude"] = gettext("The object that was chosen is not there any more.")
    if spot is None or at is None or errors:
        return None
    try:
        explained = explain(
            transaction,
            spot,
            category_code=typed.category,
            at=at,
            municipality_code=settings.municipality_code,
            asset_id=asset_id,
            is_urgent=typed.is_danger,
            answers=typed.answers,
        )
    except (UnknownCategory, RetiredCategory):
        errors["category"] = gettext("Choose a kind from the list.")
        return None
    except AnswersRefused:
        errors["answers"] = gettext("This kind of report has no such answer. Choose again.")
        return None
    except UnknownAsset:
        errors["longitude"] = gettext("The object that was chosen is not there any more.")
        return None
    return _shown(
        explained,
        others_looked_at(transaction, explained),
        municipality=settings.municipality_name,
    )


def _shown(explained: Explained, others: OthersLookedAt, *, municipality: str) -> Trial:
    decision, defect = explained.decision, explained.defect
    named = explained.category.name.in_language(str(get_locale() or "nl"))
    moment = format_datetime(defect.moment.at, "EEEE d MMMM y H:mm")
    what = f"{named} · {moment}"
    if defect.asset_number:
        what += f" · {defect.asset_number}"
    if not explained.is_ours:
        answer = gettext("We refuse it: this place is not in %(name)s.", name=municipality)
        if explained.located.inside_when_swapped:
            swapped = gettext(
                "Longitude and latitude may have changed places: the other way round it is inside."
            )
            what = f"{what}. {swapped}"
        return Trial(answer, what, None)
    answer = decision.party.name if decision.party else gettext("Nobody: the desk looks at it")
    return Trial(
        answer,
        what,
        routing_shown(decision.because.value, grounds_of(decision, defect)),
        None if explained.is_passed_on else due_words(explained.due, explained.category),
        areas=frozenset((one.kind, one.code) for one in defect.areas if one.kind not in _ON_EVERY),
        others=[
            ConsideredShown(one.agreement, one.party, is_match=False, why=why_words(one.why))
            for one in others.found
        ],
        more_others=others.more,
    )


def _at_address(
    typed: Typed, asked: str, errors: dict[str, str]
) -> tuple[Typed, list[AddressShown]]:
    """Return what was typed with the spot of an address; several that fit are to choose from."""
    if not asked:
        errors["address"] = gettext("Type an address.")
        return typed, []
    book = provided().get(AddressBook)
    found = book.search(asked, at_most=_PROPOSED)
    if not found:
        errors["address"] = (
            gettext("Addresses cannot be looked up at the moment. Type the degrees.")
            if book.is_away()
            else gettext("We do not know this address. Type a street with a number.")
        )
        return typed, []
    if len(found) > 1:
        return typed, [AddressShown(one.label, _link_to(typed, one.spot)) for one in found]
    spot = found[0].spot
    return replace(typed, longitude=f"{spot.longitude:.6f}", latitude=f"{spot.latitude:.6f}"), []


def _link_to(typed: Typed, spot: Spot) -> str:
    named = {
        "category": typed.category,
        "longitude": f"{spot.longitude:.6f}",
        "latitude": f"{spot.latitude:.6f}",
        "at": typed.at,
        "danger": "yes" if typed.is_danger else "",
        "answer": [f"{code}={one}" for code, some in typed.answers.items() for one in sorted(some)],
    }
    return "?" + urlencode({name: value for name, value in named.items() if value}, doseq=True)


def _questions(transaction: Transaction, typed: Typed) -> list[QuestionTried]:
    """Return the questions of the chosen kind that can change the answer."""
    try:
        named = category(transaction, typed.category)
    except (UnknownCategory, RetiredCategory):
        return []
    on = provided().get(Clock).now().astimezone(LOCAL_ZONE).date()
    return questions_tried(questions_that_count(transaction, named, on=on), typed.answers)


def _assets(transaction: Transaction, typed: Typed) -> list[dict[str, object]]:
    """Return the objects near the place, for whoever has no map to choose them on."""
    spot = _spot(typed, {})
    if spot is None:
        return []
    near = assets_near(
        transaction, spot, within_metres=_ASSETS_WITHIN_METRES, kind=None, at_most=_MOST_ASSETS
    )
    return [
        {
            "value": str(one.asset.id),
            "label": f"{asset_kind_words(one.asset.kind)} {one.asset.number}"
            f" ({round(one.distance_metres)} m)",
        }
        for one in near
    ]


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
        moment = datetime.fromisoformat(typed).replace(tzinfo=LOCAL_ZONE)
        if FIRST_YEAR <= moment.year <= now.year + YEARS_AHEAD:
            return moment
    except ValueError:
        pass
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


def _areas_here(transaction: Transaction, trial: Trial | None) -> GeoJSON | None:
    """Return the shapes of the areas of the place that was tried."""
    if trial is None or not trial.areas:
        return None
    features: list[JSON] = []
    for kind in sorted({kind for kind, _ in trial.areas}):
        for feature in area_shapes(transaction, kind=kind)["features"]:
            if (kind, feature["properties"]["code"]) in trial.areas:
                features.append(feature)
    return {"type": "FeatureCollection", "features": features}


def _map(transaction: Transaction, typed: Typed, trial: Trial | None) -> MapParts:
    settings = provided().get(Settings)
    spot = _spot(typed, {})
    outline, around = outline_and_villages(transaction)
    return picker_map(
        outline=outline,
        villages=around,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        spot=(spot.longitude, spot.latitude) if spot else None,
        asset=typed.asset or None,
        areas=_areas_here(transaction, trial),
    )
