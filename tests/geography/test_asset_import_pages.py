"""`/beheer/objecten/inlezen`: a file with objects that is looked at, kept, and taken back."""

from __future__ import annotations

import json
from io import BytesIO
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.foundation.database import Transaction
from app.identity.permissions import Role
from tests.geography.map_files import a_shape
from tests.makers.areas import an_asset
from tests.makers.people import an_account
from tests.makers.sign_ins import Browser, signed_in

PAGE = "/beheer/objecten/inlezen"
LOOK, KEEP, THROW = f"{PAGE}/bekijken", f"{PAGE}/bewaren", f"{PAGE}/weggooien"


@pytest.fixture
def browser(web: FlaskClient, transaction: Transaction) -> Browser:
    return signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR, name="Bea Beheer"))


def a_collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def bench(code: str, at: tuple[float, float] = (4.3, 51.5)) -> object:
    return a_shape("Point", list(at), code=code, name="Kerkstraat")


def sent(
    browser: Browser, content: bytes, name: str = "banken.geojson", **typed: object
) -> TestResponse:
    form: dict[str, object] = {"kind": "bench", "number_field": "code", "street_field": "name"}
    form |= {"file": (BytesIO(content), name), **typed}
    return browser.send(PAGE, browser.hidden(PAGE, PAGE), **form)


def numbers(transaction: Transaction) -> list[str]:
    return list(
        transaction.connection.scalars(
            text(
                "SELECT number FROM asset WHERE kind = 'bench' AND removed_on IS NULL"
                " ORDER BY number"
            )
        )
    )


class TestAFileWithObjects:
    def test_is_looked_at_before_anything_is_changed(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        answered = sent(browser, a_collection(bench("1"), bench("2")))

        page = browser.get(LOOK).text
        assert (answered.status_code, answered.location) == (303, LOOK)
        assert "2 toegevoegd" in page
        assert "1, Kerkstraat" in page
        assert numbers(transaction) == []

    def test_is_kept_and_taken_back(self, browser: Browser, transaction: Transaction) -> None:
        sent(browser, a_collection(bench("1"), bench("2")))

        kept = browser.submit(LOOK, KEEP)
        after = numbers(transaction)
        back = browser.submit(kept.location, f"{kept.location}/terugdraaien")

        assert (kept.status_code, back.status_code) == (303, 303)
        assert (after, numbers(transaction)) == (["1", "2"], [])
        assert "Teruggedraaid op" in browser.get(kept.location).text

    def test_is_kept_once(self, browser: Browser, transaction: Transaction) -> None:
        sent(browser, a_collection(bench("1")))
        hidden = browser.hidden(LOOK, KEEP)

        answers = [browser.send(KEEP, hidden).location for _ in range(2)]

        assert answers[1] == PAGE
        assert numbers(transaction) == ["1"]

    def test_is_not_kept_when_it_would_do_something_else_by_now(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        sent(browser, a_collection(bench("1")))
        browser.submit(
            "/beheer/objecten", "/beheer/objecten/toevoegen", kind="bench", number="1",
            street="Kerkstraat", longitude="4.35", latitude="51.5",
        )  # fmt: skip

        answered = browser.submit(LOOK, KEEP)

        assert answered.location == PAGE
        assert "veranderd nadat u keek" in browser.get(PAGE).text
        moved = transaction.connection.scalar(text("SELECT ST_X(spot) FROM asset"))
        assert moved == 4.35

    def test_is_thrown_away(self, browser: Browser, transaction: Transaction) -> None:
        sent(browser, a_collection(bench("1")))

        browser.submit(LOOK, THROW)

        assert browser.get(LOOK).status_code == 303
        assert numbers(transaction) == []

    def test_waits_for_whoever_sent_it_alone(
        self, web: FlaskClient, browser: Browser, transaction: Transaction
    ) -> None:
        sent(browser, a_collection(bench("1")))
        other = signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR))
        hidden = browser.hidden(LOOK, KEEP) | {"csrf_token": other.hidden(PAGE, PAGE)["csrf_token"]}

        answered = other.send(KEEP, hidden)

        assert other.get(LOOK).status_code == 303
        assert answered.location == PAGE
        assert numbers(transaction) == []

    def test_says_in_the_language_of_the_page_what_is_wrong(self, browser: Browser) -> None:
        line = a_shape("LineString", [[4.3, 51.5], [4.4, 51.5]], code="12")

        answered = sent(browser, a_collection(bench("1"), line))

        assert answered.status_code == 422
        assert "banken.geojson is niet ingelezen" in answered.text
        assert "12 is een LineString en geen punt" in answered.text
        assert 'value="bench"' in answered.text

    def test_passes_over_what_is_not_right_when_asked_and_says_so(self, browser: Browser) -> None:
        sent(browser, a_collection(bench("1"), bench("")), skips_bad="yes")

        page = browser.get(LOOK).text

        assert "Overgeslagen" in page
        assert "nummer 2" in page

    @pytest.mark.parametrize(
        ("content", "name", "typed"),
        [
            (b"", "a.geojson", {}),
            (b"GIF89a", "a.geojson", {}),
            (b"PK\x03\x04", "../../a.zip", {}),
            (a_collection(bench("1")), "..", {}),
            (a_collection(bench("1")), "a.geojson", {"kind": "<script>"}),
            (a_collection(bench("1")), "a.geojson", {"kind": "x" * 10_000}),
            (a_collection(bench("1")), "a.geojson", {"number_field": "\u202enope\0"}),
            (a_collection(bench("1")), "a.geojson", {"owner": "nobody-we-know"}),
            (a_collection(bench("1")), "a.geojson", {"crs": "1; DROP TABLE asset"}),
        ],
    )
    def test_is_refused_with_what_to_do_and_nothing_waits(
        self,
        browser: Browser,
        content: bytes,
        name: str,
        typed: dict[str, object],
    ) -> None:
        answered = sent(browser, content, name, **typed)

        assert answered.status_code == 422
        assert browser.get(LOOK).status_code == 303
        assert "<script>" not in answered.text.partition("<main")[2].partition("</main>")[0]

    @pytest.mark.parametrize("token", ["", "nope", "0" * 32, "\0"])
    def test_that_is_not_there_is_not_kept(self, browser: Browser, token: str) -> None:
        sent(browser, a_collection(bench("1")))

        answered = browser.send(KEEP, browser.hidden(LOOK, KEEP) | {"id": token})

        assert answered.location == PAGE


