"""The look and the maps in a real Chromium: accessible, light, alive, and usable by keyboard."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload, expect

from tests.maps.browser import a_browser, a_visit, served
from tests.maps.pages_app import make_app

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
HOSTILE = '<img src="x" id="hostile">'
PAGES = {
    "the live map": "/",
    "pointing at a place": "/plek",
    "following": "/hier",
    "every part of a form": "/onderdelen?flash=1",
    "a form with mistakes": "/onderdelen?errors=1",
    "what staff see": "/onderdelen?staff=1&taal=en&accent=purple",
    "not found": "/fout/404",
    "too many requests": "/fout/429",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for this module."""
    with a_browser() as browser:
        yield browser


@pytest.fixture
def app() -> Flask:
    """The application with every part."""
    return make_app()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where it is served."""
    with served(app) as address:
        yield address


class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
    @pytest.mark.parametrize(("scheme", "size"), [("light", PHONE), ("dark", DESK)])
    def test_is_accessible_keeps_to_its_policy_and_fits(
        self, browser: Browser, address: str, path: str, scheme: str, size: dict[str, int]
    ) -> None:
        with a_visit(
            browser, address + path, color_scheme=scheme, viewport=size, reduced_motion="reduce"
        ) as visit:
            visit.page.wait_for_timeout(700)

            assert visit.findings() == []
            assert visit.asked_outside == []
            assert visit.complaints == []
            assert visit.page.locator("h1").count() == 1
            visit.page.set_viewport_size({"width": 320, "height": 640})
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320


class TestAFormWithMistakes:
    def test_says_how_many_in_the_title_and_takes_one_there(
        self, browser: Browser, address: str
    ) -> None:
        with a_visit(browser, f"{address}/onderdelen?errors=1") as visit:
            expect(visit.page).to_have_title(
                "(2 fouten) Wat is er aan de hand? – Straatbeeld Steenbergen"
            )
            expect(visit.page.locator("#error-summary")).to_be_focused()
            visit.page.get_by_role("link", name="Kies een soort melding.").click()
            expect(visit.page.locator("#kind")).to_be_focused()


class TestTheFirstPageOfTheForm:
    def test_weighs_less_than_100_kilobytes(self, browser: Browser, address: str) -> None:
        with a_visit(browser, f"{address}/onderdelen") as visit:
            visit.page.wait_for_load_state("networkidle")

            assert 20_000 < visit.bytes_received < 100_000

    def test_can_be_filled_in_without_scripts(self, browser: Browser, address: str) -> None:
        with a_visit(browser, f"{address}/onderdelen", java_script_enabled=False) as visit:
            expect(visit.page.get_by_label("Wat ziet u?")).to_be_visible()
            expect(visit.page.get_by_text("Hoogstens 3000 tekens")).to_be_visible()
            expect(visit.page.locator("input[type=file]")).to_be_visible()


class TestTheLiveMap:
    def test_shows_a_change_within_five_seconds(
        self, browser: Browser, app: Flask, address: str
    ) -> None:
        with a_visit(browser, address, viewport=DESK) as visit:
            newest = visit.page.locator(".case-row[data-drawn]").first
            reference = newest.get_attribute("data-reference")
            cases = copy.deepcopy(app.config["CASES"])
            next(case for case in cases if case["id"] == reference)["properties"]["status"] = (
                "resolved"
            )

            visit.page.wait_for_function("document.querySelector('.marker, .cluster') !== null")
            visit.page.evaluate("document.querySelectorAll('.case-row')[1].id = 'kept'")
            app.config["CASES"] = cases

            expect(newest).to_contain_text("Opgelost", timeout=5_500)
            expect(visit.page.locator("[data-map-news]")).to_have_text(
                f"Nummer {reference}: nu Opgelost"
            )
            assert visit.page.locator("#kept").count() == 1

    def test_asks_again_only_whether_something_changed(
        self, browser: Browser, address: str
    ) -> None:
        with a_visit(browser, address, viewport=DESK) as visit:
            visit.page.wait_for_selector(".cluster")
            with visit.page.expect_response("**/map/cases.geojson*", timeout=6_000) as again:
                pass

            assert again.value.status == 304

    def test_says_so_when_the_connection_is_away(self, browser: Browser, address: str) -> None:
        with a_visit(browser, address, viewport=DESK) as visit:
            visit.page.wait_for_selector(".cluster")
            visit.page.context.set_offline(True)

            expect(visit.page.locator("[data-map-news]")).to_have_text(
                "Geen verbinding. We blijven het proberen.", timeout=6_000
            )

    def test_is_used_with_a_keyboard(self, browser: Browser, app: Flask, address: str) -> None:
        app.config["CASES"] = app.config["CASES"][:1]
        with a_visit(browser, address, viewport=DESK) as visit:
            mark = visit.page.locator(".marker:not(.marker--work)")
            mark.focus()
            expect(mark).to_have_attribute("aria-label", "Boom of tak, Wacht, nummer SB-1000")
            visit.page.keyboard.press("Enter")
            expect(visit.page.locator(".popup__title")).to_be_focused()
            visit.page.keyboard.press("Escape")
            expect(visit.page.locator(".popup")).to_have_count(0)
            expect(mark).to_be_focused()

    def test_shows_what_others_wrote_as_text(
        self, browser: Browser, app: Flask, address: str
    ) -> None:
        case = copy.deepcopy(app.config["CASES"][0])
        case["properties"]["party"] = HOSTILE
        app.config["CASES"] = [case]
        with a_visit(browser, address, viewport=DESK) as visit:
            visit.page.locator(".case-row__show").first.click()

            expect(visit.page.locator(".popup")).to_contain_text(HOSTILE)
            assert visit.page.locator("#hostile").count() == 0
            assert visit.findings() == []

    def test_filters_the_map_and_the_list(self, browser: Browser, address: str) -> None:
        with a_visit(browser, address, viewport=DESK) as visit:
            visit.page.wait_for_selector(".cluster")
            visit.page.get_by_label("Soort melding").select_option("dieren")

            expect(visit.page.locator(".case-row__show").first).to_have_text("Ratten")
            expect(visit.page.locator(".case-row__show", has_text="Bank")).to_have_count(0)
            assert "category=dieren" in visit.page.url

    def test_has_its_list_without_scripts(self, browser: Browser, address: str) -> None:
        with a_visit(browser, address, java_script_enabled=False) as visit:
            expect(visit.page.locator(".case-row")).to_have_count(20)
            expect(visit.page.get_by_role("button", name="Filteren")).to_be_visible()


class TestPointingAtAPlace:
    def test_goes_by_arrow_keys_and_reads_out_the_address(
        self, browser: Browser, address: str
    ) -> None:
        with a_visit(browser, f"{address}/plek", viewport=PHONE, reduced_motion="reduce") as visit:
            page = visit.page
            page.locator("#street_map").focus()
            page.keyboard.press("ArrowRight")
            expect(page.locator("[data-read-out]")).to_have_text(
                "Zoom verder in om de plek precies aan te wijzen."
            )
            for _ in range(7):
                page.keyboard.press("+")
                page.wait_for_timeout(300)
            page.keyboard.press("ArrowRight")

            expect(page.locator("[data-read-out]")).to_have_text(
                "Gekozen plek: Kade 4, Steenbergen"
            )
            assert 4.2 < float(page.locator("[name=longitude]").input_value()) < 4.5
            lamp = page.get_by_role("radio", name="Lantaarnpaal STB-0002")
            lamp.check()
            assert page.locator("[name=asset]").input_value() == "lamp-2"
            page.wait_for_timeout(600)
            expect(lamp).to_be_focused()
            assert visit.findings() == []

    def test_takes_the_location_of_the_phone(self, browser: Browser, address: str) -> None:
        with a_visit(
            browser,
            f"{address}/plek",
            permissions=["geolocation"],
            geolocation={"longitude": 4.3195, "latitude": 51.584, "accuracy": 12},
        ) as visit:
            visit.page.get_by_role("button", name="Gebruik mijn locatie").click()

            expect(visit.page.locator("[name=longitude]")).to_have_value("4.319500", timeout=4_000)

    def test_takes_it_while_the_map_still_zooms(self, browser: Browser, address: str) -> None:
        with a_visit(
            browser,
            f"{address}/plek",
            permissions=["geolocation"],
            geolocation={"longitude": 4.3195, "latitude": 51.584, "accuracy": 12},
        ) as visit:
            visit.page.evaluate(
                "document.querySelector('.leaflet-control-zoom-in').click();"
                "document.querySelector('[data-locate]').click()"
            )

            expect(visit.page.locator("[name=longitude]")).to_have_value("4.319500", timeout=4_000)

    def test_goes_on_without_it(self, browser: Browser, address: str) -> None:
        with a_visit(browser, f"{address}/plek") as visit:
            visit.page.get_by_role("button", name="Gebruik mijn locatie").click()

            expect(visit.page.locator("[data-read-out]")).to_contain_text(
                "We konden uw locatie niet vinden"
            )
            expect(visit.page.get_by_label("Adres of straat")).to_be_enabled()


class TestPhotos:
    def test_are_sent_while_the_form_is_filled_in(
        self, browser: Browser, app: Flask, address: str
    ) -> None:
        with a_visit(browser, f"{address}/onderdelen") as visit:
            visit.page.locator("#photo").set_input_files(a_photo("lamp.png"))

            expect(visit.page.locator(".photo__state")).to_have_text("Verstuurd")
            assert app.config["UPLOADS"] == ["lamp.png"]
            assert visit.page.evaluate("document.querySelector('#photo').files.length") == 0
            assert visit.findings() == []

    def test_say_why_one_was_refused(self, browser: Browser, address: str) -> None:
        with a_visit(browser, f"{address}/onderdelen") as visit:
            visit.page.locator("#photo").set_input_files(a_photo("wrong.png"))

            expect(visit.page.locator(".photo__state")).to_have_text("Dit is geen foto.")
            visit.page.get_by_role("button", name="Verwijderen wrong.png").click()
            expect(visit.page.locator(".photo")).to_have_count(0)

    def test_can_be_tried_again(self, browser: Browser, address: str) -> None:
        with a_visit(browser, f"{address}/onderdelen") as visit:
            visit.page.context.set_offline(True)
            visit.page.locator("#photo").set_input_files(a_photo("lamp.png"))
            expect(visit.page.locator(".photo__state")).to_have_text(
                "Niet verstuurd: geen verbinding."
            )
            assert visit.page.evaluate("document.querySelector('#photo').files.length") == 1
            visit.page.context.set_offline(False)
            visit.page.get_by_role("button", name="Probeer opnieuw lamp.png").click()

            expect(visit.page.locator(".photo__state")).to_have_text("Verstuurd")


def a_photo(name: str) -> FilePayload:
    """Return a small picture under this name."""
    picture = Path(__file__).parents[2] / "static" / "img" / "logo.svg"
    return {"name": name, "mimeType": "image/png", "buffer": picture.read_bytes()}
