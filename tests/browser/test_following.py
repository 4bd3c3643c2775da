"""Following a report in a real Chromium: on a phone and at a desk, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, expect

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.photos.model import Purpose
from app.photos.operations.coming_in import examine_all, stored_originals
from app.photos.operations.keeping import keep
from app.photos.operations.making_safe import make_photo_safe
from app.photos.operations.reading import photos_of_report
from app.photos.storage import PhotoStore
from app.work.model import ActedBy, ClosingReason, DeskReason, WorkResult
from app.work.operations.desk import close_without_work
from app.work.operations.lists import desk_list, open_tasks_of_party
from app.work.operations.tasks import complete_task, start_task
from tests import ground
from tests.browser.site import ServedSite, a_served_site
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY
from tests.maps.browser import a_visit

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
STAFF = ActedBy("account")


class Site(ServedSite):
    """The site, with what reporters and the contractor do."""

    def report(self, **more: object) -> Any:  # noqa: ANN401  # JSON
        """Hand in a report; return what was answered."""
        body = {
            "description": "De lamp voor ons huis\nbrandt al een week niet.",
            "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
            **more,
        }
        client = self.app.test_client()
        return client.post("/api/v1/reports", json=body).get_json()

    def add_photos(self, said: Any, *pictures: bytes, are_ready: bool = True) -> None:  # noqa: ANN401  # JSON
        client = self.app.test_client()
        answered = client.post(
            f"/api/v1/reports/{said['id']}/photos",
            data={"photo": [(BytesIO(picture), "lamp.jpg") for picture in pictures]},
            headers={"Authorization": f"Bearer {said['token']}"},
        )
        for photo in answered.get_json()["photos"] if are_ready else ():
            self._make_safe(UUID(photo["id"]))

    def repair(self) -> None:
        """Let the contractor do its one task and show what it did."""
        now, store = self.services.get(Clock).now(), self.services.get(PhotoStore)
        party_id = self.place.contractor_id
        with self.services.get(Database).transaction() as transaction:
            (listed,) = open_tasks_of_party(transaction, party_id)
            start_task(transaction, listed.task.id, party_id=party_id, by=STAFF, now=now)
            complete_task(
                transaction,
                listed.task.id,
                party_id=party_id,
                result=WorkResult.SOLVED,
                remark="",
                by=STAFF,
                now=now,
            )
            with stored_originals(store, examine_all([a_picture("gold")])) as originals:
                (photo,) = keep(
                    transaction,
                    originals,
                    purpose=Purpose.REPAIR,
                    task_id=listed.task.id,
                    now=now,
                )
        self._make_safe(photo.id)

    def _make_safe(self, photo_id: UUID) -> None:
        make_photo_safe(
            self.services.get(Database),
            self.services.get(PhotoStore),
            photo_id,
            now=self.services.get(Clock).now(),
        )


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[Site]:
    with a_served_site(fresh_database, tmp_path) as served:
        yield Site(**vars(served))


def a_picture(colour: str, kind: str = "JPEG") -> bytes:
    picture = BytesIO()
    Image.new("RGB", (640, 480), colour).save(picture, kind)
    return picture.getvalue()


def a_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def state(site: Site, name: str) -> Any:  # noqa: ANN401  # JSON
    """Bring a report into one of the states that its page can show."""
    if name == "passed on":
        return site.report(
            category="wegen.losse-tegel",
            location={"type": "Point", "coordinates": list(ON_MOTORWAY)},
        )
    said = site.report(asset=str(site.place.lamp_id))
    site.add_photos(said, a_picture("navy"), a_picture("teal"))
    site.add_photos(said, a_picture("gray"), are_ready=False)
    if name == "solved":
        site.repair()
    if name == "closed without work":
        with site.services.get(Database).transaction() as transaction:
            close_without_work(
                transaction,
                said["reference"],
                reason=ClosingReason.NOT_PUBLIC_SPACE,
                words="De lamp is van uw buren.\nVraag het aan hen.",
                by=STAFF,
                now=site.services.get(Clock).now(),
            )
    return said


class TestThePageOfAReport:
    @pytest.mark.parametrize("name", ["in hand", "solved", "closed without work", "passed on"])
    def test_is_accessible_keeps_to_its_policy_and_fits(
        self, browser: Browser, site: Site, name: str
    ) -> None:
        said = state(site, name)
        for scheme, size in (("light", PHONE), ("dark", DESK)):
            with a_visit(
                browser,
                f"{site.address}/volg/{said['token']}",
                color_scheme=scheme,
                viewport=size,
                reduced_motion="reduce",
            ) as visit:
                visit.page.wait_for_load_state("networkidle")

                assert visit.findings() == []
                assert visit.asked_outside == []
                assert visit.complaints == []
                assert visit.page.locator("h1").count() == 1
                visit.page.set_viewport_size({"width": 320, "height": 640})
                assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320

    def test_shows_the_photos_before_and_after(self, browser: Browser, site: Site) -> None:
        said = state(site, "solved")
        with a_visit(browser, f"{site.address}/volg/{said['token']}", viewport=PHONE) as visit:
            for name in ("Foto 1 van het herstel", "Foto 1 van uw melding"):
                picture = visit.page.get_by_role("img", name=name)
                picture.scroll_into_view_if_needed()
                expect(picture).to_be_visible()
                visit.page.wait_for_function(
                    "name => document.querySelector(`img[alt='${name}']`).naturalWidth > 0",
                    arg=name,
                )
            expect(visit.page.get_by_text("Foto 3 is aangekomen.")).to_be_visible()


class TestAdding:
    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_a_remark_and_a_photo_works(self, browser: Browser, site: Site, scripts: bool) -> None:
        said = site.report(asset=str(site.place.lamp_id))
        with a_visit(
            browser,
            f"{site.address}/volg/{said['token']}",
            viewport=PHONE,
            java_script_enabled=scripts,
        ) as visit:
            visit.page.get_by_label("Uw opmerking").fill("De paal staat ook scheef.")
            visit.page.locator("#photo").set_input_files(a_file("paal.jpg", a_picture("navy")))
            visit.page.get_by_role("button", name="Versturen").click()

            expect(visit.page.get_by_text("Dank u wel. Wij hebben het")).to_be_visible()
            expect(visit.page.get_by_text("De paal staat ook scheef.")).to_be_visible()
            assert visit.page.url == f"{site.address}/volg/{said['token']}"
            visit.page.reload()
            expect(visit.page.get_by_text("Dank u wel. Wij hebben het")).to_have_count(0)
        with site.services.get(Database).transaction() as transaction:
            assert len(desk_list(transaction, reason=DeskReason.REMARK)) == 1
            assert len(photos_of_report(transaction, UUID(said["id"]))) == 1

    def test_what_is_refused_leaves_what_was_typed_and_takes_one_there(
        self, browser: Browser, site: Site
    ) -> None:
        said = site.report(asset=str(site.place.lamp_id))
        with a_visit(
            browser, f"{site.address}/volg/{said['token']}", viewport=PHONE, reduced_motion="reduce"
        ) as visit:
            visit.page.get_by_label("Uw opmerking").fill("Zie de foto.")
            visit.page.locator("#photo").set_input_files(a_file("paal.jpg", b"geen foto"))
            visit.page.get_by_role("button", name="Versturen").click()

            expect(visit.page.locator("#error-summary")).to_be_focused()
            expect(visit.page).to_have_title(
                "(1 fout) Melding " + f"{said['reference']} – Straatbeeld Steenbergen"
            )
            expect(visit.page.get_by_label("Uw opmerking")).to_have_value("Zie de foto.")
            assert visit.findings() == []
            visit.page.locator("#error-summary a").click()
            expect(visit.page.locator("#photo")).to_be_focused()


class TestPagesOfTheSite:
    @pytest.mark.parametrize(
        "path", ["/volg", "/volg/verkeerd", "/privacy", "/toegankelijkheid", "/privacy?taal=en"]
    )
    def test_are_accessible_and_fit(self, browser: Browser, site: Site, path: str) -> None:
        for size in (PHONE, DESK):
            with a_visit(browser, site.address + path, viewport=size) as visit:
                assert visit.findings() == []
                assert visit.asked_outside == []
                # A page that is not there is answered with 404, of which the browser speaks.
                assert [said for said in visit.complaints if "404" not in said] == []
                visit.page.set_viewport_size({"width": 320, "height": 640})
                assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320
