"""The web server as real processes: bodies that stop, slow readers, and HTTP written badly."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from app.entrypoints.wiring import HEARERS
from app.foundation.database import Database, make_engine
from tests import ground
from tests.makers.places import IN_DISTRICT, a_small_municipality
from tests.makers.running import RunningSystem, a_running_system

pytestmark = pytest.mark.processes

MEGABYTE = 1024 * 1024
SILENCE_SECONDS = 3.0
JSON = {"Content-Type": "application/json"}

Address = tuple[str, int]


@pytest.fixture(scope="module")
def running(database_server: ground.Server, database_template: str) -> Iterator[RunningSystem]:
    clone = database_server.clone(database_template)
    engine = make_engine(clone.url, connections=1)
    try:
        with Database(engine, hearers=HEARERS).transaction() as transaction:
            a_small_municipality(transaction)
        with a_running_system(
            database_url=clone.url,
            BODY_SILENCE_SECONDS=str(SILENCE_SECONDS),
            BODY_GRACE_SECONDS="4",
            BODY_LEAST_BYTES_PER_SECOND="1000",
            BODIES_AT_ONCE="60",
            BODIES_AT_ONCE_OF_ONE_CLIENT="60",
        ) as system:
            yield system
    finally:
        engine.dispose()
        database_server.drop(clone)


@pytest.fixture
def address(running: RunningSystem) -> Address:
    parts = urlsplit(running.address)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def a_body() -> bytes:
    point = {"type": "Point", "coordinates": list(IN_DISTRICT)}
    return json.dumps({"description": "De lamp doet het niet", "location": point}).encode()


def a_head(*headers: str, media_type: str = "application/json") -> bytes:
    lines = (
        "POST /api/v1/reports HTTP/1.1",
        "Host: localhost",
        f"Content-Type: {media_type}",
        *headers,
    )
    return "\r\n".join((*lines, "", "")).encode()


@contextmanager
def sent(address: Address, *pieces: bytes) -> Iterator[socket.socket]:
    """Yield a connection on which these pieces were sent."""
    with socket.create_connection(address, timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
        yield connection


def answer_on(connection: socket.socket) -> tuple[int, str, bytes]:
    """Return status, media type and content of the next answer."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.headers["Content-Type"] or "", answer.read()


def is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


class TestBodiesThatStopHalfWay:
    def test_hold_nobody_else_up_and_are_told_so(self, address: Address) -> None:
        url = f"http://{address[0]}:{address[1]}"
        with ExitStack() as stack:
            half = [
                stack.enter_context(sent(address, a_head("Content-Length: 1000"), b'{"descr'))
                for _ in range(40)
            ]
            begun = time.monotonic()
            with httpx.Client(base_url=url, timeout=10) as client:
                lives = [client.get("/health/live").status_code for _ in range(5)]
                taken = [
                    client.post("/api/v1/reports", content=a_body(), headers=JSON).status_code
                    for _ in range(30)
                ]
                lives += [client.get("/health/live").status_code for _ in range(5)]
            lasted = time.monotonic() - begun
            answers = [answer_on(connection) for connection in half]
            closed = [is_closed(connection) for connection in half]

        assert lives == [200] * 10
        assert taken == [201] * 30
        # A thread that waited for one of the halves would have waited for its end.
        assert lasted < SILENCE_SECONDS
        assert {answer[:2] for answer in answers} == {(408, "application/problem+json")}
        assert {json.loads(content)["type"] for *_, content in answers} == {
            "urn:straatbeeld:problem:body-stopped"
        }
        assert all(closed)

    def test_are_refused_when_there_are_more_than_there_is_room_for(self, address: Address) -> None:
        with ExitStack() as stack:
            # Two processes of sixty each, however the system deals them out.
            half = [
                stack.enter_context(sent(address, a_head("Content-Length: 1000"), b"{"))
                for _ in range(130)
            ]
            statuses = [answer_on(connection)[0] for connection in half]
            lives = httpx.get(f"http://{address[0]}:{address[1]}/health/live").status_code

        assert set(statuses) == {408, 503}
        assert statuses.count(503) >= 10
        assert lives == 200

    def test_may_take_their_time_as_long_as_something_comes(self, address: Address) -> None:
        body = a_body()
        with sent(address, a_head(f"Content-Length: {len(body)}")) as connection:
            for at in range(0, len(body), 60):
                connection.sendall(body[at : at + 60])
                time.sleep(0.8)

            status, *_ = answer_on(connection)

        assert status == 201

    def test_are_given_up_when_they_trickle(self, address: Address) -> None:
        begun = time.monotonic()
        with sent(address, a_head("Content-Length: 1000")) as connection:
            for _ in range(9):
                connection.sendall(b" ")
                time.sleep(0.5)

            status, *_ = answer_on(connection)

        assert status == 408
        assert time.monotonic() - begun < 8

    def test_are_given_up_when_they_trickle_after_a_quick_beginning(self, address: Address) -> None:
        begun = time.monotonic()
        head = a_head(
            f"Content-Length: {20 * MEGABYTE}", media_type="multipart/form-data; boundary=x"
        )
        with sent(address, head, b"x" * (10 * MEGABYTE)) as connection:
            for _ in range(9):
                connection.sendall(b" ")
                time.sleep(0.5)

            status, *_ = answer_on(connection)

        assert status == 408
        assert time.monotonic() - begun < 10

    def test_leave_no_file(self, running: RunningSystem, address: Address) -> None:
        before = {path.name for path in running.data_folder.iterdir()}
        length = f"Content-Length: {20 * MEGABYTE}"
        head = a_head(length, media_type="multipart/form-data; boundary=x")
        with sent(address, head, b"x" * (10 * MEGABYTE)) as connection:
            status, *_ = answer_on(connection)

        assert status == 408
        assert {path.name for path in running.data_folder.iterdir()} == before


