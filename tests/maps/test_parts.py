"""What a map puts into a page: own files, one nonce, no word of anyone as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

import folium
import pytest
from flask import Flask
from folium.plugins import Fullscreen

from app.foundation.assets import UnknownAsset, asset_url
from app.maps.elements import ForeignAsset, StreetMap, rendered
from app.maps.model import MapParts, TileSource
from app.maps.operations import picker_map, public_map, spot_map
from tests.maps.pages_app import CATEGORIES, demo_areas, make_app

HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture
def page() -> Iterator[Flask]:
    """A request of a page."""
    app = make_app()
    with app.test_request_context("/"):
        app.preprocess_request()
        yield app


def a_public_map(tile: TileSource | None = None, *, nonce: str = "the-nonce") -> MapParts:
    """Return the live map of the demo municipality."""
    return public_map(
        outline=demo_areas("municipality"),
        villages=demo_areas("village"),
        tile=tile or TileSource(None),
        nonce=nonce,
        categories=CATEGORIES,
    )


@pytest.mark.usefixtures("page")
class TestAMap:
    def test_asks_nothing_of_anyone_else(self) -> None:
        parts = a_public_map()

        addresses = re.findall(r"""(?:src|href)=["']([^"']+)""", "".join(parts))
        assert addresses
        assert all(address.startswith("/static/") for address in addresses)
        assert "://" not in parts.head + parts.script

    def test_brings_only_scripts_with_the_nonce(self) -> None:
        parts = a_public_map()

        scripts = re.findall(r"<script([^>]*)>", "".join(parts))
        assert scripts
        assert all(
            'nonce="the-nonce"' in script or "application/json" in script for script in scripts
        )

    def test_brings_no_inline_style(self) -> None:
        parts = a_public_map()

        assert "<style" not in "".join(parts)
        assert "style=" not in parts.body

    def test_is_the_same_twice(self) -> None:
        assert a_public_map() == a_public_map()

    def test_has_the_nonce_of_its_own_answer_alone(self) -> None:
        a_public_map(nonce="the-first")

        parts = a_public_map(nonce="the-second")

        assert set(re.findall(r'nonce="([^"]*)"', "".join(parts))) == {"the-second"}

    def test_shows_the_text_of_a_setting_as_text(self) -> None:
        parts = a_public_map(TileSource("/tiles/{z}/{x}/{y}.png", HOSTILE))

        assert HOSTILE not in parts.script
        assert "\\u0026lt;/script\\u0026gt;" in parts.script

    def test_refuses_a_layer_that_would_go_outside(self) -> None:
        street_map = StreetMap(
            label="Kaart",
            zoom_words=("+", "-"),
            bounds=[[51.0, 4.0], [52.0, 5.0]],
        )
        street_map.add_child(folium.GeoJson({"type": "Point", "coordinates": [4.3, 51.5]}))
        street_map.add_child(Fullscreen())  # type: ignore[no-untyped-call]  # folium carries no types

        with pytest.raises(ForeignAsset):
            rendered(street_map, nonce="n")


@pytest.mark.usefixtures("page")
class TestASpot:
    def test_is_what_its_map_looks_at(self) -> None:
        here, there = (
            spot_map(
                spot,
                outline=demo_areas("municipality"),
                villages=demo_areas("village"),
                tile=TileSource(None),
                nonce="n",
                label="Losse tegel",
            )
            for spot in ((4.3, 51.58), (4.4, 51.6))
        )

        assert "street_map.setView([51.58, 4.3], 13);" in here.script
        assert "street_map.setView([51.6, 4.4], 13);" in there.script

    def test_keeps_its_label_as_text(self) -> None:
        parts = spot_map(
            (4.3, 51.58),
            outline=demo_areas("municipality"),
            villages=demo_areas("village"),
            tile=TileSource(None),
            nonce="n",
            label=HOSTILE,
        )

        assert HOSTILE not in parts.body
        assert "\\u003c/script\\u003e" in parts.body


@pytest.mark.usefixtures("page")
class TestPointing:
    def test_begins_where_the_draft_left_off(self) -> None:
        parts = picker_map(
            outline=demo_areas("municipality"),
            villages=demo_areas("village"),
            tile=TileSource(None),
            nonce="n",
            spot=(4.3175, 51.5835),
            asset="lamp-2",
        )

        assert '"longitude": 4.3175' in parts.body
        assert '"asset": "lamp-2"' in parts.body


class TestAnAsset:
    def test_without_a_file_is_refused(self) -> None:
        with pytest.raises(UnknownAsset):
            asset_url("vendor/jquery.js")

    def test_has_an_address_that_follows_its_content(self) -> None:
        assert re.fullmatch(
            r"/static/vendor/leaflet-[0-9a-f]{10}\.js", asset_url("vendor/leaflet.js")
        )
        assert re.fullmatch(r"/static/css/map\.css\?v=[0-9a-f]{10}", asset_url("css/map.css"))
