"""The pages of areas and objects in a real Chromium: accessible, small screens, mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.foundation.database import Database
from app.identity.permissions import Role
from tests import ground
from tests.browser.site import a_served_site
from tests.browser.test_work_pages import DESK, LOOKS, Site, is_as_it_should_be
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
