"""The mobile API's places: what there is at a point, and whether we are the ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from app.foundation.api_documents import ApiBlueprint, refuses
from app.foundation.bodies import Words
from app.foundation.clock import Clock
from app.foundation.database import Database, MapDatabase
from app.foundation.errors import DomainError
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.addresses import AddressBook
from app.geography.model import VILLAGE, NearAsset, Spot
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.intake.model import Language
from app.planning.model import NearWork
from app.publishing.operations import PublicCase
from app.reception.answers import moment, reason_in_words
from app.reception.api.schemas import PlaceSchema
from app.reception.authority import Authority, authority_found, told_to_phones
from app.reception.places import Place, cases_at, what_is_at

blueprint = ApiBlueprint(
    "places", __name__, url_prefix="/api/v1", description="What there is at a place."
)


class PlaceQuery(Schema):
    """The place that is asked about, in degrees of WGS 84, and what would be reported there."""

    lon = fields.Float(
        required=True, validate=validate.Range(-180, 180), metadata={"example": 4.3195}
    )
    lat = fields.Float(required=True, validate=validate.Range(-90, 90), metadata={"example": 51.58})
    category = Words(most=100, load_default=None, metadata={"description": "An inner code."})
    asset = fields.UUID(load_default=None, metadata={"description": "The asset it is about."})
    language = fields.String(load_default="nl", validate=validate.OneOf([*Language]))


@blueprint.get("/places")
@open_to(Permission.ANYONE)
@blueprint.arguments(PlaceQuery, location="query")
@blueprint.response(200, PlaceSchema)
@refuses(400, 422)
@blueprint.doc(operationId="describePlace")
def places(query: dict[str, Any]) -> Response:
    """Tell what there is at a place: areas, address, open cases, assets, planned works.

    Outside the municipality the answer is 422, with `ours` false and the areas that are known.
    """
    services = provided()
    settings = services.get(Settings)
    now = services.get(Clock).now()
    spot = Spot(query["lon"], query["lat"])
    with _about_the_query(), services.get(Database).transaction() as transaction:
        place = what_is_at(
            transaction,
            spot,
            category_code=query["category"] or None,
            asset_id=query["asset"],
            municipality_code=settings.municipality_code,
            now=now,
        )
        decided = place.decision
        authority = authority_found(transaction, decided) if decided else None
    cases = cases_at(services.get(MapDatabase), place)
    # Asked last, when no connection is held: the register may take its two seconds.
    address = services.get(AddressBook).nearest(spot)
    answered = jsonify(
        ours=True,
        areas=[
            {"kind": area.kind, "code": area.code, "name": area.name}
            for area in place.located.areas
        ],
        address={"text": address.label} if address else None,
        cases=[_case(case, metres, place) for case, metres in cases],
        assets=[_asset(near, place) for near in place.assets],
        works=[_work(near, place) for near in place.works],
        routing=_routing(place, query["language"], authority),
    )
    answered.headers["Cache-Control"] = "no-store"
    return answered


@contextmanager
def _about_the_query() -> Iterator[None]:
    """Let what is refused inside speak of the query, where the words it refuses came from."""
    names = {"location": ("lon", "lat")}
    try:
        yield
    except DomainError as refused:
        refused.errors = tuple(
            replace(error, location="query", field=name)
            for error in refused.errors
            for name in names.get(error.field, (error.field,))
        )
        raise


def _point(longitude: float, latitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(longitude, 6), round(latitude, 6)]}


def _case(case: PublicCase, metres: float, place: Place) -> dict[str, Any]:
    name = place.name_of(case.category_code)
    return {
        "reference": case.reference,
        "category": {"code": case.category_code, "name": {"nl": name.nl, "en": name.en}},
        "status": case.stage.value,
        "location": _point(case.longitude, case.latitude),
        "distanceMetres": round(metres, 1),
        "reports": case.report_count,
        "reportedAt": moment(case.reported_at),
        "dueAt": moment(case.due_at),
    }


def _asset(near: NearAsset, place: Place) -> dict[str, Any]:
    asset = near.asset
    return {
        "id": str(asset.id),
        "kind": asset.kind,
        "number": asset.number,
        "street": asset.street or None,
        "location": _point(asset.spot.longitude, asset.spot.latitude),
        "distanceMetres": round(near.distance_metres, 1),
        "openCase": place.open_case_at(asset.id),
    }


def _work(near: NearWork, place: Place) -> dict[str, Any]:
    work = near.work
    return {
        "reference": work.reference,
        "title": {"nl": work.title_nl, "en": work.title_en},
        "description": {"nl": work.description_nl, "en": work.description_en},
        "kind": work.kind,
        "hindrance": work.hindrance.value,
        "startsOn": work.starts_on.isoformat(),
        "endsOn": work.ends_on.isoformat(),
        "carriedOutBy": work.carried_out_by,
        "distanceMetres": round(near.distance_metres, 1),
        "takesCareOf": place.category.join_group in work.join_groups if place.category else None,
    }


def _routing(place: Place, language: str, authority: Authority | None) -> Mapping[str, Any] | None:
    decision = place.decision
    if decision is None or place.category is None:
        return None
    party = decision.party
    return {
        "party": {"code": party.code, "name": party.name, "kind": party.kind} if party else None,
        "reason": reason_in_words(
            decision.because.value,
            party=party.name if party else None,
            category=place.category.name,
            area=decision.area_name,
            village=village.name if (village := place.located.area(VILLAGE)) else None,
            language=language,
        ),
        "referredTo": told_to_phones(authority),
    }
