"""The map every other is drawn on: land, villages and their names, then tiles.

Drawing it takes folium longer than most pages take for all the rest, and it changes with a new
outline alone: it is drawn once for each outline and language, and kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flask_babel import gettext
from markupsafe import Markup
from pydantic_core import from_json, to_json

from app.maps.elements import (
    EDGE_PANE,
    GROUND_PANE,
    NAMES_PANE,
    Background,
    Pane,
    PlaceNames,
    Shapes,
    StreetMap,
    first_view,
    rendered,
)
from app.maps.model import GeoJSON, MapParts, Spot, TileSource
from app.maps.rules import corners, drawn, name_spots

#: How near one looks at a single place.
STREET_ZOOM = 17
#: Without background tiles a street shows nothing; the villages with their names do.
VILLAGE_ZOOM = 13

#: Stands in what is kept where the nonce of an answer comes.
_NONCE = "the-nonce-of-this-answer"

#: How many grounds are kept, and how large one may be: what is larger is a draft or a page of many
#: areas, which few look at.
_KEPT, _MOST_KEPT_CHARACTERS = 32, 500_000


def ground_map(
    label: str,
    *,
    outline: GeoJSON,
    villages: GeoJSON,
    tile: TileSource,
    nonce: str,
    spot: Spot | None = None,
    scripts: tuple[str, ...] = (),
    styles: tuple[str, ...] = (),
    areas: GeoJSON | None = None,
) -> MapParts:
    """Return a map without anything on it yet, which looks at `spot` or at all of the outline.

    `areas` are drawn over it with a dashed line; `scripts` and `styles` are further files of ours.
    """
    shapes = tuple(to_json(one) for one in (outline, villages, areas))
    draw = _kept if sum(map(len, shapes)) <= _MOST_KEPT_CHARACTERS else _drawn
    parts, edges = draw(
        label, (gettext("Zoom in"), gettext("Zoom out")), shapes, tile, scripts, styles
    )
    head, body, script = (_with_nonce(part, nonce) for part in parts)
    zoom = STREET_ZOOM if tile.template is not None else VILLAGE_ZOOM
    return MapParts(head, body, script + first_view(edges, spot, zoom=zoom, nonce=nonce))


def _drawn(
    label: str,
    zoom_words: tuple[str, str],
    shapes: Sequence[bytes],
    tile: TileSource,
    scripts: tuple[str, ...],
    styles: tuple[str, ...],
) -> tuple[MapParts, list[list[float]]]:
    """Return the parts of a ground, for any answer, and the corners of its outline."""
    outline, villages, areas = (from_json(one) for one in shapes)
    street_map = StreetMap(
        label=label,
        zoom_words=zoom_words,
        bounds=corners(outline, margin=0.5),
        scripts=scripts,
        styles=styles,
    )
    street_map.add_child(Pane(GROUND_PANE, z_index=150))
    street_map.add_child(Pane(NAMES_PANE, z_index=160))
    street_map.add_child(Pane(EDGE_PANE, z_index=250))
    land, places = drawn(outline), drawn(villages)
    street_map.add_child(Shapes("land", land, pane=GROUND_PANE, class_name="map-land"))
    street_map.add_child(Shapes("villages", places, pane=GROUND_PANE, class_name="map-village"))
    street_map.add_child(PlaceNames(name_spots(villages), pane=NAMES_PANE))
    street_map.add_child(Shapes("edge", land, pane=EDGE_PANE, class_name="map-edge"))
    if areas is not None:
        street_map.add_child(
            Shapes("areas", drawn(areas), pane=EDGE_PANE, class_name="map-drafted")
        )
    if tile.template is not None:
        street_map.add_child(Background(tile))
    return rendered(street_map, nonce=_NONCE), corners(outline)


_kept = lru_cache(maxsize=_KEPT)(_drawn)


def _with_nonce(part: Markup, nonce: str) -> Markup:
    return Markup(str(part).replace(_NONCE, nonce))  # noqa: S704  # what we drew ourselves
