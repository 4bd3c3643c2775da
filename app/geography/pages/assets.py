"""`/beheer/objecten`: find an asset by number or street; add, move and remove one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.foundation.texts import clean_text
from app.geography.changing import (
    ON_A_PAGE,
    add_asset,
    asset_kinds,
    assets_found,
    move_asset,
    remove_asset,
)
from app.geography.importing.frames import is_in_the_netherlands
from app.geography.map_ground import outline_and_villages
from app.geography.model import AreasRefused, AssetTaken, ChangedSince, NotAPlace, Spot
from app.geography.words import asset_kind_words
from app.identity.access import by_acting, open_to
from app.identity.permissions import Permission
from app.maps.drawing import PlacedAsset, assets_map
from app.maps.model import TileSource
from app.maps.operations import page_nonce

blueprint = Blueprint("assets", __name__, url_prefix="/beheer/objecten")

_MOST_PAGES = 1000

#: What a file may have too.
_LONGEST = 200


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def assets() -> ResponseReturnValue:
    """Show the assets that were looked for."""
    return _page({})


@blueprint.post("/toevoegen")
@open_to(Permission.ADMINISTER)
def add() -> ResponseReturnValue:
    """Put an asset on the map."""
    errors: dict[str, str] = {}
    kind, number, street = (_typed(field) for field in ("kind", "number", "street"))
    for field, word in (("kind", kind), ("number", number)):
        if not word:
            errors[field] = gettext("Fill this in.")
    for field in ("number", "street"):
        if len(clean_text(request.form.get(field, ""))) > _LONGEST:
            errors[field] = gettext("Type %(most)d characters at the most.", most=_LONGEST)
    spot = _spot(errors)
    if errors or spot is None:
        return _page(errors)
    try:
        with provided().get(Database).transaction() as transaction:
            add_asset(
                transaction,
                kind=kind,
                number=number,
                street=street,
                spot=spot,
                by=by_acting(),
                now=provided().get(Clock).now(),
            )
    except AreasRefused:
        return _page({"kind": gettext("A kind is a word in small letters, such as lamp-post.")})
    except AssetTaken:
        return _page({"number": gettext("There is an object with this street and number.")})
    flash(gettext("The object was added."), "ok")
    return redirect("/beheer/objecten", code=303)


@blueprint.post("/<uuid:asset_id>/verplaatsen")
@open_to(Permission.ADMINISTER)
def move(asset_id: UUID) -> ResponseReturnValue:
    """Put an asset in another place."""
    errors: dict[str, str] = {}
    spot = _spot(errors)
    if spot is None:
        return _page(errors)
    try:
        with provided().get(Database).transaction() as transaction:
            move_asset(
                transaction,
                asset_id,
                version=_version(),
                spot=spot,
                by=by_acting(),
                now=provided().get(Clock).now(),
            )
    except ChangedSince:
        return _page({"q": _changed()})
    flash(gettext("The object was moved."), "ok")
    return redirect("/beheer/objecten", code=303)


@blueprint.post("/<uuid:asset_id>/verwijderen")
@open_to(Permission.ADMINISTER)
def remove(asset_id: UUID) -> ResponseReturnValue:
    """Take an asset off the map."""
    now = provided().get(Clock).now()
    try:
        with provided().get(Database).transaction() as transaction:
            remove_asset(
                transaction,
                asset_id,
                version=_version(),
                on=now.astimezone(LOCAL_ZONE).date(),
                by=by_acting(),
                now=now,
            )
    except ChangedSince:
        return _page({"q": _changed()})
    flash(gettext("The object was removed. Reports about it stay."), "ok")
    return redirect("/beheer/objecten", code=303)


def _page(errors: dict[str, str]) -> ResponseReturnValue:
    words = clean_text(request.args.get("q", ""))[:200]
    kind = clean_text(request.args.get("soort", ""))[:100] or None
    with_removed = request.args.get("weg") == "yes"
    page = min(max(request.args.get("pagina", 1, type=int), 1), _MOST_PAGES)
    with provided().get(Database).transaction() as transaction:
        kinds = asset_kinds(transaction)
        found = assets_found(
            transaction, words=words, kind=kind, page=page, with_removed=with_removed
        )
        outline, around = outline_and_villages(transaction)
    settings = provided().get(Settings)
    drawn = assets_map(
        outline=outline,
        villages=around,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        assets=[
            PlacedAsset(
                str(one.id),
                f"{asset_kind_words(one.kind)} {one.number}"
                + (f", {one.street}" if one.street else ""),
                one.spot.longitude,
                one.spot.latitude,
            )
            for one in found[:ON_A_PAGE]
            if one.removed_on is None
        ],
    )
    shown = render_template(
        "geography/assets.html",
        kinds=kinds,
        kind=kind or "",
        offered_kinds=[{"value": one, "label": asset_kind_words(one)} for one in kinds],
        day_words=lambda day: format_date(day, "d MMM y"),
        kind_words=asset_kind_words,
        words=words,
        with_removed=with_removed,
        map=drawn,
        found=found[:ON_A_PAGE],
        page=page,
        has_more=len(found) > ON_A_PAGE,
        errors=errors,
        typed=request.form,
    )
    return shown, 422 if errors else 200


def _spot(errors: dict[str, str]) -> Spot | None:
    degrees = []
    for field in ("longitude", "latitude"):
        try:
            degrees.append(float(request.form.get(field, "").replace(",", ".")))
        except ValueError:
            errors[field] = gettext("Type degrees, such as 4.3694.")
    if len(degrees) < 2:
        return None
    longitude, latitude = degrees
    try:
        spot = Spot(longitude, latitude)
    except NotAPlace:
        errors["longitude"] = gettext("Type degrees, such as 4.3694.")
        return None
    if is_in_the_netherlands(longitude, latitude):
        return spot
    errors["longitude"] = gettext("This place is not in the Netherlands.")
    if is_in_the_netherlands(latitude, longitude):
        errors["longitude"] = gettext(
            "The two numbers have changed places: the longitude is the small one, such as 4.3694."
        )
    return None


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _changed() -> str:
    return str(gettext("Somebody else changed this object meanwhile. Look at it again."))


def _typed(field: str) -> str:
    return clean_text(request.form.get(field, ""))[:200]
