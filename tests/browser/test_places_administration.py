"""The pages of areas and objects in a real Chromium: accessible, small screens, mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.foundation.database import Database
from app.identity.permissions import Role
from tests import ground
from tests.browser.site import a_served_site
from tests.browser.test_work_pages import DESK, LOOKS, PHONE, Site, is_as_it_should_be
from tests.makers.areas import an_asset
from tests.makers.people import an_account

pytestmark = pytest.mark.browser

PAGES = [
    ("/beheer/gebieden?soort=team-district", "Inlezen"),
    ("/beheer/objecten", "Toevoegen"),
]


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[Site]:
    with a_served_site(fresh_database, tmp_path) as served:
        with served.services.get(Database).transaction() as transaction:
            who = an_account(transaction, role=Role.ADMINISTRATOR, name="Bea Beheer")
        yield replace(Site(**vars(served), crew=who, desk=who))


class TestThePagesOfPlaces:
    @pytest.mark.parametrize(("scheme", "size"), LOOKS)
    @pytest.mark.parametrize(("path", "press"), PAGES)
    def test_are_accessible_with_everything_open_and_with_mistakes(
        self,
        browser: Browser,
        site: Site,
        path: str,
        press: str,
        scheme: str,
        size: dict[str, int],
    ) -> None:
        with site.visited_by(browser, site.desk, path, color_scheme=scheme, viewport=size) as visit:
            for summary in visit.page.locator("main summary").all():
                summary.click()
            is_as_it_should_be(visit)

            visit.page.set_viewport_size(DESK)  # type: ignore[arg-type]  # width and height
            visit.page.get_by_role("button", name=press, exact=True).click()
            visit.page.locator("#error-summary").wait_for()
            is_as_it_should_be(visit)


class TestMovingAnObjectOnTheMap:
    @pytest.fixture
    def lamp(self, site: Site) -> str:
        with site.services.get(Database).transaction() as transaction:
            an_asset(transaction, (4.3201, 51.5801), number="noise")
            return str(an_asset(transaction, (4.32, 51.58), number="12"))

    def where(self, site: Site, lamp: str) -> tuple[float, float]:
        ((east, north),) = site.rows(
            f"SELECT ST_X(spot), ST_Y(spot) FROM asset WHERE id = '{lamp}'"
        )
        return east, north

    def test_is_done_by_keyboard(self, browser: Browser, site: Site, lamp: str) -> None:
        with site.visited_by(browser, site.desk, "/beheer/objecten?q=12") as visit:
            visit.page.locator(".asset-mark").first.focus()
            visit.page.keyboard.press("Enter")
            visit.page.keyboard.press("Shift+ArrowRight")
            expect(visit.page.locator("[data-news]")).to_contain_text("Verplaatsen")
            is_as_it_should_be(visit)
            visit.page.get_by_role("button", name="Verplaatsen", exact=True).click()
            visit.page.get_by_text("Het object is verplaatst").wait_for()

        east, north = self.where(site, lamp)
        assert east > 4.32
        assert north == pytest.approx(51.58, abs=1e-5)

    def test_is_done_by_dragging_and_at_the_cross(
        self, browser: Browser, site: Site, lamp: str
    ) -> None:
        with site.visited_by(browser, site.desk, "/beheer/objecten?q=12", viewport=PHONE) as visit:
            page = visit.page
            page.locator(f"#asset-{lamp} summary").click()
            page.locator(".asset-mark--moving").drag_to(
                page.locator("#street_map"), target_position={"x": 200, "y": 60}
            )
            dragged = page.locator(f"#latitude-{lamp}").input_value()
            page.get_by_role("button", name="Het gekozen object bij het kruis zetten").click()
            at_cross = page.locator(f"#latitude-{lamp}").input_value()
            is_as_it_should_be(visit)

        assert float(dragged) > float(at_cross) > 51.5
