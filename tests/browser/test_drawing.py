"""Drawing an area in a real Chromium: by mouse, by keyboard, on a small screen, without scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from shapely.geometry import MultiPolygon, shape

from app.foundation.database import Database
from app.identity.permissions import Role
from tests import ground
from tests.browser.site import a_served_site
from tests.browser.test_work_pages import LOOKS, Site, is_as_it_should_be
from tests.makers.people import an_account

pytestmark = pytest.mark.browser

DRAW = "/beheer/gebieden/tekenen?soort=team-district"


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[Site]:
    with a_served_site(fresh_database, tmp_path) as served:
        with served.services.get(Database).transaction() as transaction:
            who = an_account(transaction, role=Role.ADMINISTRATOR, name="Bea Beheer")
        yield replace(Site(**vars(served), crew=who, desk=who))


def press_on_the_map(page: Page, *places: tuple[float, float]) -> None:
    """Press at these shares of the map's width and height."""
    page.locator("#street_map").scroll_into_view_if_needed()
    box = page.locator("#street_map").bounding_box()
    assert box is not None
    for across, down in places:
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)


def drawn(page: Page) -> Any:  # noqa: ANN401  # GeoJSON
    return json.loads(page.locator("#shape").input_value())


def kept(page: Page, name: str) -> None:
    page.locator("#name").fill(name)
    page.get_by_role("button", name="Bekijken").click()
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text(f"{name} is bewaard.")).to_be_visible()


SQUARE = [(0.35, 0.3), (0.65, 0.3), (0.65, 0.7), (0.35, 0.7)]


class TestDrawingByMouse:
    @pytest.mark.parametrize(("scheme", "size"), LOOKS)
    def test_makes_an_area_of_what_was_pressed_and_dragged(
        self, browser: Browser, site: Site, scheme: str, size: dict[str, int]
    ) -> None:
        with site.visited_by(browser, site.desk, DRAW, color_scheme=scheme, viewport=size) as visit:
            page = visit.page
            press_on_the_map(page, *SQUARE)
            third = page.locator('.corner-mark[data-corner="2"]')
            third.drag_to(page.locator("#street_map"), target_position={"x": 150, "y": 60})
            corners = drawn(page)["coordinates"][0][0]
            page.get_by_role("button", name="Laatste stap terugnemen").click()
            before = drawn(page)["coordinates"][0][0]
            for summary in page.locator("main summary").all():
                summary.click()
            is_as_it_should_be(visit)
            kept(page, "Noordrand")

            assert len(corners) == len(before) == 5
            assert [one == other for one, other in zip(corners, before, strict=True)] == [
                True, True, False, True, True,
            ]  # fmt: skip
            assert visit.asked_outside == []
        rows = site.rows("SELECT square_metres FROM area WHERE code = 'noordrand'")
        assert shape({"type": "Polygon", "coordinates": [before]}).area > 0
        assert [round(metres) > 10 for (metres,) in rows] == [True]

    def test_says_at_once_when_the_line_crosses_itself(self, browser: Browser, site: Site) -> None:
        with site.visited_by(browser, site.desk, DRAW) as visit:
            press_on_the_map(visit.page, SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3])

            expect(visit.page.locator("[data-size]")).to_contain_text("kruist zichzelf")

    def test_loses_nothing_when_something_is_missing(self, browser: Browser, site: Site) -> None:
        with site.visited_by(browser, site.desk, DRAW) as visit:
            press_on_the_map(visit.page, *SQUARE)
            before = drawn(visit.page)
            visit.page.get_by_role("button", name="Bekijken").click()
            visit.page.locator("#error-summary").wait_for()

            assert drawn(visit.page) == before
            expect(visit.page.locator(".corner-mark[data-corner]")).to_have_count(4)
            is_as_it_should_be(visit)


