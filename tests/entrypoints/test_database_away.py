"""When the database is away for a moment, everyone is told to come back in a moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.entrypoints.web import create_app
from app.entrypoints.wiring import wire
from app.foundation.settings import read_settings

#: Nothing listens on the first port of this machine.
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def web(tmp_path: Path) -> FlaskClient:
    return create_app(
        wire(
            read_settings(
                database_url=NOWHERE,
                secret_key="a secret for tests, long enough to be one",
                data_dir=tmp_path,
                address_service="none",
                tile_url="none",
            )
        )
    ).test_client()


class TestAProgram:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/v1/categories"),
            ("POST", "/api/v1/reports"),
            ("GET", "/map/cases.geojson"),
            ("POST", "/partner/v1/oauth/token"),
            ("GET", "/metrics"),
        ],
    )
    def test_is_told_when_to_come_back(self, web: FlaskClient, method: str, path: str) -> None:
        answered = web.open(
            path,
            method=method,
            json={"a": 1} if method == "POST" else None,
            headers={"Accept": "application/json"},
        )

        assert answered.status_code == 503
        assert answered.headers["Retry-After"] == "3"
        assert answered.content_type == "application/problem+json"
        assert answered.get_json()["type"] == "urn:straatbeeld:problem:database-away"


class TestAPerson:
    @pytest.mark.parametrize("path", ["/", "/melden"])
    def test_sees_a_page_that_says_so(self, web: FlaskClient, path: str) -> None:
        answered = web.get(path, headers={"Accept": "text/html"})

        assert answered.status_code == 503
        assert answered.headers["Retry-After"] == "3"
        assert answered.mimetype == "text/html"
        assert "14 0167" in answered.get_data(as_text=True)


class TestTheHealth:
    def test_says_what_is_away(self, web: FlaskClient) -> None:
        answered = web.get("/health/ready")

        assert answered.status_code == 503
        assert answered.get_json()["checks"] == {"database": "does not answer"}
        assert web.get("/health/live").status_code == 200
