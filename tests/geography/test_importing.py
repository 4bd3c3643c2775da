"""What a file with areas may hold, and what is left when it may not."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.model import AreasRefused, Spot
from app.geography.operations import import_areas, locate
from app.geography.rules import AreaFields
from tests.makers.areas import a_rectangle, an_area

TODAY = date(2026, 11, 24)
FIELDS = AreaFields(code_field="code", name_field="name")

SQUARE = [[4.3, 51.5], [4.4, 51.5], [4.4, 51.6], [4.3, 51.6], [4.3, 51.5]]
#: The same square in the frame of the national grid, in metres.
SQUARE_RD = [[78_900, 392_100], [85_900, 392_000], [86_000, 403_100], [79_100, 403_200]]
BOW_TIE = [[4.3, 51.5], [4.4, 51.6], [4.4, 51.5], [4.3, 51.6], [4.3, 51.5]]


def a_feature(
    ring: object = SQUARE, *, code: object = "here", name: object = "Here"
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": "Polygon", "coordinates": [copy.deepcopy(ring)]},
    }


def a_file(*features: object, **more: object) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features) or [a_feature()], **more}


def imported(
    transaction: Transaction,
    collection: object,
    *,
    fields: AreaFields = FIELDS,
    epsg: int | None = None,
    on: date = TODAY,
    must_have: str | None = None,
) -> list[str]:
    areas = import_areas(
        transaction,
        collection,
        kind="village",
        fields=fields,
        epsg=epsg,
        source="a file",
        on=on,
        must_have=must_have,
    )
    return [area.code for area in areas]


def codes(transaction: Transaction, on: date = TODAY) -> list[str]:
    found = locate(transaction, Spot(4.35, 51.55), asset_id=None, on=on)
    return [area.code for area in found.areas]


class TestAFileWithAreas:
    def test_takes_the_place_of_what_was_there(self, transaction: Transaction) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="district", code="noise")

        imported(transaction, a_file())

        assert codes(transaction) == ["noise", "here"]

    def test_leaves_what_was_there_as_history(self, transaction: Transaction) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")

        imported(transaction, a_file())

        assert codes(transaction, on=TODAY - timedelta(days=1)) == ["old"]

    def test_can_be_taken_twice_on_one_day(self, transaction: Transaction) -> None:
        imported(transaction, a_file())
        imported(transaction, a_file(a_feature(code="there")))

        assert codes(transaction) == ["there"]

    def test_may_be_in_the_frame_of_the_national_grid(self, transaction: Transaction) -> None:
        ring = [*SQUARE_RD, SQUARE_RD[0]]

        imported(transaction, a_file(a_feature(ring)), epsg=28992)

        assert codes(transaction) == ["here"]

    @pytest.mark.parametrize(
        "name", ["urn:ogc:def:crs:EPSG::28992", "EPSG:28992", "urn:ogc:def:crs:EPSG:9.1:28992"]
    )
    def test_may_say_itself_in_which_frame_it_is(self, transaction: Transaction, name: str) -> None:
        crs = {"type": "name", "properties": {"name": name}}

        imported(transaction, a_file(a_feature([*SQUARE_RD, SQUARE_RD[0]]), crs=crs))

        assert codes(transaction) == ["here"]

    def test_may_call_an_area_otherwise_than_we_do(self, transaction: Transaction) -> None:
        fields = AreaFields(
            code_field="code",
            name_field="name",
            code_for={"WK01": "kruisland"},
            name_pattern=r"Wijk \d+ (.*)",
        )

        imported(
            transaction, a_file(a_feature(code="WK01", name="Wijk 01 Kruisland")), fields=fields
        )

        found = locate(transaction, Spot(4.35, 51.55), asset_id=None, on=TODAY).areas
        assert [(area.code, area.name) for area in found] == [("kruisland", "Kruisland")]

    def test_may_hold_one_area_without_a_code(self, transaction: Transaction) -> None:
        fields = AreaFields(code="GM0851", name_field="name")

        assert imported(transaction, a_file(), fields=fields) == ["GM0851"]

    def test_may_have_numbers_as_codes(self, transaction: Transaction) -> None:
        assert imported(transaction, a_file(a_feature(code=4651))) == ["4651"]

    def test_is_repaired_where_an_outline_crosses_itself_and_says_so(
        self, transaction: Transaction
    ) -> None:
        (area,) = import_areas(
            transaction,
            a_file(a_feature(BOW_TIE)),
            kind="village",
            fields=FIELDS,
            epsg=None,
            source="a file",
            on=TODAY,
        )

        assert area.repaired == "self-intersection"
        assert transaction.connection.scalar(text("SELECT bool_and(ST_IsValid(shape)) FROM area"))


REFUSED: dict[str, object] = {
    "no object": [],
    "nothing": None,
    "a geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    "no features": {"type": "FeatureCollection", "features": []},
    "features that are no list": {"type": "FeatureCollection", "features": {"a": 1}},
    "a feature that is a number": a_file(7),
    "a null geometry": a_file({**a_feature(), "geometry": None}),
    "a point": a_file({**a_feature(), "geometry": {"type": "Point", "coordinates": [4.3, 51.5]}}),
    "no coordinates": a_file({**a_feature(), "geometry": {"type": "Polygon"}}),
    "an empty polygon": a_file({**a_feature(), "geometry": {"type": "Polygon", "coordinates": []}}),
    "words for coordinates": a_file(a_feature([["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]])),
    "two points": a_file(a_feature([[4.3, 51.5], [4.4, 51.5]])),
    "not a number": a_file(a_feature([[4.3, 51.5], [4.4, float("nan")], [4.4, 51.6], [4.3, 51.5]])),
    "infinity": a_file(a_feature([[4.3, 51.5], [float("inf"), 51.5], [4.4, 51.6], [4.3, 51.5]])),
    "a line without surface": a_file(
        a_feature([[4.3, 51.5], [4.4, 51.6], [4.3, 51.5], [4.3, 51.5]])
    ),
    "coordinates that are one number": a_file(
        {**a_feature(), "geometry": {"type": "Polygon", "coordinates": 4.3}}
    ),
    "no properties": a_file({**a_feature(), "properties": None}),
    "properties that are a list": a_file({**a_feature(), "properties": [1]}),
    "no code": a_file(a_feature(code=None)),
    "an empty name": a_file(a_feature(name=" ")),
    "a code twice": a_file(a_feature(), a_feature()),
    "swapped axes": a_file(a_feature([[y, x] for x, y in SQUARE])),
    "another country": a_file(a_feature([[x + 10, y] for x, y in SQUARE])),
    "metres without saying so": a_file(a_feature([*SQUARE_RD, SQUARE_RD[0]])),
    "coordinates beyond every frame": a_file(a_feature([[x * 1e300, y] for x, y in SQUARE])),
    "a frame that nobody knows": a_file(crs={"properties": {"name": "EPSG:999999"}}),
    "a frame in words": a_file(crs={"properties": {"name": "the national grid"}}),
    "a frame that is a word": a_file(crs="EPSG:28992"),
}


class TestAFileThatIsRefused:
    @pytest.mark.parametrize("collection", REFUSED.values(), ids=REFUSED.keys())
    def test_leaves_everything_as_it_was(
        self, transaction: Transaction, collection: object
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village", code="old")

        with (
            pytest.raises(AreasRefused) as refused,
            transaction.connection.begin_nested(),
        ):
            imported(transaction, collection)

        assert codes(transaction) == ["old"]
        assert len(refused.value.detail) < 300

    def test_says_that_the_axes_are_swapped(self, transaction: Transaction) -> None:
        with pytest.raises(AreasRefused, match="longitude comes first"):
            imported(transaction, REFUSED["swapped axes"])

    def test_says_how_metres_are_read(self, transaction: Transaction) -> None:
        with pytest.raises(AreasRefused, match="--crs 28992"):
            imported(transaction, REFUSED["metres without saying so"])

    def test_lists_the_fields_that_there_are(self, transaction: Transaction) -> None:
        with pytest.raises(AreasRefused, match="it has: code, name"):
            imported(
                transaction, a_file(), fields=AreaFields(code_field="statcode", name_field="name")
            )

    def test_may_not_contradict_the_frame_that_is_given(self, transaction: Transaction) -> None:
        crs = {"properties": {"name": "EPSG:28992"}}

        with pytest.raises(AreasRefused, match="not in EPSG:4326"):
            imported(transaction, a_file(crs=crs), epsg=4326)

    def test_has_to_hold_our_own_municipality(self, transaction: Transaction) -> None:
        with pytest.raises(AreasRefused, match="every report would be refused"):
            imported(transaction, a_file(), must_have="GM0851")

    def test_has_one_area_when_one_code_is_given(self, transaction: Transaction) -> None:
        with pytest.raises(AreasRefused, match="name their fields"):
            imported(
                transaction,
                a_file(a_feature(code="a"), a_feature(code="b")),
                fields=AreaFields(code="GM0851", name_field="name"),
            )