class TestDrawingByKeyboard:
    def test_makes_an_area_of_corners_at_the_cross(self, browser: Browser, site: Site) -> None:
        with site.visited_by(browser, site.desk, DRAW) as visit:
            page = visit.page
            page.locator("#go-to").fill("51.58 4.32")
            page.keyboard.press("Enter")
            expect(page.locator("#street_map")).to_be_focused()
            for way in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", None):
                page.keyboard.press("Enter")
                if way:
                    page.keyboard.press(f"Shift+{way}")
            page.keyboard.press("Backspace")
            square = drawn(page)["coordinates"][0][0]
            page.locator('.corner-mark[data-corner="0"]').focus()
            page.keyboard.press("Shift+ArrowUp")
            moved = drawn(page)["coordinates"][0][0]
            expect(page.locator("[data-news]")).to_contain_text("Hoekpunt 1 verplaatst")
            kept(page, "Kruispunt")

            assert [len(square), len(moved)] == [5, 5]
            assert moved[0][1] > square[0][1]
            assert moved[1:4] == square[1:4]

    def test_removes_a_corner_with_delete_and_in_the_list(
        self, browser: Browser, site: Site
    ) -> None:
        with site.visited_by(browser, site.desk, DRAW) as visit:
            page = visit.page
            press_on_the_map(page, *SQUARE, (0.3, 0.5))
            page.locator('.corner-mark[data-corner="0"]').focus()
            page.keyboard.press("Delete")
            page.get_by_text("Hoekpunten en delen").click()
            page.get_by_role("button", name="Hoekpunt 4 weghalen").click()

            expect(page.get_by_role("button", name="Hoekpunt 3 weghalen")).to_be_focused()
            assert len(drawn(page)["coordinates"][0][0]) == 4


class TestPartsAndHoles:
    def test_are_drawn_beside_and_within_an_outline(self, browser: Browser, site: Site) -> None:
        with site.visited_by(browser, site.desk, DRAW) as visit:
            page = visit.page
            press_on_the_map(page, *SQUARE)
            page.get_by_text("Hoekpunten en delen").click()
            page.get_by_role("button", name="Teken een gat in dit deel").click()
            press_on_the_map(page, (0.45, 0.45), (0.5, 0.45), (0.5, 0.55))
            page.get_by_role("button", name="Teken nog een deel").click()
            press_on_the_map(page, (0.1, 0.1), (0.2, 0.1), (0.2, 0.2))

            found = shape(drawn(page))
            assert isinstance(found, MultiPolygon)
            assert found.is_valid
            assert [len(part.interiors) for part in found.geoms] == [1, 0]


class TestChangingAShape:
    def test_begins_with_the_shape_that_there_is(self, browser: Browser, site: Site) -> None:
        ((area_id, before),) = site.rows(
            "SELECT id, square_metres FROM area WHERE kind = 'municipality'"
        )
        with site.visited_by(browser, site.desk, f"/beheer/gebieden/{area_id}/vorm") as visit:
            visit.page.locator(".corner-mark--between").first.click()
            corner = visit.page.locator('.corner-mark[data-corner="1"]')
            corner.focus()
            visit.page.keyboard.press("Shift+ArrowUp")
            is_as_it_should_be(visit)
            kept(visit.page, "Gemeente")

        ((after,),) = site.rows(
            "SELECT square_metres FROM area WHERE kind = 'municipality' AND valid_until IS NULL"
        )
        assert before != after


class TestWithoutScripts:
    def test_corners_are_typed(self, browser: Browser, site: Site) -> None:
        with site.visited_by(browser, site.desk, DRAW, java_script_enabled=False) as visit:
            page = visit.page
            page.get_by_text("De omtrek als tekst").click()
            page.locator("#shape").fill("51.58 4.32\n51.58 4.33\n51.59 4.33")
            kept(page, "Getypt")

        assert site.rows("SELECT count(*) FROM area WHERE code = 'getypt'") == [(1,)]
