"""Step two of the form: where it is, by address, on the map or by the phone; no map is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.addresses import AddressBook
from app.geography.map_ground import outline_and_villages
from app.geography.model import MUNICIPALITY, Address, OutsideServiceArea, Spot
from app.geography.operations import villages
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.maps.model import TileSource
from app.maps.operations import page_nonce, picker_map
from app.reception.model import DraftContent
from app.reception.operations import located_here
from app.reception.pages.steps import Page, filled_in, kept, kind_of, onward, shown
from app.reception.rules import (
    LONGEST_ADDRESS,
    ROUGH_METRES,
    at_another_place,
    number_in,
    spot_in,
    typed,
)

blueprint = Blueprint("place", __name__)

_PLACES = "/api/v1/places"
_PROPOSED = 5
#: A proposal as a choice of a form: longitude, latitude, and the address.
_BETWEEN = "|"
#: More metres than these say nothing about a place.
_MOST_METRES = 1_000_000


@blueprint.get("/adressen")
@open_to(Permission.ANYONE)
def propose_addresses() -> ResponseReturnValue:
    """Propose addresses for what is typed so far; none where nobody knows them."""
    asked = typed(request.args.get("q", ""), most=LONGEST_ADDRESS)
    found = _addresses(asked)
    return jsonify(
        addresses=[
            {
                "label": one.label,
                "longitude": one.spot.longitude,
                "latitude": one.spot.latitude,
            }
            for one in found
        ],
        away=not found and provided().get(AddressBook).is_away(),
    )


@blueprint.get("/plek")
@open_to(Permission.ANYONE)
def ask_place() -> ResponseReturnValue:
    """Ask where it is."""
    content = filled_in()
    errors: dict[str, str] = {}
    if content.spot is not None and (outside := _outside(content.spot)) is not None:
        errors["address"] = outside
    return _page(content, errors)


@blueprint.post("/plek")
@open_to(Permission.ANYONE)
def take_place() -> ResponseReturnValue:
    """Keep the place; an address that was typed without a spot is looked up next."""
    address = typed(request.form.get("address", ""), most=LONGEST_ADDRESS)
    pointed = spot_in(request.form.get("longitude", ""), request.form.get("latitude", ""))
    before = filled_in()
    if pointed is not None and pointed != before.spot:
        if (outside := _outside(pointed)) is not None:
            content = replace(at_another_place(before, pointed), address=address)
            return _page(content, {"address": outside})
        return onward(_keep_spot(pointed, address))
    if before.is_pointed_at and pointed is not None:
        # Beside a spot on the map, what is typed only says more about it.
        return onward(
            kept(lambda content: _with_asset_of_the_form(replace(content, address=address)))
        )
    if address and address != before.address:
        content = kept(lambda content: replace(at_another_place(content, None), address=address))
        return redirect(Page.ADDRESS, code=303)
    if before.spot is None:
        if address:
            return redirect(Page.ADDRESS, code=303)
        sentence = gettext("Tell us where it is: type an address, or point at it on the map.")
        return _page(before, {"address": sentence})
    if (outside := _outside(before.spot)) is not None:
        return _page(before, {"address": outside})
    return onward(kept(_with_asset_of_the_form))


@blueprint.get("/plek/adres")
@open_to(Permission.ANYONE)
def ask_address() -> ResponseReturnValue:
    """Ask which of the addresses found is meant; where none is, the village is enough."""
    content = filled_in()
    if not content.address:
        return redirect(Page.PLACE, code=303)
    return _address_page(content)


@blueprint.post("/plek/adres")
@open_to(Permission.ANYONE)
def take_address() -> ResponseReturnValue:
    """Keep the address that was meant, or the village and what was typed."""
    before = filled_in()
    if village := request.form.get("village", ""):
        return _take_village(before, village)
    east, _, rest = request.form.get("place", "").partition(_BETWEEN)
    north, _, label = rest.partition(_BETWEEN)
    spot, name = spot_in(east, north), typed(label, most=LONGEST_ADDRESS)
    if spot is None or not name:
        return _address_page(before, {"place": gettext("Choose the address you mean.")})
    if (outside := _outside(spot)) is not None:
        return _address_page(before, {"place": outside})
    return onward(
        kept(
            lambda content: replace(at_another_place(content, spot), address=name, place_name=name)
        )
    )


def _take_village(before: DraftContent, code: str) -> ResponseReturnValue:
    """Keep a village with the reporter's words as the place, where no address was found."""
    found = next((one for one in _villages() if one["code"] == code), None)
    if found is None:
        return _address_page(before, {"village": gettext("Choose the village.")})
    longitude, latitude = found["label"]
    return onward(
        kept(
            lambda content: replace(
                at_another_place(content, (round(longitude, 6), round(latitude, 6))),
                is_rough=True,
                accuracy_metres=ROUGH_METRES,
                place_name=found["name"],
            )
        )
    )


