"""Phones read what a report can be about, and read it again only when it changed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.foundation.database import Transaction
from app.triage.model import RetiredCategory, UnknownCategory
from app.triage.operations import category, category_tree
from tests.makers.categories import a_category
from tests.makers.statements import statements

pytestmark = pytest.mark.usefixtures("categories")

LIST = "/api/v1/categories"


def inner_codes(answer: TestResponse) -> list[str]:
    return [one["code"] for main in answer.get_json()["categories"] for one in main["categories"]]


class TestTheListOfCategories:
    def test_has_two_levels_in_two_languages(self, web: FlaskClient) -> None:
        said = web.get(LIST).get_json()

        assert set(said) == {"categories"}
        assert [len(said["categories"]), sum(len(m["categories"]) for m in said["categories"])] == [
            8,
            33,
        ]
        lighting = said["categories"][0]
        assert {k: lighting[k] for k in ("code", "name")} == {
            "code": "verlichting",
            "name": {"nl": "Verlichting", "en": "Street lighting"},
        }
        asked = lighting["categories"][0].pop("questions")
        assert [one["code"] for one in asked] == ["hoeveel-lampen", "knippert"]
        assert lighting["categories"][0] == {
            "code": "verlichting.lamp-brandt-niet",
            "name": {"nl": "Lamp brandt niet", "en": "Street light not working"},
            "norm": {
                "amount": 5,
                "unit": "working-days",
                "danger": {"amount": 1, "unit": "working-days"},
                "workingDays": 5,
                "dangerWorkingDays": 1,
            },
            "danger": None,
            "assetKind": "lamp-post",
        }

    def test_is_asked_of_the_database_in_one_statement(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        with statements(connection) as heard:
            web.get(LIST)

        assert len(heard) == 1

    def test_may_be_read_by_a_page_from_anywhere(self, web: FlaskClient) -> None:
        answered = web.get(LIST, headers={"Origin": "https://elsewhere.example"})

        assert answered.headers["Access-Control-Allow-Origin"] == "*"

    def test_travels_compressed(self, web: FlaskClient) -> None:
        plain = web.get(LIST).content_length
        answered = web.get(LIST, headers={"Accept-Encoding": "br, gzip"})

        assert answered.headers["Content-Encoding"] == "br"
        assert plain is not None
        assert len(answered.data) < plain / 4


class TestTheVersionOfTheList:
    def test_spares_whoever_has_it_already(self, web: FlaskClient) -> None:
        tag = web.get(LIST).headers["ETag"]

        answered = web.get(LIST, headers={"If-None-Match": tag})

        assert answered.status_code == 304
        assert answered.data == b""
        assert answered.headers["ETag"] == tag

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE category SET name_nl = 'Licht' WHERE code = 'verlichting'",
            "UPDATE category SET position = 99 WHERE code = 'verlichting'",
            "UPDATE category SET norm_amount = 4 WHERE code = 'wegen.losse-tegel'",
            "UPDATE category SET retired_at = now() WHERE code = 'dieren.wespen'",
            "UPDATE category SET retired_at = now() WHERE code = 'dieren'",
        ],
        ids=["a heading's name", "the order", "a norm", "one is retired", "a heading is retired"],
    )
    def test_changes_with_anything_that_is_told(
        self, web: FlaskClient, connection: Connection, change: str
    ) -> None:
        tag = web.get(LIST).headers["ETag"]

        connection.execute(text(change))

        assert web.get(LIST, headers={"If-None-Match": tag}).status_code == 200


class TestARetiredCategory:
    @pytest.mark.parametrize("retired", ["dieren.wespen", "dieren"])
    def test_is_neither_listed_nor_taken(
        self, web: FlaskClient, transaction: Transaction, retired: str
    ) -> None:
        transaction.connection.execute(
            text("UPDATE category SET retired_at = now() WHERE code = :code"), {"code": retired}
        )

        assert "dieren.wespen" not in inner_codes(web.get(LIST))
        with pytest.raises(RetiredCategory):
            category(transaction, "dieren.wespen")

    def test_comes_back_when_it_is_loaded_again(
        self, transaction: Transaction, connection: Connection
    ) -> None:
        a_category(transaction, "klokken.klok")
        connection.execute(text("UPDATE category SET retired_at = now() WHERE code LIKE 'klok%'"))

        a_category(transaction, "klokken.klok")

        assert category(transaction, "klokken.klok").code == "klokken.klok"


class TestACodeOfAReport:
    @pytest.mark.parametrize("code", ["verlichting", "geen.soort", "", "%", "verlichting."])
    def test_is_one_of_the_inner_list(self, transaction: Transaction, code: str) -> None:
        with pytest.raises(UnknownCategory) as refused:
            category(transaction, code)

        assert refused.value.errors[0].field == "category"

    def test_says_its_heading_and_what_may_be_seen(self, transaction: Transaction) -> None:
        found = category(transaction, "afval.drugsafval")

        assert found.parent_name.nl == "Afval"
        assert found.public_visibility == "hidden"


class TestAnEmptyInstallation:
    def test_has_the_one_category_the_house_itself_names(self, transaction: Transaction) -> None:
        transaction.connection.execute(
            text(
                "DELETE FROM category WHERE code NOT IN ('overig', 'overig.anders')"
                " AND parent_code IS NOT NULL"
            )
        )

        tree = category_tree(transaction)

        assert [one.code for main in tree.main_categories for one in main.categories] == [
            "overig.anders"
        ]
