"""The pages of agreements: made, changed and ended in plain forms, nothing typed is lost."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient

from app.foundation.database import Transaction
from app.identity.permissions import Role
from tests.makers.areas import a_rectangle, an_area
from tests.makers.people import a_party, an_account
from tests.makers.places import a_small_municipality
from tests.makers.sign_ins import Browser, signed_in

LIST, NEW = "/beheer/werkafspraken", "/beheer/werkafspraken/nieuw"
TILES = {
    "party": "team",
    "category": "wegen",
    "area": "village/kruisland",
    "owner": "",
    "windows": "doordeweeks 17:00–8:00\nweekend en feestdagen",
    "answers": "waar = stoep, fietspad",
    "assetKind": "",
    "priority": "2",
    "validFrom": "2026-01-01",
    "validUntil": "",
    "code": "tegels",
}


@pytest.fixture
def administrator(web: FlaskClient, transaction: Transaction) -> Browser:
    """A browser in which an administrator of a small municipality is signed in."""
    a_small_municipality(transaction)
    an_area(transaction, a_rectangle(4.31, 51.55, 4.36, 51.6), code="kruisland", name="Kruisland")
    return signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR))


class TestWhoMayNotAdminister:
    @pytest.mark.parametrize("path", ["/beheer", "/beheer/wijzigingen", LIST, NEW])
    def test_sees_none_of_it(self, web: FlaskClient, transaction: Transaction, path: str) -> None:
        desk = signed_in(web, an_account(transaction, role=Role.DESK))

        assert desk.get(path).status_code == 403
        assert 'href="/beheer"' not in desk.get("/balie").text


class TestTheFirstPage:
    def test_leads_to_what_there_is(self, administrator: Browser) -> None:
        page = administrator.get("/beheer")

        assert page.status_code == 200
        assert 'href="/beheer/werkafspraken"' in page.text
        assert 'href="/beheer/routering"' in page.text
        assert 'href="/beheer/wijzigingen"' in page.text


class TestANewAgreement:
    def test_is_made_and_listed_and_noted(self, administrator: Browser) -> None:
        made = administrator.submit(NEW, NEW, **TILES)

        assert made.headers["Location"] == "/beheer/werkafspraken/tegels"
        assert "doordeweeks 17:00-08:00" in administrator.get("/beheer/werkafspraken/tegels").text
        assert "tegels" in administrator.get(LIST, category="wegen").text
        changes = administrator.get("/beheer/wijzigingen", what="agreement", code="tegels").text
        assert "Noor Bakker" in changes
        assert "doordeweeks 17:00-08:00" in changes
        assert "Team Zuid" in changes

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"party": "niemand"}, "party"),
            ({"party": "weg"}, "party"),
            ({"category": "wegen.gat"}, "category"),
            ({"area": ""}, "area"),
            ({"owner": "rws"}, "area"),
            ({"area": "village/nergens"}, "area"),
            ({"owner": "nobody", "area": ""}, "owner"),
            ({"windows": "soms"}, "windows"),
            ({"answers": "stoep"}, "answers"),
            ({"priority": "veel"}, "priority"),
            ({"priority": "9999"}, "priority"),
            ({"validFrom": "ooit"}, "validFrom"),
            ({"validFrom": ""}, "validFrom"),
            ({"validUntil": "2025-01-01"}, "validUntil"),
            ({"validUntil": "31-02-2027"}, "validUntil"),
            ({"code": "Met Spaties"}, "code"),
            ({"code": "motorway"}, "code"),
        ],
    )
    def test_that_is_not_right_is_shown_again_with_all_that_was_typed(
        self,
        administrator: Browser,
        transaction: Transaction,
        wrong: dict[str, str],
        field: str,
    ) -> None:
        a_party(transaction, code="weg").ended_on = date(2020, 1, 1)
        transaction.session.flush()

        answer = administrator.submit(NEW, NEW, **{**TILES, **wrong})

        assert answer.status_code == 400
        assert f'id="{field}-error"' in answer.text
        assert "waar = stoep, fietspad" in answer.text or field == "answers"
        assert "tegels" not in administrator.get(LIST, category="wegen").text

    def test_gets_a_name_when_none_is_given(self, administrator: Browser) -> None:
        made = administrator.submit(NEW, NEW, **{**TILES, "code": ""})

        assert made.headers["Location"] == "/beheer/werkafspraken/team-wegen-kruisland"

    def test_that_clashes_says_with_which(self, administrator: Browser) -> None:
        plain = {**TILES, "windows": "", "answers": "", "priority": "0"}
        administrator.submit(NEW, NEW, **plain)

        administrator.submit(NEW, NEW, **{**plain, "code": "lux-tegels", "party": "lux"})

        assert "tegels" in administrator.get("/beheer/werkafspraken/lux-tegels").text
        clashes = administrator.get("/beheer/werkafspraken/botsingen").text
        assert "lux-tegels" in clashes
        assert "/beheer/routering?category=wegen.losse-tegel&amp;longitude=4.3" in clashes


class TestAnAgreement:
    PAGE = "/beheer/werkafspraken/tegels"
    END = "/beheer/werkafspraken/tegels/beeindigen"

    def test_is_corrected_while_nothing_rests_on_it(self, administrator: Browser) -> None:
        administrator.submit(NEW, NEW, **TILES)

        changed = administrator.submit(
            self.PAGE, self.PAGE, **{**TILES, "from": "", "priority": "7"}
        )

        assert changed.headers["Location"] == self.PAGE
        assert 'value="7"' in administrator.get(self.PAGE).text

    def test_changes_from_a_day_on(self, administrator: Browser) -> None:
        administrator.submit(NEW, NEW, **TILES)

        changed = administrator.submit(self.PAGE, self.PAGE, **{**TILES, "from": "2090-01-01"})

        assert changed.headers["Location"] == "/beheer/werkafspraken/tegels-2"
        assert "tegels-2" in administrator.get(LIST, stand="coming").text

    def test_is_not_changed_by_the_second_of_two(self, administrator: Browser) -> None:
        administrator.submit(NEW, NEW, **TILES)
        opened = administrator.hidden(self.PAGE, self.PAGE)
        administrator.submit(self.PAGE, self.PAGE, **{**TILES, "from": "", "priority": "7"})

        second = administrator.send(
            self.PAGE, opened, **{**TILES, "from": "", "windows": "zo 8-9", "priority": "3"}
        )

        assert second.status_code == 400
        assert "zo 8-9" in second.text
        assert 'value="7"' in administrator.get(self.PAGE).text

    def test_ends_on_a_day(self, administrator: Browser) -> None:
        administrator.submit(NEW, NEW, **TILES)

        ended = administrator.submit(self.PAGE, self.END, lastDay="2026-02-01")

        assert ended.status_code == 303
        assert "tegels" in administrator.get(LIST, stand="ended").text
        assert "Save the change" not in administrator.get(self.PAGE, taal="en").text

    @pytest.mark.parametrize("day", ["", "ooit", "2020-01-01"])
    def test_does_not_end_on_no_day(self, administrator: Browser, day: str) -> None:
        administrator.submit(NEW, NEW, **TILES)

        refused = administrator.submit(self.PAGE, self.END, lastDay=day)

        assert refused.status_code == 400
        assert 'id="lastDay-error"' in refused.text

    def test_that_is_not_there_is_not_found(self, administrator: Browser) -> None:
        assert administrator.get("/beheer/werkafspraken/niets").status_code == 404


class TestTheGrid:
    def test_shows_who_gets_it_and_the_gaps(self, administrator: Browser) -> None:
        page = administrator.get("/beheer/werkafspraken/rooster", gebieden="municipality")

        assert page.status_code == 200
        assert "Lux Verlichting" in page.text
        assert 'class="grid__part"' in page.text

    @pytest.mark.parametrize("typed", [{"op": "straks"}, {"op": "0001-01-01T00:00"}])
    def test_says_that_a_moment_is_none(
        self, administrator: Browser, typed: dict[str, str]
    ) -> None:
        page = administrator.get("/beheer/werkafspraken/rooster", **typed)

        assert page.status_code == 400
        assert 'id="op-error"' in page.text

    def test_takes_strange_words_for_the_first_kind(self, administrator: Browser) -> None:
        page = administrator.get("/beheer/werkafspraken/rooster", gebieden="'x", page="-1")

        assert page.status_code == 200
