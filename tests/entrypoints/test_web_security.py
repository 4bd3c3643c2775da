"""What the security layer adds to every answer, and whom it turns away."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event

from app.entrypoints.web_security import content_security_policy, rate_of, tile_host
from app.identity.rates import (
    ASKING_TOKENS,
    POSTING_PHOTOS,
    POSTING_REPORTS,
    READING,
    WRITING,
    Rate,
)
from tests.identity.web import small_settings, small_web


def web(connection: Connection, **settings: object) -> FlaskClient:
    return small_web(connection, small_settings(**settings)).test_client()


@pytest.fixture
def client(connection: Connection) -> FlaskClient:
    return web(connection)


class TestEveryPage:
    def test_allows_scripts_and_styles_of_its_own_alone(self, client: FlaskClient) -> None:
        answer = client.get("/open")

        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        from_data = [part.split()[0] for part in policy.split("; ") if "data:" in part]
        assert set(from_data) <= {"img-src"}

    def test_has_the_nonce_of_its_own_header_and_no_other(self, client: FlaskClient) -> None:
        first, second = client.get("/open"), client.get("/open")

        nonces = re.findall(r"'nonce-([A-Za-z0-9+/=]+)'", first.headers["Content-Security-Policy"])
        assert set(nonces) == {first.text.removeprefix("<p>").removesuffix("</p>")}
        assert nonces[0] not in second.headers["Content-Security-Policy"]

    def test_tells_browsers_to_be_careful(self, client: FlaskClient) -> None:
        headers = client.get("/open").headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "geolocation=(self)" in headers["Permissions-Policy"]

    def test_asks_for_tls_for_a_year_where_there_is_tls(self, connection: Connection) -> None:
        plain = web(connection).get("/open")
        secure = web(connection, base_url="https://meldingen.example.org").get("/open")

        assert "Strict-Transport-Security" not in plain.headers
        assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"

    @pytest.mark.parametrize("path", ["/nergens", "/api/v1/desk", "/uitloggen"])
    def test_has_them_when_it_is_refused_too(self, client: FlaskClient, path: str) -> None:
        assert "Content-Security-Policy" in client.get(path).headers


class TestPublicData:
    def test_may_be_kept_by_any_cache_for_everybody(self, client: FlaskClient) -> None:
        client.get("/inloggen")

        answer = client.get("/map/cases.geojson")

        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"

    def test_costs_no_statement_for_who_asks(self, connection: Connection) -> None:
        client = web(connection, rate_limits="on")
        client.get("/inloggen")
        seen: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))

        client.get("/map/cases.geojson")

        assert seen == []


class TestTheTileHost:
    @pytest.mark.parametrize(
        ("tile_url", "source"),
        [
            ("https://service.pdok.nl/brt/{z}/{x}/{y}.png", "https://service.pdok.nl"),
            ("https://{s}.tile.example/{z}/{x}/{y}.png", "https://*.tile.example"),
            ("http://127.0.0.1:9000/{z}/{x}/{y}.png", "http://127.0.0.1:9000"),
            ("none", None),
            ("/tiles/{z}/{x}/{y}.png", None),
            ("https://evil.example; script-src *", None),
        ],
    )
    def test_is_the_only_other_place_that_pictures_come_from(
        self, tile_url: str, source: str | None
    ) -> None:
        assert tile_host(tile_url) == source
        images = next(
            part for part in content_security_policy(tile_url).split("; ") if "img-src" in part
        )
        assert images == "img-src 'self' blob:" + (f" data: {source}" if source else "")


class TestAForgedForm:
    @pytest.mark.parametrize("token", ["", "x", "ImFiYyI.ZzZ.zzz"])
    def test_is_refused_with_a_page(self, client: FlaskClient, token: str) -> None:
        answer = client.post("/balie", data={"csrf_token": token})

        assert answer.status_code == 400
        assert answer.mimetype == "text/html"

    def test_keeps_what_was_typed(self, client: FlaskClient) -> None:
        typed = "De lamp bij <b>nummer 12</b> brandt niet meer."

        answer = client.post("/balie", data={"remark": typed, "password": "geheim geheim geheim"})

        assert "De lamp bij &lt;b&gt;nummer 12&lt;/b&gt; brandt niet meer." in answer.text
        assert "geheim" not in answer.text

    def test_cannot_be_sent_again_unless_the_browser_says_it_was_ours(
        self, client: FlaskClient
    ) -> None:
        typed = {"remark": "De lamp bij nummer 12 brandt niet meer."}

        ours = client.post("/balie", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
        theirs = client.post("/balie", data=typed, headers={"Sec-Fetch-Site": "cross-site"})

        assert 'action="/balie"' in ours.text
        assert 'action="/balie"' not in theirs.text

    def test_is_a_problem_for_a_program(self, client: FlaskClient) -> None:
        answer = client.post("/balie", headers={"Accept": "application/json"})

        assert answer.status_code == 400
        assert answer.mimetype == "application/problem+json"

    def test_is_not_what_a_phone_sends(self, client: FlaskClient) -> None:
        assert client.post("/api/v1/reports", json={}).status_code == 201

    def test_is_not_the_token_of_somebody_elses_session(self, connection: Connection) -> None:
        app = small_web(connection, small_settings())
        theirs = re.search(
            r'name="csrf_token" value="([^"]+)"', app.test_client().get("/inloggen").text
        )
        assert theirs is not None

        answer = app.test_client().post("/balie", data={"csrf_token": theirs[1]})

        assert answer.status_code == 400


class TestTheRates:
    @pytest.mark.parametrize(
        ("method", "path", "rate"),
        [
            ("POST", "/inloggen", WRITING),
            ("POST", "/partner/v1/oauth/token", ASKING_TOKENS),
            ("POST", "/api/v1/reports", POSTING_REPORTS),
            ("POST", "/open311/v2/requests.json", POSTING_REPORTS),
            ("POST", "/api/v1/reports/0b/photos", POSTING_PHOTOS),
            ("POST", "/melden", POSTING_PHOTOS),
            ("POST", "/melden/fotos", POSTING_PHOTOS),
            ("POST", "/melden/bewaren", WRITING),
            ("POST", "/volg/abc", POSTING_PHOTOS),
            ("POST", "/werk/1", WRITING),
            ("DELETE", "/partner/v1/subscriptions/1", WRITING),
            ("GET", "/map/cases.geojson", READING),
            ("GET", "/inloggen", READING),
            ("GET", "/health/ready", None),
            ("GET", "/metrics", None),
            ("GET", "/static/css/page.css", None),
        ],
    )
    def test_are_as_the_table_says(self, method: str, path: str, rate: Rate | None) -> None:
        assert rate_of(method, path) is rate

    def test_hold_a_client_that_posts_too_much(self, connection: Connection) -> None:
        client = web(connection, rate_limits="on")

        statuses = [client.post("/api/v1/reports", json={}).status_code for _ in range(31)]
        answer = client.post("/api/v1/reports", json={})

        assert statuses == [201] * 30 + [429]
        assert answer.mimetype == "application/problem+json"
        assert 0 < int(answer.headers["Retry-After"]) <= 60

    def test_hold_who_guesses_one_persons_password_from_many_places(
        self, connection: Connection
    ) -> None:
        client = web(connection, rate_limits="on", trusted_proxies=1)
        page = client.get("/inloggen")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None

        statuses = [
            client.post(
                "/inloggen",
                data={"csrf_token": token[1], "email": "Noor@example.org", "password": ""},
                headers={"X-Forwarded-For": f"192.0.2.{number}"},
            ).status_code
            for number in range(31)
        ]

        assert statuses == [200] * 30 + [429]

    def test_are_off_for_this_machine_alone(self, connection: Connection) -> None:
        client = web(connection, rate_limits="off")
        elsewhere = {"REMOTE_ADDR": "192.0.2.9"}

        here = {client.post("/api/v1/reports", json={}).status_code for _ in range(40)}
        there = [
            client.post("/api/v1/reports", json={}, environ_base=elsewhere).status_code
            for _ in range(31)
        ]

        assert here == {201}
        assert there[-1] == 429

    def test_are_not_off_for_what_a_proxy_on_this_machine_passes_on(
        self, connection: Connection
    ) -> None:
        client = web(connection, rate_limits="off")
        passed_on = {"X-Forwarded-For": "127.0.0.1"}

        statuses = [
            client.post("/api/v1/reports", json={}, headers=passed_on).status_code
            for _ in range(31)
        ]

        assert statuses[-1] == 429


class TestTheClientsAddress:
    def test_is_not_what_a_header_says(self, connection: Connection) -> None:
        client = web(connection, rate_limits="on")

        statuses = [
            client.post(
                "/api/v1/reports", json={}, headers={"X-Forwarded-For": f"192.0.2.{number}"}
            ).status_code
            for number in range(31)
        ]

        assert statuses[-1] == 429

    def test_is_what_our_own_proxy_says_and_not_what_the_client_told_it(
        self, connection: Connection
    ) -> None:
        client = web(connection, rate_limits="on", trusted_proxies=1)

        statuses = [
            client.post(
                "/api/v1/reports",
                json={},
                headers={"X-Forwarded-For": f"198.51.100.{number}, 192.0.2.1"},
            ).status_code
            for number in range(31)
        ]
        another = client.post(
            "/api/v1/reports", json={}, headers={"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
        )

        assert statuses[-1] == 429
        assert another.status_code == 201
