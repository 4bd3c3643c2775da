"""The pages of agreements: made, changed and ended in plain forms, nothing typed is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.foundation.database import Transaction
from app.identity.permissions import Role
from app.routing.operations import overview
from app.routing.pages import agreements
from app.triage.model import QuestionKind
from tests.makers.areas import a_rectangle, an_area
from tests.makers.categories import a_question
from tests.makers.people import a_party, an_account
from tests.makers.places import a_small_municipality
from tests.makers.sign_ins import Browser, signed_in

LIST, NEW = "/beheer/werkafspraken", "/beheer/werkafspraken/nieuw"
TILES: dict[str, Any] = {
    "party": "team",
    "category": "wegen",
    "area": "village/kruisland",
    "owner": "",
    "windows": "doordeweeks 17:00–8:00\nweekend en feestdagen",
    "answers": ["waar=stoep", "waar=fietspad"],
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
    a_question(transaction, "wegen.losse-tegel", options=("stoep", "fietspad", "rijbaan"))
    a_question(transaction, "overig.anders", "hoe", ("zo", "anders"), text="Hoe dan?")
    a_question(transaction, "verlichting.lamp-brandt-niet", "paal", kind=QuestionKind.TEXT)
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
        assert administrator.get("/beheer/wijzigingen?what=%00&code=%00").status_code == 200
        changes = administrator.get("/beheer/wijzigingen", what="agreement", code="tegels").text
        assert "Noor Bakker" in changes
        assert "doordeweeks 17:00-08:00" in changes
        assert "Team Zuid" in changes

    def test_is_noted_in_words_and_days_as_people_write_them(self, administrator: Browser) -> None:
        administrator.submit(NEW, NEW, **TILES)

        changes = administrator.get("/beheer/wijzigingen", what="agreement", code="tegels").text

        assert "Dorp kruisland" in changes
        assert "1 jan 2026" in changes
        for code in ("village/kruisland", "2026-01-01", "{&#34;waar", "–</dd>"):
            assert code not in changes

    @pytest.mark.parametrize(
        "path", ["/beheer/gebieden", "/beheer/wat-als", "/beheer/werkafspraken/rooster", NEW]
    )
    def test_has_a_way_back_as_every_page_below_administration(
        self, administrator: Browser, path: str
    ) -> None:
        assert '<li><a href="/beheer">Beheer</a></li>' in administrator.get(path).text

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
            ({"answers": "waar="}, "answers"),
            ({"answers": ["waar=stoep", "waar=maan"]}, "answers"),
            ({"answers": "hoe=zo"}, "answers"),
            ({"answers": "<script>=alert(1)"}, "answers"),
            ({"answers": "waar=\x00\u202estoep" + "x" * 10_000}, "answers"),
            ({"answers": [f"waar={number}" for number in range(101)]}, "answers"),
            ({"category": "", "answers": "paal=3"}, "answers"),
            ({"category": "verlichting", "answers": "waar=stoep"}, "answers"),
            ({"priority": "veel"}, "priority"),
            ({"priority": "9999"}, "priority"),
            ({"validFrom": "ooit"}, "validFrom"),
            ({"validFrom": ""}, "validFrom"),
            ({"validUntil": "2025-01-01"}, "validUntil"),
            ({"validUntil": "31-02-2027"}, "validUntil"),
            ({"code": "Met Spaties"}, "code"),
            ({"code": "motorway"}, "code"),
            *(({"code": word}, "code") for word in ("nieuw", "rooster", "botsingen")),
        ],
    )
    def test_that_is_not_right_is_shown_again_with_all_that_was_typed(
        self,
        administrator: Browser,
        transaction: Transaction,
        wrong: dict[str, Any],
        field: str,
    ) -> None:
        a_party(transaction, code="weg").ended_on = date(2020, 1, 1)
        transaction.session.flush()

        answer = administrator.submit(NEW, NEW, **{**TILES, **wrong})

        assert answer.status_code == 400
        assert f'id="{field}-error"' in answer.text
        assert "<script>=" not in answer.text
        if field != "answers":
            assert 'value="waar=stoep" checked' in answer.text
            assert 'value="waar=rijbaan">' in answer.text
        assert "tegels" not in administrator.get(LIST, category="wegen").text

    def test_gets_a_name_when_none_is_given(self, administrator: Browser) -> None:
        made = administrator.submit(NEW, NEW, **{**TILES, "code": ""})

        assert made.headers["Location"] == "/beheer/werkafspraken/team-wegen-kruisland"

    def test_that_clashes_says_with_which(self, administrator: Browser) -> None:
        plain = {**TILES, "windows": "", "answers": [], "priority": "0"}
        administrator.submit(NEW, NEW, **plain)

        administrator.submit(NEW, NEW, **{**plain, "code": "lux-tegels", "party": "lux"})

        assert "tegels" in administrator.get("/beheer/werkafspraken/lux-tegels").text
        listed = administrator.get(LIST).text
        assert "2 werkafspraken botsen" in listed
        assert "Botst met lux-tegels" in listed
        assert "Botst met tegels" in listed
        assert listed.count("Botst met") == 2
        clashes = administrator.get("/beheer/werkafspraken/botsingen").text
        assert "lux-tegels" in clashes
        assert "/beheer/routering?category=wegen.losse-tegel&amp;longitude=4.3" in clashes

    def test_that_clashes_is_found_on_the_page_of_its_area(
        self,
        administrator: Browser,
        transaction: Transaction,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        an_area(transaction, a_rectangle(4.42, 51.55, 4.46, 51.6), code="welberg", name="Welberg")
        plain = {**TILES, "windows": "", "answers": [], "priority": "0"}
        for area in ("kruisland", "welberg"):
            for party in ("team", "lux"):
                named = {"code": f"{party}-{area}", "party": party, "area": f"village/{area}"}
                administrator.submit(NEW, NEW, **{**plain, **named})
        monkeypatch.setattr(agreements, "CLASHING_AREAS_ON_A_PAGE", 1)

        path = "/beheer/werkafspraken/botsingen"
        first, second, third = (administrator.get(path, page=str(n)).text for n in (1, 2, 3))

        assert "lux-kruisland" in first
        assert "lux-welberg" not in first
        assert "lux-welberg" in second
        assert "In de gebieden van deze pagina botsen geen werkafspraken." in third
        assert 'href="?page=2"' in first


class TestAList:
    def test_says_nothing_of_clashes_where_there_are_none(self, administrator: Browser) -> None:
        administrator.submit(NEW, NEW, **TILES)

        assert "bots" not in administrator.get(LIST).text.replace("botsingen", "")

    def test_of_very_many_leads_to_the_clashes_and_does_not_wait_for_them(
        self, administrator: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plain = {**TILES, "windows": "", "answers": [], "priority": "0"}
        administrator.submit(NEW, NEW, **plain)
        administrator.submit(NEW, NEW, **{**plain, "code": "lux-tegels", "party": "lux"})
        monkeypatch.setattr(overview, "_QUICKLY_TRIED_AREAS", 0)

        listed = administrator.get(LIST).text

        assert "te veel werkafspraken" in listed
        assert "Botst met" not in listed


class TestAConditionOnAnAnswer:
    PAGE = "/beheer/werkafspraken/tegels"

    def test_is_chosen_from_what_the_kinds_are_asked_and_read_in_their_words(
        self, administrator: Browser
    ) -> None:
        form = administrator.get(NEW).text

        assert "Waar ligt het?" in form
        assert 'data-categories="wegen.losse-tegel wegen"' in form
        # A question whose answer is typed cannot be a condition.
        assert 'value="paal=' not in form
        administrator.submit(NEW, NEW, **TILES)
        assert "Waar ligt het? Fietspad of Stoep" in administrator.get(LIST).text

    def test_may_be_about_any_kind_that_asks_it(self, administrator: Browser) -> None:
        made = administrator.submit(
            NEW, NEW, **{**TILES, "category": "", "answers": ["waar=stoep", "hoe=zo"]}
        )

        assert made.status_code == 303
        page = administrator.get(self.PAGE).text
        assert "Hoe dan? Zo" in page
        assert "Waar ligt het? Stoep" in page

    def test_whose_question_is_retired_is_told_and_can_stay_or_go(
        self, administrator: Browser, transaction: Transaction
    ) -> None:
        administrator.submit(NEW, NEW, **TILES)
        a_question(transaction, "wegen.losse-tegel", "breedte", ("smal", "breed"))

        assert "“Waar ligt het?” wordt niet meer gevraagd." in administrator.get(LIST).text
        assert 'value="waar=stoep" checked' in administrator.get(self.PAGE).text
        assert 'value="waar=rijbaan"' not in administrator.get(self.PAGE).text
        stays = administrator.submit(self.PAGE, self.PAGE, **{**TILES, "from": ""})
        goes = administrator.submit(
            self.PAGE, self.PAGE, **{**TILES, "from": "", "answers": "breedte=smal"}
        )

        assert (stays.status_code, goes.status_code) == (303, 303)
        assert "niet meer gevraagd" not in administrator.get(LIST).text

    def test_whose_answer_is_retired_is_told(
        self, administrator: Browser, transaction: Transaction
    ) -> None:
        administrator.submit(NEW, NEW, **TILES)
        transaction.connection.execute(
            text(
                "UPDATE question SET options = jsonb_set(options, '{1,isRetired}', 'true')"
                " WHERE code = 'waar'"
            )
        )

        page = administrator.get(self.PAGE).text

        assert "Het antwoord “Fietspad” op “Waar ligt het?” kan niemand meer kiezen." in page


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
