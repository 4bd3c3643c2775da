"""`/beheer/gebieden/tekenen` and `…/vorm`: an area is drawn, looked at, and then kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import shapely
from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal, gettext, ngettext
from shapely.geometry import mapping

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.rule_changes import version_of
from app.foundation.settings import Settings
from app.foundation.texts import clean_text, is_plain_line
from app.geography.changing import area_kinds
from app.geography.drawing import (
    AT_MOST_CORNERS,
    AreaToDraw,
    AreaToReshape,
    DrawnShape,
    LookedAt,
    area_to_reshape,
    code_of,
    drawn_shape,
    look_at,
    make_drawn_area,
    reshape_area,
)
from app.geography.model import (
    AreasRefused,
    AreaTaken,
    ChangedSince,
    ShapeRefused,
)
from app.geography.operations import area_shapes, municipality_outline
from app.geography.pages.drawing_words import fault_words, repaired_words
from app.geography.rules import require_kind
from app.geography.words import COMMON_AREA_KINDS, area_kind_words
from app.identity.access import by_acting, open_to
from app.identity.permissions import Permission
from app.maps.drawing import drawing_map
from app.maps.model import TileSource
from app.maps.operations import page_nonce

blueprint = Blueprint("drawing", __name__, url_prefix="/beheer/gebieden")

_ADDRESSES = "/melden/adressen"
_LONGEST_CODE = 60
_LONGEST_NAME = 200
#: What is longer is shown again only so far; what is wrong with it is said.
_MOST_TYPED = 10_000
#: What the list of kinds calls one that is not in it.
_ANOTHER = "-"
#: Days further away are slips of the hand.
_MOST_YEARS = 20


@dataclass(frozen=True, slots=True)
class _Form:
    """The form as it stands: everything as it was typed."""

    kind: str = ""
    own_kind: str = ""
    code: str = ""
    name: str = ""
    on: str = ""
    shape: str = ""
    #: What was last looked at, and the version of the area that is changed.
    seen: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    """What is shown before it is kept: in words, with the word that says it was seen."""

    size: str
    before: str | None
    repaired: str | None
    overlaps: Sequence[str]
    token: str


@blueprint.get("/tekenen")
@open_to(Permission.ADMINISTER)
def draw_page() -> ResponseReturnValue:
    """Show an empty map to draw a new area on."""
    kind = clean_text(request.args.get("soort", ""))[:100]
    return _page(_Form(kind=kind, on=_today().isoformat()), {}, None)


@blueprint.post("/tekenen")
@open_to(Permission.ADMINISTER)
def draw() -> ResponseReturnValue:
    """Look at a new area, and make it once that was seen."""
    return _take(_filled_in(), None)


@blueprint.get("/<uuid:area_id>/vorm")
@open_to(Permission.ADMINISTER)
def shape_page(area_id: UUID) -> ResponseReturnValue:
    """Show the shape of an area, to change it."""
    area = _area(area_id)
    form = _Form(
        kind=area.kind,
        code=area.code,
        name=area.name,
        on=max(_today(), area.valid_from).isoformat(),
        shape=_as_geojson(area),
        version=area.version,
    )
    return _page(form, {}, area)


@blueprint.post("/<uuid:area_id>/vorm")
@open_to(Permission.ADMINISTER)
def reshape(area_id: UUID) -> ResponseReturnValue:
    """Look at another shape of an area, and keep it once that was seen."""
    return _take(_filled_in(), _area(area_id))


def _take(form: _Form, area: AreaToReshape | None) -> ResponseReturnValue:
    errors: dict[str, str] = {}
    drawn, shape = _drawn(form, area, errors)
    if drawn is None or shape is None:
        return _page(form, errors, area)
    services = provided()
    try:
        with services.get(Database).transaction() as transaction:
            looked = look_at(transaction, drawn)
            look = _look(drawn, shape, looked, area)
            if form.seen != look.token:
                return _page(replace(form, shape=_written(mapping(drawn.shape))), {}, area, look)
            _keep(transaction, drawn, form, area)
    except ShapeRefused as refused:
        return _page(form, {"shape": fault_words(refused)}, area)
    except AreaTaken:
        said = gettext("There is an area of this kind with this code. Change its shape instead.")
        return _page(form, {"code": said}, area)
    except AreasRefused:
        said = gettext("This area already changes on a later day. Choose a day after that one.")
        return _page(form, {"on": said}, area)
    except ChangedSince:
        said = gettext(
            "Somebody else changed or ended this area meanwhile. What you drew is still here. Open"
            " the area again in another window to see what became of it."
        )
        return _page(form, {"shape": said}, area)
    day = format_date(drawn.valid_from, "long")
    if drawn.valid_from > _today():
        flash(gettext("%(name)s is kept. It counts from %(day)s.", name=drawn.name, day=day), "ok")
    else:
        flash(gettext("%(name)s is kept. It counts from today.", name=drawn.name), "ok")
    return redirect(f"/beheer/gebieden?soort={drawn.kind}", code=303)


def _keep(
    transaction: Transaction, drawn: AreaToDraw, form: _Form, area: AreaToReshape | None
) -> None:
    by = by_acting()
    now = provided().get(Clock).now()
    if area is None:
        make_drawn_area(transaction, drawn, by=by, now=now)
    else:
        reshape_area(transaction, area.id, drawn, version=form.version, by=by, now=now)


def _drawn(
    form: _Form, area: AreaToReshape | None, errors: dict[str, str]
) -> tuple[AreaToDraw | None, DrawnShape | None]:
    """Return the area of a form; what is not right is put into `errors`."""
    kind, field = form.kind, "kind"
    if area is not None:
        kind = area.kind
    elif kind in {"", _ANOTHER}:
        kind, field = form.own_kind, "own_kind" if form.kind == _ANOTHER else "kind"
    try:
        require_kind(kind)
    except AreasRefused:
        errors[field] = (
            gettext("A kind is a word in small letters, such as team-district.")
            if kind
            else gettext("Choose a kind.")
        )
    if not form.name:
        errors["name"] = gettext("Fill this in.")
    elif not is_plain_line(form.name):
        errors["name"] = gettext("Type a name on one line.")
    elif len(form.name) > _LONGEST_NAME:
        errors["name"] = gettext("Type %(most)d characters at the most.", most=_LONGEST_NAME)
    code = area.code if area else form.code or code_of(form.name)
    if form.name and not code:
        errors["code"] = gettext("Type a short code, such as noord-2.")
    elif code and (not is_plain_line(code) or len(code) > _LONGEST_CODE):
        errors["code"] = gettext("A code has at most %(most)d signs.", most=_LONGEST_CODE)
    on = _day(form.on, area, errors)
    shape = None
    try:
        shape = drawn_shape(form.shape)
    except ShapeRefused as refused:
        errors["shape"] = fault_words(refused)
    if errors or on is None or shape is None:
        return None, None
    return AreaToDraw(kind, code, form.name, shape.shape, on), shape


def _day(written: str, area: AreaToReshape | None, errors: dict[str, str]) -> date | None:
    today = _today()
    try:
        on = date.fromisoformat(written)
    except ValueError:
        errors["on"] = gettext("Choose a day.")
        return None
    if on < today:
        errors["on"] = gettext("Choose today or a later day: what was decided before stays.")
    elif on.year > today.year + _MOST_YEARS:
        errors["on"] = gettext("Choose a day within %(years)d years.", years=_MOST_YEARS)
    elif area is not None and on < area.valid_from:
        errors["on"] = gettext(
            "This area begins on %(day)s. Choose that day or a later one.",
            day=format_date(area.valid_from, "long"),
        )
    else:
        return on
    return None


def _look(
    drawn: AreaToDraw, shape: DrawnShape, looked: LookedAt, area: AreaToReshape | None
) -> _Look:
    size = _square_metres(looked.square_metres)
    overlaps = [
        gettext(
            "%(name)s: %(metres)s of it", name=over.name, metres=_square_metres(over.square_metres)
        )
        for over in looked.overlaps
    ]
    told = [drawn.kind, drawn.code, drawn.name, drawn.valid_from.isoformat(), size, *overlaps]
    token = version_of({"told": told, "shape": shapely.to_wkb(drawn.shape, hex=True)})
    before = _square_metres(area.square_metres) if area else None
    return _Look(size, before, repaired_words(shape.repaired), overlaps, token)


def _square_metres(metres: float) -> str:
    return f"{format_decimal(round(metres))} m²"


def _page(
    form: _Form,
    errors: dict[str, str],
    area: AreaToReshape | None,
    look: _Look | None = None,
) -> ResponseReturnValue:
    settings = provided().get(Settings)
    with provided().get(Database).transaction() as transaction:
        known = area_kinds(transaction, on=_today())
        kind = form.kind if form.kind in known else ""
        outline = municipality_outline(transaction)
        shapes = area_shapes(transaction, kind=kind)
    if area is not None:
        # What is drawn stands above its own old shape; the name would be written twice.
        others = [one for one in shapes["features"] if one["properties"]["code"] != area.code]
        shapes = {**shapes, "features": others}
    drawn = None
    if area is None or area.corners <= AT_MOST_CORNERS:
        drawn = drawing_map(
            outline=outline,
            areas=shapes,
            tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
            nonce=page_nonce(),
            field="shape",
            addresses_url=_ADDRESSES,
        )
    kinds = dict.fromkeys([*COMMON_AREA_KINDS, *known])
    options = [{"value": one, "label": area_kind_words(one)} for one in kinds]
    page = render_template(
        "geography/drawing.html",
        area=area,
        form=form,
        errors=errors,
        look=look,
        map=drawn,
        kinds=[*options, {"value": _ANOTHER, "label": gettext("Another kind")}],
        kind_words=area_kind_words,
        today=_today().isoformat(),
        corners=format_decimal(area.corners) if area else "",
        most_corners=format_decimal(AT_MOST_CORNERS),
        count_words=ngettext(
            "It lies over %(num)d other area of this kind:",
            "It lies over %(num)d other areas of this kind:",
            len(look.overlaps) if look else 0,
        ),
    )
    return page, 422 if errors else 200


def _as_geojson(area: AreaToReshape) -> str:
    if area.corners > AT_MOST_CORNERS:
        return ""
    return _written(area.shape)


def _written(shape: Mapping[str, object]) -> str:
    # Spaces would make a large outline a fifth longer on its way back.
    return json.dumps(shape, separators=(",", ":"))


def _area(area_id: UUID) -> AreaToReshape:
    with provided().get(Database).transaction() as transaction:
        area = area_to_reshape(transaction, area_id)
    if area is None:
        abort(404)
    return area


def _filled_in() -> _Form:
    return _Form(
        kind=_typed("kind"),
        own_kind=_typed("own_kind"),
        code=_typed("code"),
        name=_typed("name"),
        on=_typed("on"),
        shape=clean_text(request.form.get("shape", "")),
        seen=_typed("seen"),
        version=_typed("version"),
    )


def _typed(field: str) -> str:
    return clean_text(request.form.get(field, ""))[:_MOST_TYPED]


def _today() -> date:
    return provided().get(Clock).now().astimezone(LOCAL_ZONE).date()
