"""An area that is drawn: what a shape may be, what is seen before it is kept, and two at once."""

from __future__ import annotations

import json
import random
import re
from contextlib import suppress
from datetime import date
from time import process_time
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, box, mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Transaction
from app.foundation.provided import Provided
from app.foundation.rule_changes import ChangedThrough, rule_changes
from app.geography.drawing import code_of, drawn_shape
from app.geography.model import ShapeFault, ShapeRefused
from app.identity.permissions import Role
from tests.makers.areas import a_rectangle, an_area
from tests.makers.people import an_account
from tests.makers.sign_ins import Browser, signed_in

AREAS = "/beheer/gebieden"
DRAW = f"{AREAS}/tekenen"
HERE = box(4.3, 51.5, 4.31, 51.51)
CROSSING = (
    '{"type":"Polygon","coordinates":'
    "[[[4.3,51.5],[4.31,51.51],[4.31,51.5],[4.3,51.51],[4.3,51.5]]]}"
)
#: Whatever JSON can hold, with a leaning towards what GeoJSON holds.
_WORDS = st.sampled_from(["Polygon", "MultiPolygon", "Feature", "FeatureCollection"])
_PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | _WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "geometry", "coordinates", "features"]), inner, max_size=4
        )
    ),
    max_leaves=25,
)
ANY_JSON = _PARTS | st.fixed_dictionaries({"type": _WORDS, "coordinates": _PARTS})


def written(shape: BaseGeometry) -> str:
    return json.dumps(mapping(shape))


def the_fault(shape: str) -> ShapeFault:
    with pytest.raises(ShapeRefused) as refused:
        drawn_shape(shape)
    return refused.value.fault


class TestADrawnName:
    def test_that_is_too_long_is_said_to_be_so_and_not_cut(
        self, web: FlaskClient, transaction: Transaction
    ) -> None:
        browser = signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR))

        answered = browser.submit(
            DRAW,
            DRAW,
            kind="village",
            name="a" * 201,
            code="noord",
            on="2099-01-01",
            shape=written(HERE),
        )

        assert answered.status_code == 422
        assert "Typ hoogstens 200 tekens." in answered.text
        assert "a" * 201 in answered.text


