"""`/beheer/gebieden` and `/beheer/objecten`: what an administrator does, and two at once."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedThrough, rule_changes
from app.identity.permissions import Role
from tests.geography.map_files import SQUARE, a_feature
from tests.makers.areas import a_rectangle, an_area, an_asset
from tests.makers.people import an_account
from tests.makers.places import a_small_municipality
from tests.makers.sign_ins import Browser, signed_in

AREAS, ASSETS = "/beheer/gebieden", "/beheer/objecten"


@pytest.fixture
def browser(web: FlaskClient, transaction: Transaction) -> Browser:
    return signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR))


def current(transaction: Transaction) -> list[str]:
    return list(
        transaction.connection.scalars(
            text(
                "SELECT code FROM area WHERE kind = 'village' AND valid_until IS NULL ORDER BY code"
            )
        )
    )


def sent(
    browser: Browser, content: bytes, name: str = "dorpen.geojson", **changed: str
) -> TestResponse:
    form = {"kind": "village", "code_field": "code", "name_field": "name", **changed}
    return browser.submit(AREAS, f"{AREAS}/inlezen", **form, file=(BytesIO(content), name))


def a_collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


class TestThePageOfAreas:
    def test_shows_a_kind_with_its_source(self, browser: Browser, transaction: Transaction) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), code="here", name="<b>Kruisland")

        page = browser.get(AREAS).text

        assert "&lt;b&gt;Kruisland" in page
        assert "made for a test" in page

    def test_opens_on_the_villages_and_offers_kinds_by_name(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="lighting-contract")
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="village")

        page = browser.get(AREAS).text

        assert "<h2>Dorp</h2>" in page
        assert (
            '<option value="lighting-contract">Contract voor verlichting (lighting-contract)'
            in page
        )

    @pytest.mark.parametrize(
        ("day", "drawn"), [("", "Nu"), ("2098-12-31", "Nu"), ("2099-01-01", "Straks"), ("x", "Nu")]
    )
    def test_draws_what_counts_on_a_day(
        self, browser: Browser, transaction: Transaction, day: str, drawn: str
    ) -> None:
        change = date(2099, 1, 1)
        an_area(
            transaction,
            a_rectangle(4.3, 51.5, 4.4, 51.6),
            code="one",
            name="Nu",
            valid_until=change,
        )
        an_area(
            transaction,
            a_rectangle(4.3, 51.5, 4.5, 51.6),
            code="one",
            name="Straks",
            valid_from=change,
        )

        page = browser.get(AREAS, soort="village", dag=day).text

        names = page.partition("place_names = ")[2].partition("\n")[0]
        assert f'"{drawn}"' in names
        assert names.count('"name"') == 1

    def test_reads_a_file_and_takes_it_back(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), code="old")

        answered = sent(browser, a_collection(a_feature()))
        after = current(transaction)
        browser.submit(AREAS, f"{AREAS}/terugdraaien")

        assert answered.status_code == 303
        assert (after, current(transaction)) == (["here"], ["old"])
        assert {one.by.through for one in rule_changes(transaction, what="area")} == {
            ChangedThrough.PAGE
        }

    @pytest.mark.parametrize("name", ["字" * 90, "字" * 90 + ".geojson", "..", "a/../b\0", ""])
    def test_reads_or_refuses_a_file_whatever_it_is_called(
        self, browser: Browser, transaction: Transaction, name: str
    ) -> None:
        answered = sent(browser, a_collection(a_feature()), name=name)

        assert answered.status_code == (303 if name.endswith(".geojson") else 422)

    def test_takes_as_many_areas_as_somebody_waits_for(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        squares = [
            a_feature([[x + 0.001 * step, y] for x, y in SQUARE], code=step)
            for step in range(1_001)
        ]

        refused = sent(browser, a_collection(*squares))
        taken = sent(browser, a_collection(*squares[:30]))

        assert refused.status_code == 422
        assert "straatbeeld import areas" in refused.text
        assert taken.status_code == 303

    def test_refuses_a_kind_longer_than_anybody_reads(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        assert sent(browser, a_collection(a_feature()), kind="a" * 61).status_code == 422

    def test_tells_of_ten_outlines_that_were_repaired_and_counts_the_others(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        crossing = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]

        sent(browser, a_collection(*(a_feature(crossing, code=number) for number in range(13))))

        page = browser.get(AREAS).text
        assert page.count("De omtrek van Here is hersteld.") == 10
        assert "Nog 3 omtrekken zijn hersteld." in page

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"", "a.geojson"),
            (b"GIF89a", "a.geojson"),
            (b"<OGRVRTDataSource/>", "../../a.vrt"),
            (b"PK\x03\x04", "a.zip"),
            (a_collection({**a_feature(), "geometry": None}), "a.geojson"),
            (a_collection(a_feature([[y, x] for x, y in SQUARE])), "a.geojson"),
            (a_collection(a_feature()), ".."),
        ],
    )
    def test_says_what_is_wrong_with_a_file_and_changes_nothing(
        self, browser: Browser, transaction: Transaction, content: bytes, name: str
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), code="old")

        answered = sent(browser, content, name)

        assert answered.status_code == 422
        assert current(transaction) == ["old"]

    def test_asks_for_a_word_before_an_agreement_loses_its_area(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        a_small_municipality(transaction)
        districts = text(
            "SELECT code FROM area WHERE kind = 'team-district' AND valid_until IS NULL"
        )
        content = a_collection(a_feature())

        asked = sent(browser, content, kind="team-district")
        under = transaction.connection.scalars(districts).all()
        answered = sent(browser, content, kind="team-district", may_end="yes")

        assert asked.status_code == 422
        assert "team-district zuid" in asked.text
        assert "Werkafspraken gaan over gebieden die er dan niet meer zijn" in asked.text
        assert 'name="may_end"' in asked.text
        assert 'value="team-district"' in asked.text
        assert under == ["zuid"]
        assert answered.status_code == 303
        assert transaction.connection.scalars(districts).all() == ["here"]
        assert 'name="may_end"' not in browser.get(AREAS).text

    def test_says_in_the_language_of_the_page_what_is_wrong_where_and_what_to_do(
        self, browser: Browser
    ) -> None:
        swapped = a_feature([[y, x] for x, y in SQUARE], name="Kruisland")

        dutch = sent(browser, a_collection(a_feature(code="a"), swapped)).text

        assert "dorpen.geojson is niet ingelezen" in dutch
        assert "nummer 2: Kruisland heeft de twee assen in de verkeerde volgorde" in dutch
        assert "Draai ze om" in dutch
        assert "feature" not in dutch

    def test_ends_an_area_once_when_two_do_so(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), code="old")
        area_id = transaction.connection.scalar(text("SELECT id FROM area"))
        address = f"{AREAS}/{area_id}/beeindigen"
        hidden = browser.hidden(AREAS, address)

        answers = [browser.send(address, hidden, on=day) for day in ("2099-01-01", "2098-01-01")]

        assert [one.status_code for one in answers] == [303, 422]
        until = transaction.connection.scalar(text("SELECT valid_until::text FROM area"))
        assert until == "2099-01-01"

    def test_warns_whoever_ends_an_area_that_agreements_are_about(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        a_small_municipality(transaction)
        an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), code="old")
        one = text("SELECT id FROM area WHERE kind = :kind")

        said = []
        for kind in ("village", "team-district"):
            area_id = transaction.connection.scalar(one, {"kind": kind})
            page = f"{AREAS}?soort={kind}"
            browser.submit(page, f"{AREAS}/{area_id}/beeindigen", on="2099-01-01", kind=kind)
            said.append("Werkafspraken gaan over" in browser.get(page).text)

        assert said == [False, True]

    def test_is_not_for_the_desk(self, web: FlaskClient, transaction: Transaction) -> None:
        desk = signed_in(web, an_account(transaction, role=Role.DESK))

        assert [desk.get(page).status_code for page in (AREAS, ASSETS)] == [403, 403]


class TestThePageOfAssets:
    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"longitude": "0", "latitude": "0"}, "niet in Nederland"),
            ({"longitude": "-1", "latitude": "0"}, "niet in Nederland"),
            ({"longitude": "51.5", "latitude": "4.3"}, "verwisseld"),
            ({"number": "1" * 201}, "Typ hoogstens 200 tekens."),
            ({"street": "a" * 10_000}, "Typ hoogstens 200 tekens."),
            ({"kind": "a" * 61}, "kleine letters"),
        ],
    )
    def test_takes_no_object_that_a_file_would_not_bring(
        self, browser: Browser, transaction: Transaction, changed: dict[str, str], said: str
    ) -> None:
        typed = {"kind": "bin", "number": "7", "street": "", "longitude": "4.3", "latitude": "51.5"}

        answered = browser.submit(ASSETS, f"{ASSETS}/toevoegen", **{**typed, **changed})

        assert answered.status_code == 422
        assert said in answered.text

    def test_finds_by_number_or_street(self, browser: Browser, transaction: Transaction) -> None:
        an_asset(transaction, (4.3, 51.5), number="12/a")
        an_asset(transaction, (4.3, 51.5), number="noise")

        page = browser.get(ASSETS, q="12/").text

        assert "12/a" in page
        assert "noise" not in page

    def test_adds_one_and_refuses_the_same_again(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        typed = {
            "kind": "bin",
            "number": "1",
            "street": "Kerkstraat",
            "longitude": "4,3",
            "latitude": "51.5",
        }

        answers = [
            browser.submit(ASSETS, f"{ASSETS}/toevoegen", **typed).status_code for _ in range(2)
        ]

        assert answers == [303, 422]
        assert transaction.connection.scalar(text("SELECT count(*) FROM asset")) == 1

    def test_moves_one_and_tells_the_second_of_two(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        asset_id = an_asset(transaction, (4.3, 51.5))
        move, remove = (f"{ASSETS}/{asset_id}/{verb}" for verb in ("verplaatsen", "verwijderen"))
        to_remove = browser.hidden(ASSETS, remove)
        browser.submit(ASSETS, move, longitude="4.31", latitude="51.51")

        late = browser.send(remove, to_remove)

        assert late.status_code == 422
        row = transaction.connection.execute(
            text("SELECT ST_X(spot) AS x, removed_on FROM asset")
        ).one()
        assert (row.x, row.removed_on) == (4.31, None)

    def test_shows_removed_ones_when_asked(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        asset_id = an_asset(transaction, (4.3, 51.5), number="12/a")
        browser.submit(ASSETS, f"{ASSETS}/{asset_id}/verwijderen")

        pages = [browser.get(ASSETS, q="12/").text, browser.get(ASSETS, q="12/", weg="yes").text]

        assert [f'id="asset-{asset_id}"' in page for page in pages] == [False, True]
        assert f"{ASSETS}/{asset_id}/verplaatsen" not in pages[1]
        settings = pages[1].partition('id="map-settings"')[2].partition("</script>")[0]
        assert "12/a" not in settings

    def test_puts_names_on_the_map_as_text(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        an_asset(transaction, (4.3, 51.5), number="</script><b>")

        page = browser.get(ASSETS).text

        assert "</script><b>" not in page
        assert "\\u003c/script\\u003e" in page

    @pytest.mark.parametrize("longitude", ["", "nan", "999", "oost", "inf"])
    def test_refuses_what_is_no_place(self, browser: Browser, longitude: str) -> None:
        answered = browser.submit(
            ASSETS, f"{ASSETS}/toevoegen", kind="bin", number="1", street="",
            longitude=longitude, latitude="51.5",
        )  # fmt: skip

        assert answered.status_code == 422
