"""The pages of crew and desk in a real Chromium: gloves on, bad reception, keyboard, no scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, expect
from sqlalchemy import text

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.identity.permissions import Role
from app.identity.records import Account
from app.photos.operations.making_safe import make_photo_safe
from app.photos.storage import PhotoStore
from tests import ground
from tests.browser.site import ServedSite, a_served_site
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT
from tests.makers.sign_ins import signed_in
from tests.maps.browser import Visit, a_visit

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
WITH_NOBODY = (4.25, 51.58)
LOOKS = [("light", PHONE), ("dark", DESK)]


@dataclass(frozen=True)
class Site(ServedSite):
    """The site, with people who work in it."""

    crew: Account
    desk: Account

    def report(
        self,
        description: str = "Losse tegel",
        at: tuple[float, float] = IN_DISTRICT,
        **more: object,
    ) -> Any:  # noqa: ANN401  # JSON
        """Hand in a report; return what was answered."""
        body = {
            "description": description,
            "location": {"type": "Point", "coordinates": list(at)},
            "category": "wegen.losse-tegel",
            **more,
        }
        answered = self.app.test_client().post("/api/v1/reports", json=body)
        assert answered.status_code == 201, answered.text
        return answered.get_json()

    def add_photo(self, said: Any) -> None:  # noqa: ANN401  # JSON
        """Add a photo to a report, and make it safe as the worker does."""
        answered = self.app.test_client().post(
            f"/api/v1/reports/{said['id']}/photos",
            data={"photo": [(BytesIO(a_picture()), "tegel.jpg")]},
            headers={"Authorization": f"Bearer {said['token']}"},
        )
        for photo in answered.get_json()["photos"]:
            make_photo_safe(
                self.services.get(Database),
                self.services.get(PhotoStore),
                UUID(photo["id"]),
                now=self.services.get(Clock).now(),
            )

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.services.get(Database).transaction() as transaction:
            return [tuple(row) for row in transaction.connection.execute(text(statement))]

    @contextmanager
    def visited_by(
        self,
        browser: Browser,
        account: Account,
        path: str,
        **options: Any,  # noqa: ANN401  # passed on as they are
    ) -> Iterator[Visit]:
        """Open a page in a profile in which this account is signed in."""
        cookie = signed_in(self.app.test_client(), account).client.get_cookie("straatbeeld")
        assert cookie is not None
        state = {
            "cookies": [
                {
                    "name": "straatbeeld",
                    "value": cookie.value,
                    "domain": "127.0.0.1",
                    "path": "/",
                    "expires": -1,
                    "httpOnly": True,
                    "secure": False,
                    "sameSite": "Lax",
                }
            ],
            "origins": [],
        }
        with a_visit(
            browser,
            self.address + path,
            storage_state=state,
            reduced_motion="reduce",
            **options,
        ) as visit:
            yield visit


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[Site]:
    with a_served_site(fresh_database, tmp_path) as served:
        with served.services.get(Database).transaction() as transaction:
            team = served.place.team_id
            crew = an_account(transaction, role=Role.CREW, name="Karim Team", party_id=team)
            desk = an_account(transaction, role=Role.DESK, name="Noor Balie")
        yield Site(**vars(served), crew=crew, desk=desk)


def a_picture() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")
    return picture.getvalue()


def a_file() -> FilePayload:
    return {"name": "herstel.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}


def is_as_it_should_be(visit: Visit) -> None:
    """Check what holds for every page in every state."""
    assert visit.findings() == []
    assert visit.asked_outside == []
    # A refused form answers with a status of its own, which Chromium mentions.
    assert [one for one in visit.complaints if "Failed to load resource" not in one] == []
    assert visit.page.locator("h1").count() == 1
    visit.page.set_viewport_size({"width": 320, "height": 640})
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320


def are_as_they_should_be(visit: Visit, address: str, paths: Iterable[str]) -> None:
    """Open pages one after the other, and check each at the size of the visit and at its least."""
    size = visit.page.viewport_size
    assert size is not None
    for path in paths:
        visit.page.set_viewport_size(size)
        visit.page.goto(address + path)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        is_as_it_should_be(visit)


def sizes(visit: Visit, selector: str) -> list[tuple[str, float]]:
    """Return text and height of what can be pressed and is too small for a glove."""
    found: list[tuple[str, float]] = visit.page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
            .map((one) => [one.textContent.trim().slice(0, 40), one.getBoundingClientRect().height])
            .filter(([, height]) => height > 0 && height < 48)""",
        selector,
    )
    return found


