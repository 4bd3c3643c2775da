"""Maps to work on: an outline is drawn corner by corner, an object is put in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup

from app.foundation.assets import asset_url
from app.maps.model import GeoJSON, MapParts, TileSource
from app.maps.operations import areas_map


@dataclass(frozen=True, slots=True)
class PlacedAsset:
    """An object on the map of objects: what it is called, and where more of it stands."""

    id: str
    label: str
    longitude: float
    latitude: float


def drawing_map(
    *,
    outline: GeoJSON,
    areas: GeoJSON,
    tile: TileSource,
    nonce: str,
    field: str,
    addresses_url: str,
) -> MapParts:
    """Return the map on which an outline is drawn, above the areas that there are.

    What is drawn stands in the text field named `field` of the form it is in, as GeoJSON; what
    stands there first is drawn. `addresses_url` is asked (with `q`) where an address is.
    """
    ground = areas_map(
        gettext("Map to draw on"), outline=outline, areas=areas, tile=tile, nonce=nonce
    )
    body = render_template(
        "maps/drawing.html", container=ground.body, field=field, addresses_url=addresses_url
    )
    return _with_modules(ground, body=body, module="js/map/drawing.js", nonce=nonce)


def assets_map(
    *,
    outline: GeoJSON,
    villages: GeoJSON,
    tile: TileSource,
    nonce: str,
    assets: Sequence[PlacedAsset],
) -> MapParts:
    """Return the map of objects, those close together as one mark; any of them can be moved.

    The page says the same as a list: the element with the id `asset-` and the object's id.
    """
    ground = areas_map(
        gettext("Map of the objects"), outline=outline, areas=villages, tile=tile, nonce=nonce
    )
    body = render_template(
        "maps/assets.html", container=ground.body, assets=[asdict(one) for one in assets]
    )
    return _with_modules(
        ground,
        body=body,
        module="js/map/assets.js",
        nonce=nonce,
        script="vendor/markercluster.js",
        style="vendor/markercluster.css",
    )


def _with_modules(
    ground: MapParts,
    *,
    body: str,
    module: str,
    nonce: str,
    script: str | None = None,
    style: str | None = None,
) -> MapParts:
    more = Markup()
    if script is not None:
        more = Markup('\n<script nonce="{}" src="{}"></script>').format(nonce, asset_url(script))
    look = Markup('\n<link rel="stylesheet" href="{}">')
    own = Markup('\n<script type="module" nonce="{}" src="{}"></script>').format(
        nonce, asset_url(module)
    )
    return MapParts(
        ground.head
        + (look.format(asset_url(style)) if style else "")
        + look.format(asset_url("css/drawing.css")),
        Markup(body),  # noqa: S704  # from Jinja
        ground.script + more + own,
    )
