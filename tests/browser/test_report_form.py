"""The resident's form in a real Chromium: every step and mistake, with keys, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect
from sqlalchemy import text

from app.foundation.database import Database
from tests import ground
from tests.browser.site import ServedSite, a_served_site
from tests.makers.form_places import an_address
from tests.makers.places import IN_DISTRICT
from tests.maps.browser import Visit, a_visit
from tests.photos.pictures import a_jpeg
from tests.reception.browsing import Resident

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
WORDS = "De lamp voor ons huis is uit"
ADDRESS = "Kade 4, 4651 AA Steenbergen"
A_REFUSED_FORM = re.compile("status of (400|415) ")


class Site(ServedSite):
    """The site, with what came in."""

    def references(self) -> list[str]:
        """Return the references of the reports that came in."""
        with self.services.get(Database).transaction() as transaction:
            return list(transaction.connection.scalars(text("SELECT reference FROM report")))


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[Site]:
    with a_served_site(fresh_database, tmp_path, address_service="demo") as served:
        with served.services.get(Database).transaction() as transaction:
            an_address(transaction, "Kade", "4", IN_DISTRICT)
            an_address(transaction, "Kade", "8", (4.3204, 51.5802))
            transaction.connection.execute(
                text(
                    "UPDATE category SET danger_phone = '14 0167',"
                    " danger_text_nl = 'Hangt er een draad los? Bel ons meteen.',"
                    " danger_text_en = 'Is there a loose wire? Call us at once.'"
                    " WHERE code LIKE 'verlichting.%'"
                )
            )
        yield Site(**vars(served))


def a_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def press(page: Page, name: str = "Volgende") -> None:
    page.get_by_role("button", name=name, exact=True).click()


def fill_in_to_the_place(page: Page) -> None:
    page.get_by_label("Wat ziet u?").fill(WORDS)
    press(page)
    press(page)
    page.get_by_label("Nee, het kan even wachten").check()
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Waar is het?")


def fill_in_to_the_check(page: Page) -> None:
    fill_in_to_the_place(page)
    page.get_by_label("Adres, of de plek").fill("Kade 4")
    press(page)
    page.get_by_label(ADDRESS).check()
    press(page)
    page.get_by_label("Geen van deze").check()
    press(page)
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Klopt dit?")


def come_to_the_place(site: Site, page: Page) -> None:
    """Open the page of the place in a form that was filled in up to there, at no cost of pages."""
    _go_on(site, page, _filled_in_to_the_place(site), "Waar is het?")


def come_to_the_check(site: Site, page: Page) -> None:
    """Open the last page of a form that was filled in up to there, at no cost of pages."""
    resident = _filled_in_to_the_place(site)
    resident.sends({"address": "Kade 4"})
    resident.sends({"place": resident.page.form.choices["place"][0]})
    resident.sends({"asset": "geen"})
    if resident.page.path == "/melden/al-bekend":
        resident.sends({"same": "geen"})
    resident.sends()
    _go_on(site, page, resident, "Klopt dit?")


def _filled_in_to_the_place(site: Site) -> Resident:
    resident = Resident(site.app.test_client())
    resident.opens("/melden")
    resident.sends({"words": WORDS})
    resident.sends()
    resident.sends({"danger": "no"})
    return resident


def _go_on(site: Site, page: Page, resident: Resident, heading: str) -> None:
    """Take the resident's form over into the browser."""
    cookie = resident.client.get_cookie("melding", path="/melden")
    assert cookie is not None
    page.context.add_cookies(
        [{"name": "melding", "value": cookie.value, "domain": "127.0.0.1", "path": "/melden"}]
    )
    page.goto(site.address + resident.page.path)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


class Scripts:
    """Whether the pages of a visit run scripts; axe needs them for a moment."""

    def __init__(self, page: Page) -> None:
        self.run = True
        self._session = page.context.new_cdp_session(page)

    def stop(self) -> None:
        """Open pages without scripts from here on."""
        self.run = False
        self._allow(allowed=False)

    @contextmanager
    def for_a_moment(self) -> Iterator[None]:
        """Let scripts run on a page that was opened without."""
        self._allow(allowed=True)
        yield
        self._allow(allowed=self.run)

    def _allow(self, *, allowed: bool) -> None:
        self._session.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})