class TestAShape:
    @given(st.floats(3.4, 6.9), st.floats(50.8, 53.4), st.floats(0.001, 0.2), st.floats(0.001, 0.2))
    def test_that_is_whole_comes_back_as_it_was(
        self, west: float, south: float, wide: float, high: float
    ) -> None:
        shape = box(west, south, west + wide, south + high)

        drawn = drawn_shape(written(shape))

        assert drawn.shape.equals(shape)
        assert drawn.repaired is None

    def test_may_have_parts_and_a_hole(self) -> None:
        hole = shapely.Polygon(HERE.exterior, [box(4.302, 51.502, 4.304, 51.504).exterior])
        shape = MultiPolygon([hole, box(4.4, 51.5, 4.41, 51.51)])

        assert drawn_shape(written(shape)).shape.equals(shape)

    def test_may_be_a_feature(self) -> None:
        feature = {"type": "Feature", "properties": {}, "geometry": mapping(HERE)}

        assert drawn_shape(json.dumps(feature)).shape.equals(HERE)
        collection = {"type": "FeatureCollection", "features": [feature]}
        assert drawn_shape(json.dumps(collection)).shape.equals(HERE)

    def test_that_crosses_itself_is_repaired_with_word_of_it(self) -> None:
        drawn = drawn_shape(CROSSING)

        assert drawn.repaired == "self-intersection"
        assert drawn.shape.is_valid
        assert len(drawn.shape.geoms) == 2

    @pytest.mark.parametrize("corners", [200, 2_000, 9_999])
    def test_that_is_a_tangle_is_refused_within_seconds(self, corners: int) -> None:
        drawn = random.Random(851)  # a scribble
        lines = "\n".join(
            f"{drawn.uniform(4.2, 4.4):.6f} {drawn.uniform(51.5, 51.6):.6f}" for _ in range(corners)
        )
        began = process_time()

        assert the_fault(lines) is ShapeFault.TANGLED
        assert process_time() - began < 5

    def test_may_cross_itself_some_times_among_many_corners(self) -> None:
        circle = Point(4.3, 51.5).buffer(0.05, quad_segs=2_400)
        corners = list(circle.exterior.coords)
        corners[50], corners[60] = corners[60], corners[50]

        drawn = drawn_shape(written(shapely.Polygon(corners)))

        assert drawn.repaired == "self-intersection"
        assert drawn.shape.area == pytest.approx(circle.area, rel=1e-5)

    def test_may_cross_itself_as_often_as_a_hundred_random_corners_do(self) -> None:
        drawn = random.Random(851)  # a scribble
        corners = [(drawn.uniform(4.2, 4.3), drawn.uniform(51.5, 51.6)) for _ in range(80)]
        began = process_time()

        assert drawn_shape(written(shapely.Polygon(corners))).shape.is_valid
        assert process_time() - began < 5

    def test_gains_nothing_by_a_hole_outside_it(self) -> None:
        hole = box(4.4, 51.5, 4.41, 51.51)

        drawn = drawn_shape(written(shapely.Polygon(HERE.exterior, [hole.exterior])))

        assert drawn.shape.equals(HERE)
        assert drawn.repaired == "a hole lies outside the outline and was left out"

    @given(ANY_JSON)
    def test_in_any_json_is_a_shape_or_refused(self, held: object) -> None:
        with suppress(ShapeRefused):
            assert drawn_shape(json.dumps(held)).shape.is_valid

    @pytest.mark.parametrize(
        "lines",
        [
            "4.3 51.5\n4.31 51.5\n4.31 51.51\n4.3 51.51",
            "51.5 4.3\n51.5, 4.31\r\n\n51.51; 4.31\n51,51 4,3",
            "51.5,4.3\n51.5,4.31\n51.51,4.31\n51.51,4.3",
        ],
    )
    def test_may_be_typed_as_corners_in_either_order(self, lines: str) -> None:
        assert drawn_shape(lines).shape.equals(HERE)

    def test_may_be_typed_in_metres_of_the_national_grid(self) -> None:
        drawn = drawn_shape("80000 402000\n81000 402000\n81000 403000")

        west, south, east, north = drawn.shape.bounds
        assert 4.2 < west < east < 4.35
        assert 51.5 < south < north < 51.7

    @pytest.mark.parametrize(
        ("shape", "fault"),
        [
            ("", ShapeFault.NOTHING_DRAWN),
            (" \n", ShapeFault.NOTHING_DRAWN),
            ('{"type":"MultiPolygon","coordinates":[]}', ShapeFault.NOTHING_DRAWN),
            ('{"type":"Polygon","coordinates":[[]]}', ShapeFault.NOTHING_DRAWN),
            ("{", ShapeFault.NO_GEOJSON),
            ("[" * 100_000, ShapeFault.NO_GEOJSON),
            ("[]", ShapeFault.NO_POLYGON),
            ('{"type":["Polygon"],"coordinates":[]}', ShapeFault.NO_POLYGON),
            ('{"type":{"a":1},"coordinates":[]}', ShapeFault.NO_POLYGON),
            ("{}", ShapeFault.NO_POLYGON),
            ('{"type":"Point","coordinates":[4,51]}', ShapeFault.NO_POLYGON),
            ('{"type":"Polygon","coordinates":[4]}', ShapeFault.NO_POLYGON),
            ('{"type":"Polygon","coordinates":[[[4.3],[4.3],[4.3]]]}', ShapeFault.NO_POLYGON),
            (
                '{"type":"Polygon","coordinates":[[[NaN,51],[4,51],[4,52]]]}',
                ShapeFault.NO_POLYGON,
            ),
            (
                '{"type":"Polygon","coordinates":[[["a",51],[4,51],[4,52]]]}',
                ShapeFault.NO_POLYGON,
            ),
            (
                '{"type":"Polygon","coordinates":[[[1e999,51],[4,51],[4,52]]]}',
                ShapeFault.NO_POLYGON,
            ),
            ('{"geometry":{"type":"Polygon","coordinates":null}}', ShapeFault.NO_POLYGON),
            ('{"type":"FeatureCollection","features":[]}', ShapeFault.NOT_ONE_FEATURE),
            ("4.3 51.5\n4.3 51.6", ShapeFault.TOO_FEW_CORNERS),
            (
                '{"type":"Polygon","coordinates":[[[4.3,51.5],[4.4,51.5],[4.3,51.5]]]}',
                ShapeFault.TOO_FEW_CORNERS,
            ),
            ("4.3 51.5\n4.4 51.5\nKerkstraat 12", ShapeFault.LINE_WITHOUT_TWO_NUMBERS),
            ("4.3 51.5\n4.4 51.5\n4.5 51.5", ShapeFault.NO_SURFACE),
            ("0 0\n1 0\n1 1", ShapeFault.NOT_IN_THE_NETHERLANDS),
            (
                written(shapely.transform(HERE, lambda both: both[:, ::-1])),
                ShapeFault.NOT_IN_THE_NETHERLANDS,
            ),
            (written(HERE.buffer(0.01, quad_segs=4_000)), ShapeFault.TOO_MANY_CORNERS),
        ],
    )
    def test_that_is_none_is_refused_with_what_is_wrong(
        self, shape: str, fault: ShapeFault
    ) -> None:
        assert the_fault(shape) is fault

    @given(st.text())
    def test_of_any_text_is_read_or_refused(self, shape: str) -> None:
        try:
            drawn = drawn_shape(shape)
        except ShapeRefused:
            return
        assert drawn.shape.is_valid


