"""The map beside a list of cases: it holds the same cases as the list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup

from app.foundation.assets import asset_url
from app.maps.model import GeoJSON, MapParts, TileSource
from app.maps.operations import areas_map


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """A case on the map beside a list, in words, with the page it leads to."""

    reference: str
    label: str
    stage: str
    stage_words: str
    category: str
    address: str
    longitude: float
    latitude: float


#: Stands in what is kept where the nonce of an answer comes.
_NONCE = "the-nonce-of-this-answer"


# The ground under the cases changes with a new outline alone, and drawing it costs as much as
# reading a hundred cases. The label is in the reader's language, so each language has its own.
@lru_cache(maxsize=8)
def _ground(label: str, outline: str, villages: str, tile: TileSource) -> MapParts:
    return areas_map(
        label,
        outline=json.loads(outline),
        areas=json.loads(villages),
        tile=tile,
        nonce=_NONCE,
    )


def _with_nonce(part: Markup, nonce: str) -> Markup:
    return Markup(str(part).replace(_NONCE, nonce))  # noqa: S704  # what we drew ourselves


def cases_map(
    *,
    outline: GeoJSON,
    villages: GeoJSON,
    tile: TileSource,
    nonce: str,
    cases: Sequence[PlacedCase],
) -> MapParts:
    """Return the map of the cases of a list, those close together as one mark with their number."""
    label = gettext("Map of the reports on this list")
    kept = _ground(label, json.dumps(outline), json.dumps(villages), tile)
    ground = MapParts(*(_with_nonce(part, nonce) for part in (kept.head, kept.body, kept.script)))
    body = render_template(
        "maps/cases.html", container=ground.body, cases=[asdict(one) for one in cases]
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
