"""Trying a place in a real Chromium: by mouse, by keyboard, by typing, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.foundation.database import Database
from app.identity.permissions import Role
from app.identity.records import Account
from tests import ground
from tests.browser.site import a_served_site
from tests.browser.test_work_pages import DESK, PHONE, Site
from tests.makers.form_places import an_address
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY

pytestmark = pytest.mark.browser

HERE = "/beheer/routering"
TILE = "wegen.losse-tegel"
LAMP = "verlichting.lamp-brandt-niet"


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[tuple[Site, Account]]:
    with a_served_site(fresh_database, tmp_path, address_service="demo") as served:
        with served.services.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.ADMINISTRATOR)
            an_address(transaction, "Kade", "4", IN_DISTRICT)
            an_address(transaction, "Kade", "8", ON_MOTORWAY)
        yield Site(**vars(served), crew=account, desk=account), account


def at(spot: tuple[float, float], category: str = TILE) -> str:
    return f"{HERE}?category={category}&longitude={spot[0]}&latitude={spot[1]}"


def show(page: Page) -> None:
    page.get_by_role("button", name="Toon wie het krijgt").click()


class TestAPlaceToTry:
    def test_is_pointed_at_on_the_map(self, browser: Browser, site: tuple[Site, Account]) -> None:
        served, account = site
        with served.visited_by(browser, account, HERE, viewport=DESK) as visit:
            page = visit.page
            page.select_option("#category", TILE)
            # The first press comes near, the second is exact.
            for _ in range(2):
                page.locator("#street_map").click(position={"x": 400, "y": 200})
                page.wait_for_timeout(700)
            expect(page.locator("#longitude")).not_to_have_value("")
            show(page)

            expect(page.locator("#answer")).to_be_visible()

    def test_is_moved_with_the_arrow_keys(
        self, browser: Browser, site: tuple[Site, Account]
    ) -> None:
        served, account = site
        with served.visited_by(browser, account, at(IN_DISTRICT), viewport=PHONE) as visit:
            page = visit.page
            before = page.locator("#longitude").input_value()
            page.locator("#street_map").focus()
            # The map opens so wide that the areas are seen; pointing begins nearer by.
            for _ in range(4):
                page.keyboard.press("+")
                page.wait_for_timeout(400)
            for _ in range(4):
                page.keyboard.press("ArrowRight")
            expect(page.locator("#longitude")).not_to_have_value(before)
            show(page)

            expect(page.locator("#answer")).to_have_text("Team Zuid")
            assert float(page.locator("#longitude").input_value()) > float(before)

    def test_shows_the_chain_in_words_and_the_areas_on_the_map(
        self, browser: Browser, site: tuple[Site, Account]
    ) -> None:
        served, account = site
        with served.visited_by(browser, account, at(ON_MOTORWAY), viewport=DESK) as visit:
            page = visit.page

            expect(page.locator("#answer")).to_have_text("Rijkswaterstaat")
            expect(page.locator(".considered li")).not_to_have_count(0)
            expect(page.locator("path.map-drafted")).to_have_count(2)
            expect(page.get_by_text("streeplijnen")).to_be_visible()
            assert (visit.findings(), visit.complaints, visit.asked_outside) == ([], [], [])

    def test_names_the_object_that_was_chosen_near_the_cross(
        self, browser: Browser, site: tuple[Site, Account]
    ) -> None:
        served, account = site
        with served.visited_by(browser, account, at(IN_DISTRICT, LAMP), viewport=DESK) as visit:
            page = visit.page
            page.get_by_role("radio", name="L-1").check()
            show(page)

            expect(page.locator("section", has=page.locator("#answer"))).to_contain_text("L-1")


@pytest.mark.parametrize("with_scripts", [True, False], ids=["scripts", "no-scripts"])
class TestWhatIsTyped:
    def test_finds_an_address_and_keeps_the_kind(
        self, browser: Browser, site: tuple[Site, Account], with_scripts: bool
    ) -> None:
        served, account = site
        with served.visited_by(
            browser,
            account,
            f"{HERE}?category={TILE}&longitude=4.25&latitude=51.58",
            viewport=PHONE,
            java_script_enabled=with_scripts,
        ) as visit:
            page = visit.page
            page.get_by_label("Ga naar een adres").fill("Kade 8")
            page.get_by_role("button", name="Ga erheen").click()

            expect(page.locator("#answer")).to_have_text("Rijkswaterstaat")

    def test_offers_the_addresses_that_fit(
        self, browser: Browser, site: tuple[Site, Account], with_scripts: bool
    ) -> None:
        served, account = site
        with served.visited_by(
            browser,
            account,
            at((4.25, 51.58)),
            viewport=PHONE,
            java_script_enabled=with_scripts,
        ) as visit:
            page = visit.page
            page.get_by_label("Ga naar een adres").fill("Kade")
            page.get_by_role("button", name="Ga erheen").click()
            page.get_by_role("link", name="Kade 4").click()

            expect(page.locator("#answer")).to_have_text("Team Zuid")

    def test_may_be_degrees(
        self, browser: Browser, site: tuple[Site, Account], with_scripts: bool
    ) -> None:
        served, account = site
        with served.visited_by(
            browser, account, HERE, viewport=PHONE, java_script_enabled=with_scripts
        ) as visit:
            page = visit.page
            page.select_option("#category", TILE)
            page.fill("#longitude", str(IN_DISTRICT[0]).replace(".", ","))
            page.fill("#latitude", str(IN_DISTRICT[1]))
            show(page)

            expect(page.locator("#answer")).to_have_text("Team Zuid")

    def test_is_kept_when_nothing_is_found(
        self, browser: Browser, site: tuple[Site, Account], with_scripts: bool
    ) -> None:
        served, account = site
        with served.visited_by(
            browser, account, HERE, viewport=PHONE, java_script_enabled=with_scripts
        ) as visit:
            page = visit.page
            page.get_by_label("Ga naar een adres").fill("<script>Nergens 1")
            page.get_by_role("button", name="Ga erheen").click()

            expect(page.locator("#error-summary")).to_contain_text("Dit adres kennen we niet.")
            expect(page.get_by_label("Ga naar een adres")).to_have_value("<script>Nergens 1")