class TestAClientThatReadsSlowly:
    def test_holds_nobody_up(self, address: Address) -> None:
        asked = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50
        with ExitStack() as stack:
            for _ in range(16):
                stack.enter_context(sent(address, asked))

            begun = time.monotonic()
            status = httpx.get(f"http://{address[0]}:{address[1]}/health/live", timeout=20)

        assert status.status_code == 200
        assert time.monotonic() - begun < 15


class TestHttp:
    def test_asks_for_the_body_that_waits_to_be_asked_for(self, address: Address) -> None:
        body = a_body()
        head = a_head("Expect: 100-continue", f"Content-Length: {len(body)}")
        with sent(address, head) as connection:
            invited = connection.recv(100)
            connection.sendall(body)

            status, *_ = answer_on(connection)

        assert invited.startswith(b"HTTP/1.1 100 ")
        assert status == 201

    def test_does_not_ask_for_a_body_that_is_too_large(self, address: Address) -> None:
        head = a_head("Expect: 100-continue", f"Content-Length: {200 * MEGABYTE}")
        with sent(address, head) as connection:
            status, media_type, _ = answer_on(connection)

        assert (status, media_type) == (413, "application/problem+json")

    @pytest.mark.parametrize(
        "headers",
        [
            ("Content-Length: 5", "Transfer-Encoding: chunked"),
            ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ],
    )
    def test_believes_chunks_before_a_length_and_hears_nothing_after_them(
        self, address: Address, headers: tuple[str, str]
    ) -> None:
        body = a_body()
        smuggled = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
        chunks = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        with sent(address, a_head(*headers), chunks + smuggled) as connection:
            status, *_ = answer_on(connection)

            assert status == 201
            assert is_closed(connection)

    @pytest.mark.parametrize(
        ("headers", "body"),
        [
            (("Content-Length: 5", "Content-Length: 6"), b"123456"),
            (("Transfer-Encoding: identity", "Content-Length: 5"), b"12345"),
            (("Transfer-Encoding: chunked",), b"zz\r\nabc"),
            (("Content-Length: -1",), b""),
        ],
        ids=["two lengths", "not chunked", "no number of bytes", "less than nothing"],
    )
    def test_refuses_a_body_whose_end_is_not_clear(
        self, address: Address, headers: tuple[str, ...], body: bytes
    ) -> None:
        with sent(address, a_head(*headers), body) as connection:
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            answer.read()

            assert answer.status == 400
            assert is_closed(connection)

    def test_a_head_has_the_headers_and_no_body(self, address: Address) -> None:
        url = f"http://{address[0]}:{address[1]}/health/live"

        asked, whole = httpx.head(url), httpx.get(url)

        assert asked.status_code == 200
        assert asked.content == b""
        assert asked.headers["Content-Length"] == str(len(whole.content))
        assert asked.headers["X-Request-Id"] != whole.headers["X-Request-Id"]

    def test_a_connection_serves_many(self, address: Address) -> None:
        connection = http.client.HTTPConnection(*address, timeout=10)
        try:
            statuses = []
            for _ in range(3):
                connection.request("POST", "/api/v1/reports", a_body(), JSON)
                kept = connection.sock
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
                assert connection.sock is kept
        finally:
            connection.close()

        assert statuses == [201] * 3


class TestStopping:
    def test_does_not_wait_for_a_half_body(
        self, database_server: ground.Server, database_template: str
    ) -> None:
        clone = database_server.clone(database_template)
        try:
            with a_running_system(database_url=clone.url, WEB_PROCESSES="1") as system:
                parts = urlsplit(system.address)
                assert parts.hostname
                assert parts.port
                half = a_head("Content-Length: 1000")
                with sent((parts.hostname, parts.port), half, b"{") as connection:
                    time.sleep(0.3)
                    begun = time.monotonic()
                    status = system.stop()
                    lasted = time.monotonic() - begun
                    answered = connection.recv(100)
        finally:
            database_server.drop(clone)

        assert status == 0
        assert lasted < 9
        assert answered[9:12] == b"503"
