"""The list of cases in a real Chromium: filter, tick, look first, do, undo; kept filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from app.foundation.database import Database
from app.identity.permissions import Role
from app.identity.records import Account
from tests import ground
from tests.browser.site import a_served_site
from tests.browser.test_work_pages import Site as WorkSite
from tests.browser.test_work_pages import is_as_it_should_be, sizes
from tests.makers.people import an_account
from tests.maps.browser import Visit

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
LIST = "/beheer/zaken"
#: At a desk a mouse points; on a phone a bare finger.
LEAST_HEIGHT_PX = 44
PRESSABLE = "main a.chip, main button, main summary, main .case-line__tick, main .option"


@dataclass(frozen=True)
class Site(WorkSite):
    """The site, with a coordinator."""

    coordinator: Account


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[Site]:
    with a_served_site(fresh_database, tmp_path) as served:
        with served.services.get(Database).transaction() as transaction:
            team = served.place.team_id
            crew = an_account(transaction, role=Role.CREW, name="Karim Team", party_id=team)
            desk = an_account(transaction, role=Role.DESK, name="Noor Balie")
            coordinator = an_account(transaction, role=Role.COORDINATOR, name="Hanna Regie")
        yield Site(**vars(served), crew=crew, desk=desk, coordinator=coordinator)


def looked_at(visit: Visit, size: ViewportSize) -> None:
    """Check a page at its size and at the least, and go on at its size."""
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = [one for one in sizes(visit, PRESSABLE) if one[1] < LEAST_HEIGHT_PX]
    assert small == []
    is_as_it_should_be(visit)
    visit.page.set_viewport_size(size)


def tick(page: Page, reference: str) -> None:
    page.get_by_label(f"Kies {reference}").check()


@pytest.mark.parametrize(("scheme", "size"), [("light", PHONE), ("dark", DESK)])
def test_many_are_filtered_ticked_foreseen_done_and_undone(
    browser: Browser, site: Site, scheme: str, size: ViewportSize
) -> None:
    several = [site.report(f"Losse tegel {n}", danger=True)["reference"] for n in range(3)]
    site.report("Een rustige tegel")
    with site.visited_by(
        browser, site.coordinator, LIST, color_scheme=scheme, viewport=size
    ) as visit:
        page = visit.page
        page.get_by_text("Filteren en sorteren").click()
        page.get_by_label("Alleen gevaar").check()
        page.get_by_role("button", name="Tonen").click()
        expect(page.locator(".case-line")).to_have_count(3)
        page.get_by_label("Alles op deze pagina").check()
        expect(page.get_by_text("3 gekozen")).to_be_visible()
        page.get_by_label(f"Kies {several[0]}").uncheck()
        expect(page.get_by_text("2 gekozen")).to_be_visible()
        looked_at(visit, size)

        page.get_by_role("button", name="Met de aangevinkte meldingen").click()
        page.get_by_label("Sluiten zonder werk").check()
        expect(page.get_by_label("Uitvoerder", exact=True)).to_be_hidden()
        page.get_by_role("button", name="Bekijk wat er zou gebeuren").click()
        expect(page.locator("#error-summary")).to_be_focused()
        looked_at(visit, size)
        page.get_by_label("Reden", exact=True).select_option("already-fixed")
        page.get_by_role("button", name="Bekijk wat er zou gebeuren").click()
        expect(page.get_by_text("Wordt gesloten; Team Zuid raakt de taak kwijt.")).to_have_count(2)
        assert site.rows("SELECT DISTINCT stage FROM defect_case") == [("assigned",)]
        looked_at(visit, size)

        page.get_by_role("button", name="Sluit 2 meldingen").click()
        expect(page.get_by_text("Gedaan.")).to_have_count(2)
        assert site.rows("SELECT count(*) FROM defect_case WHERE closed_at IS NOT NULL") == [(2,)]
        looked_at(visit, size)

        page.get_by_role("button", name="Ongedaan maken").click()
        expect(page.get_by_text("Teruggezet zoals het was.")).to_have_count(2)
        assert site.rows("SELECT DISTINCT stage FROM defect_case") == [("assigned",)]
        assert site.rows("SELECT count(*) FROM task WHERE stage = 'offered'") == [(4,)]
        looked_at(visit, size)


def test_without_scripts_many_are_joined_and_a_filter_is_kept(browser: Browser, site: Site) -> None:
    into, other = site.report("Losse tegel")["reference"], site.report("Die tegel")["reference"]
    with site.visited_by(
        browser, site.coordinator, LIST, viewport=PHONE, java_script_enabled=False
    ) as visit:
        page = visit.page
        expect(page.get_by_label("Alles op deze pagina")).to_be_hidden()
        tick(page, into)
        tick(page, other)
        page.get_by_role("button", name="Met de aangevinkte meldingen").click()
        page.get_by_label("Samenvoegen met één melding").check()
        page.get_by_label("Samenvoegen met", exact=False).and_(
            page.locator("select")
        ).select_option(into)
        page.get_by_role("button", name="Bekijk wat er zou gebeuren").click()
        page.get_by_role("button", name=f"Voeg 1 melding samen met {into}").click()
        expect(page.get_by_text("Gedaan.")).to_have_count(1)
        assert site.rows(
            "SELECT count(*) FROM report JOIN defect_case ON defect_case.id = case_id"
            f" WHERE defect_case.reference = '{into}'"
        ) == [(2,)]

        page.goto(f"{site.address}{LIST}?status=merged")
        page.get_by_role("link", name="Bewaar dit filter").click()
        page.get_by_label("Naam").fill("Samengevoegd")
        page.get_by_label("Begin met deze lijst na het aanmelden").check()
        page.get_by_role("button", name="Bewaren").click()
        expect(page.locator(".chip--saved[aria-current=page]")).to_have_text("Samengevoegd")
        page.goto(f"{site.address}/begin")
        assert page.url.endswith(f"{LIST}?status=merged")
        page.goto(f"{site.address}{LIST}/filters")
        page.get_by_role("button", name="Verwijder “Samengevoegd”").click()
        expect(page.get_by_text("U hebt nog geen filters bewaard.")).to_be_visible()