def look(visit: Visit, heading: str, *, mistakes: int = 0, scripts: Scripts | None = None) -> None:
    """Look at the page that is open: its heading, focus, accessibility, policy and width."""
    page = visit.page
    scripts = scripts or Scripts(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert page.locator("h1").count() == 1
    assert page.title().startswith("(1 fout) ") is bool(mistakes)
    if scripts.run:
        focused = page.locator("#error-summary" if mistakes else "h1")
        expect(focused).to_be_focused()
    if not visit.page.evaluate("matchMedia('(forced-colors: active)').matches"):
        # Where the reader chooses the colours, axe looks at those that nobody sees.
        with scripts.for_a_moment():
            assert visit.findings() == []
    assert visit.asked_outside == []
    assert [one for one in visit.complaints if not A_REFUSED_FORM.search(one)] == []
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert size is not None
    page.set_viewport_size(size)


class TestTheWholeForm:
    @pytest.mark.parametrize(
        "options",
        [
            pytest.param({"viewport": PHONE}, id="phone"),
            pytest.param({"viewport": DESK, "color_scheme": "dark"}, id="desk, dark"),
            pytest.param({"viewport": PHONE, "forced_colors": "active"}, id="forced colours"),
            pytest.param({"viewport": PHONE, "has_scripts": False}, id="phone without scripts"),
        ],
    )
    def test_is_accessible_at_every_step_and_every_mistake(
        self, browser: Browser, site: Site, options: dict[str, Any]
    ) -> None:
        has_scripts = options.pop("has_scripts", True)
        with a_visit(
            browser, f"{site.address}/melden", reduced_motion="reduce", **options
        ) as visit:
            page = visit.page
            scripts = Scripts(page)
            if not has_scripts:
                scripts.stop()
                page.goto(f"{site.address}/melden")

            def sees(heading: str, *, mistakes: int = 0) -> None:
                look(visit, heading, mistakes=mistakes, scripts=scripts)

            sees("Wat is er aan de hand?")
            press(page)
            sees("Wat is er aan de hand?", mistakes=1)
            page.get_by_label("Wat ziet u?").fill(WORDS)
            photos_at = "Wat is er aan de hand?"
            if not has_scripts:
                # The words are kept before a photo can take them along.
                photos_at = "Hebt u foto's?"
                press(page)
                sees(photos_at)
            page.locator("#photo").set_input_files(
                [a_file("lamp.jpg", a_jpeg()), a_file("tekst.jpg", b"gewone tekst")]
            )
            if has_scripts:
                expect(page.locator(".photo--failed")).to_contain_text("Dit is geen foto")
                assert visit.findings() == []
            press(page)
            sees(photos_at, mistakes=1)
            if has_scripts:
                expect(page.get_by_label("Wat ziet u?")).to_have_value(WORDS)
            press(page)
            sees("Waar gaat het over?")
            expect(page.get_by_label("Lamp brandt niet")).to_be_checked()
            press(page)
            sees("Is het nu gevaarlijk?")
            press(page)
            sees("Is het nu gevaarlijk?", mistakes=1)
            page.get_by_label("Ja, het is gevaarlijk").check()
            press(page)
            sees("Bel nu 14 0167")
            expect(page.get_by_role("link", name="Bel 14 0167")).to_have_attribute(
                "href", "tel:140167"
            )
            page.get_by_role("link", name="verder met de melding").click()
            sees("Waar is het?")
            press(page)
            sees("Waar is het?", mistakes=1)
            page.get_by_label("Adres, of de plek").fill("Kade")
            press(page)
            sees("Welk adres bedoelt u?")
            press(page)
            sees("Welk adres bedoelt u?", mistakes=1)
            page.get_by_label(ADDRESS).check()
            press(page)
            sees("Welke is het?")
            press(page)
            sees("Welke is het?", mistakes=1)
            page.get_by_label("Geen van deze").check()
            press(page)
            sees("Mogen we u iets vragen?")
            page.get_by_label("E-mailadres").fill("geen adres")
            press(page)
            sees("Mogen we u iets vragen?", mistakes=1)
            page.get_by_label("E-mailadres").fill("jo@example.org")
            press(page)
            sees("Klopt dit?")
            expect(page.get_by_text("Lux Verlichting krijgt uw melding.")).to_be_visible()
            press(page, "Verstuur de melding")
            sees("Dank u wel, uw melding is verstuurd")
            (reference,) = site.references()
            expect(page.get_by_text(reference, exact=True)).to_be_visible()
            expect(page.get_by_text("tekst.jpg")).to_be_visible()
            expect(page.get_by_text("1 foto is meegekomen.")).to_be_visible()

    def test_asks_about_what_is_known_near_by(self, browser: Browser, site: Site) -> None:
        for size, scheme in ((PHONE, "light"), (DESK, "dark")):
            with a_visit(
                browser,
                f"{site.address}/melden",
                viewport=size,
                color_scheme=scheme,
                reduced_motion="reduce",
            ) as visit:
                come_to_the_check(site, visit.page)
                press(visit.page, "Verstuur de melding")
                visit.page.get_by_role("link", name="Meld nog iets").click()
                fill_in_to_the_place(visit.page)
                visit.page.get_by_label("Adres, of de plek").fill("Kade 8")
                press(visit.page)
                visit.page.get_by_label("Kade 8").check()
                press(visit.page)
                visit.page.get_by_label("Geen van deze").check()
                press(visit.page)
                look(visit, "Dit is al bekend in de buurt")
                press(visit.page)
                look(visit, "Dit is al bekend in de buurt", mistakes=1)
                visit.page.get_by_label("Ik wil op de hoogte blijven").first.check()
                press(visit.page)
                press(visit.page)
                look(visit, "Klopt dit?")
                press(visit.page, "Verstuur de melding")
                look(visit, "Dank u wel, uw melding is verstuurd")

    def test_can_be_filled_in_with_the_keyboard_alone(self, browser: Browser, site: Site) -> None:
        with a_visit(
            browser, f"{site.address}/melden", viewport=DESK, reduced_motion="reduce"
        ) as visit:
            page, keys = visit.page, visit.page.keyboard

            def tab_to(name: str) -> None:
                """Press Tab until the thing with this name has the focus; it must be visible."""
                for _ in range(40):
                    keys.press("Tab")
                    here = page.evaluate(
                        """() => { const one = document.activeElement;
                        const label = one.labels?.[0]?.innerText ?? one.innerText ?? "";
                        return {name: label + " " + (one.ariaLabel ?? ""),
                        shows: one.matches(":focus-visible")}; }"""
                    )
                    if name in here["name"]:
                        assert here["shows"]
                        return
                raise AssertionError(f"Tab never came to {name!r} on {page.url}")

            def comes_to(heading: str) -> None:
                expect(page.get_by_role("heading", level=1)).to_have_text(heading)
                expect(page.locator("h1")).to_be_focused()

            tab_to("Wat ziet u?")
            keys.type(WORDS)
            tab_to("Volgende")
            keys.press("Enter")
            comes_to("Waar gaat het over?")
            tab_to("Lamp brandt niet")
            tab_to("Volgende")
            keys.press("Enter")
            comes_to("Is het nu gevaarlijk?")
            tab_to("Nee, het kan even wachten")
            keys.press("Space")
            tab_to("Volgende")
            keys.press("Enter")
            comes_to("Waar is het?")
            tab_to("Adres, of de plek")
            keys.type("Kade")
            expect(page.get_by_role("option")).to_have_count(2)
            expect(page.locator("[aria-selected=true]")).to_have_count(0)
            keys.press("ArrowDown")
            expect(page.get_by_role("option", name="Kade 4")).to_have_attribute(
                "aria-selected", "true"
            )
            keys.press("Enter")
            expect(page.get_by_label("Adres, of de plek")).to_have_value(ADDRESS)
            expect(page.get_by_role("radio", name="Lantaarnpaal L-1")).to_be_visible()
            tab_to("Lantaarnpaal L-1")
            keys.press("Space")
            tab_to("Volgende")
            keys.press("Enter")
            comes_to("Mogen we u iets vragen?")
            tab_to("Volgende")
            keys.press("Enter")
            comes_to("Klopt dit?")
            expect(page.locator(".facts")).to_contain_text("Lantaarnpaal L-1")
            tab_to("Verstuur de melding")
            keys.press("Enter")
            comes_to("Dank u wel, uw melding is verstuurd")
            assert len(site.references()) == 1

    def test_stays_light(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, "about:blank", viewport=PHONE, reduced_motion="reduce") as visit:
            page = visit.page
            received = [0.0]
            wire_tap = page.context.new_cdp_session(page)
            wire_tap.send("Network.enable")
            wire_tap.on(
                "Network.loadingFinished",
                lambda told: received.__setitem__(0, received[0] + told["encodedDataLength"]),
            )
            page.goto(f"{site.address}/melden")
            page.wait_for_load_state("networkidle")
            first = received[0]
            fill_in_to_the_check(page)
            press(page, "Verstuur de melding")
            page.wait_for_load_state("networkidle")

            assert 30_000 < first <= 100_000
            assert first < received[0] <= 300_000

    def test_fits_with_letters_twice_as_large(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, f"{site.address}/melden", viewport={"width": 640, "height": 900}) as (
            visit
        ):
            come_to_the_check(site, visit.page)
            for path in ("", "/soort", "/plek", "/contact", "/controle"):
                visit.page.goto(f"{site.address}/melden{path}")
                visit.page.evaluate("document.documentElement.setAttribute('style', '')")
                visit.page.evaluate("document.documentElement.style.fontSize = '200%'")

                assert visit.page.evaluate("document.documentElement.scrollWidth") <= 640, path


class TestSending:
    def test_by_a_double_click_makes_one_report(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            come_to_the_check(site, visit.page)

            visit.page.get_by_role("button", name="Verstuur de melding").dblclick()

            expect(visit.page.get_by_role("heading", level=1)).to_contain_text("verstuurd")
            assert len(site.references()) == 1

    def test_and_going_back_shows_the_same_number(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            come_to_the_check(site, visit.page)
            press(visit.page, "Verstuur de melding")
            expect(visit.page.get_by_role("heading", level=1)).to_contain_text("verstuurd")
            visit.page.go_back()
            visit.page.wait_for_load_state()

            again = visit.page.get_by_role("button", name="Verstuur de melding")
            if again.count():
                again.click()

            (reference,) = site.references()
            expect(visit.page.get_by_text(reference, exact=True)).to_be_visible()


class TestWhatIsTyped:
    def test_is_there_after_a_reload(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            with visit.page.expect_response("**/melden/bewaren"):
                visit.page.get_by_label("Wat ziet u?").fill(WORDS)
            visit.page.goto(f"{site.address}/melden")

            expect(visit.page.get_by_label("Wat ziet u?")).to_have_value(WORDS)

    def test_is_there_in_another_language_at_once(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            visit.page.get_by_label("Wat ziet u?").fill(WORDS)
            visit.page.get_by_role("link", name="English").click()

            expect(visit.page.get_by_label("What do you see?")).to_have_value(WORDS)

    def test_is_there_when_the_browser_starts_again(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            fill_in_to_the_place(visit.page)
            kept = [cookie for cookie in visit.page.context.cookies() if cookie["expires"] != -1]
        with a_visit(browser, "about:blank") as visit:
            visit.page.context.add_cookies(kept)  # type: ignore[arg-type]  # as they came out
            visit.page.goto(f"{site.address}/melden")

            expect(visit.page.get_by_label("Wat ziet u?")).to_have_value(WORDS)
            visit.page.goto(f"{site.address}/melden/plek")
            expect(visit.page.get_by_role("heading", level=1)).to_have_text("Waar is het?")


class TestAddressProposals:
    def test_wait_for_a_pause_and_throw_old_answers_away(
        self, browser: Browser, site: Site
    ) -> None:
        asked: list[Route] = []
        dropped: list[str] = []

        def answer(route: Route) -> None:
            asked.append(route)
            # The first question stays without an answer until the second one has it.
            if len(asked) > 1:
                route.continue_()

        with a_visit(browser, f"{site.address}/melden") as visit:
            page = visit.page
            come_to_the_place(site, page)
            page.route("**/melden/adressen*", answer)
            page.on("requestfailed", lambda request: dropped.append(request.url))
            box = page.get_by_label("Adres, of de plek")
            with page.expect_request("**/melden/adressen*"):
                box.press_sequentially("Kade", delay=20)
            box.press_sequentially(" 8", delay=20)

            options = page.get_by_role("option")
            expect(options).to_have_text(["Kade 8, 4651 AA Steenbergen"])
            assert [route.request.url.rpartition("q=")[2] for route in asked] == ["Kade", "Kade+8"]
            assert [address.rpartition("q=")[2] for address in dropped] == ["Kade"]
            expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
            assert visit.findings() == []
            box.press("Escape")
            expect(page.get_by_role("option")).to_have_count(0)
            expect(box).to_have_value("Kade 8")

    def test_come_to_those_who_type_before_the_script_is_there(
        self, browser: Browser, site: Site
    ) -> None:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        with a_visit(browser, f"{site.address}/melden") as visit:
            page = visit.page
            come_to_the_place(site, page)
            page.route("**/js/report-form.js*", hold)
            page.goto(f"{site.address}/melden/plek", wait_until="commit")
            box = page.get_by_label("Adres, of de plek")
            box.press_sequentially("Kade 8")
            held[0].continue_()

            expect(page.get_by_role("option")).to_have_text(["Kade 8, 4651 AA Steenbergen"])
            expect(box).to_be_focused()

    def test_that_nobody_gives_stop_nothing(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            come_to_the_place(site, visit.page)
            visit.page.route("**/melden/adressen*", lambda route: route.abort())
            visit.page.get_by_label("Adres, of de plek").press_sequentially("Kade 4", delay=20)
            visit.page.wait_for_timeout(500)
            press(visit.page)

            expect(visit.page.get_by_role("heading", level=1)).to_have_text("Welk adres bedoelt u?")


class TestThePlace:
    def test_can_be_where_the_phone_is(self, browser: Browser, site: Site) -> None:
        with a_visit(
            browser,
            f"{site.address}/melden",
            viewport=PHONE,
            permissions=["geolocation"],
            geolocation={"longitude": 4.32, "latitude": 51.58, "accuracy": 12},
        ) as visit:
            come_to_the_place(site, visit.page)
            press(visit.page, "Gebruik mijn locatie")
            expect(visit.page.locator("[data-read-out]")).to_contain_text(ADDRESS)
            press(visit.page)
            expect(visit.page.get_by_role("heading", level=1)).to_have_text("Welke is het?")
            visit.page.get_by_label("Geen van deze").check()
            press(visit.page)
            press(visit.page)

            expect(visit.page.locator(".facts")).to_contain_text(f"bij {ADDRESS}")

    def test_of_a_loose_tile_is_not_at_a_lamp_post(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, f"{site.address}/melden", viewport=DESK) as visit:
            visit.page.get_by_label("Wat ziet u?").fill("Losse tegel")
            press(visit.page)
            press(visit.page)
            visit.page.get_by_label("Adres, of de plek").press_sequentially("Kade", delay=20)
            visit.page.get_by_role("option", name="Kade 4").click()
            expect(visit.page.locator("[data-read-out]")).to_contain_text(ADDRESS)

            expect(visit.page.get_by_role("radio")).to_have_count(0)

    def test_belongs_to_the_address_until_that_is_changed(
        self, browser: Browser, site: Site
    ) -> None:
        with a_visit(browser, f"{site.address}/melden", viewport=DESK) as visit:
            come_to_the_place(site, visit.page)
            box = visit.page.get_by_label("Adres, of de plek")
            box.press_sequentially("Kade", delay=20)
            visit.page.get_by_role("option", name="Kade 4").click()
            expect(visit.page.locator("[name=longitude]")).to_have_value("4.320000")

            box.fill("Ergens anders")

            expect(visit.page.locator("[name=longitude]")).to_have_value("")


class TestPhotos:
    def test_are_sent_at_once_and_stay_over_a_reload(self, browser: Browser, site: Site) -> None:
        with a_visit(browser, f"{site.address}/melden") as visit:
            visit.page.locator("#photo").set_input_files(
                [a_file(f"{side}.jpg", a_jpeg(side, 20)) for side in (20, 30, 40)]
            )
            expect(visit.page.get_by_text("Verstuurd", exact=True)).to_have_count(3)
            visit.page.reload()
            expect(visit.page.locator(".photo")).to_have_count(3)

            visit.page.get_by_role("button", name="Verwijderen Foto 1").click()

            expect(visit.page.locator(".photo")).to_have_count(2)
            visit.page.reload()
            expect(visit.page.locator(".photo")).to_have_count(2)
