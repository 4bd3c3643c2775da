"""The whole way on the real system: a phone reports, the open map sees it, "Opgelost"."""

from __future__ import annotations

import base64
import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.codebase.tree import CHECKOUT
from tests.makers.running import RunningSystem, a_running_system
from tests.maps.browser import Visit, a_visit
from tests.photos.pictures import a_jpeg

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}
PICTURES = CHECKOUT / "test-results"

WORDS_OF_THE_TILE = "De tegel voor nummer 3 ligt los, ik struikelde bijna"

#: A page that is open hears of a change within this.
SEEN_WITHIN_MS = 5_000


@pytest.fixture(scope="module")
def system(browser: Browser) -> Iterator[RunningSystem]:
    assert browser.is_connected()
    with a_running_system(demo=True, TILE_URL="none") as running:
        yield running


def look(visit: Visit, name: str) -> None:
    """Find nothing wrong with the page that is open, and keep a picture of it."""
    assert visit.findings() == []
    assert visit.asked_outside == []
    assert visit.complaints == []
    PICTURES.mkdir(exist_ok=True)
    visit.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def fill_in(visit: Visit, name: str, answers: dict[str, Callable[[Page], None]]) -> None:
    """Answer each question of the form by its heading, until it can be sent; then send it."""
    page = visit.page
    heading = page.get_by_role("heading", level=1)
    for number in range(12):
        asked = heading.inner_text()
        look(visit, f"{name}-{number}")
        if asked == "Klopt dit?":
            break
        if asked in answers:
            answers[asked](page)
        page.get_by_role("button", name="Volgende", exact=True).click()
        expect(heading).not_to_have_text(asked)
    page.get_by_role("button", name="Verstuur de melding").click()
    expect(heading).to_have_text("Dank u wel, uw melding is verstuurd")


def reference_on(page: Page) -> str:
    """Return the number that the page after sending tells."""
    found = re.search(r"\b[2-9B-Z]{4}-[2-9B-Z]{4}\b", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def a_photo(name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": a_jpeg()}


def tell_and_show(words: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_label("Wat ziet u?").fill(words)
        page.locator("#photo").set_input_files([a_photo("melding.jpg")])
        expect(page.get_by_text("Verstuurd", exact=True)).to_be_visible()

    return act


def sign_in(page: Page, system: RunningSystem, who: str) -> None:
    kept = json.loads((system.data_folder / "demo-credentials.json").read_text())
    (person,) = [one for one in kept["staff"] if one["email"].startswith(f"{who}@")]
    page.get_by_label("E-mailadres").fill(person["email"])
    page.get_by_label("Wachtwoord").fill(person["password"])
    page.get_by_role("button", name="Aanmelden").click()


class Contractor:
    """The program of the demo's lighting contractor."""

    def __init__(self, system: RunningSystem) -> None:
        kept = json.loads((system.data_folder / "demo-credentials.json").read_text())
        (client,) = kept["partners"]
        self._address = f"{system.address}/partner/v1"
        basic = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode())
        self._authorization = f"Basic {basic.decode()}"
        token = self._ask("/oauth/token", b"grant_type=client_credentials")["access_token"]
        self._authorization = f"Bearer {token}"

    def do(self, reference: str) -> None:
        """Accept and complete the task of this case."""
        tasks = self._ask("/tasks?stage=offered&limit=200")["tasks"]
        (task,) = [one for one in tasks if one["case"]["reference"] == reference]
        self._ask(f"/tasks/{task['id']}/accept", b"", version=1)
        done = {"result": "solved", "remark": "Lamp vervangen."}
        self._ask(f"/tasks/{task['id']}/complete", json.dumps(done).encode(), version=2)

    def _ask(self, path: str, body: bytes | None = None, *, version: int | None = None) -> Any:  # noqa: ANN401  # JSON
        headers = {"Authorization": self._authorization}
        if version is not None:
            headers |= {"If-Match": f'"{version}"', "Content-Type": "application/json"}
        asked = urllib.request.Request(self._address + path, data=body, headers=headers)
        with urllib.request.urlopen(asked, timeout=10) as answered:
            return json.load(answered)


class TestALampInDinteloord:
    def test_is_done_by_the_contractor_and_everyone_sees_it(
        self, browser: Browser, system: RunningSystem
    ) -> None:
        with (
            a_visit(browser, system.address, viewport=DESK) as live_map,
            a_visit(browser, f"{system.address}/melden", viewport=PHONE) as form,
        ):
            newest = live_map.page.locator("#case-list > li").first
            expect(newest).to_be_visible()
            fill_in(
                form,
                "lamp",
                {
                    "Wat is er aan de hand?": tell_and_show("De lamp voor ons huis brandt niet"),
                    "Is het nu gevaarlijk?": lambda page: page.get_by_label("Nee").check(),
                    "Waar is het?": lambda page: page.get_by_label("Adres, of de plek").fill(
                        "Westvoorstraat 45 Dinteloord"
                    ),
                    "Welk adres bedoelt u?": lambda page: page.get_by_role("radio").first.check(),
                    "Welke is het?": lambda page: page.get_by_label("12, Westvoorstraat").check(),
                },
            )
            look(form, "lamp-sent")
            expect(form.page.get_by_text("Lichtwacht BV").first).to_be_visible()
            reference = reference_on(form.page)
            expect(live_map.page.locator(f'[data-reference="{reference}"]')).to_be_visible(
                timeout=SEEN_WITHIN_MS
            )
            look(live_map, "front-page")

            Contractor(system).do(reference)

            expect(live_map.page.locator(f'[data-reference="{reference}"]')).to_have_count(
                0, timeout=SEEN_WITHIN_MS
            )
            form.page.get_by_role("link", name="Volg uw melding").click()
            expect(form.page.get_by_text("Opgelost").first).to_be_visible()
            look(form, "lamp-followed")


class TestATileInKruisland:
    def test_is_done_by_the_crew_on_its_phone(
        self, browser: Browser, system: RunningSystem
    ) -> None:
        with a_visit(browser, f"{system.address}/melden", viewport=PHONE) as form:
            fill_in(
                form,
                "tile",
                {
                    "Wat is er aan de hand?": tell_and_show(WORDS_OF_THE_TILE),
                    "Is het nu gevaarlijk?": lambda page: page.get_by_label("Nee").check(),
                    "Een paar vragen": lambda page: page.get_by_role("radio").first.check(),
                    "Waar is het?": lambda page: page.get_by_label("Adres, of de plek").fill(
                        "Kruisland"
                    ),
                    "Welk adres bedoelt u?": lambda page: page.get_by_role("radio").first.check(),
                },
            )
            follow = form.page.get_by_role("link", name="Volg uw melding").get_attribute("href")
            assert follow is not None
            with a_visit(browser, f"{system.address}/werk", viewport=PHONE) as crew:
                sign_in(crew.page, system, "zuid")
                look(crew, "crew-list")
                crew.page.locator("li", has_text=WORDS_OF_THE_TILE).get_by_role(
                    "link"
                ).first.click()
                crew.page.get_by_role("button", name="Begin").click()
                crew.page.get_by_label("Opgelost", exact=True).check()
                crew.page.locator("#photo").set_input_files([a_photo("hersteld.jpg")])
                look(crew, "crew-task")
                crew.page.get_by_role("button", name="Klaar melden").click()
                look(crew, "crew-done")
            form.page.goto(system.address + follow if follow.startswith("/") else follow)
            expect(form.page.get_by_text("Opgelost").first).to_be_visible()
            look(form, "tile-followed")
