"""The map of a crew's list: each task with its number, joined in the order of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup

from app.foundation.assets import asset_url
from app.maps.model import GeoJSON, MapParts, TileSource
from app.maps.operations import areas_map


class WayStop(NamedTuple):
    """A stop on a way, in words, with the page it leads to; `sign` says how its mark looks."""

    number: int
    label: str
    words: str
    sign: str
    address: str
    longitude: float
    latitude: float


def way_map(
    *,
    outline: GeoJSON,
    villages: GeoJSON,
    tile: TileSource,
    nonce: str,
    stops: Sequence[WayStop],
) -> MapParts:
    """Return the map of stops in their order, those close together as one mark with their numbers.

    The list holds the same tasks.
    """
    ground = areas_map(
        gettext("Map of the tasks on this list"),
        outline=outline,
        areas=villages,
        tile=tile,
        nonce=nonce,
    )
    body = render_template(
        "maps/way.html", container=ground.body, stops=[one._asdict() for one in stops]
    )
    script = Markup('\n<script nonce="{0}" src="{1}"></script>').format(
        nonce, asset_url("vendor/markercluster.js")
    ) + Markup('\n<script type="module" nonce="{0}" src="{1}"></script>').format(
        nonce, asset_url("js/map/way.js")
    )
    look = Markup('\n<link rel="stylesheet" href="{}">').format(
        asset_url("vendor/markercluster.css")
    )
    return MapParts(ground.head + look, Markup(body), ground.script + script)  # noqa: S704  # from Jinja
