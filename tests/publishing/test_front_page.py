"""The front page lists what is going on for everyone, scripts or none."""

from __future__ import annotations

import re
from datetime import timedelta

import brotli
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.planning.operations import plan_works
from tests.makers.cases import NOON, a_public_case
from tests.makers.statements import statements
from tests.makers.works import a_work

pytestmark = pytest.mark.usefixtures("categories")


def many_cases(connection: Connection, how_many: int) -> None:
    """Cases that were reported one after the other, the first one last."""
    for number in range(how_many):
        a_public_case(connection, f"CASE-{number:02}", reported_at=NOON - timedelta(hours=number))


class TestTheFrontPage:
    def test_lists_open_cases_and_no_others(self, web: FlaskClient, connection: Connection) -> None:
        a_public_case(connection, "OPEN-1")
        a_public_case(connection, "DONE-1", stage="resolved")

        page = web.get("/").text

        assert "OPEN-1" in page
        assert "In behandeling" in page
        assert "DONE-1" not in page

    def test_lists_what_is_asked_for(self, web: FlaskClient, connection: Connection) -> None:
        a_public_case(connection, "GREEN-1")
        a_public_case(connection, "WASTE-1", category="afval.zwerfafval")

        page = web.get("/?category=afval&status=").text

        assert "WASTE-1" in page
        assert "GREEN-1" not in page

    def test_has_pages_that_keep_the_filter(self, web: FlaskClient, connection: Connection) -> None:
        many_cases(connection, 45)

        first, second = web.get("/?category=groen").text, web.get("/?category=groen&page=2").text

        assert "category=groen&amp;page=2" in first
        assert "CASE-39" in first
        assert "CASE-40" not in first
        assert "CASE-44" in second

    @pytest.mark.parametrize("page", ["0", "-1", "x", "²", "99999999999"])
    def test_takes_a_strange_page_for_the_first(self, web: FlaskClient, page: str) -> None:
        assert web.get("/", query_string={"page": page}).status_code == 200

    @pytest.mark.parametrize("page", ["3", "99999"])
    def test_leads_from_behind_the_last_page_to_it(
        self, web: FlaskClient, connection: Connection, page: str
    ) -> None:
        many_cases(connection, 45)

        led = web.get(f"/?category=groen&category=afval&page={page}")

        assert led.status_code == 302
        assert led.location == "/?category=groen&category=afval&page=2"

    @pytest.mark.parametrize(
        "query", ["status=lost", "category=draken", "bbox=1,2", "category=%00"]
    )
    def test_refuses_a_filter_that_does_not_exist(self, web: FlaskClient, query: str) -> None:
        answered = web.get(f"/?{query}", headers={"Accept": "text/html"})

        assert answered.status_code == 400
        assert answered.mimetype == "text/html"

    def test_asks_the_database_as_much_for_one_case_as_for_many(
        self, web: FlaskClient, connection: Connection, provided: Provided
    ) -> None:
        a_public_case(connection, "ONE")
        with statements(connection) as for_one:
            web.get("/")
        many_cases(connection, 45)
        with provided.get(Database).transaction() as transaction:
            plan_works(
                transaction,
                [(a_work(f"WORK-{number}"), None) for number in range(20)],
                now=provided.get(Clock).now(),
            )

        with statements(connection) as for_many:
            web.get("/")

        # The categories, the outline, the villages, the works; a page of cases and how many.
        assert len(for_one) == len(for_many) == 5

    def test_is_light_with_a_full_list(self, web: FlaskClient, connection: Connection) -> None:
        many_cases(connection, 45)

        page = web.get("/").data

        # Measured: 43 kB, 5 kB where a proxy compresses pages.
        assert len(page) < 60_000
        assert len(brotli.compress(page, quality=5)) < 15_000

    def test_is_a_list_without_scripts(self, web: FlaskClient, connection: Connection) -> None:
        a_public_case(connection, "OPEN-1")

        page = re.sub(r"<script.*?</script>", "", web.get("/").text, flags=re.DOTALL)

        assert "OPEN-1" in page
        assert 'method="get"' in page
        assert '<noscript><div class="buttons"><button' in page
        assert 'href="/melden"' in page

    def test_shows_the_works_that_begin_first_and_twelve_of_them(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        now = provided.get(Clock).now()
        with provided.get(Database).transaction() as transaction:
            plan_works(
                transaction,
                [
                    (
                        a_work(
                            f"WORK-{number}",
                            title_nl=f"Werk {number:02} <b>",
                            starts_on=now.date() + timedelta(days=number),
                        ),
                        None,
                    )
                    for number in range(15)
                ],
                now=now,
            )

        page = web.get("/").text

        assert "Werk 11 &lt;b&gt;" in page
        assert "Werk 12" not in page

    def test_names_a_kind_that_is_no_longer_in_use(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        a_public_case(connection, "OPEN-1", category="groen.snoeien")
        connection.execute(
            text("UPDATE category SET retired_at = now() WHERE code = 'groen.snoeien'")
        )

        page = web.get("/").text

        assert "groen.snoeien</span>" not in page

    def test_speaks_english_when_asked(self, web: FlaskClient, connection: Connection) -> None:
        a_public_case(connection, "OPEN-1")

        page = web.get("/?taal=en").text

        assert '<html lang="en"' in page
        assert "Being handled" in page
