"""Folium's map and layers, made to fit a page of ours: own files, one nonce, nothing inline."""

from __future__ import annotations

import json

import folium
from folium.elements import (  # type: ignore[attr-defined]  # re-exported on purpose
    CssLink,
    Figure,
    JavascriptLink,
)
from folium.map import CustomPane, Layer
from folium.template import Template
from markupsafe import Markup, escape

from app.foundation.assets import asset_url
from app.maps.model import JSON, GeoJSON, MapParts, Spot, TileSource

#: The one map of a page: the id of its element and the name of its variable.
MAP_NAME = "street_map"

#: Below the background tiles (Leaflet's own lie at 200), so that tiles cover them when they come.
GROUND_PANE, NAMES_PANE = "ground", "names"
#: Above the tiles, below everything people can press.
EDGE_PANE = "edge"


class StreetMap(folium.Map):
    """A folium map that asks nothing of anyone but us and leaves our page as it is.

    It opens without a view: where it looks is said after it was drawn, see `first_view`.
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}
          <div id="{{ this.get_name() }}" class="map" role="region"
               aria-label="{{ this.label|e }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
          var {{ this.get_name() }} = L.map("{{ this.get_name() }}", {
            ...{{ this.options|tojavascript }}
          });
          {{ this.get_name() }}.attributionControl.setPrefix(false);
          L.control.zoom({
            zoomInTitle: {{ this.zoom_words[0]|tojson }},
            zoomOutTitle: {{ this.zoom_words[1]|tojson }}
          }).addTo({{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        *,
        label: str,
        zoom_words: tuple[str, str],
        bounds: list[list[float]],
        scripts: tuple[str, ...] = (),
        styles: tuple[str, ...] = (),
    ) -> None:
        """Make a map that cannot be moved far out of `bounds`, latitude first as folium wants."""
        super().__init__(
            tiles=None,
            zoom_control=False,
            max_bounds_viscosity=0.6,
            keyboard_pan_delta=60,
        )
        # `max_bounds` of folium takes a flag; Leaflet wants the corners.
        self.options["max_bounds"] = bounds
        # Folium hands the zooms to its tiles alone; ours may have none.
        self.options |= {"min_zoom": 9, "max_zoom": 19}
        self.label = label
        self.zoom_words = zoom_words
        # Lists of our own: folium's are shared by every map of the process.
        self.default_js = [(name, asset_url(name)) for name in ("vendor/leaflet.js", *scripts)]
        self.default_css = [
            (name, asset_url(name)) for name in ("vendor/leaflet.css", *styles, "css/map.css")
        ]

    def get_name(self) -> str:
        """Return the one fixed name."""
        return MAP_NAME


class Background(folium.TileLayer):
    """The tiles of the background map."""

    def __init__(self, source: TileSource) -> None:
        assert source.template is not None  # noqa: S101  # the caller asked before
        super().__init__(
            tiles=source.template,
            # Leaflet reads the attribution as HTML; a setting is text.
            attr=str(escape(source.attribution)) or " ",
            min_zoom=6,
            max_zoom=19,
            control=False,
        )

    def get_name(self) -> str:
        """Return a fixed name."""
        return "background"


class Pane(CustomPane):
    """A level of its own in the stack of the map."""

    def get_name(self) -> str:
        """Return a fixed name."""
        return f"{self.name}_pane"


class Shapes(Layer):
    """Areas drawn by a style sheet's class; nothing to press."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
          var {{ this.get_name() }} = L.geoJSON({{ this.shapes|tojson }}, {
            pane: {{ this.pane|tojson }}, interactive: false, style: {{ this.look|tojson }}
          });
        {% endmacro %}
        """
    )

    def __init__(self, name: str, shapes: GeoJSON, *, pane: str, class_name: str) -> None:
        super().__init__(name=name, control=False)
        self.fixed_name = name
        self.shapes = shapes
        self.pane = pane
        self.look: dict[str, JSON] = {"className": class_name, "weight": 2}

    def get_name(self) -> str:
        """Return the fixed name."""
        return f"{self.fixed_name}_shapes"


class PlaceNames(Layer):
    """Names written on the map as text, never as HTML."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
          var {{ this.get_name() }} = L.layerGroup({{ this.names|tojson }}.map(function (place) {
            var text = document.createElement("span");
            text.textContent = place.name;
            return L.marker([place.latitude, place.longitude], {
              pane: {{ this.pane|tojson }}, interactive: false, keyboard: false,
              icon: L.divIcon({ html: text, className: "map-name", iconSize: [0, 0] })
            });
          }));
        {% endmacro %}
        """
    )

    def __init__(self, names: list[dict[str, JSON]], *, pane: str) -> None:
        super().__init__(name="names", control=False)
        self.names = names
        self.pane = pane

    def get_name(self) -> str:
        """Return a fixed name."""
        return "place_names"


class ForeignAsset(Exception):
    """A layer of folium asks for a file that is not ours; give it files of static/vendor."""


def first_view(corners: list[list[float]], spot: Spot | None, *, zoom: int, nonce: str) -> Markup:
    """Return what makes a drawn map look at a spot from near, or at all between two corners.

    It stands there at once: a view somebody asks for while Leaflet still moves would be dropped.
    """
    look = (
        f"setView({json.dumps([spot.latitude, spot.longitude])}, {zoom})"
        if spot
        else f"fitBounds({json.dumps(corners)}, {{animate: false}})"
    )
    return Markup('\n<script nonce="{}">{}.{};</script>').format(nonce, MAP_NAME, look)


def rendered(street_map: StreetMap, *, nonce: str) -> MapParts:
    """Return the map's parts for our own frame; every script carries the nonce."""
    figure = street_map.get_root()
    assert isinstance(figure, Figure)  # noqa: S101  # a folium map is always in one
    for child in list(figure._children.values()):
        child.render()
    for link in figure.header._children.values():
        if isinstance(link, CssLink | JavascriptLink) and not link.url.startswith("/static/"):
            raise ForeignAsset(link.url)
    styles = Markup("\n").join(
        Markup('<link rel="stylesheet" href="{}">').format(address)
        for _, address in street_map.default_css
    )
    files = Markup("\n").join(
        Markup('<script nonce="{}" src="{}"></script>').format(nonce, address)
        for _, address in street_map.default_js
    )
    # Folium's templates and ours escape what they put into a script and into an attribute.
    drawing = Markup(figure.script.render())  # noqa: S704  # folium wrote it, and escapes what is ours
    container = Markup(figure.html.render())  # noqa: S704  # folium wrote it, and escapes what is ours
    inline = Markup('\n<script nonce="{}">{}</script>').format(nonce, drawing)
    return MapParts(head=styles, body=container, script=files + inline)