class TestACode:
    def test_is_made_of_a_name(self) -> None:
        assert code_of("Noord: West & (2)") == "noord-west-2"
        assert code_of("\u4e2d") == ""


@pytest.fixture
def browser(web: FlaskClient, transaction: Transaction) -> Browser:
    return signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR))


@pytest.fixture
def today(provided: Provided) -> date:
    return provided.get(Clock).now().astimezone(LOCAL_ZONE).date()


def drew(
    browser: Browser, today: date, page: str = DRAW, *, seen: bool = True, **more: object
) -> TestResponse:
    """Fill in the form, look, and keep it; `seen` false stops at looking."""
    typed: dict[str, object] = {
        "kind": "village",
        "name": "Nieuw",
        "on": today.isoformat(),
        "shape": written(HERE),
        **more,
    }
    hidden = browser.hidden(page, page)
    looked = browser.send(page, hidden, **typed)
    found = re.search(r'name="seen" value="(\w+)"', looked.text)
    if found is None or not seen:
        return looked
    return browser.send(page, hidden, **typed, seen=found[1])


def areas(transaction: Transaction) -> list[tuple[str, str, float | None]]:
    rows = transaction.connection.execute(
        text(
            "SELECT code, name, round(ST_XMax(shape)::numeric, 3) AS east FROM area"
            " WHERE valid_until IS NULL ORDER BY code"
        )
    )
    return [(row.code, row.name, float(row.east)) for row in rows]


class TestDrawingAnArea:
    def test_is_kept_after_it_was_looked_at(
        self, browser: Browser, transaction: Transaction, today: date
    ) -> None:
        an_area(transaction, a_rectangle(4.5, 51.5, 4.6, 51.6), code="noise")

        looked = drew(browser, today, seen=False)
        before = areas(transaction)
        kept = drew(browser, today)

        assert looked.status_code == 200
        assert re.search(r"Nieuw is 77\d\.\d{3} m²", looked.text)
        assert [code for code, *_ in before] == ["noise"]
        assert kept.status_code == 303
        assert ("nieuw", "Nieuw", 4.31) in areas(transaction)
        (change,) = [one for one in rule_changes(transaction) if one.code == "village/nieuw"]
        assert change.by.through is ChangedThrough.PAGE
        assert change.by.account_id is not None

    def test_names_areas_of_the_kind_that_it_lies_over(
        self, browser: Browser, transaction: Transaction, today: date
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.305, 51.6), code="a", name="Kruis<b>land")
        an_area(transaction, a_rectangle(4.31, 51.5, 4.4, 51.6), code="b", name="Naast elkaar")
        an_area(
            transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), code="c", kind="street", name="Noise"
        )

        looked = drew(browser, today, seen=False).text.partition('id="look"')[2]
        said = looked.partition("</ul>")[0]

        assert "Kruis&lt;b&gt;land" in said
        assert "Naast elkaar" not in said
        assert "Noise" not in said

    def test_is_looked_at_again_when_the_shape_is_another(
        self, browser: Browser, transaction: Transaction, today: date
    ) -> None:
        hidden = browser.hidden(DRAW, DRAW)
        looked = drew(browser, today, seen=False)
        seen = re.search(r'name="seen" value="(\w+)"', looked.text)
        assert seen

        again = browser.send(
            DRAW,
            hidden,
            kind="village",
            name="Nieuw",
            on=today.isoformat(),
            shape=written(HERE.buffer(0.001)),
            seen=seen[1],
        )

        assert again.status_code == 200
        assert areas(transaction) == []

    def test_tells_of_a_repair_and_shows_what_came_of_it(
        self, browser: Browser, transaction: Transaction, today: date
    ) -> None:
        looked = drew(browser, today, shape=CROSSING, seen=False)

        assert "kruiste zichzelf" in looked.text
        assert "MultiPolygon" in looked.text
        assert drew(browser, today, shape=CROSSING).status_code == 303

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"shape": ""}, "shape"),
            ({"shape": "<script>alert(1)</script>"}, "shape"),
            ({"shape": written(box(4.3, 51.5, 4.30001, 51.50001))}, "shape"),
            ({"shape": written(box(3.2, 51.0, 7.1, 53.5))}, "shape"),
            ({"name": ""}, "name"),
            ({"name": "\u202e"}, "name"),
            ({"name": "een\ntwee"}, "name"),
            ({"name": "\u4e2d", "code": ""}, "code"),
            ({"code": "x" * 61}, "code"),
            ({"kind": ""}, "kind"),
            ({"kind": "-", "own_kind": "Eigen Soort"}, "own_kind"),
            ({"kind": "<b>"}, "kind"),
            ({"on": ""}, "on"),
            ({"on": "2020-01-01"}, "on"),
            ({"on": "9999-12-31"}, "on"),
        ],
    )
    def test_says_what_is_wrong_and_loses_nothing(
        self,
        browser: Browser,
        transaction: Transaction,
        today: date,
        typed: dict[str, Any],
        field: str,
    ) -> None:
        answered = drew(browser, today, **typed)

        assert answered.status_code == 422
        assert f'href="#{field}"' in answered.text
        assert ('value="Nieuw"' in answered.text) is ("name" not in typed)
        assert ("4.31, 51.5" in answered.text) is ("shape" not in typed)
        assert areas(transaction) == []

    def test_of_an_own_kind_is_kept(
        self, browser: Browser, transaction: Transaction, today: date
    ) -> None:
        drew(browser, today, kind="-", own_kind="strooiroute")

        kind = transaction.connection.scalar(text("SELECT kind FROM area"))
        assert kind == "strooiroute"

    def test_does_not_take_the_code_of_another(
        self, browser: Browser, transaction: Transaction, today: date
    ) -> None:
        an_area(transaction, a_rectangle(4.5, 51.5, 4.6, 51.6), code="nieuw", name="Oud")

        answered = drew(browser, today)

        assert answered.status_code == 422
        assert areas(transaction) == [("nieuw", "Oud", 4.6)]

    def test_is_not_for_the_desk(self, web: FlaskClient, transaction: Transaction) -> None:
        desk = signed_in(web, an_account(transaction, role=Role.DESK))

        assert desk.get(DRAW).status_code == 403
        assert desk.client.post(DRAW).status_code in {400, 403}

    def test_needs_a_form_of_ours(
        self, browser: Browser, transaction: Transaction, today: date
    ) -> None:
        answered = browser.send(DRAW, {"csrf_token": "forged"}, name="Nieuw", shape=written(HERE))

        assert answered.status_code == 400
        assert areas(transaction) == []


