"""The front page lists what is going on for everyone, scripts or none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def a_public_case(
    connection: Connection,
    reference: str,
    *,
    category: str = "groen.snoeien",
    stage: str = "assigned",
    party: str = "Buitendienst",
    reported_at: datetime = NOON,
) -> None:
    """Put a public case into the table, as publishing would."""
    connection.execute(
        text(
            """
            INSERT INTO public_case (reference, category_code, stage, spot, party_name,
                report_count, reported_at, due_at, changed_at)
            VALUES (:reference, :category, :stage, ST_SetSRID(ST_MakePoint(4.32, 51.58), 4326),
                :party, 1, :at, :at, :at)
            """
        ),
        {
            "reference": reference,
            "category": category,
            "stage": stage,
            "party": party,
            "at": reported_at,
        },
    )


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
        for number in range(45):
            a_public_case(
                connection, f"CASE-{number:02}", reported_at=NOON - timedelta(hours=number)
            )

        first, second = web.get("/?category=groen").text, web.get("/?category=groen&page=2").text

        assert "category=groen&amp;page=2" in first
        assert "CASE-39" in first
        assert "CASE-40" not in first
        assert "CASE-44" in second

    @pytest.mark.parametrize("page", ["0", "-1", "x", "²", "99999999999"])
    def test_takes_a_strange_page_for_the_first(self, web: FlaskClient, page: str) -> None:
        assert web.get("/", query_string={"page": page}).status_code == 200

    def test_refuses_a_stage_that_does_not_exist(self, web: FlaskClient) -> None:
        assert web.get("/?status=lost").status_code == 400

    def test_speaks_english_when_asked(self, web: FlaskClient, connection: Connection) -> None:
        a_public_case(connection, "OPEN-1")

        page = web.get("/?taal=en").text

        assert '<html lang="en"' in page
        assert "Being handled" in page