PRESSABLE = "main a:not(.pictures a), main button, main summary, main .option"


@pytest.mark.parametrize(("scheme", "size"), LOOKS)
class TestACrewsPages:
    def test_the_list_is_accessible_and_easy_to_press(
        self, browser: Browser, site: Site, scheme: str, size: dict[str, int]
    ) -> None:
        site.add_photo(site.report())
        site.report("Gat in de weg, <b>gevaarlijk</b>", danger=True, at=(4.33, 51.6))
        with site.visited_by(
            browser, site.crew, "/werk", color_scheme=scheme, viewport=size
        ) as visit:
            expect(visit.page.locator(".task")).to_have_count(2)
            expect(visit.page.locator(".task__photo")).to_have_js_property("complete", value=True)
            assert sizes(visit, PRESSABLE) == []
            is_as_it_should_be(visit)

    def test_a_task_is_accessible_to_do_done_and_after_somebody_was_first(
        self, browser: Browser, site: Site, scheme: str, size: dict[str, int]
    ) -> None:
        site.add_photo(site.report())
        ((task_id,),) = site.rows("SELECT id FROM task")
        path = f"/werk/taken/{task_id}"
        with site.visited_by(browser, site.crew, path, color_scheme=scheme, viewport=size) as visit:
            for closed in visit.page.locator("summary").all():
                closed.click()
            assert sizes(visit, PRESSABLE) == []
            is_as_it_should_be(visit)
            visit.page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height

            colleague = signed_in(site.app.test_client(), site.crew)
            colleague.submit(path, f"{path}/beginnen")
            visit.page.get_by_label("Opgelost", exact=True).check()
            visit.page.get_by_label("Opmerking (niet verplicht)").fill("Vervangen")
            visit.page.get_by_role("button", name="Klaar melden").click()
            expect(visit.page.locator("[data-focus-first]")).to_be_focused()
            expect(visit.page.locator("[data-focus-first]")).to_contain_text("Begonnen")
            expect(visit.page.get_by_label("Opmerking (niet verplicht)")).to_have_value("Vervangen")
            is_as_it_should_be(visit)
            visit.page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height

            visit.page.get_by_role("button", name="Klaar melden").click()
            expect(visit.page.get_by_role("status").first).to_contain_text("Deze taak is klaar")
            assert sizes(visit, PRESSABLE) == []
            is_as_it_should_be(visit)


class TestTheListOnAPhone:
    def test_goes_by_the_phones_location_when_asked(self, browser: Browser, site: Site) -> None:
        # Without a location one begins in the middle of all: nearer to these two.
        site.report("Ver weg", at=(4.36, 51.62))
        site.report("Ver weg, de tweede", at=(4.361, 51.62))
        site.report("Dichtbij", at=(4.3201, 51.58))
        with site.visited_by(
            browser,
            site.crew,
            "/werk",
            viewport=PHONE,
            permissions=["geolocation"],
            geolocation={"longitude": 4.32, "latitude": 51.58, "accuracy": 12},
        ) as visit:
            first = visit.page.locator(".task").first
            expect(first).to_contain_text("Ver weg")

            visit.page.get_by_role("button", name="Vanaf waar ik ben").click()

            expect(first).to_contain_text("Dichtbij")
            expect(first).to_contain_text("10 m")
            first.click()
            visit.page.get_by_role("link", name="Terug naar mijn taken").click()
            expect(first).to_contain_text("Dichtbij")
            visit.page.get_by_role("link", name="Zonder mijn locatie").click()
            expect(first).to_contain_text("Ver weg")

    def test_stays_as_it_is_without_a_location(self, browser: Browser, site: Site) -> None:
        site.report()
        with site.visited_by(browser, site.crew, "/werk", viewport=PHONE) as visit:
            visit.page.get_by_role("button", name="Vanaf waar ik ben").click()

            expect(visit.page.locator("[data-near-news]")).to_contain_text(
                "We konden uw locatie niet vinden."
            )
            assert visit.page.url.endswith("/werk")

    def test_weighs_little_with_a_whole_page_of_tasks(self, browser: Browser, site: Site) -> None:
        for number in range(41):
            site.report(f"Losse tegel nummer {number}", at=(4.31 + number / 900, 51.6))
        with site.visited_by(browser, site.crew, "/werk", viewport=PHONE) as visit:
            visit.page.wait_for_load_state("networkidle")

            expect(visit.page.locator(".task")).to_have_count(40)
            assert 40_000 < visit.bytes_received < 150_000


