"""The pages of administration in a real Chromium: accessible, and no wider than the screen."""

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
from tests.browser.test_work_pages import (
    DESK,
    PHONE,
    Site,
    are_as_they_should_be,
    is_as_it_should_be,
)
from tests.makers.categories import a_question
from tests.makers.people import an_account

pytestmark = pytest.mark.browser

PAGES = (
    "/beheer",
    "/beheer/accounts",
    "/beheer/accounts/nieuw",
    "/beheer/inzage",
    "/beheer/werkafspraken",
    "/beheer/werkafspraken/nieuw",
    "/beheer/werkafspraken/rooster?gebieden=team-district",
    "/beheer/werkafspraken/botsingen",
    "/beheer/uitvoerders",
    "/beheer/kalender",
    "/beheer/routering?category=wegen.losse-tegel&longitude=4.32&latitude=51.58",
    "/beheer/wat-als",
    "/beheer/wijzigingen",
)


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[Site]:
    with a_served_site(fresh_database, tmp_path) as served:
        with served.services.get(Database).transaction() as transaction:
            who = an_account(transaction, role=Role.ADMINISTRATOR, name="Bea Beheer")
        yield replace(Site(**vars(served), crew=who, desk=who))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_is_accessible_and_fits(
    browser: Browser, site: Site, size: dict[str, int]
) -> None:
    with site.visited_by(browser, site.desk, PAGES[0], viewport=size) as visit:
        are_as_they_should_be(visit, site.address, PAGES)


def test_an_agreement_offers_only_the_questions_of_its_kind(browser: Browser, site: Site) -> None:
    with site.services.get(Database).transaction() as transaction:
        a_question(transaction, "wegen.losse-tegel")
        a_question(transaction, "overig.anders", "hoe", ("zo", "anders"), text="Hoe dan?")

    with site.visited_by(browser, site.desk, "/beheer/werkafspraken/nieuw") as visit:
        page = visit.page
        page.locator("#answers summary").click()
        page.get_by_label("Stoep").check()
        seen = [page.get_by_text(words).is_visible() for words in ("Waar ligt het?", "Hoe dan?")]
        page.locator("#category").select_option("overig.anders")
        then = [page.get_by_text(words).is_visible() for words in ("Waar ligt het?", "Hoe dan?")]
        # What is not seen is not sent either, and comes back with its kind.
        sent = page.evaluate("new FormData(document.querySelector('main form')).getAll('answers')")
        page.locator("#category").select_option("wegen")

        assert (seen, then, sent) == ([True, True], [False, True], [])
        assert page.get_by_label("Stoep").is_checked()
        is_as_it_should_be(visit)
