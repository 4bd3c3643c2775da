"""From the page of a case one comes back to the list it was opened from."""

from __future__ import annotations

import re

import pytest

from tests.makers.sign_ins import Browser
from tests.work.conftest import Report


def way_back(browser: Browser, reference: str) -> str:
    """Return where the page of a case leads back to."""
    found = re.search(
        r'<a class="work-link" href="([^"]+)">Terug naar de lijst',
        browser.get(f"/balie/zaken/{reference}").text,
    )
    assert found is not None
    return found[1].replace("&amp;", "&")


class TestTheWayBack:
    @pytest.mark.parametrize(
        "opened",
        [
            "/beheer/zaken?norm=on-time&volgorde=oud",
            "/balie",
            "/balie?reden=unsure-category&page=1",
        ],
    )
    def test_leads_to_the_list_with_its_filter(
        self, desk: Browser, report: Report, opened: str
    ) -> None:
        reference = report()["reference"]
        desk.get(opened)

        assert way_back(desk, reference) == opened

    def test_leads_to_the_list_of_the_desk_where_none_was_looked_at(
        self, desk: Browser, report: Report
    ) -> None:
        assert way_back(desk, report()["reference"]) == "/balie"

    def test_survives_a_filter_that_no_cookie_holds(self, desk: Browser, report: Report) -> None:
        desk.get("/beheer/zaken", woorden="ë" * 300)

        assert way_back(desk, report()["reference"]) == "/beheer/zaken"
