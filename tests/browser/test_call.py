"""A call taken in a real Chromium: by keys alone, at a desk, on a phone, and without scripts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text

from app.foundation.database import Database
from app.identity.permissions import Role
from tests import ground
from tests.browser.site import a_served_site
from tests.browser.test_work_pages import DESK, PHONE, Site
from tests.makers.form_places import an_address
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT
from tests.maps.browser import Visit

pytestmark = pytest.mark.browser

PATH = "/balie/nieuw"
WORDS = "Er ligt een tegel los voor de bakker"


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[Site]:
    with a_served_site(fresh_database, tmp_path, address_service="demo") as served:
        with served.services.get(Database).transaction() as transaction:
            crew = an_account(transaction, role=Role.CREW, party_id=served.place.team_id)
            desk = an_account(transaction, role=Role.DESK, name="Noor Balie")
            an_address(transaction, "Kade", "4", IN_DISTRICT)
            an_address(transaction, "Kade", "46", (4.3202, 51.5801))
        yield Site(**vars(served), crew=crew, desk=desk)


def answered(site: Site) -> list[tuple[str, str, str]]:
    """Return channel, category and how it came to its case of each report, the newest first."""
    return [
        (str(one), str(two), str(three))
        for one, two, three in site.rows(
            "SELECT channel, category_code, joined_by FROM report ORDER BY received_at DESC"
        )
    ]


def takes_a_call(visit: Visit, *, name: str) -> None:
    """Take a call with keys alone, from the empty form to the number."""
    keys = visit.page.keyboard
    expect(visit.page.locator("#words")).to_be_focused()
    keys.type(WORDS)
    expect(visit.page.locator("input[name=category]:checked")).to_have_value("wegen.losse-tegel")
    keys.press("Tab")
    keys.press("Enter")
    expect(visit.page.locator("#address")).to_be_focused()
    keys.type("Kade 4")
    expect(visit.page.locator("#proposals li")).to_have_count(2)
    keys.press("Enter")
    expect(visit.page.locator("#region-recipient")).to_contain_text("Team Zuid")
    keys.press("Alt+b")
    keys.type(name)
    keys.press("Enter")
    keys.type("0612345678")


class TestACallByKeyboard:
    @pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
    def test_takes_less_than_a_minute_and_the_next_one_joins_by_one_key(
        self, site: Site, browser: Browser, size: dict[str, int]
    ) -> None:
        with site.visited_by(browser, site.desk, PATH, viewport=size) as visit:
            began = time.monotonic()
            takes_a_call(visit, name="Jan de Vries")
            assert visit.findings() == []
            visit.page.keyboard.press("Control+Enter")
            expect(visit.page.locator("[data-number]")).to_be_visible()
            assert time.monotonic() - began < 60
            assert visit.findings() == []

            visit.page.keyboard.press("Alt+n")
            takes_a_call(visit, name="Els")
            visit.page.keyboard.press("Alt+j")
            expect(visit.page.locator("#same")).to_be_focused()
            expect(visit.page.locator("#region-recipient")).to_contain_text("Team Zuid")
            assert visit.findings() == []
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            visit.page.keyboard.press("Control+Enter")
            expect(visit.page.locator("[data-number]")).to_be_visible()

        assert answered(site) == [
            ("phone", "wegen.losse-tegel", "staff"),
            ("phone", "wegen.losse-tegel", "opened"),
        ]
        assert visit.complaints == []

    def test_chooses_a_kind_by_its_number_and_keeps_it(self, site: Site, browser: Browser) -> None:
        with site.visited_by(browser, site.desk, PATH, viewport=DESK) as visit:
            keys = visit.page.keyboard
            keys.type("Bij de lamp ligt een tegel los")
            expect(visit.page.locator("input[name=category]")).to_have_count(2)
            keys.press("Alt+s")
            keys.press("2")
            chosen = visit.page.locator("input[name=category]:checked").get_attribute("value")
            keys.press("Alt+m")
            keys.press("End")
            keys.type(", echt een losse tegel")
            keys.press("Tab")

            expect(visit.page.locator("input[name=category]:checked")).to_have_value(chosen or "")

    def test_points_at_a_place_on_the_map_by_keys(self, site: Site, browser: Browser) -> None:
        with site.visited_by(browser, site.desk, PATH, viewport=DESK) as visit:
            keys = visit.page.keyboard
            keys.type(WORDS)
            keys.press("Alt+p")
            keys.type("Kade 46")
            expect(visit.page.locator("#proposals li")).to_have_count(1)
            keys.press("Enter")
            found = visit.page.locator("#region-place .call__found")
            expect(found).to_contain_text("Kade 46")
            keys.press("Alt+k")
            expect(visit.page.locator("#street_map")).to_be_focused()
            before = visit.page.locator("input[name=longitude]").input_value()
            assert visit.findings() == []
            keys.press("Shift+ArrowLeft")

            expect(visit.page.locator("input[name=pointed]")).to_have_value("yes")
            expect(visit.page.locator("#address")).to_have_value("")
            expect(visit.page.locator("#region-recipient")).to_contain_text("Team Zuid")
            visit.page.keyboard.press("Control+Enter")
            expect(visit.page.locator("[data-number]")).to_be_visible()

        [(longitude,)] = site.rows("SELECT ST_X(spot) FROM report")
        assert 0 < float(before) - float(str(longitude)) < 0.01
        assert visit.complaints == []

    def test_goes_on_after_the_sign_in_ended(self, site: Site, browser: Browser) -> None:
        with site.visited_by(browser, site.desk, PATH, viewport=DESK) as visit:
            visit.page.keyboard.type("Half ")
            with site.services.get(Database).transaction() as transaction:
                transaction.connection.execute(text("UPDATE sign_in SET ended_at = now()"))
            visit.page.keyboard.type("verhaal")

            expect(visit.page.locator("[data-news] a")).to_have_text("Aanmelden")
            address = urlsplit(visit.page.url)

        # Signed in again, at the address to which signing in leads back.
        with site.visited_by(browser, site.desk, f"{address.path}?{address.query}") as visit:
            expect(visit.page.locator("#words")).to_have_value("Half verhaal")


class TestACallWithoutScripts:
    def test_is_the_same_page_with_a_button_to_look(self, site: Site, browser: Browser) -> None:
        with site.visited_by(
            browser, site.desk, PATH, viewport=DESK, java_script_enabled=False
        ) as visit:
            page = visit.page
            page.locator("#words").fill(WORDS)
            page.locator("#address").fill("Kade")
            page.get_by_role("button", name="Kijk wat hier bekend is").click()
            page.locator("input[name=category]").first.check()
            page.locator("input[name=place]").nth(1).check()
            page.get_by_role("button", name="Melding vastleggen").click()

            expect(page.locator("[data-number]")).to_be_visible()

        assert answered(site) == [("phone", "wegen.losse-tegel", "opened")]
