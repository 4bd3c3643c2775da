"""The pages about kinds and questions in a real Chromium: accessible, also without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.rule_changes import BY_COMMAND
from app.identity.permissions import Role
from app.triage.changing.model import QuestionFacts
from app.triage.changing.questions import add_question
from app.triage.model import Name, Option, QuestionKind
from tests import ground
from tests.browser.site import a_served_site
from tests.browser.test_work_pages import DESK, PHONE, Site, are_as_they_should_be
from tests.makers.people import an_account

pytestmark = pytest.mark.browser

TILE = "/beheer/soorten/wegen.losse-tegel"
PAGES = (
    "/beheer/soorten",
    "/beheer/soorten?q=tegel",
    "/beheer/soorten/nieuw/soort",
    "/beheer/soorten/nieuw/hoofdsoort",
    "/beheer/soorten/wegen",
    TILE,
    f"{TILE}/uit-gebruik",
    f"{TILE}/vragen",
    f"{TILE}/nieuwe-vraag",
    f"{TILE}/vragen/waar",
)


@pytest.fixture
def site(fresh_database: ground.Clone, tmp_path: Path) -> Iterator[Site]:
    with a_served_site(fresh_database, tmp_path) as served:
        with served.services.get(Database).transaction() as transaction:
            who = an_account(transaction, role=Role.ADMINISTRATOR, name="Bea Beheer")
            add_question(
                transaction,
                "wegen.losse-tegel",
                QuestionFacts(
                    QuestionKind.CHOICE,
                    Name("Waar?", "Where?"),
                    options=(Option("", Name("Stoep", "Pavement")),),
                ),
                by=BY_COMMAND,
                now=served.services.get(Clock).now(),
            )
        yield replace(Site(**vars(served), crew=who, desk=who))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_is_accessible_and_fits(
    browser: Browser, site: Site, size: dict[str, int]
) -> None:
    with site.visited_by(browser, site.desk, PAGES[0], viewport=size) as visit:
        are_as_they_should_be(visit, site.address, PAGES)


def test_a_norm_and_a_question_are_changed_without_scripts(browser: Browser, site: Site) -> None:
    with site.visited_by(browser, site.desk, TILE, viewport=PHONE, java_script_enabled=False) as v:
        v.page.get_by_label("Servicenorm", exact=True).fill("2")
        v.page.get_by_role("button", name="Wijziging bewaren").click()
        v.page.goto(f"{site.address}{TILE}/nieuwe-vraag")
        v.page.get_by_label("Een getal").check()
        v.page.get_by_label("Tekst in het Nederlands").fill("Hoeveel tegels?")
        v.page.get_by_label("Tekst in het Engels").fill("How many tiles?")
        v.page.get_by_role("button", name="Bekijk hoe het wordt").click()
        assert v.page.get_by_label("Hoeveel tegels?").count() == 1
        v.page.get_by_role("button", name="Toevoegen").click()

        assert v.page.get_by_role("link", name="Hoeveel tegels?").count() == 1
    (norm,) = site.rows("SELECT norm_amount FROM category WHERE code = 'wegen.losse-tegel'")
    assert norm == (2,)