class TestChangingAShape:
    @pytest.fixture
    def page(self, transaction: Transaction) -> str:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), code="old", name="Oud")
        an_area(transaction, a_rectangle(4.5, 51.5, 4.6, 51.6), code="noise", name="Noise")
        area_id = transaction.connection.scalar(text("SELECT id FROM area WHERE code = 'old'"))
        return f"{AREAS}/{area_id}/vorm"

    def test_keeps_the_old_one_as_history(
        self, browser: Browser, transaction: Transaction, page: str, today: date
    ) -> None:
        answered = drew(browser, today, page, name="Oud")

        assert answered.status_code == 303
        assert areas(transaction) == [("noise", "Noise", 4.6), ("old", "Oud", 4.31)]
        assert transaction.connection.scalar(
            text("SELECT valid_until FROM area WHERE code = 'old' AND valid_until IS NOT NULL")
        ) in {today, date(2026, 1, 1)}

    def test_from_a_coming_day_leaves_today_as_it_is(
        self, browser: Browser, transaction: Transaction, page: str, today: date
    ) -> None:
        on = today.replace(year=today.year + 1)

        drew(browser, today, page, on=on.isoformat())

        rows = transaction.connection.execute(
            text("SELECT valid_from, valid_until FROM area WHERE code = 'old' ORDER BY valid_from")
        ).all()
        assert [row.valid_until for row in rows] == [on, None]
        assert rows[1].valid_from == on

    def test_tells_the_second_of_two_and_keeps_what_was_drawn(
        self, browser: Browser, transaction: Transaction, page: str, today: date
    ) -> None:
        hidden = browser.hidden(page, page)
        typed = {"name": "Tweede", "on": today.isoformat(), "shape": written(HERE)}
        looked = browser.send(page, hidden, **typed)
        seen = re.search(r'name="seen" value="(\w+)"', looked.text)
        assert seen
        drew(browser, today, page, name="Eerste", shape=written(HERE.buffer(0.001)))

        late = browser.send(page, hidden, **typed, seen=seen[1])

        assert late.status_code == 422
        assert "Iemand anders" in late.text
        assert "Tweede" in late.text
        assert [name for code, name, _ in areas(transaction) if code == "old"] == ["Eerste"]

    def test_of_an_area_that_is_not_there_is_no_page(self, browser: Browser) -> None:
        assert browser.get(f"{AREAS}/00000000-0000-0000-0000-000000000000/vorm").status_code == 404

    def test_can_be_taken_back(
        self, browser: Browser, transaction: Transaction, page: str, today: date
    ) -> None:
        drew(browser, today, page, name="Oud")

        browser.submit(AREAS, f"{AREAS}/terugdraaien")

        assert areas(transaction) == [("noise", "Noise", 4.6), ("old", "Oud", 4.4)]