def _keep_spot(spot: tuple[float, float], address: str) -> DraftContent:
    """Keep a spot that a script filled in: from a proposal, the map or the phone."""
    proposed = typed(request.form.get("proposal", ""), most=LONGEST_ADDRESS)
    is_proposed = bool(proposed) and proposed == address
    if is_proposed:
        name = proposed
    else:
        found = provided().get(AddressBook).nearest(Spot(*spot))
        name = found.label if found else ""
    accuracy = number_in(request.form.get("accuracy", ""), limit=_MOST_METRES)

    def change(content: DraftContent) -> DraftContent:
        changed = replace(
            at_another_place(content, spot),
            address=address,
            place_name=name,
            is_pointed_at=not is_proposed,
            accuracy_metres=abs(accuracy) if accuracy is not None else None,
        )
        return _with_asset_of_the_form(changed)

    return kept(change)


def _with_asset_of_the_form(content: DraftContent) -> DraftContent:
    """Take over the object that was chosen beside the map, or that it was none of them."""
    chosen = _uuid(request.form.get("asset", ""))
    if chosen is not None and chosen != content.asset_id:
        return replace(
            content,
            asset_id=chosen,
            has_answered_asset=True,
            same_as=None,
            has_answered_known=False,
        )
    if chosen is None and "asset-near" in request.form:
        return replace(content, asset_id=None, has_answered_asset=True)
    return content


def _outside(spot: tuple[float, float]) -> str | None:
    """Return in a sentence that a spot is not ours, and whose it is where we know."""
    services = provided()
    settings = services.get(Settings)
    with services.get(Database).transaction() as transaction:
        try:
            located_here(
                transaction,
                Spot(*spot),
                asset_id=None,
                municipality_code=settings.municipality_code,
                now=services.get(Clock).now(),
            )
        except OutsideServiceArea as refused:
            found = {area.code: area.name for area in refused.areas if area.kind == MUNICIPALITY}
        else:
            return None
    if found:
        return str(
            gettext(
                "This place is in the municipality of %(name)s. Report it there.",
                name=next(iter(found.values())),
            )
        )
    return str(
        gettext(
            "This place is outside the municipality of %(name)s. We can do nothing there.",
            name=settings.municipality_name,
        )
    )


def _page(content: DraftContent, errors: dict[str, str]) -> ResponseReturnValue:
    services = provided()
    settings = services.get(Settings)
    kind = kind_of(content) if content.has_kind else None
    with services.get(Database).transaction() as transaction:
        outline, places = outline_and_villages(transaction)
    parts = picker_map(
        outline=outline,
        villages=places,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        places_url=f"{_PLACES}?category={quote(kind.code)}" if kind else _PLACES,
        spot=content.spot,
        asset=str(content.asset_id) if content.asset_id else None,
        # A loose tile next to a lamp post is not about the lamp post.
        offers_assets=kind is None or kind.asset_kind is not None,
    )
    return shown(
        Page.PLACE,
        "place",
        content,
        errors=errors,
        map=parts,
        most=LONGEST_ADDRESS,
        proposals_url="/melden/adressen",
        most_proposed=_PROPOSED,
    )


def _address_page(
    content: DraftContent, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    found = _addresses(content.address)
    return shown(
        Page.ADDRESS,
        "address",
        content,
        errors=errors,
        options=[
            {
                "value": _BETWEEN.join(
                    (f"{one.spot.longitude:.6f}", f"{one.spot.latitude:.6f}", one.label)
                ),
                "label": one.label,
            }
            for one in found
        ],
        is_away=not found and provided().get(AddressBook).is_away(),
        villages=[{"value": one["code"], "label": one["name"]} for one in _villages()],
    )


def _addresses(asked: str) -> Sequence[Address]:
    return provided().get(AddressBook).search(asked, at_most=_PROPOSED) if asked else ()


def _villages() -> list[dict[str, Any]]:
    """Return code, name and label point of every village."""
    with provided().get(Database).transaction() as transaction:
        return [feature["properties"] for feature in villages(transaction)["features"]]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
