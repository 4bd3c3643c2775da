"""Which answers travel compressed, and which never do."""

from __future__ import annotations

import gzip

import brotli
import pytest
from flask import Response, g, request
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app.entrypoints.compression import compress_what_is_public
from app.identity.access import open_to
from app.identity.permissions import Permission
from tests.identity.web import small_settings, small_web

LONG = "<p>Een melding over een lamp die niet brandt.</p>" * 100


@pytest.fixture
def client(connection: Connection) -> FlaskClient:
    app = small_web(connection, small_settings())
    compress_what_is_public(app)

    @app.get("/lang")
    @open_to(Permission.ANYONE)
    def long() -> Response:
        answer = Response(LONG, mimetype=request.args.get("type", "text/html"))
        answer.set_etag("abc", weak="weak" in request.args)
        if "form" in request.args:
            g.csrf_token = "een geheim"
        if "private" in request.args:
            answer.headers["Cache-Control"] = "private, no-store"
        if "cookie" in request.args:
            answer.set_cookie("taal", "nl")
        answer.make_conditional(request)
        return answer

    return app.test_client()


class TestAPublicPage:
    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("*", "br")],
    )
    def test_travels_as_the_browser_takes_it(
        self, client: FlaskClient, accepted: str, encoding: str
    ) -> None:
        answer = client.get("/lang", headers={"Accept-Encoding": accepted})

        assert answer.headers["Content-Encoding"] == encoding
        opened = brotli.decompress if encoding == "br" else gzip.decompress
        assert opened(answer.data).decode() == LONG
        assert int(answer.headers["Content-Length"]) == len(answer.data) < len(LONG) / 5
        assert "Accept-Encoding" in answer.headers["Vary"]

    @pytest.mark.parametrize("accepted", ["", "identity", "zstd", "gzip;q=0", "\u00e9"])
    def test_travels_as_it_is_to_who_takes_nothing_else(
        self, client: FlaskClient, accepted: str
    ) -> None:
        answer = client.get("/lang", headers={"Accept-Encoding": accepted})

        assert "Content-Encoding" not in answer.headers
        assert answer.text == LONG
        assert "Accept-Encoding" in answer.headers["Vary"]

    def test_keeps_a_version_that_is_the_same_in_a_weak_sense(self, client: FlaskClient) -> None:
        first = client.get("/lang", headers={"Accept-Encoding": "br"})

        again = client.get("/lang", headers={"If-None-Match": first.headers["ETag"]})

        assert first.headers["ETag"] == 'W/"abc"'
        assert again.status_code == 304
        assert "Accept-Encoding" in again.headers["Vary"]

    def test_that_is_short_travels_as_it_is(self, client: FlaskClient) -> None:
        answer = client.get("/open", headers={"Accept-Encoding": "br"})

        assert "Content-Encoding" not in answer.headers


class TestWhatCouldBeMeasured:
    @pytest.mark.parametrize("why", ["form", "private", "cookie", "type=image/png"])
    def test_is_never_compressed(self, client: FlaskClient, why: str) -> None:
        answer = client.get(f"/lang?{why}", headers={"Accept-Encoding": "br, gzip"})

        assert "Content-Encoding" not in answer.headers

    def test_is_not_compressed_for_who_shows_a_token(self, client: FlaskClient) -> None:
        answer = client.get("/lang", headers={"Accept-Encoding": "br", "Authorization": "Bearer x"})

        assert "Content-Encoding" not in answer.headers


class TestTheWholeSite:
    @pytest.mark.parametrize("path", ["/", "/privacy", "/toegankelijkheid", "/api/v1/categories"])
    def test_compresses_its_public_pages(self, web: FlaskClient, path: str) -> None:
        answer = web.get(path, headers={"Accept-Encoding": "br"})

        assert answer.headers["Content-Encoding"] == "br"

    @pytest.mark.parametrize("path", ["/inloggen", "/melden"])
    def test_leaves_pages_with_a_form_as_they_are(self, web: FlaskClient, path: str) -> None:
        answer = web.get(path, headers={"Accept-Encoding": "br"})

        assert "Content-Encoding" not in answer.headers
