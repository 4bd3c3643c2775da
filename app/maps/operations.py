"""The maps a page can ask for, each as the parts for its head, its content and its scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from flask import current_app, render_template
from flask_babel import gettext
from markupsafe import Markup

from app.foundation.assets import asset_url
from app.maps.ground import ground_map
from app.maps.model import GeoJSON, MapParts, MovedMark, MovedPair, Spot, TileSource


def page_nonce() -> str:
    """Return the nonce of the page being answered, as its content security policy names it."""
    return str(current_app.jinja_env.globals["csp_nonce"]())  # type: ignore[operator]  # ours


def public_map(
    *,
    outline: GeoJSON,
    villages: GeoJSON,
    tile: TileSource,
    nonce: str,
    categories: Mapping[str, str],
    cases_url: str = "/map/cases.geojson",
    works_url: str = "/map/works.geojson",
) -> MapParts:
    """Return the live map of cases and planned works.

    `categories` gives the name of every main and inner code in the reader's language;
    features carry codes only.
    """
    ground = ground_map(
        gettext("Map of reports and planned works"),
        outline=outline,
        villages=villages,
        tile=tile,
        nonce=nonce,
        scripts=("vendor/markercluster.js",),
        styles=("vendor/markercluster.css",),
    )
    body = render_template(
        "maps/public.html",
        container=ground.body,
        categories=dict(categories),
        cases_url=cases_url,
        works_url=works_url,
        map_tiles=tile.template is not None,
    )
    return _with_module(ground, body=body, module="js/map/public.js", nonce=nonce)


def picker_map(
    *,
    outline: GeoJSON,
    villages: GeoJSON,
    tile: TileSource,
    nonce: str,
    places_url: str = "/api/v1/places",
    spot: Spot | tuple[float, float] | None = None,
    asset: str | None = None,
    offers_assets: bool = True,
    areas: GeoJSON | None = None,
) -> MapParts:
    """Return the map to point at a place, with what stands near it where `offers_assets`.

    `areas` are drawn with a dashed line.

    It fills the inputs named `longitude`, `latitude` and `asset` of the form it is in, and
    asks `places_url` (with `lon` and `lat`) what is there.
    """
    ground = ground_map(
        gettext("Map to point at the place"),
        outline=outline,
        villages=villages,
        tile=tile,
        nonce=nonce,
        spot=Spot(*spot) if spot else None,
        areas=areas,
    )
    body = render_template(
        "maps/picker.html",
        container=ground.body,
        places_url=places_url,
        spot=spot,
        asset_chosen=asset,
        offers_assets=offers_assets,
    )
    return _with_module(ground, body=body, module="js/map/picker.js", nonce=nonce)


def point_map(*, outline: GeoJSON, villages: GeoJSON, tile: TileSource, nonce: str) -> MapParts:
    """Return a map to point at a place in a form that finds places by words too.

    When somebody moved it, the form hears `point:chosen`, with longitude and latitude. It stands in
    a `details` marked `data-point`, with the words of the map in `#map-help` and its news in
    `data-told`.
    """
    ground = ground_map(
        gettext("Map to point at the place"),
        outline=outline,
        villages=villages,
        tile=tile,
        nonce=nonce,
    )
    body = render_template("maps/point.html", container=ground.body)
    return _with_module(ground, body=body, module="js/map/point.js", nonce=nonce)


def spot_map(
    spot: Spot | tuple[float, float],
    *,
    outline: GeoJSON,
    villages: GeoJSON,
    tile: TileSource,
    nonce: str,
    label: str,
    category: str = "overig",
    stage: str = "received",
) -> MapParts:
    """Return a small map that says "it is here"; `label` is read out for the mark."""
    here = Spot(*spot)
    ground = ground_map(
        gettext("Map of the place"),
        outline=outline,
        villages=villages,
        tile=tile,
        nonce=nonce,
        spot=here,
    )
    body = render_template(
        "maps/spot.html",
        container=ground.body,
        spot=here,
        label=label,
        category=category,
        stage=stage,
    )
    return _with_module(ground, body=body, module="js/map/spot.js", nonce=nonce)


def moved_map(
    *,
    outline: GeoJSON,
    villages: GeoJSON,
    tile: TileSource,
    nonce: str,
    moved: Sequence[MovedMark],
    pairs: Sequence[MovedPair],
    areas: GeoJSON | None = None,
) -> MapParts:
    """Return the map of reports that would go to another party, with new areas drawn below them.

    Each has the signs of the party that had it and of the one that would get it; those close
    together are one mark with their number. The page gives a list of the same.
    """
    ground = ground_map(
        gettext("Map of reports that would go elsewhere"),
        outline=outline,
        villages=villages,
        tile=tile,
        nonce=nonce,
        scripts=("vendor/markercluster.js",),
        styles=("vendor/markercluster.css",),
        areas=areas,
    )
    body = render_template(
        "maps/moved.html",
        container=ground.body,
        moved=[asdict(one) for one in moved],
        pairs=[asdict(one) for one in pairs],
    )
    return _with_module(ground, body=body, module="js/map/moved.js", nonce=nonce)


def areas_map(
    label: str, *, outline: GeoJSON, areas: GeoJSON, tile: TileSource, nonce: str
) -> MapParts:
    """Return a map of areas with their names; nothing on it can be pressed."""
    ground = ground_map(label, outline=outline, villages=areas, tile=tile, nonce=nonce)
    return _with_module(ground, body=str(ground.body), module="js/map/names.js", nonce=nonce)


def _with_module(ground: MapParts, *, body: str, module: str, nonce: str) -> MapParts:
    script = Markup('\n<script type="module" nonce="{}" src="{}"></script>').format(
        nonce, asset_url(module)
    )
    return MapParts(ground.head, Markup(body), ground.script + script)  # noqa: S704  # from Jinja