class TestATask:
    def test_is_done_with_a_photo_without_scripts(self, browser: Browser, site: Site) -> None:
        site.report()
        with site.visited_by(
            browser,
            site.crew,
            "/werk",
            viewport={"width": 360, "height": 740},
            java_script_enabled=False,
        ) as visit:
            page = visit.page
            page.locator(".task").click()
            page.get_by_role("button", name="Beginnen").click()
            page.get_by_label("Opgelost", exact=True).check()
            page.locator("input[type=file]").set_input_files(a_file())
            page.get_by_role("button", name="Klaar melden").click()

            expect(page.get_by_text("Deze taak is klaar. Bedankt.")).to_be_visible()
            assert site.rows("SELECT stage FROM defect_case") == [("resolved",)]
            assert site.rows("SELECT purpose FROM photo") == [("repair",)]

    def test_is_begun_and_given_back_with_the_keyboard(self, browser: Browser, site: Site) -> None:
        site.report()
        with site.visited_by(browser, site.crew, "/werk", viewport=DESK) as visit:
            page = visit.page
            page.locator(".task").focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name="Beginnen")).to_be_visible()
            _tab_to(visit, "Beginnen")
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name="Beginnen")).to_have_count(0)
            _tab_to(visit, "Ik kan dit niet doen: geef terug")
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.press("Space")
            _tab_to(visit, "Teruggeven")
            page.keyboard.press("Enter")

            expect(page.get_by_text("De balie kijkt ernaar.")).to_be_visible()
            assert site.rows("SELECT decline_reason FROM task") == [("not-ours",)]


@pytest.mark.parametrize(("scheme", "size"), LOOKS)
class TestTheDesksPages:
    def test_the_list_is_accessible_with_and_without_a_number_that_is_none(
        self, browser: Browser, site: Site, scheme: str, size: dict[str, int]
    ) -> None:
        site.report("Kuil <i>diep</i>", at=WITH_NOBODY, danger=True)
        site.report("Iets vreemds", category="overig.anders")
        with site.visited_by(
            browser, site.desk, "/balie", color_scheme=scheme, viewport=size
        ) as visit:
            expect(visit.page.locator(".desk-line")).to_have_count(1)
            is_as_it_should_be(visit)
            visit.page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height

            visit.page.get_by_label("Iemand vraagt naar een melding").fill("K7MD-4QXW")
            visit.page.get_by_role("button", name="Opzoeken").click()
            expect(
                visit.page.get_by_text("Er is geen melding met dit nummer.", exact=False)
            ).to_be_visible()
            is_as_it_should_be(visit)

    def test_a_case_is_accessible_with_everything_open_and_with_mistakes(
        self, browser: Browser, site: Site, scheme: str, size: dict[str, int]
    ) -> None:
        first = site.report("Zelfde tegel")
        said = site.report(contact={"name": "Jan Melder", "email": "jan@example.org"})
        site.add_photo(said)
        site.report("Nog een keer gemeld", sameAs=said["reference"])
        path = f"/balie/zaken/{said['reference']}"
        with site.visited_by(browser, site.desk, path, color_scheme=scheme, viewport=size) as visit:
            page = visit.page
            for summary in page.locator("summary").all():
                if summary.evaluate("one => !one.parentElement.open"):
                    summary.click()
            expect(page.get_by_role("link", name=f"bekijk {first['reference']}")).to_be_visible()
            is_as_it_should_be(visit)
            page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height

            page.get_by_role("button", name="Toon contactgegevens").first.click()
            expect(page.get_by_text("jan@example.org")).to_be_visible()
            assert page.url.endswith(f"/contact/{said['id']}")
            is_as_it_should_be(visit)
            page.goto(site.address + path)
            page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height

            page.get_by_text("Sluiten zonder werk", exact=True).first.click()
            page.get_by_label("Toelichting voor de melder").fill("Dit is <b>privé</b>")
            page.get_by_role("button", name="Sluiten zonder werk").click()
            expect(page.locator("#error-summary")).to_be_focused()
            expect(page.get_by_label("Toelichting voor de melder")).to_have_value(
                "Dit is <b>privé</b>"
            )
            is_as_it_should_be(visit)


