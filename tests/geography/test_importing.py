"""What a file with areas may hold, and what is left when it may not."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyogrio.raw
import pytest
import shapely
from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.model import AreasRefused, MapFileRefused, Spot
from app.geography.operations import locate
from app.geography.rules import AreaFields
from tests.geography.map_files import (
    FIELDS,
    SQUARE,
    TODAY,
    a_feature,
    a_file,
    a_shape,
    imported,
    read,
)
from tests.makers.areas import a_rectangle, an_area

#: The same square in the frame of the national grid, in metres.
SQUARE_RD = [[78_900, 392_100], [85_900, 392_000], [86_000, 403_100], [79_100, 403_200]]
BOW_TIE = [[4.3, 51.5], [4.4, 51.6], [4.4, 51.5], [4.3, 51.6], [4.3, 51.5]]
A_ROAD = [[4.30, 51.55], [4.35, 51.55], [4.40, 51.55]]


def codes(transaction: Transaction, on: Any = TODAY) -> list[str]:  # noqa: ANN401  # only handed on
    found = locate(transaction, Spot(4.35, 51.55), asset_id=None, on=on)
    return [area.code for area in found.areas]


class TestAFileWithAreas:
    def test_takes_the_place_of_what_was_there(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="district", code="noise")

        imported(transaction, a_file(tmp_path))

        assert codes(transaction) == ["noise", "here"]

    def test_leaves_what_was_there_as_history(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")

        imported(transaction, a_file(tmp_path))

        assert codes(transaction, on=TODAY - timedelta(days=1)) == ["old"]

    def test_can_be_taken_twice_on_one_day(self, transaction: Transaction, tmp_path: Path) -> None:
        imported(transaction, a_file(tmp_path))
        imported(transaction, a_file(tmp_path, a_feature(code="there")))

        assert codes(transaction) == ["there"]

    def test_may_begin_later(self, transaction: Transaction, tmp_path: Path) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")

        imported(transaction, a_file(tmp_path), on=TODAY + timedelta(days=7))

        assert codes(transaction) == ["old"]
        assert codes(transaction, on=TODAY + timedelta(days=7)) == ["here"]

    def test_leaves_others_of_its_kind_alone_when_asked(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")

        imported(transaction, a_file(tmp_path), keeps_others=True)

        assert codes(transaction) == ["here", "old"]

    def test_may_be_in_the_frame_of_the_national_grid(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        ring = [*SQUARE_RD, SQUARE_RD[0]]

        imported(transaction, a_file(tmp_path, a_feature(ring)), epsg=28992)

        assert codes(transaction) == ["here"]

    @pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::28992", "EPSG:28992"])
    def test_may_say_itself_in_which_frame_it_is(
        self, transaction: Transaction, tmp_path: Path, name: str
    ) -> None:
        crs = {"type": "name", "properties": {"name": name}}

        imported(transaction, a_file(tmp_path, a_feature([*SQUARE_RD, SQUARE_RD[0]]), crs=crs))

        assert codes(transaction) == ["here"]

    def test_is_read_as_one_is_told_whatever_it_says_itself(self, tmp_path: Path) -> None:
        crs = {"type": "name", "properties": {"name": "EPSG:28992"}}

        got = read(a_file(tmp_path, crs=crs), epsg=4326)

        assert [area.code for area in got.areas] == ["here"]
        assert got.remarks == ("The file says EPSG:28992 of itself; it is read as EPSG:4326.",)

    def test_may_be_in_the_european_frame(self, tmp_path: Path) -> None:
        (area,) = read(a_file(tmp_path), epsg=4258).areas

        assert area.shape.bounds == pytest.approx((4.3, 51.5, 4.4, 51.6), abs=0.00001)

    def test_may_call_an_area_otherwise_than_we_do(self, tmp_path: Path) -> None:
        fields = AreaFields(
            code_field="code",
            name_field="name",
            code_for={"WK01": "kruisland"},
            name_pattern=r"Wijk \d+ (.*)",
        )

        got = read(a_file(tmp_path, a_feature(code="WK01", name="Wijk 01 Kruisland")), fields)

        assert [(area.code, area.name) for area in got.areas] == [("kruisland", "Kruisland")]

    def test_may_hold_one_area_without_a_code(self, tmp_path: Path) -> None:
        got = read(a_file(tmp_path), AreaFields(code="GM0851", name_field="name"))

        assert [area.code for area in got.areas] == ["GM0851"]

    def test_may_have_numbers_as_codes(self, tmp_path: Path) -> None:
        got = read(a_file(tmp_path, a_feature(code=4651), a_feature(code=None)), skips_bad=True)

        assert [area.code for area in got.areas] == ["4651"]

    def test_keeps_the_holes_of_an_area(self, tmp_path: Path) -> None:
        hole = [[4.34, 51.54], [4.36, 51.54], [4.36, 51.56], [4.34, 51.56], [4.34, 51.54]]

        (area,) = read(a_file(tmp_path, a_shape("Polygon", [SQUARE, hole]))).areas

        assert not shapely.intersects_xy(area.shape, 4.35, 51.55)
        assert shapely.intersects_xy(area.shape, 4.31, 51.51)

    def test_is_repaired_where_an_outline_crosses_itself_and_says_so(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        path = a_file(tmp_path, a_feature(BOW_TIE))

        imported(transaction, path)

        assert [area.repaired for area in read(path).areas] == ["self-intersection"]
        assert transaction.connection.scalar(text("SELECT bool_and(ST_IsValid(shape)) FROM area"))

    def test_that_is_not_all_right_gives_the_others_when_asked_and_names_what_it_left_out(
        self, tmp_path: Path
    ) -> None:
        path = a_file(
            tmp_path,
            {**a_feature(code="null"), "geometry": None},
            a_feature(),
            a_feature([[y, x] for x, y in SQUARE], code="swapped"),
        )

        got = read(path, skips_bad=True)

        assert [area.code for area in got.areas] == ["here"]
        assert [fault.number for fault in got.faults] == [1, 3]
        assert "longitude, or east, comes first" in got.faults[1].reason


def written(
    path: Path,
    *,
    driver: str,
    name: bytes | str = "Café",
    encoding: str | None = "UTF-8",
    layer: str | None = None,
    append: bool = False,
) -> Path:
    """Write one square with GDAL itself."""
    numpy = pytest.importorskip("numpy")
    pyogrio.raw.write(
        path,
        geometry=numpy.array([shapely.to_wkb(shapely.Polygon(SQUARE))], dtype=object),
        field_data=[numpy.array(["here"], dtype=object), numpy.array([name], dtype=object)],
        fields=["code", "name"],
        geometry_type="Polygon",
        crs="EPSG:4326",
        driver=driver,
        encoding=encoding,
        layer=layer,
        append=append,
    )
    return path


def zipped(folder: Path) -> Path:
    written(folder / "inside.shp", driver="ESRI Shapefile")
    path = folder / "areas.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.glob("inside.*"):
            archive.write(part, f"../../{part.name}")
    return path


KINDS_OF_FILE: dict[str, Callable[[Path], Path]] = {
    "geopackage": lambda folder: written(folder / "areas.gpkg", driver="GPKG"),
    "shapefile": lambda folder: written(folder / "areas.shp", driver="ESRI Shapefile"),
    "zipped shapefile": zipped,
    "geojson": lambda folder: written(folder / "areas.geojson", driver="GeoJSON"),
}


class TestAFileOfEachKind:
    @pytest.mark.parametrize("make", KINDS_OF_FILE.values(), ids=KINDS_OF_FILE.keys())
    def test_gives_the_same_area(self, tmp_path: Path, make: Callable[[Path], Path]) -> None:
        (area,) = read(make(tmp_path)).areas

        assert (area.code, area.name) == ("here", "Café")
        assert area.shape.equals(shapely.Polygon(SQUARE))

    def test_with_two_layers_asks_which(self, tmp_path: Path) -> None:
        path = written(tmp_path / "areas.gpkg", driver="GPKG", layer="one")
        written(path, driver="GPKG", layer="two", append=True)

        with pytest.raises(MapFileRefused, match="--layer: one, two"):
            read(path)

        assert [area.code for area in read(path, layer="two").areas] == ["here"]

    def test_that_lies_about_its_letters_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path / "areas.shp", driver="ESRI Shapefile", encoding="ISO-8859-1")
        (tmp_path / "areas.cpg").write_text("UTF-8")

        with pytest.raises(MapFileRefused, match="UTF-8"):
            read(path)

    @pytest.mark.parametrize("missing", [".dbf", ".shx"])
    def test_of_which_a_part_is_missing_is_refused(self, tmp_path: Path, missing: str) -> None:
        path = written(tmp_path / "areas.shp", driver="ESRI Shapefile")
        path.with_suffix(missing).unlink()

        with pytest.raises(MapFileRefused):
            read(path)

    def test_without_a_frame_asks_for_one(self, tmp_path: Path) -> None:
        path = written(tmp_path / "areas.shp", driver="ESRI Shapefile")
        path.with_suffix(".prj").unlink()

        with pytest.raises(AreasRefused, match="does not say in which frame"):
            read(path)

        assert [area.code for area in read(path, epsg=4326).areas] == ["here"]

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.geojson", b'<OGRVRTDataSource><OGRVRTLayer name="passwd"/></OGRVRTDataSource>'),
            ("a.vrt", b"<OGRVRTDataSource/>"),
            ("a.gpkg", b"{}"),
            ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 600),
            ("a.shp", b"\x00\x00\x27\x0a"),
            ("a.zip", b"PK\x03\x04"),
            ("a.csv", b"code;name"),
            ("a.geojson", b'{"type": "Topology", "objects": {}, "arcs": []}'),
            ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feature", '),
            ("a.geojson", b'{"type": "FeatureCollection", "name": "\xff", "features": []}'),
            ("a.geojson", b""),
            ("a.geojson", b"[" * 100_000),
        ],
    )
    def test_that_is_something_else_is_refused(
        self, tmp_path: Path, name: str, content: bytes
    ) -> None:
        path = tmp_path / name
        path.write_bytes(content)

        with pytest.raises(MapFileRefused) as refused:
            read(path)

        assert name in refused.value.detail

    def test_with_a_view_is_refused_since_it_could_count_for_ever(self, tmp_path: Path) -> None:
        path = written(tmp_path / "areas.gpkg", driver="GPKG")
        assert [area.code for area in read(path).areas] == ["here"]
        with closing(sqlite3.connect(path)) as database:
            database.execute(
                "CREATE VIEW endless AS WITH RECURSIVE n(i) AS"
                " (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
            )
            database.commit()

        with pytest.raises(MapFileRefused, match="holds a view"):
            read(path)

    @pytest.mark.parametrize(
        "column",
        ["big TEXT GENERATED ALWAYS AS (hex(zeroblob(400000000))) VIRTUAL", "big TEXT AS ('a')"],
    )
    def test_with_a_column_that_is_computed_is_refused_since_it_could_fill_the_memory(
        self, tmp_path: Path, column: str
    ) -> None:
        path = written(tmp_path / "areas.gpkg", driver="GPKG")
        with closing(sqlite3.connect(path)) as database:
            database.execute(f"ALTER TABLE areas ADD COLUMN {column}")
            database.commit()

        with pytest.raises(MapFileRefused, match="column that is computed"):
            read(path)

    def test_with_a_table_of_a_module_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path / "areas.gpkg", driver="GPKG")
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
            database.commit()

        with pytest.raises(MapFileRefused, match="column that is computed"):
            read(path)

    @pytest.mark.parametrize("make", ["pipe", "folder"])
    def test_that_is_no_ordinary_file_is_refused_and_not_waited_for(
        self, tmp_path: Path, make: str
    ) -> None:
        path = tmp_path / "areas.geojson"
        if make == "pipe":
            os.mkfifo(path)
        else:
            path.mkdir()

        with pytest.raises(MapFileRefused, match="no ordinary file"):
            read(path)

    @pytest.mark.parametrize(
        "named",
        [
            {"type": "name", "properties": {"name": "EPSG:99999999"}},
            {"type": "name", "properties": {"name": "nowhere"}},
            {"type": "name", "properties": {"name": ["EPSG:4326"]}},
            {"type": "link", "properties": {"href": "http://127.0.0.1:9/", "type": "proj4"}},
        ],
    )
    def test_that_names_a_frame_nobody_knows_is_refused_until_one_is_given(
        self, tmp_path: Path, named: object
    ) -> None:
        path = a_file(tmp_path, crs=named)

        with pytest.raises(MapFileRefused, match="frame that is not known"):
            read(path)

        assert [area.code for area in read(path, epsg=4326).areas] == ["here"]

    @pytest.mark.parametrize(
        "name", ["EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"]
    )
    def test_may_name_degrees(self, tmp_path: Path, name: str) -> None:
        path = a_file(tmp_path, crs={"type": "name", "properties": {"name": name}})

        (area,) = read(path).areas

        assert area.shape.equals(shapely.Polygon(SQUARE))

    @pytest.mark.parametrize(
        "packed_by", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_STORED]
    )
    def test_that_is_damaged_is_refused(self, tmp_path: Path, packed_by: int) -> None:
        written(tmp_path / "inside.shp", driver="ESRI Shapefile")
        whole = tmp_path / "whole.zip"
        with zipfile.ZipFile(whole, "w", packed_by) as archive:
            for part in tmp_path.glob("inside.*"):
                archive.write(part, part.name)
        content = whole.read_bytes()
        chosen = random.Random(851)
        path, refused = tmp_path / "areas.zip", 0
        for _ in range(60):
            damaged = bytearray(content)
            for _ in range(3):
                damaged[chosen.randrange(len(damaged))] = chosen.randrange(256)
            path.write_bytes(damaged)
            try:
                read(path)
            except MapFileRefused:
                refused += 1

        assert refused

    def test_with_thousands_of_parts_is_refused_at_once(self, tmp_path: Path) -> None:
        path = tmp_path / "areas.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(101):
                archive.writestr(f"{number}.dbf", b"")

        with pytest.raises(MapFileRefused, match="more than is read"):
            read(path)

    def test_with_a_link_in_it_reads_nothing_else(self, tmp_path: Path) -> None:
        secret = written(tmp_path / "secret.shp", driver="ESRI Shapefile")
        path = tmp_path / "areas.zip"
        with zipfile.ZipFile(path, "w") as archive:
            link = zipfile.ZipInfo("areas.shp")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, str(secret))

        with pytest.raises(MapFileRefused):
            read(path)


class TestLinesAndPoints:
    def test_become_a_corridor_of_so_many_metres(self, tmp_path: Path) -> None:
        (road,) = read(a_file(tmp_path, a_shape("LineString", A_ROAD)), buffer_metres=50).areas

        # One degree of latitude is 111.26 km here.
        assert shapely.intersects_xy(road.shape, 4.33, 51.55 + 48 / 111_260)
        assert not shapely.intersects_xy(road.shape, 4.33, 51.55 + 52 / 111_260)

    def test_of_one_road_make_one_area(self, tmp_path: Path) -> None:
        path = a_file(
            tmp_path,
            a_shape("LineString", A_ROAD[:2], code="a4"),
            a_shape("LineString", A_ROAD[1:], code="a4"),
            a_shape("LineString", [[4.3, 51.6], [4.4, 51.6]], code="n257"),
        )

        areas = read(path, buffer_metres=50).areas

        assert [area.code for area in areas] == ["a4", "n257"]

    def test_in_any_order_are_joined_along_the_road(self, tmp_path: Path) -> None:
        along = [[4.30 + 0.002 * step, 51.55] for step in (3, 0, 2, 4, 1)]

        (road,) = read(
            a_file(tmp_path, *(a_shape("Point", spot) for spot in along)), buffer_metres=20
        ).areas

        assert shapely.intersects_xy(road.shape, 4.303, 51.55)
        assert not shapely.intersects_xy(road.shape, 4.303, 51.5505)

    def test_far_apart_are_not_joined(self, tmp_path: Path) -> None:
        path = a_file(tmp_path, a_shape("Point", [4.30, 51.55]), a_shape("Point", [4.32, 51.55]))

        (road,) = read(path, buffer_metres=20).areas

        assert not shapely.intersects_xy(road.shape, 4.31, 51.55)

    def test_without_a_width_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(AreasRefused, match="feature 1: Here is a LineString"):
            read(a_file(tmp_path, a_shape("LineString", A_ROAD)))


def a_polygon(coordinates: object) -> dict[str, Any]:
    return a_shape("Polygon", coordinates)


REFUSED: dict[str, object] = {
    "no object": [],
    "nothing": None,
    "no features": {"type": "FeatureCollection", "features": []},
    "features that are no list": {"type": "FeatureCollection", "features": {"a": 1}},
    "a feature that is a number": [7],
    "a null geometry": [{**a_feature(), "geometry": None}],
    "a point": [a_shape("Point", [4.3, 51.5])],
    "a collection": [{**a_feature(), "geometry": {"type": "GeometryCollection", "geometries": []}}],
    "no coordinates": [{**a_feature(), "geometry": {"type": "Polygon"}}],
    "an empty polygon": [a_polygon([])],
    "words for coordinates": [a_feature([["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]])],
    "two points": [a_feature([[4.3, 51.5], [4.4, 51.5]])],
    "not a number": [a_feature([[4.3, 51.5], [4.4, float("nan")], [4.4, 51.6], [4.3, 51.5]])],
    "infinity": [a_feature([[4.3, 51.5], [float("inf"), 51.5], [4.4, 51.6], [4.3, 51.5]])],
    "a line without surface": [a_feature([[4.3, 51.5], [4.4, 51.6], [4.3, 51.5], [4.3, 51.5]])],
    "coordinates that are one number": [a_polygon(4.3)],
    "no properties": [{**a_feature(), "properties": None}],
    "no code": [a_feature(code=None)],
    "an empty name": [a_feature(name=" ")],
    "a name of a thousand letters": [a_feature(name="a" * 1000)],
    "a name with a sign that cannot be kept": [a_feature(name="\x00")],
    "a code twice": [a_feature(), a_feature()],
    "swapped axes": [a_feature([[y, x] for x, y in SQUARE])],
    "another country": [a_feature([[x + 10, y] for x, y in SQUARE])],
    "metres without saying so": [a_feature([*SQUARE_RD, SQUARE_RD[0]])],
    "coordinates beyond every frame": [a_feature([[x * 1e300, y] for x, y in SQUARE])],
}


def refused_file(folder: Path, given: object) -> Path:
    if isinstance(given, list) and given:
        return a_file(folder, *given)
    path = folder / "areas.geojson"
    path.write_text(json.dumps(given))
    return path


class TestAFileThatIsRefused:
    @pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED.keys())
    def test_leaves_everything_as_it_was_and_names_itself(
        self, transaction: Transaction, tmp_path: Path, given: object
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")

        with pytest.raises(MapFileRefused) as refused:
            imported(transaction, refused_file(tmp_path, given))

        assert codes(transaction) == ["old"]
        assert refused.value.detail.startswith("areas.geojson ")
        assert len(refused.value.detail) < 300

    def test_says_which_feature_and_why(self, tmp_path: Path) -> None:
        path = a_file(tmp_path, a_feature(), {**a_feature(code="b", name="Bee"), "geometry": None})

        with pytest.raises(AreasRefused, match="feature 2: Bee has no geometry that can be read"):
            read(path)

    def test_says_that_the_axes_are_swapped(self, tmp_path: Path) -> None:
        with pytest.raises(AreasRefused, match="longitude, or east, comes first"):
            read(refused_file(tmp_path, REFUSED["swapped axes"]))

    def test_says_that_the_axes_of_the_grid_are_swapped(self, tmp_path: Path) -> None:
        ring = [[y, x] for x, y in [*SQUARE_RD, SQUARE_RD[0]]]

        with pytest.raises(AreasRefused, match="longitude, or east, comes first"):
            read(a_file(tmp_path, a_feature(ring)), epsg=28992)

    def test_says_how_metres_are_read(self, tmp_path: Path) -> None:
        with pytest.raises(AreasRefused, match="--crs 28992"):
            read(refused_file(tmp_path, REFUSED["metres without saying so"]))

    def test_names_no_more_than_one_can_read(self, tmp_path: Path) -> None:
        path = a_file(tmp_path, *({**a_feature(), "geometry": None} for _ in range(300)))

        with pytest.raises(AreasRefused, match="and 280 more") as refused:
            read(path)

        assert refused.value.detail.count("\n") == 21

    def test_lists_the_fields_that_there_are(self, tmp_path: Path) -> None:
        with pytest.raises(AreasRefused, match="it has: code, name"):
            read(a_file(tmp_path), AreaFields(code_field="statcode", name_field="name"))

    def test_is_in_a_frame_that_nobody_knows(self, tmp_path: Path) -> None:
        with pytest.raises(MapFileRefused, match="EPSG:999999 is a frame that is not known"):
            read(a_file(tmp_path), epsg=999999)

    def test_has_to_hold_our_own_municipality(
        self, transaction: Transaction, tmp_path: Path
    ) -> None:
        with pytest.raises(AreasRefused, match="every report would be refused"):
            imported(transaction, a_file(tmp_path), must_have="GM0851")

    def test_has_one_area_when_one_code_is_given(self, tmp_path: Path) -> None:
        with pytest.raises(AreasRefused, match="name their fields"):
            read(
                a_file(tmp_path, a_feature(code="a"), a_feature(code="b")),
                AreaFields(code="GM0851", name_field="name"),
            )

    def test_gives_nothing_where_nothing_is_right_though_bad_ones_may_be_skipped(
        self, tmp_path: Path
    ) -> None:
        with pytest.raises(AreasRefused, match="feature 1"):
            read(a_file(tmp_path, {**a_feature(), "geometry": None}), skips_bad=True)


class TestAFrameInWords:
    @pytest.mark.parametrize("crs", ["EPSG:28992", {"properties": {"name": "the national grid"}}])
    def test_is_not_taken_for_degrees_of_somewhere_else(self, tmp_path: Path, crs: object) -> None:
        path = a_file(tmp_path, a_feature([*SQUARE_RD, SQUARE_RD[0]]), crs=crs)

        with pytest.raises(MapFileRefused):
            read(path, FIELDS)
