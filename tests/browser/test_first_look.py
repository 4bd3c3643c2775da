"""What everybody meets first, on a small screen, in high contrast, by keyboard, on a thin line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import ground
from tests.browser.site import ServedSite, a_served_site
from tests.maps import pages_app
from tests.maps.browser import a_visit, served

pytestmark = pytest.mark.browser

#: Two rows: the name beside the language, and the menu.
HIGHEST_HEADER_PX = 125
FIRST_PAGE_REQUESTS = 15
FIRST_PAGE_BYTES = 150_000
PAGES = ["/", "/melden", "/volg"]
COVERED_NAMES = """() => {
  const box = (element) => element.getBoundingClientRect();
  const marks = [...document.querySelectorAll(".leaflet-marker-pane > *")].map(box);
  const meet = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return [...document.querySelectorAll(".map-name span")]
    .filter((name) => marks.some((mark) => meet(box(name), mark)))
    .map((name) => name.textContent);
}"""


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[ServedSite]:
    with a_served_site(fresh_database, tmp_path) as made:
        yield made


class TestASmallScreen:
    @pytest.mark.parametrize("width", [320, 390])
    @pytest.mark.parametrize("language", ["nl", "en"])
    def test_has_a_low_header_and_scrolls_one_way(
        self, browser: Browser, site: ServedSite, language: str, width: int
    ) -> None:
        for path in PAGES:
            address = f"{site.address}{path}?taal={language}"
            with a_visit(browser, address, viewport={"width": width, "height": 700}) as visit:
                header = visit.page.locator(".masthead").bounding_box()
                wide = visit.page.evaluate("document.documentElement.scrollWidth")

                assert header is not None
                assert (path, header["height"]) <= (path, HIGHEST_HEADER_PX)
                assert (path, wide) <= (path, width)


class TestHighContrast:
    def test_shows_the_steps_still_to_come(self, browser: Browser, site: ServedSite) -> None:
        with a_visit(browser, f"{site.address}/melden", forced_colors="active") as visit:
            step = visit.page.locator(".steps__bar li").last

            assert step.evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"

    def test_shows_which_kind_is_chosen(self, browser: Browser, site: ServedSite) -> None:
        with a_visit(browser, f"{site.address}/melden", forced_colors="active") as visit:
            visit.page.get_by_label("Wat ziet u?").fill("Losse tegel")
            visit.page.get_by_role("button", name="Volgende").click()
            visit.page.wait_for_url("**/melden/soort")
            choice = visit.page.get_by_role("radio").first

            # Drawn by the browser: what a page draws in a background is not shown.
            assert choice.evaluate("one => getComputedStyle(one).appearance") == "auto"


class TestAThinLine:
    def test_carries_the_first_page_of_the_form(self, browser: Browser, site: ServedSite) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            visit.page.wait_for_load_state("networkidle")
            asked = visit.page.evaluate("performance.getEntriesByType('resource').length") + 1

        assert asked <= FIRST_PAGE_REQUESTS
        assert visit.bytes_received <= FIRST_PAGE_BYTES

    def test_that_breaks_leaves_the_page_and_what_was_typed(
        self, browser: Browser, site: ServedSite
    ) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            page = visit.page
            page.get_by_label("Wat ziet u?").fill("Losse tegel")
            page.context.set_offline(True)

            page.get_by_role("button", name="Volgende").click()

            expect(page.get_by_role("alert")).to_contain_text("Er is nu geen verbinding")
            expect(page.get_by_label("Wat ziet u?")).to_have_value("Losse tegel")
            page.context.set_offline(False)
            page.get_by_role("button", name="Volgende").click()
            page.wait_for_url("**/melden/soort")


class TestTheKeyboard:
    def test_is_enough_for_the_first_step(self, browser: Browser, site: ServedSite) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            page, seen = visit.page, []
            for _ in range(12):
                page.keyboard.press("Tab")
                focused = page.evaluate("document.activeElement.name || ''")
                seen.append(focused)
                if focused == "words":
                    break
            page.keyboard.type("Losse tegel")
            for _ in range(3):
                page.keyboard.press("Tab")
                if page.evaluate("document.activeElement.type") == "submit":
                    break

            page.keyboard.press("Enter")
            page.wait_for_url("**/melden/soort")

        assert "words" in seen


class TestTheNamesOnTheMap:
    @pytest.mark.parametrize("width", [390, 1280])
    def test_step_aside_for_the_marks(self, browser: Browser, width: int) -> None:
        with (
            served(pages_app.make_app()) as address,
            a_visit(browser, address, viewport={"width": width, "height": 800}) as visit,
        ):
            expect(visit.page.locator(".cluster").first).to_be_visible()
            expect(visit.page.locator(".map-name span[class^=is-]").first).to_be_attached()

            # Marks and letters may come after the first name stepped aside.
            visit.page.wait_for_function(f"({COVERED_NAMES})().length === 0", timeout=10_000)