class TestACaseAtTheDesk:
    def test_is_joined_by_its_suggestion_without_scripts(
        self, browser: Browser, site: Site
    ) -> None:
        first = site.report("Zelfde tegel")["reference"]
        second = site.report("Deze tegel")["reference"]
        with site.visited_by(
            browser, site.desk, f"/balie/zaken/{second}", viewport=DESK, java_script_enabled=False
        ) as visit:
            visit.page.get_by_text("Samenvoegen met een andere melding").click()
            visit.page.get_by_role("button", name=f"Voeg samen met {first}").click()

            expect(visit.page.get_by_text(f"{second} hoort nu bij deze melding.")).to_be_visible()
            expect(visit.page.get_by_text("Deze tegel")).to_be_visible()

            visit.page.get_by_text("Hoort niet bij deze melding").last.click()
            visit.page.get_by_role("button", name="Maak er een eigen melding van").last.click()

            expect(
                visit.page.get_by_text(f"Dit is nu een eigen melding, los van {first}.")
            ).to_be_visible()
            assert visit.page.url.endswith(second)

    def test_is_not_joined_to_what_differs_without_a_question(
        self, browser: Browser, site: Site
    ) -> None:
        tile = site.report("Deze tegel")["reference"]
        wasps = site.report("Wespen", at=WITH_NOBODY, category="overig.anders")["reference"]
        path = f"/balie/zaken/{wasps}"
        with site.visited_by(browser, site.desk, path, viewport=PHONE) as visit:
            page = visit.page
            page.get_by_text("Samenvoegen met een andere melding").click()
            page.get_by_label("Nummer van de andere melding").fill(tile)
            page.get_by_role("button", name="Samenvoegen", exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Gaan deze over hetzelfde?")
            is_as_it_should_be(visit)

            page.get_by_role("button", name="Niet samenvoegen").click()
            expect(page.get_by_label("Nummer van de andere melding")).to_have_value(tile)
            page.get_by_role("button", name="Samenvoegen", exact=True).click()
            page.get_by_role("button", name="Toch samenvoegen").click()

            expect(page.get_by_text(f"{wasps} hoort nu bij deze melding.")).to_be_visible()

    def test_keeps_a_note_that_was_not_added_while_something_else_is_saved(
        self, browser: Browser, site: Site
    ) -> None:
        reference = site.report("Deze tegel")["reference"]
        path = f"/balie/zaken/{reference}"
        with site.visited_by(browser, site.desk, path, viewport=DESK) as visit:
            page = visit.page
            page.get_by_label("Notitie").fill("Hond loopt <b>los</b>")
            page.get_by_text("Prioriteit en oorzaak", exact=True).click()
            page.get_by_label("Hoog").check()
            page.get_by_role("button", name="Opslaan").click()
            expect(page.get_by_text("Prioriteit: hoog").first).to_be_visible()

            expect(page.get_by_label("Notitie")).to_have_value("Hond loopt <b>los</b>")
            page.get_by_role("button", name="Notitie toevoegen").click()
            expect(page.get_by_label("Notitie")).to_have_value("")

        assert site.rows("SELECT words FROM case_note") == [("Hond loopt <b>los</b>",)]

    def test_is_given_to_a_party_with_the_keyboard(self, browser: Browser, site: Site) -> None:
        reference = site.report("Kuil", at=WITH_NOBODY)["reference"]
        with site.visited_by(browser, site.desk, "/balie", viewport=DESK) as visit:
            page = visit.page
            page.get_by_label("Iemand vraagt naar een melding").focus()
            page.keyboard.type(reference.lower().replace("-", ""))
            page.keyboard.press("Enter")
            page.get_by_role("link", name="De hele melding").focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_contain_text("Losse tegel")
            page.get_by_label("Uitvoerder").focus()
            page.keyboard.type("Team")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")

            expect(page.get_by_text("Gegeven aan Team Zuid.")).to_be_visible()


def _tab_to(visit: Visit, name: str) -> None:
    """Press Tab until what carries this text has the focus."""
    for _ in range(80):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    pytest.fail(f"Tab does not reach “{name}”")