class TestThePageOfAnImport:
    def test_tells_what_was_changed_of_which_object(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        sent(browser, a_collection(bench("1"), bench("2")))
        browser.submit(LOOK, KEEP)
        sent(browser, a_collection(bench("1"), bench("2", (4.31, 51.5)), bench("3")))
        kept = browser.submit(LOOK, KEEP)

        pages = [browser.get(kept.location, wat=what).text for what in ("", "changed", "x")]

        assert "3, Kerkstraat" in pages[0]
        assert "1, Kerkstraat" not in pages[0]
        assert "3, Kerkstraat" not in pages[1]
        assert "4.300000" in pages[1]
        assert "4.310000" in pages[1]
        assert "Bea Beheer" in pages[2]

    def test_says_why_it_cannot_be_taken_back(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        sent(browser, a_collection(bench("1")))
        kept = browser.submit(LOOK, KEEP)
        asset_id = transaction.connection.scalar(text("SELECT id FROM asset"))
        browser.submit(
            "/beheer/objecten", f"/beheer/objecten/{asset_id}/verplaatsen",
            longitude="4.35", latitude="51.5",
        )  # fmt: skip

        answered = browser.submit(kept.location, f"{kept.location}/terugdraaien")

        assert answered.status_code == 422
        assert "Iemand heeft deze objecten daarna veranderd: 1, Kerkstraat" in answered.text

    def test_that_is_not_there_is_not_found(self, browser: Browser) -> None:
        paths = ("0", "9223372036854775807", "9223372036854775808", "-1", "x")

        assert {browser.get(f"{PAGE}/{one}").status_code for one in paths} == {404}

    def test_is_not_for_the_desk(self, web: FlaskClient, transaction: Transaction) -> None:
        desk = signed_in(web, an_account(transaction, role=Role.DESK))
        asset_id = an_asset(transaction, (4.3, 51.5))

        pages = (PAGE, LOOK, f"{PAGE}/1", f"/beheer/objecten/{asset_id}")

        assert {desk.get(page).status_code for page in pages} == {403}


class TestThePageOfAnObject:
    def test_tells_what_pages_and_imports_did(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        sent(browser, a_collection(bench("1")))
        browser.submit(LOOK, KEEP)
        asset_id = transaction.connection.scalar(text("SELECT id FROM asset"))
        browser.submit(
            "/beheer/objecten", f"/beheer/objecten/{asset_id}/verplaatsen",
            longitude="4.35", latitude="51.5",
        )  # fmt: skip

        page = browser.get(f"/beheer/objecten/{asset_id}").text

        assert "banken.geojson" in page
        assert "4.350000" in page
        assert page.count("Bea Beheer") >= 2

    def test_is_there_for_one_without_a_history_and_for_no_other(
        self, browser: Browser, transaction: Transaction
    ) -> None:
        asset_id = an_asset(transaction, (4.3, 51.5), number="</h1><b>")

        answered = browser.get(f"/beheer/objecten/{asset_id}")

        assert answered.status_code == 200
        assert "</h1><b>" not in answered.text
        assert browser.get(f"/beheer/objecten/{uuid4()}").status_code == 404
