"""The what-if in a real Chromium: table, map and list, in both looks and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.identity.permissions import Role
from app.identity.records import Account
from app.routing.operations.drafting import draft_agreement
from app.routing.operations.drafts import make_draft
from tests import ground
from tests.browser.site import a_served_site
from tests.browser.test_work_pages import DESK, PHONE, Site
from tests.makers.drafts import a_past_report, an_agreement_to_draft
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT

pytestmark = pytest.mark.browser

TOGETHER = "21 meldingen, zoom in. 21 van Team Zuid naar Lux Verlichting"


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[tuple[Site, Account, UUID]]:
    """A site with two reports of last week and a draft that moves one of them."""
    with a_served_site(fresh_database, tmp_path) as served:
        now = served.services.get(Clock).now()
        with served.services.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.ADMINISTRATOR)
            for category in ("wegen.losse-tegel", "verlichting.lamp-brandt-niet"):
                at = now - timedelta(days=7)
                a_past_report(transaction, IN_DISTRICT, category=category, at=at)
            draft_id = make_draft(transaction, "Alles naar Lux", by=None, now=now)
            draft_agreement(
                transaction,
                draft_id,
                an_agreement_to_draft(served.place.contractor_id),
                instead_of="all-in-zuid",
                expected_version=1,
                today=now.astimezone(LOCAL_ZONE).date(),
            )
        yield Site(**vars(served), crew=account, desk=account), account, draft_id


@pytest.mark.parametrize("look", [("light", PHONE), ("dark", DESK)], ids=["phone", "desk"])
class TestThePagesOfTheWhatIf:
    def test_are_for_everyone_and_complain_of_nothing(
        self,
        browser: Browser,
        site: tuple[Site, Account, UUID],
        look: tuple[str, dict[str, int]],
    ) -> None:
        served, account, draft_id = site
        here = f"/beheer/wat-als/{draft_id}"
        colours, viewport = look
        for path in (
            "/beheer/wat-als",
            here,
            f"{here}/werkafspraak?code=all-in-zuid",
            f"{here}/vergelijking",
        ):
            with served.visited_by(
                browser, account, path, color_scheme=colours, viewport=viewport
            ) as visit:
                found = visit.findings()
                too_wide = visit.page.evaluate(
                    "document.documentElement.scrollWidth > document.documentElement.clientWidth"
                )

                assert (path, found, visit.complaints, visit.asked_outside, too_wide) == (
                    path,
                    [],
                    [],
                    [],
                    False,
                )


class TestTheMapOfWhatWouldMove:
    def test_shows_each_report_and_tells_from_whom_to_whom(
        self, browser: Browser, site: tuple[Site, Account, UUID]
    ) -> None:
        served, account, draft_id = site
        with served.visited_by(
            browser, account, f"/beheer/wat-als/{draft_id}/vergelijking", viewport=DESK
        ) as visit:
            marks = visit.page.locator(".moved-mark")
            expect(marks).to_have_count(1)
            expect(marks.first.locator(".party-sign")).to_have_count(2)
            marks.first.click()

            expect(visit.page.locator(".leaflet-popup")).to_contain_text("Team Zuid")
            expect(visit.page.locator(".leaflet-popup")).to_contain_text("Lux Verlichting")

    def test_makes_one_mark_with_a_number_of_reports_that_lie_together(
        self, browser: Browser, site: tuple[Site, Account, UUID]
    ) -> None:
        served, account, draft_id = site
        more_reports(served, 20)
        with served.visited_by(
            browser, account, f"/beheer/wat-als/{draft_id}/vergelijking", viewport=DESK
        ) as visit:
            cluster = visit.page.locator(".moved-cluster")
            expect(cluster).to_have_count(1)

            expect(cluster).to_have_text("21")
            expect(cluster).to_have_attribute("aria-label", TOGETHER)

    def test_is_pointed_at_from_the_list_by_keyboard_and_left_with_escape(
        self, browser: Browser, site: tuple[Site, Account, UUID]
    ) -> None:
        served, account, draft_id = site
        more_reports(served, 20)
        with served.visited_by(
            browser, account, f"/beheer/wat-als/{draft_id}/vergelijking", viewport=PHONE
        ) as visit:
            button = visit.page.locator("[data-moved] button").nth(7)
            reference = button.inner_text()
            button.focus()
            visit.page.keyboard.press("Enter")

            expect(visit.page.locator(".leaflet-popup")).to_contain_text(reference)
            expect(visit.page.locator(".popup__title")).to_be_focused()
            visit.page.keyboard.press("Escape")
            expect(button).to_be_focused()
            assert visit.complaints == []


class TestWithoutScripts:
    def test_the_tables_and_the_list_say_the_same(
        self, browser: Browser, site: tuple[Site, Account, UUID]
    ) -> None:
        served, account, draft_id = site
        with served.visited_by(
            browser,
            account,
            f"/beheer/wat-als/{draft_id}",
            viewport=PHONE,
            java_script_enabled=False,
        ) as visit:
            visit.page.get_by_role("button", name="Vergelijken").click()

            expect(visit.page.locator("table").nth(0)).to_contain_text("Lux Verlichting")
            expect(visit.page.locator(".moved-row")).to_have_count(1)
            expect(visit.page.locator(".moved-row")).to_contain_text(
                "Van Team Zuid naar Lux Verlichting"
            )

    def test_one_pair_of_parties_is_chosen_with_a_link(
        self, browser: Browser, site: tuple[Site, Account, UUID]
    ) -> None:
        served, account, draft_id = site
        with served.visited_by(
            browser,
            account,
            f"/beheer/wat-als/{draft_id}/vergelijking",
            viewport=PHONE,
            java_script_enabled=False,
        ) as visit:
            visit.page.get_by_role("link", name="Van Team Zuid naar Lux Verlichting").click()

            expect(visit.page.locator(".pair[aria-current]")).to_have_count(1)
            expect(visit.page.get_by_role("link", name="Toon alle 1")).to_be_visible()


def more_reports(served: Site, count: int) -> None:
    """Let reports of last week come in a few steps from one another."""
    at = served.services.get(Clock).now() - timedelta(days=7)
    with served.services.get(Database).transaction() as transaction:
        for place in range(count):
            spot = (IN_DISTRICT[0] + place * 0.00002, IN_DISTRICT[1])
            a_past_report(transaction, spot, category="wegen.losse-tegel", at=at)
