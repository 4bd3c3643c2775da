"""A crew's day in a real Chromium: from signing in on a phone to the last task, and two at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from app.foundation.database import Database
from app.identity.permissions import Role
from app.identity.records import Account
from tests.browser.test_work_pages import (
    PRESSABLE,
    Site,
    a_file,
    is_as_it_should_be,
    site,
    sizes,
)
from tests.makers.days import today
from tests.makers.people import PASSWORD, an_account
from tests.maps.browser import a_visit

__all__ = ["site"]

pytestmark = pytest.mark.browser

SMALL_PHONE = {"width": 360, "height": 740}
HERE = (4.32, 51.58)


def a_crew_member(site: Site, name: str, *, password: str | None = None) -> Account:
    with site.services.get(Database).transaction() as transaction:
        return an_account(
            transaction,
            role=Role.CREW,
            name=name,
            party_id=site.place.team_id,
            password=password,
        )


def fits_a_glove(page: Page) -> bool:
    """Whether the main step lies within reach of the thumb, wholly on the screen."""
    box = page.locator(".crew-act").bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    return box["y"] > size["height"] / 2 and box["y"] + box["height"] <= size["height"] + 1


def open_task(page: Page, words: str) -> None:
    page.goto(page.url.split("/werk")[0] + "/werk")
    page.locator(".task", has_text=words).click()
    expect(page.locator("h1")).to_be_visible()


class TestACrewsDay:
    def test_goes_from_signing_in_to_the_last_task_on_a_small_phone(
        self, browser: Browser, site: Site
    ) -> None:
        account = a_crew_member(site, "Sanne Straat", password=PASSWORD)
        site.report("Losse tegel bij de school", at=HERE)
        site.report("Ook los, ernaast", at=(4.3202, 51.58))
        site.report("Gat in de weg", at=(4.35, 51.6), danger=True)
        site.report("Paaltje omgevallen", at=(4.34, 51.58))
        site.report("Boom over de weg", at=(4.36, 51.58))
        with a_visit(
            browser,
            site.address + "/inloggen?next=/werk",
            viewport=SMALL_PHONE,
            permissions=["geolocation"],
            geolocation={"longitude": HERE[0], "latitude": HERE[1], "accuracy": 12},
        ) as visit:
            page = visit.page
            page.get_by_label("E-mailadres").fill(account.email)
            page.get_by_label("Wachtwoord").fill(PASSWORD)
            page.get_by_role("button", name="Aanmelden").click()

            # The list: danger first, then along the road from where the phone is.
            page.get_by_role("button", name="Vanaf waar ik ben").click()
            expect(page.locator(".work-top__count")).to_contain_text("vanaf waar u bent")
            begins = page.locator(".task__begins").all_text_contents()
            assert begins[0] == "Gat in de weg"
            # Along the road and back: the shorter way ends where one stands.
            assert begins[1:] == [
                "Boom over de weg",
                "Paaltje omgevallen",
                "Ook los, ernaast",
                "Losse tegel bij de school",
            ]
            assert sizes(visit, PRESSABLE) == []

            # On a map, and from the map to a task.
            page.get_by_role("link", name="Op de kaart").click()
            expect(page.locator(".way-mark")).to_have_count(4)
            expect(page.locator(".way-mark--several")).to_have_text("4–5")
            is_as_it_should_be(visit)
            page.set_viewport_size(SMALL_PHONE)  # type: ignore[arg-type]  # width and height
            page.locator(".way-mark--danger").focus()
            page.keyboard.press("Enter")
            page.get_by_role("link", name="Naar deze taak").click()
            expect(page.get_by_text("Gat in de weg")).to_be_visible()

            # Another team has to come too.
            page.get_by_role("link", name="Er moet ook een ander team komen").click()
            page.get_by_label("Wie moet er komen?").select_option(label="Lux Verlichting")
            page.get_by_label("Wat moeten zij doen?").fill("Kabel ligt bloot")
            assert sizes(visit, PRESSABLE) == []
            is_as_it_should_be(visit)
            page.set_viewport_size(SMALL_PHONE)  # type: ignore[arg-type]  # width and height
            page.get_by_role("button", name="Vraag het").click()
            expect(page.get_by_text("Lux Verlichting heeft nu ook een taak.")).to_be_visible()

            # Taken, begun, and done with a photo; the tile beside it too.
            open_task(page, "Losse tegel bij de school")
            assert fits_a_glove(page)
            page.get_by_role("button", name="Ik neem hem").click()
            expect(page.locator(".crew-who")).to_contain_text("Deze taak is van u.")
            page.get_by_role("button", name="Beginnen").click()
            expect(page.locator(".crew-act a")).to_have_text("Klaar melden")
            assert fits_a_glove(page)
            is_as_it_should_be(visit)
            page.set_viewport_size(SMALL_PHONE)  # type: ignore[arg-type]  # width and height
            page.locator(".crew-act a").click()
            page.get_by_label("Opgelost", exact=True).check()
            page.locator("input[type=file]").set_input_files(a_file())
            page.get_by_role("group", name="Ook hier").get_by_role("checkbox").check()
            page.locator("main").get_by_role("button", name="Klaar melden").click()
            expect(page.get_by_text("Deze taak is klaar. Bedankt.")).to_be_visible()
            expect(page.get_by_text("1 taak in de buurt is ook klaar.")).to_be_visible()

            # One has to wait, and one is not for this team.
            open_task(page, "Paaltje omgevallen")
            page.get_by_text("Het moet wachten").click()
            page.get_by_label("Materiaal").check()
            page.get_by_label("Waarom moet het wachten?").fill("Nieuw paaltje besteld")
            until = today() + timedelta(days=6)
            page.get_by_label("Tot welke dag?").fill(until.isoformat())
            page.get_by_role("button", name="Laat wachten").click()
            expect(page.get_by_text("Deze taak wacht.")).to_be_visible()
            open_task(page, "Boom over de weg")
            page.get_by_text("Ik kan dit niet doen: geef terug").click()
            page.get_by_label("Voor een ander team").check()
            page.get_by_role("button", name="Teruggeven").click()
            expect(page.get_by_text("De balie kijkt ernaar.")).to_be_visible()

            # What is left goes on from the last task.
            page.goto(site.address + "/werk")
            expect(page.locator(".task")).to_have_count(2)
            expect(page.locator(".tasks__heading").last).to_have_text("Voor later, of wacht nog")
            assert visit.asked_outside == []
            assert site.rows("SELECT count(*) FROM task WHERE result = 'solved'") == [(2,)]


class TestTwoCrewsAtOnce:
    def test_who_want_one_task_are_one_that_gets_it_and_one_that_reads_who_has_it(
        self, browser: Browser, site: Site
    ) -> None:
        first, second = a_crew_member(site, "Piet Eerst"), a_crew_member(site, "Ans Tweede")
        site.report("Losse tegel")
        ((task_id,),) = site.rows("SELECT id FROM task")
        path = f"/werk/taken/{task_id}"
        with (
            site.visited_by(browser, first, path, viewport=SMALL_PHONE) as one,
            site.visited_by(
                browser, second, path, viewport=SMALL_PHONE, java_script_enabled=False
            ) as other,
        ):
            one.page.get_by_role("button", name="Ik neem hem").click()
            expect(one.page.locator(".crew-who")).to_contain_text("Deze taak is van u.")
            other.page.get_by_role("button", name="Beginnen").click()

            expect(other.page.locator(".notice--warning h2")).to_have_text(
                "Piet Eerst heeft deze taak"
            )
            expect(other.page.get_by_text("Losse tegel", exact=True).last).to_be_visible()
            expect(other.page.get_by_role("button", name="Beginnen")).to_have_count(0)
            other.page.get_by_role("button", name="Neem over van Piet Eerst").click()
            expect(other.page.locator(".crew-who")).to_contain_text("Deze taak is van u.")

            # The first comes back to the page as it was and is told in turn.
            one.page.get_by_role("button", name="Beginnen").click()
            expect(one.page.locator("[data-focus-first]")).to_be_focused()
            expect(one.page.locator(".notice--warning h2")).to_have_text(
                "Ans Tweede heeft deze taak"
            )
            assert sizes(one, PRESSABLE) == []
            assert one.findings() == []
