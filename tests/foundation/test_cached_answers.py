"""An answer with a version is written once, travels compressed, and is not sent twice."""

from __future__ import annotations

import gzip
from uuid import uuid4

import brotli
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from app.foundation.cached_answers import RecentAnswers, versioned_answer

CONTENT = "a line that comes again and again\n" * 100


class Shop:
    """A small web application with one answer, and how often it was written."""

    def __init__(self) -> None:
        self.version = uuid4().hex
        self.written = 0
        app = Flask(__name__)

        @app.get("/list")
        @app.get("/own")
        def answer() -> Response:
            return versioned_answer(self.version, self.write, media_type="text/plain")

        @app.get("/private")
        def private() -> Response:
            return versioned_answer(
                self.version, self.write, media_type="text/plain", open_to_all_origins=False
            )

        self.client: FlaskClient = app.test_client()

    def write(self) -> str:
        self.written += 1
        return CONTENT


@pytest.fixture
def shop() -> Shop:
    return Shop()


class TestAnAnswerWithAVersion:
    def test_is_written_once_for_all_who_ask(self, shop: Shop) -> None:
        answers = [shop.client.get("/list") for _ in range(3)]

        assert {answer.text for answer in answers} == {CONTENT}
        assert shop.written == 1

    def test_is_not_even_written_for_who_has_it(self, shop: Shop) -> None:
        tag = shop.client.get("/list").headers["ETag"]
        written = shop.written

        answered = shop.client.get("/list", headers={"If-None-Match": f'"other", {tag}'})

        assert (answered.status_code, answered.data, shop.written) == (304, b"", written)

    @pytest.mark.parametrize("path", ["/list?a=1", "/own"])
    def test_is_another_one_at_another_address(self, shop: Shop, path: str) -> None:
        tag = shop.client.get("/list").headers["ETag"]

        assert shop.client.get(path, headers={"If-None-Match": tag}).status_code == 200

    def test_is_written_again_when_its_version_changes(self, shop: Shop) -> None:
        tag = shop.client.get("/list").headers["ETag"]

        shop.version = "the next"

        answered = shop.client.get("/list", headers={"If-None-Match": tag})
        assert answered.status_code == 200
        assert shop.written == 2

    @pytest.mark.parametrize("nonsense", ["", "x", '"', "W/", ",,,", '"unclosed', "\x80"])
    def test_takes_no_harm_from_a_tag_that_is_none(self, shop: Shop, nonsense: str) -> None:
        answered = shop.client.get("/list", headers={"If-None-Match": nonsense})

        assert answered.status_code == 200

    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [
            ("br", "br"),
            ("gzip, br", "br"),
            ("gzip", "gzip"),
            ("*", "br"),
            ("br;q=0, *;q=0.5", "gzip"),
            ("identity", None),
            ("deflate, zstd", None),
            ("nonsense;q=x", None),
        ],
    )
    def test_travels_as_the_reader_can_read_it(
        self, shop: Shop, accepted: str, encoding: str | None
    ) -> None:
        answered = shop.client.get("/list", headers={"Accept-Encoding": accepted})

        read = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding or "", bytes)
        assert answered.headers.get("Content-Encoding") == encoding
        assert read(answered.data).decode() == CONTENT
        assert answered.headers["Vary"] == "Accept-Encoding"
        assert (len(answered.data) < 300) is (encoding is not None)

    def test_may_be_read_by_a_page_from_anywhere_or_not(self, shop: Shop) -> None:
        allowed = [
            shop.client.get(path).headers.get("Access-Control-Allow-Origin")
            for path in ("/list", "/private")
        ]

        assert allowed == ["*", None]

    def test_has_a_head_of_its_own(self, shop: Shop) -> None:
        whole, head = shop.client.get("/list"), shop.client.head("/list")

        assert head.data == b""
        assert head.headers["ETag"] == whole.headers["ETag"]
        assert head.content_length == whole.content_length


class TestTheLastAnswers:
    def test_are_kept_as_far_as_they_fit(self) -> None:
        answers = RecentAnswers(100)
        for tag in "abc":
            answers.put(tag, b"x" * 40)

        kept = [tag for tag in "abc" if answers.get(tag)]

        assert kept == ["b", "c"]

    def test_make_room_in_the_order_in_which_they_were_asked_for(self) -> None:
        answers = RecentAnswers(100)
        answers.put("a", b"x" * 40)
        answers.put("b", b"x" * 40)
        answers.get("a")

        answers.put("c", b"x" * 40)

        assert [answers.get(tag) is not None for tag in "abc"] == [True, False, True]

    def test_count_one_that_comes_again_once(self) -> None:
        answers = RecentAnswers(100)

        for _ in range(10):
            answers.put("a", b"x" * 60)
        answers.put("b", b"x" * 40)

        assert [answers.get(tag) is not None for tag in "ab"] == [True, True]

    def test_never_hold_one_that_is_too_large(self) -> None:
        answers = RecentAnswers(100)
        answers.put("a", b"x" * 40)

        answers.put("b", b"x" * 101)

        assert answers.get("b") is None
