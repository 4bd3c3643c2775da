"""The map beside a list of cases: it holds the same cases as the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup

from app.foundation.assets import asset_url
from app.maps.model import GeoJSON, MapParts, TileSource
from app.maps.operations import areas_map


class PlacedCase(NamedTuple):
    """A case on the map beside a list, in words, with the page it leads to."""

    reference: str
    label: str
    stage: str
    stage_words: str
    category: str
    address: str
    longitude: float
    latitude: float


def cases_map(
    *,
    outline: GeoJSON,
    villages: GeoJSON,
    tile: TileSource,
    nonce: str,
    cases: Sequence[PlacedCase],
) -> MapParts:
    """Return the map of the cases of a list, those close together as one mark with their number."""
    ground = areas_map(
        gettext("Map of the reports on this list"),
        outline=outline,
        areas=villages,
        tile=tile,
        nonce=nonce,
    )
    body = render_template(
        "maps/cases.html", container=ground.body, cases=[one._asdict() for one in cases]
    )
    script = Markup('\n<script nonce="{0}" src="{1}"></script>').format(
        nonce, asset_url("vendor/markercluster.js")
    ) + Markup('\n<script type="module" nonce="{0}" src="{1}"></script>').format(
        nonce, asset_url("js/map/cases.js")
    )
    look = Markup('\n<link rel="stylesheet" href="{}">').format(
        asset_url("vendor/markercluster.css")
    )
    return MapParts(ground.head + look, Markup(body), ground.script + script)  # noqa: S704  # from Jinja
