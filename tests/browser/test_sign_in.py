"""Signing in in a real Chromium: with a code of an app, with a passkey, with what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.settings import Settings
from app.identity.one_time_codes import code_at
from app.identity.operations import account_with_email, end_sign_ins
from app.identity.permissions import Role
from app.identity.second_factor import give_app
from tests import ground
from tests.browser.site import ServedSite, a_served_site
from tests.browser.test_work_pages import DESK, PHONE, is_as_it_should_be
from tests.makers.people import PASSWORD, an_account
from tests.maps.browser import Visit, a_visit

pytestmark = pytest.mark.browser

EMAIL = "noor@example.org"
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[ServedSite]:
    with a_served_site(fresh_database, tmp_path) as served:
        address = served.address.replace("127.0.0.1", "localhost")
        settings = served.services.get(Settings).model_copy(update={"base_url": address})
        served.services.put(Settings, settings)
        with served.services.get(Database).transaction() as transaction:
            an_account(transaction, role=Role.DESK, email=EMAIL, password=PASSWORD)
        # Browsers know passkeys for names alone, and this machine has one.
        yield ServedSite(address, served.app, served.services, served.place)


def with_app(site: ServedSite) -> str:
    """Give Noor an app, and return its key."""
    with site.services.get(Database).transaction() as transaction:
        noor = account_with_email(transaction, EMAIL)
        return give_app(transaction, noor, settings=site.services.get(Settings))


def show_password(page: Page) -> None:
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden", exact=True).click()


def a_device(page: Page) -> None:
    """Let the browser have a device of its own that keeps passkeys, and whose owner agrees."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def is_well(visit: Visit, size: dict[str, int]) -> None:
    """Check the page at this size and at the least."""
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    is_as_it_should_be(visit)
    visit.page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height


def code_now(site: ServedSite, key: str) -> str:
    return code_at(key, site.services.get(Clock).now())


@SIZES
class TestSigningIn:
    def test_goes_with_the_code_of_an_app(
        self, browser: Browser, site: ServedSite, size: dict[str, int]
    ) -> None:
        key = with_app(site)
        with a_visit(
            browser, f"{site.address}/inloggen?next=/mijn-account", viewport=size
        ) as visit:
            page = visit.page
            is_well(visit, size)
            show_password(page)
            expect(page.get_by_role("heading", level=1)).to_have_text("Tweede stap")
            is_well(visit, size)
            page.get_by_label("Code").fill("000000")
            page.keyboard.press("Enter")
            expect(page.locator("#error-summary")).to_be_focused()
            is_well(visit, size)
            page.get_by_label("Code").fill(code_now(site, key))
            page.keyboard.press("Enter")

            expect(page.get_by_text("Dit apparaat gebruikt u nu.")).to_be_visible()
            is_well(visit, size)

    def test_goes_with_a_passkey_that_was_made_at_the_first_sign_in(
        self, browser: Browser, site: ServedSite, size: dict[str, int]
    ) -> None:
        with a_visit(browser, f"{site.address}/inloggen", viewport=size) as visit:
            page = visit.page
            a_device(page)
            show_password(page)
            expect(page.get_by_role("button", name="Passkey gebruiken")).to_be_visible()
            is_well(visit, size)
            page.get_by_role("button", name="Passkey gebruiken").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Uw herstelcodes")
            expect(page.get_by_role("button", name="Codes afdrukken")).to_be_visible()
            is_well(visit, size)
            page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            page.get_by_role("button", name="Codes kopiëren").click()
            expect(page.get_by_text("De codes zijn gekopieerd.")).to_be_visible()
            copied = page.evaluate("navigator.clipboard.readText()")
            assert copied.split() == page.locator("[data-codes] code").all_inner_texts()
            page.goto(f"{site.address}/mijn-account")
            is_well(visit, size)
            page.get_by_role("link", name="Passkey toevoegen").click()
            is_well(visit, size)
            page.get_by_role("button", name="Passkey toevoegen").click()
            expect(page.locator("[data-passkey-news]")).to_contain_text("heeft al een passkey")
            page.get_by_role("button", name="Afmelden").click()
            page.goto(f"{site.address}/inloggen?next=/mijn-account")
            page.get_by_role("button", name="Aanmelden met een passkey").click()

            expect(page.get_by_text("Laatst gebruikt op")).to_be_visible()
            page.get_by_role("button", name="Afmelden").click()
            page.goto(f"{site.address}/inloggen")
            show_password(page)
            is_well(visit, size)
            page.get_by_role("button", name="Verder met een passkey").click()
            expect(page.get_by_role("button", name="Afmelden")).to_be_visible()


def test_a_form_of_who_is_not_signed_in_any_more_comes_back_without_scripts(
    browser: Browser, site: ServedSite
) -> None:
    key = with_app(site)
    said = site.app.test_client().post(
        "/api/v1/reports",
        json={
            "description": "Kuil",
            "location": {"type": "Point", "coordinates": [4.25, 51.58]},
            "category": "wegen.losse-tegel",
        },
    )
    case = f"/balie/zaken/{said.get_json()['reference']}"
    with a_visit(
        browser,
        f"{site.address}/inloggen?next={case}",
        viewport=PHONE,
        java_script_enabled=False,
    ) as visit:
        page = visit.page
        show_password(page)
        page.get_by_label("Code").fill(code_now(site, key))
        page.get_by_role("button", name="Aanmelden", exact=True).click()
        page.get_by_text("Sluiten zonder werk", exact=True).first.click()
        page.get_by_label("Toelichting voor de melder").fill("De kuil was er niet meer vandaag.")
        page.locator("input[type=radio][name=reason]").first.check()
        with site.services.get(Database).transaction() as transaction:
            noor = account_with_email(transaction, EMAIL)
            end_sign_ins(transaction, noor.id, now=site.services.get(Clock).now())
            # The clock of this site goes on, so the code of this half minute would be a repeat.
            noor.tf_last_step = None
        page.get_by_role("button", name="Sluiten zonder werk").click()
        expect(page.get_by_text("U bent niet meer aangemeld.")).to_be_visible()
        show_password(page)
        page.get_by_label("Code").fill(code_now(site, key))
        page.get_by_role("button", name="Aanmelden", exact=True).click()
        expect(page.locator("textarea")).to_have_value("De kuil was er niet meer vandaag.")
        page.get_by_role("button", name="Opnieuw versturen").click()

        expect(page.locator("main")).to_contain_text("De kuil was er niet meer vandaag.")
        assert page.url.endswith(case)
