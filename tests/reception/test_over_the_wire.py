"""Reports over real connections: bodies without end, and many at the same moment."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from app.entrypoints.wiring import HEARERS
from app.foundation.database import Database, make_engine
from tests import ground
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality
from tests.makers.running import a_running_system

pytestmark = pytest.mark.processes

MEGABYTE = 1024 * 1024
#: What a network's own buffers may swallow before the other side is heard.
SWALLOWED_BYTES = 16 * MEGABYTE


@dataclass(frozen=True)
class Served:
    """A real server on a database of its own."""

    address: str
    database: Database
    place: SmallMunicipality

    @property
    def host_and_port(self) -> tuple[str, int]:
        parts = urlsplit(self.address)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def count(self, table: str) -> int:
        with self.database.transaction() as transaction:
            found: int = transaction.connection.execute(
                text(f"SELECT count(*) FROM {table}")
            ).scalar_one()
        return found


@pytest.fixture(scope="module")
def served(database_server: ground.Server, database_template: str) -> Iterator[Served]:
    clone = database_server.clone(database_template)
    engine = make_engine(clone.url, connections=2)
    database = Database(engine, hearers=HEARERS)
    try:
        with database.transaction() as transaction:
            place = a_small_municipality(transaction)
        with a_running_system(database_url=clone.url) as running:
            yield Served(running.address, database, place)
    finally:
        engine.dispose()
        database_server.drop(clone)


def a_body(**more: object) -> dict[str, Any]:
    return {
        "description": "De lamp doet het niet",
        "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
        **more,
    }


def all_at_once(work: Callable[[int], httpx.Response], how_many: int) -> list[httpx.Response]:
    with ThreadPoolExecutor(how_many) as pool:
        return list(pool.map(work, range(how_many)))


class TestABodyWithoutEnd:
    @pytest.mark.parametrize(
        "content_type", ["application/json", "multipart/form-data; boundary=x"]
    )
    def test_is_refused_before_it_was_sent(self, served: Served, content_type: str) -> None:
        with socket.create_connection(served.host_and_port, timeout=10) as connection:
            connection.sendall(
                f"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\n"
                f"Content-Type: {content_type}\r\nContent-Length: {200 * MEGABYTE}\r\n\r\n".encode()
            )
            connection.sendall(b"--x\r\n")

            status = status_of(connection)

        assert status == 413

    @pytest.mark.parametrize(
        ("content_type", "beginning", "at_most"),
        [
            ("application/json", b'{"description":"', MEGABYTE),
            (
                "multipart/form-data; boundary=x",
                b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n',
                80 * MEGABYTE,
            ),
        ],
        ids=["JSON", "multipart"],
    )
    def test_that_does_not_say_so_is_read_no_further_than_it_may_be(
        self, served: Served, content_type: str, beginning: bytes, at_most: int
    ) -> None:
        with socket.create_connection(served.host_and_port, timeout=10) as connection:
            connection.sendall(
                b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: " + content_type.encode() + b"\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n"
            )

            sent = send_until_answered(connection, beginning, most=200 * MEGABYTE)
            status = status_of(connection)

        assert status == 413
        assert sent < at_most + SWALLOWED_BYTES

    def test_in_pieces_is_fine_when_it_is_small(self, served: Served) -> None:
        content = json.dumps(a_body()).encode()

        answered = httpx.post(
            f"{served.address}/api/v1/reports",
            content=(content[start : start + 20] for start in range(0, len(content), 20)),
            headers={"Content-Type": "application/json"},
        )

        assert answered.status_code == 201

    def test_leaves_nothing(self, served: Served) -> None:
        before = served.count("report")

        answered = httpx.post(
            f"{served.address}/api/v1/reports",
            content=(b" " * MEGABYTE for _ in range(2)),
            headers={"Content-Type": "application/json"},
        )

        assert answered.status_code == 413
        assert answered.headers["Content-Type"] == "application/problem+json"
        assert served.count("report") == before


def send_until_answered(connection: socket.socket, beginning: bytes, *, most: int) -> int:
    """Send chunk after chunk until the other side answers or `most` bytes are gone."""
    piece = b"x" * (256 * 1024)
    sent = 0
    connection.settimeout(5)
    for content in (beginning, *[piece] * (most // len(piece))):
        try:
            connection.sendall(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        except OSError:
            return sent
        sent += len(content)
        if has_answered(connection):
            return sent
    return sent


def has_answered(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(10)


def status_of(connection: socket.socket) -> int:
    """Return the status that the other side answers with."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status


class TestOneKeyFromTwoConnectionsAtOnce:
    def test_is_one_report_with_one_answer(self, served: Served) -> None:
        before = served.count("report")

        def post(_number: int) -> httpx.Response:
            return httpx.post(
                f"{served.address}/api/v1/reports",
                json=a_body(description="Eén melding, twee verbindingen"),
                headers={"Idempotency-Key": "twice at once"},
                timeout=20,
            )

        answers = all_at_once(post, 4)

        assert [answer.status_code for answer in answers] == [201] * 4
        assert [answer.json() for answer in answers] == [answers[0].json()] * 4
        assert served.count("report") == before + 1


class TestEightReportsOfOneLampAtTheSameMoment:
    def test_are_one_case(self, served: Served) -> None:
        lamp = str(served.place.lamp_id)
        cases, tasks = served.count("defect_case"), served.count("task")

        def post(number: int) -> httpx.Response:
            return httpx.post(
                f"{served.address}/api/v1/reports",
                json=a_body(description=f"Lamp {number} keer uit", asset=lamp),
                timeout=20,
            )

        answers = all_at_once(post, 8)

        said = [answer.json() for answer in answers]
        assert [answer.status_code for answer in answers] == [201] * 8
        assert len({one["reference"] for one in said}) == 8
        assert len({one["case"]["reference"] for one in said}) == 1
        assert sorted(one["case"]["joined"] for one in said) == [False] + [True] * 7
        assert served.count("defect_case") == cases + 1
        assert served.count("task") == tasks + 1


class TestPhotosAddedAtTheSameMoment:
    def test_are_never_more_than_five(self, served: Served) -> None:
        said = httpx.post(f"{served.address}/api/v1/reports", json=a_body(), timeout=20).json()

        def add(number: int) -> httpx.Response:
            return httpx.post(
                f"{served.address}/api/v1/reports/{said['id']}/photos",
                files=[("photo", (f"{n}.png", a_png(number * 10 + n))) for n in range(2)],
                headers={"Authorization": f"Bearer {said['token']}"},
                timeout=20,
            )

        answers = all_at_once(add, 4)

        assert sorted(answer.status_code for answer in answers) == [201, 201, 400, 400]
        followed = httpx.get(
            f"{served.address}/api/v1/reports/{said['id']}",
            headers={"Authorization": f"Bearer {said['token']}"},
            timeout=20,
        ).json()
        assert len(followed["photos"]) == 4


def a_png(shade: int) -> bytes:
    picture = BytesIO()
    Image.new("L", (8, 8), shade).save(picture, "PNG")
    return picture.getvalue()


class TestAReportThatIsNotFinished:
    def test_holds_nobody_else_up(self, served: Served) -> None:
        with socket.create_connection(served.host_and_port, timeout=10) as connection:
            connection.sendall(
                b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n"
                + json.dumps(a_body()).encode()[:20]
            )

            answered = httpx.post(f"{served.address}/api/v1/reports", json=a_body(), timeout=10)

        assert answered.status_code == 201
