"""Background outlines are light, and names stand inside what they name."""

from __future__ import annotations

from shapely.geometry import Point

from app.maps.model import GeoJSON, TileSource
from app.maps.rules import NETHERLANDS, corners, drawn, name_spots, named_areas


def a_crescent(name: str = "De Heen") -> GeoJSON:
    """Return a feature whose centre of gravity lies outside it."""
    ring: list[object] = [[0, 0], [4, 0], [4, 1], [1, 1], [1, 4], [4, 4], [4, 5], [0, 5], [0, 0]]
    return {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},  # type: ignore[list-item]  # a ring is a list of pairs
    }


class TestANameOnTheMap:
    def test_stands_inside_its_area(self) -> None:
        [spot] = name_spots(a_crescent())

        assert spot["name"] == "De Heen"
        [(_, area)] = named_areas(a_crescent())
        assert area.contains(Point(float(str(spot["longitude"])), float(str(spot["latitude"]))))

    def test_is_left_out_where_there_is_none(self) -> None:
        assert name_spots(a_crescent(name="")) == []


class TestAnOutline:
    def test_is_rounded_to_a_metre(self) -> None:
        outline: GeoJSON = {
            "type": "Polygon",
            "coordinates": [[[4.1234567, 51.1], [4.2, 51.1], [4.2, 51.2], [4.1234567, 51.1]]],
        }

        [(_, area)] = named_areas(drawn(outline))

        assert area.bounds[0] == 4.12346

    def test_keeps_its_shape(self) -> None:
        [(_, area)] = named_areas(drawn(a_crescent()))

        assert area.area == 11

    def test_has_its_corners_latitude_first(self) -> None:
        assert corners(a_crescent()) == [[0, 0], [5, 4]]

    def test_that_was_never_loaded_shows_the_country(self) -> None:
        assert corners({"type": "FeatureCollection", "features": []}) == NETHERLANDS


class TestABackground:
    def test_named_none_asks_nobody(self) -> None:
        assert TileSource.from_setting("none", "").origin is None

    def test_tells_the_security_policy_its_host(self) -> None:
        source = TileSource.from_setting("https://{s}.tiles.example/{z}/{x}/{y}.png", "©")

        assert source.origin == "https://*.tiles.example"
