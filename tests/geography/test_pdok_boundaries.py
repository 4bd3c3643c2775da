"""The register of boundaries: what it promises, and what is made of a bad answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.geography.importing.pdok import (
    Boundaries,
    BoundaryRegister,
    KeptBoundaries,
    PdokBoundaries,
    fetched,
)
from app.geography.model import Box, RegisterAway
from tests.geography.map_files import a_feature, said_nothing

Answer = Callable[[BaseHTTPRequestHandler], None]


def a_neighbourhood(code: str, of: str = "GM0851") -> dict[str, Any]:
    return {
        **a_feature(),
        "properties": {"gemeentecode": of, "buurtcode": code, "buurtnaam": f"Buurt {code}"},
    }


PAGES = [
    [a_neighbourhood("BU1"), a_neighbourhood("noise", of="GM1709")],
    [a_neighbourhood("BU2")],
    [],
]


def said(body: object, status: int = 200) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


def late(request: BaseHTTPRequestHandler) -> None:
    time.sleep(2.3)
    request.send_response(200)
    request.end_headers()


def cut_short(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "5000")
    request.end_headers()
    request.wfile.write(b'{"features": [')


@contextmanager
def served(
    answer: Callable[[BaseHTTPRequestHandler, int], Answer],
) -> Iterator[tuple[str, list[str]]]:
    """Play PDOK on a port of this machine; gives its address and the paths it was asked for."""
    asked: list[str] = []

    class Playing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            answer(self, len(asked))(self)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Playing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pages(request: BaseHTTPRequestHandler, _: int) -> Answer:
    number = int(request.path.partition("cursor=")[2] or 0)
    links = [{"rel": "self", "href": "/here"}]
    if number + 1 < len(PAGES):
        links.append(
            {"rel": "next", "href": f"{request.path.partition('?')[0]}?cursor={number + 1}"}
        )
    return said({"type": "FeatureCollection", "features": PAGES[number], "links": links})


def no_rest(_: float) -> None:
    """Go on at once."""


@pytest.fixture(params=["pdok", "kept"])
def register(request: pytest.FixtureRequest) -> Iterator[BoundaryRegister]:
    if request.param == "kept":
        yield KeptBoundaries({Boundaries.NEIGHBOURHOODS: PAGES})
        return
    with served(pages) as (address, _):
        yield PdokBoundaries(address, rest=no_rest)


def codes(register: BoundaryRegister, folder: Path, code: str = "GM0851") -> list[str]:
    _, path = fetched(
        register,
        Boundaries.NEIGHBOURHOODS,
        code=code,
        year=2024,
        box=None,
        into=folder,
        tell=said_nothing,
    )
    return [one["properties"]["code"] for one in json.loads(path.read_text())["features"]]


class TestEveryRegister:
    def test_gives_all_pages_of_our_own_municipality(
        self, register: BoundaryRegister, tmp_path: Path
    ) -> None:
        assert codes(register, tmp_path) == ["BU1", "BU2"]

    def test_says_how_far_it_is(self, register: BoundaryRegister) -> None:
        told: list[str] = []

        list(register.pages(Boundaries.NEIGHBOURHOODS, year=2024, box=None, tell=told.append))

        assert told == ["Page 1: 2 boundaries", "Page 2: 1 boundaries", "Page 3: 0 boundaries"]

    def test_that_knows_nothing_of_us_changes_nothing(
        self, register: BoundaryRegister, tmp_path: Path
    ) -> None:
        with pytest.raises(RegisterAway, match="knows no neighbourhoods of GM0001"):
            codes(register, tmp_path, "GM0001")


class TestPdok:
    def test_is_asked_for_what_lies_in_the_box(self) -> None:
        with served(pages) as (address, asked):
            list(
                PdokBoundaries(address).pages(
                    Boundaries.NEIGHBOURHOODS,
                    year=2024,
                    box=Box(4.1, 51.5, 4.5, 51.7),
                    tell=said_nothing,
                )
            )

        assert asked[0] == (
            "/cbs/wijken-en-buurten-2024/ogc/v1/collections/buurten/items"
            "?f=json&limit=1000&bbox=4.1%2C51.5%2C4.5%2C51.7"
        )

    def test_is_asked_again_after_a_fault_and_that_is_said(self, tmp_path: Path) -> None:
        told: list[str] = []

        def faulty(request: BaseHTTPRequestHandler, count: int) -> Answer:
            return said({}, 503) if count == 1 else pages(request, count)

        with served(faulty) as (address, _):
            register = PdokBoundaries(address, rest=no_rest)
            found = list(
                register.pages(Boundaries.NEIGHBOURHOODS, year=2024, box=None, tell=told.append)
            )

        assert len(found) == 3
        assert told[0] == "PDOK: it answered with 503; try 2 of 3"

    @pytest.mark.parametrize(
        ("bad", "tries", "words"),
        [
            (said(b"<html>"), 3, "no JSON"),
            (said([]), 3, "no features"),
            (said({"features": 7}), 3, "no features"),
            (said({"features": [7]}), 3, "no features"),
            (said({}, 404), 1, "answered with 404"),
            (said({}, 302), 1, "answered with 302"),
            (said({}, 500), 3, "answered with 500"),
            (cut_short, 3, "PDOK"),
            (late, 3, "timed out"),
            (
                said({"features": [], "links": [{"rel": "next", "href": "http://127.0.0.2:1/x"}]}),
                1,
                "another host",
            ),
            (said({"features": [], "links": [{"rel": "next", "href": "?a=1"}]}), 2, "an end"),
        ],
    )
    def test_that_answers_badly_is_given_up(self, bad: Answer, tries: int, words: str) -> None:
        with served(lambda request, count: bad) as (address, asked):
            register = PdokBoundaries(address, rest=no_rest)
            with pytest.raises(RegisterAway, match=words):
                list(
                    register.pages(
                        Boundaries.NEIGHBOURHOODS, year=2024, box=None, tell=said_nothing
                    )
                )

        assert len(asked) == tries
