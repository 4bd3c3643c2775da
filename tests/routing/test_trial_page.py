"""`/beheer/routering`: a place tried with answers, an object and a moment; errors are said."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND
from app.identity.operations import party
from app.identity.permissions import Role
from app.routing.operations.agreements import AgreementToMake, make_agreement
from app.triage.kept_rows import keep_stricter_norms
from app.triage.model import StricterNorm, Term
from tests.makers.categories import a_question
from tests.makers.drafts import NOW
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, LONG_AGO, ON_MOTORWAY, a_small_municipality
from tests.makers.sign_ins import Browser, signed_in

HERE = "/beheer/routering"
TILE, LAMP = "wegen.losse-tegel", "verlichting.lamp-brandt-niet"
PLACE = {"longitude": str(IN_DISTRICT[0]), "latitude": str(IN_DISTRICT[1])}
TRIED = {**PLACE, "category": TILE, "at": "2026-11-24T10:00"}


@pytest.fixture
def administrator(web: FlaskClient, transaction: Transaction) -> Browser:
    a_small_municipality(transaction)
    return signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR))


@pytest.fixture
def paths(transaction: Transaction, administrator: Browser) -> None:
    """Tiles on a cycle path are another party's, and sooner done."""
    a_question(transaction, TILE, options=("stoep", "fietspad"))
    stricter = StricterNorm(Term(2), question="waar", answer="fietspad")
    keep_stricter_norms(transaction, TILE, [stricter])
    make_agreement(
        transaction,
        AgreementToMake(
            "paths",
            party(transaction, "lux").id,
            None,
            ("team-district", "zuid"),
            None,
            LONG_AGO,
            answers={"waar": frozenset({"fietspad"})},
        ),
        by=BY_COMMAND,
        now=NOW,
    )


def answer(page: str) -> str:
    found = re.search(r'<h2 id="answer">(.*?)</h2>', page)
    return found[1] if found else ""


class TestTheAnswer:
    def test_says_by_when_and_by_which_norm(self, administrator: Browser) -> None:
        page = administrator.get(HERE, **TRIED).text

        assert "Klaar vóór dinsdag 1 december 2026 17:00" in page
        assert "5 werkdagen: de norm van deze soort" in page

    def test_names_no_day_for_what_is_passed_on(self, administrator: Browser) -> None:
        motorway = {"longitude": str(ON_MOTORWAY[0]), "latitude": str(ON_MOTORWAY[1])}

        page = administrator.get(HERE, **{**TRIED, **motorway}).text

        assert answer(page) == "Rijkswaterstaat"
        assert "Klaar vóór" not in page

    def test_says_that_danger_has_a_norm_of_its_own(self, administrator: Browser) -> None:
        page = administrator.get(HERE, **TRIED, danger="yes").text

        assert "1 werkdag: de norm bij gevaar" in page

    @pytest.mark.usefixtures("paths")
    def test_counts_an_answer_for_the_party_and_for_the_norm(self, administrator: Browser) -> None:
        plain = administrator.get(HERE, **TRIED).text
        on_path = administrator.get(HERE, **TRIED, answer="waar=fietspad").text

        assert (answer(plain), answer(on_path)) == ("Team Zuid", "Lux Verlichting")
        assert "2 werkdagen: strenger voor Waar ligt het? Fietspad" in on_path
        assert '<option value="waar=fietspad" selected>' in on_path

    def test_takes_the_object_that_is_named(
        self, administrator: Browser, transaction: Transaction
    ) -> None:
        lamp = transaction.connection.scalar(text("SELECT id FROM asset WHERE number = 'L-1'"))

        page = administrator.get(HERE, **{**TRIED, "category": LAMP}, asset=str(lamp)).text

        assert "L-1" in page
        assert f'<option value="{lamp}" selected>' in page

    def test_lists_apart_what_could_not_match_and_why(
        self, administrator: Browser, transaction: Transaction
    ) -> None:
        for code, category, district in (("far", TILE, "noord"), ("lamps", LAMP, "zuid")):
            transaction.connection.execute(
                text(
                    "INSERT INTO agreement (id, code, party_id, category_code, area_kind,"
                    " area_code, priority, valid_from, is_demo)"
                    " SELECT gen_random_uuid(), :code, id, :category, 'team-district', :district,"
                    " 0, '2020-01-01', false FROM party WHERE code = 'lux'"
                ),
                {"code": code, "category": category, "district": district},
            )

        page = administrator.get(HERE, **TRIED).text

        considered, _, others = page.partition("Werkafspraken die hier niet konden passen")
        assert "all-in-zuid" in considered
        assert "far</a> (lux): gaat over een ander gebied" in others
        assert "lamps</a> (lux): gaat over een andere soort" in others
        assert "all-in-zuid" not in others


class TestTheForm:
    @pytest.mark.usefixtures("paths")
    def test_asks_only_what_can_change_the_answer(
        self, administrator: Browser, transaction: Transaction
    ) -> None:
        a_question(transaction, LAMP, "hoeveel", ("een", "meer"), text="Hoeveel lampen?")

        assert "Waar ligt het?" in administrator.get(HERE, **TRIED).text
        assert "Hoeveel lampen?" not in administrator.get(HERE, **{**TRIED, "category": LAMP}).text

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"longitude": "999", "latitude": "999"}, "longitude"),
            ({"longitude": "nan"}, "longitude"),
            ({"latitude": "-inf"}, "latitude"),
            ({"longitude": ""}, "longitude"),
            ({"category": ""}, "category"),
            ({"category": "bestaat.niet"}, "category"),
            ({"category": "<script>alert(1)</script>"}, "category"),
            ({"at": "morgen"}, "at"),
            ({"at": "0001-01-01T00:00"}, "at"),
            ({"at": "9999-12-31T23:59"}, "at"),
            ({"at": "2026-11-24T10:00+05:00"}, None),
            ({"asset": "x"}, "longitude"),
            ({"asset": "00000000-0000-0000-0000-000000000001"}, "longitude"),
            ({"answer": "waar=maan"}, "answers"),
            ({"answer": "hoe=<script>alert(1)</script>"}, "answers"),
            ({"answer": "waar=\x00\u202e" + "x" * 10_000}, "answers"),
            ({"answer": "waar"}, None),
        ],
    )
    @pytest.mark.usefixtures("paths")
    def test_says_what_is_wrong_and_keeps_the_rest(
        self, administrator: Browser, typed: dict[str, str], field: str | None
    ) -> None:
        page = administrator.get(HERE, **{**TRIED, **typed})

        assert page.status_code == (400 if field else 200)
        assert "<script>alert(1)" not in page.text
        if field:
            assert f'href="#{field}"' in page.text
            assert answer(page.text) == ""

    def test_says_that_swapped_coordinates_are_not_ours(self, administrator: Browser) -> None:
        swapped = {"longitude": PLACE["latitude"], "latitude": PLACE["longitude"]}

        page = administrator.get(HERE, **{**TRIED, **swapped})

        assert page.status_code == 200
        assert "niet in Steenbergen" in answer(page.text)
        assert "andersom" in page.text
