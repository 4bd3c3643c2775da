"""What is wrong with a report is said field by field, and nothing of it is kept."""

from __future__ import annotations

import json
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality

MARKUP = '<script>alert("hoi")</script>\n<b>vet</b> & {{ 7 * 7 }}'
PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "photos"


@pytest.fixture(autouse=True)
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


def a_body(**changes: object) -> dict[str, Any]:
    body = {
        "description": "De lamp doet het niet",
        "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def at(*coordinates: object) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates)}


def post(web: FlaskClient, body: object) -> TestResponse:
    return web.post("/api/v1/reports", data=json.dumps(body), content_type="application/json")


def post_raw(web: FlaskClient, content: bytes | str) -> TestResponse:
    return web.post("/api/v1/reports", data=content, content_type="application/json")


def post_photos(web: FlaskClient, *photos: tuple[bytes, str]) -> TestResponse:
    boundary, content = encode_multipart(
        {
            "report": json.dumps(a_body()),
            "photo": [FileStorage(BytesIO(photo), name) for photo, name in photos],
        }
    )
    return web.post(
        "/api/v1/reports",
        data=content,
        content_type=f'multipart/form-data; boundary="{boundary}"',
    )


def kept(provided: Provided) -> dict[str, int]:
    """Return how many rows there are of everything a report brings, and how many files."""
    tables = ("report", "contact", "defect_case", "task", "photo", "public_case", "given_answer")
    with provided.get(Database).transaction() as transaction:
        rows = {
            table: transaction.connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in tables
        }
    files = [path for path in provided.get(Settings).photo_folder.rglob("*") if path.is_file()]
    return {**{table: count or 0 for table, count in rows.items()}, "files": len(files)}


def is_refused(answered: TestResponse, status: int, provided: Provided) -> dict[str, Any]:
    """Check that it was refused with a problem and left nothing behind; return the problem."""
    assert answered.status_code == status, answered.get_data(as_text=True)
    assert answered.content_type == "application/problem+json"
    assert set(kept(provided).values()) == {0}
    problem: dict[str, Any] = answered.get_json()
    assert problem["status"] == status
    assert problem["detail"]
    return problem


def a_jpeg(longest: int = 40) -> bytes:
    picture = BytesIO()
    Image.effect_noise((longest, 30), 40).convert("RGB").save(picture, "JPEG")
    return picture.getvalue()


def a_bomb() -> bytes:
    """Return a PNG of some hundred bytes that says it has 3.6 thousand million pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


class TestAFieldThatIsNotRight:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (a_body(location=...), "#/location"),
            (a_body(location=None), "#/location"),
            (a_body(location="4.32,51.58"), "#/location"),
            (a_body(location={"type": "Point"}), "#/location/coordinates"),
            (a_body(location=at()), "#/location/coordinates"),
            (a_body(location=at(4.32)), "#/location/coordinates"),
            (a_body(location=at(4.32, 51.58, 0, 0)), "#/location/coordinates"),
            (a_body(location=at("4.32", "51.58")), "#/location/coordinates"),
            (a_body(location=at("nan", "nan")), "#/location/coordinates"),
            (a_body(location=at(True, False)), "#/location/coordinates"),
            (a_body(location=at([4.32], [51.58])), "#/location/coordinates"),
            (a_body(location=at(10**400, 51.58)), "#/location/coordinates"),
            (a_body(location=at(999, 999)), "#/location/coordinates"),
            (a_body(location={"type": "Polygon", "coordinates": []}), "#/location/type"),
            (a_body(location={**at(*IN_DISTRICT), "bbox": []}), "#/location/bbox"),
            (a_body(category="geen.soort"), "#/category"),
            (a_body(category="wegen"), "#/category"),
            (a_body(category=7), "#/category"),
            (a_body(category="a\x00b"), "#/category"),
            (a_body(category="x" * 101), "#/category"),
            (a_body(description=...), "#/description"),
            (a_body(description=""), "#/description"),
            (a_body(description=" \n\t "), "#/description"),
            (a_body(description="x" * 100_000), "#/description"),
            (a_body(description="lamp\x00"), "#/description"),
            (a_body(description="lamp\x1b[31m"), "#/description"),
            (a_body(description="lamp \ud800"), "#/description"),
            (a_body(description=["lamp"]), "#/description"),
            (a_body(sameAs="K7MD-4QXW"), "#/sameAs"),
            (a_body(sameAs="\x00"), "#/sameAs"),
            (a_body(sameAs={"reference": "K7MD-4QXW"}), "#/sameAs"),
            (a_body(asset="L-1"), "#/asset"),
            (a_body(asset="00000000-0000-4000-8000-000000000000"), "#/asset"),
            (a_body(danger="ja"), "#/danger"),
            (a_body(danger=1), "#/danger"),
            (a_body(contact={"email": "geen adres"}), "#/contact/email"),
            (a_body(contact={"email": "a\x00@b.nl"}), "#/contact/email"),
            (a_body(contact={"email": f"{'a' * 250}@b.nl"}), "#/contact/email"),
            (a_body(contact={"phone": "\x00"}), "#/contact/phone"),
            (a_body(contact={"name": "x" * 201}), "#/contact/name"),
            (a_body(contact={"bsn": "123456782"}), "#/contact/bsn"),
            (a_body(contact="a@b.nl"), "#/contact"),
            (a_body(answers={"soort": {"diep": {"dieper": 1}}}), "#/answers"),
            (a_body(answers={"soort": [["genest"]]}), "#/answers"),
            (a_body(answers={"soort": "a\x00b"}), "#/answers"),
            (a_body(answers={"soort": "x" * 3001}), "#/answers"),
            (a_body(answers={str(n): "x" for n in range(51)}), "#/answers"),
            (a_body(answers=["a"]), "#/answers"),
            (a_body(locationAccuracyMetres=-1), "#/locationAccuracyMetres"),
            (a_body(locationAccuracyMetres="nan"), "#/locationAccuracyMetres"),
            (a_body(observedAt="gisteren"), "#/observedAt"),
            (a_body(observedAt="2026-11-24T09:00:00"), "#/observedAt"),
            (a_body(observedAt="2199-01-01T00:00:00Z"), "#/observedAt"),
            (a_body(observedAt="0001-01-01T00:00:00+14:00"), "#/observedAt"),
            (a_body(observedAt="9999-12-31T23:59:59-14:00"), "#/observedAt"),
            (a_body(language="fr"), "#/language"),
            (a_body(status="resolved"), "#/status"),
            (a_body(**{"lamp \ud800": 1}), "#/lamp"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_is_named_and_nothing_is_kept(
        self, web: FlaskClient, provided: Provided, body: dict[str, Any], field: str
    ) -> None:
        problem = is_refused(post(web, body), 400, provided)

        assert field in [error["location"] for error in problem["errors"]]
        assert {error["in"] for error in problem["errors"]} == {"body"}

    def test_is_named_together_with_every_other(self, web: FlaskClient, provided: Provided) -> None:
        body = a_body(description="", danger="ja", contact={"email": "x"}, kleur="rood")

        problem = is_refused(post(web, body), 400, provided)

        assert "description: Between 1 and 3000 characters; " in problem["detail"]
        assert {error["location"]: error["code"] for error in problem["errors"]} == {
            "#/description": "invalid",
            "#/danger": "invalid",
            "#/contact/email": "invalid",
            "#/kleur": "unknown-field",
        }

    def test_is_a_category_that_is_no_longer_in_use(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(
                text("UPDATE category SET retired_at = now() WHERE code = 'wegen.losse-tegel'")
            )

        problem = is_refused(post(web, a_body(category="wegen.losse-tegel")), 400, provided)

        assert problem["errors"][0]["code"] == "retired-category"

    def test_says_how_a_place_is_written(self, web: FlaskClient, provided: Provided) -> None:
        problem = is_refused(post(web, a_body(location=at(999, 51.5))), 400, provided)

        assert problem["detail"] == (
            "Not right: location.coordinates: Longitude first, from -180 to 180, then latitude,"
            " from -90 to 90."
        )


class TestAPlaceThatIsNotOurs:
    def test_is_understood_and_refused(self, web: FlaskClient, provided: Provided) -> None:
        problem = is_refused(post(web, a_body(location=at(5.0, 52.0))), 422, provided)

        assert problem["errors"][0]["location"] == "#/location"

    def test_with_swapped_coordinates_is_told_so(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        swapped = at(*reversed(IN_DISTRICT))

        problem = is_refused(post(web, a_body(location=swapped)), 422, provided)

        assert "longitude comes first" in problem["detail"]


class TestABodyThatCannotBeRead:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"null",
            b"[]",
            b'"lamp"',
            b"description=lamp",
            b'{"description": "lamp", }',
            b'{"description": "\xff\xfe"}',
            b'{"description": "a", "location": {"type": "Point", "coordinates": [NaN, NaN]}}',
            b'{"description": "a", "location": {"type": "Point", "coordinates": [1e999, 1]}}',
            b'{"description": "a", "answers": {"hoeveel": 1e999}}',
            b'{"description": "a", "answers": {"hoeveel": -Infinity}}',
            b'{"description": "a", "answers": {"hoeveel": ' + b"9" * 5_000 + b"}}",
            b"[" * 100_000,
            b'{"answers":' * 20_000 + b"1" + b"}" * 20_000,
        ],
        ids=lambda content: content[:40].decode(errors="replace"),
    )
    def test_is_refused_whole(self, web: FlaskClient, provided: Provided, content: bytes) -> None:
        is_refused(post_raw(web, content), 400, provided)

    def test_is_refused_when_a_name_stands_there_twice(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        content = json.dumps(a_body())[:-1] + ', "description": "iets anders"}'

        problem = is_refused(post_raw(web, content), 400, provided)

        assert problem["errors"] == [
            {
                "in": "body",
                "location": "#/description",
                "code": "duplicate-field",
                "detail": "This name stands there twice.",
            }
        ]

    @pytest.mark.parametrize(
        "content_type",
        ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "image/jpeg"],
    )
    def test_of_another_kind_is_refused(
        self, web: FlaskClient, provided: Provided, content_type: str
    ) -> None:
        answered = web.post("/api/v1/reports", data=json.dumps(a_body()), content_type=content_type)

        is_refused(answered, 415, provided)

    def test_larger_than_a_report_can_be_is_refused(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        body = a_body(answers={"soort": "x" * 300_000})

        is_refused(post(web, body), 413, provided)

    @pytest.mark.parametrize(
        "parts",
        [
            {},
            {"report": "{"},
            {"report": [json.dumps(a_body()), json.dumps(a_body())]},
            {"report": json.dumps(a_body()), "bijlage": "x"},
            {"report": json.dumps(a_body()), "photo": "x"},
            {"report": json.dumps(a_body()), "bijlage": (BytesIO(b"x"), "x.jpg")},
        ],
        ids=["no part", "no JSON", "two reports", "an unknown part", "words as photo", "a file"],
    )
    def test_in_wrong_parts_is_refused(
        self, web: FlaskClient, provided: Provided, parts: dict[str, Any]
    ) -> None:
        answered = web.post("/api/v1/reports", data=parts, content_type="multipart/form-data")

        is_refused(answered, 400, provided)

    def test_without_a_boundary_is_refused(self, web: FlaskClient, provided: Provided) -> None:
        answered = web.post(
            "/api/v1/reports", data=b"--x\r\n\r\n", content_type="multipart/form-data"
        )

        is_refused(answered, 400, provided)


class TestWordsThatAreNoUtf8:
    def test_are_refused_rather_than_replaced(self, web: FlaskClient, provided: Provided) -> None:
        report = json.dumps(a_body(description="caf@")).encode().replace(b"@", b"\xe9")
        content = (
            b'--x\r\nContent-Disposition: form-data; name="report"\r\n\r\n' + report + b"\r\n--x--"
        )

        answered = web.post(
            "/api/v1/reports", data=content, content_type="multipart/form-data; boundary=x"
        )

        problem = is_refused(answered, 400, provided)
        assert [error["code"] for error in problem["errors"]] == ["not-utf-8"]


class TestAPhotoThatMayNotComeIn:
    @pytest.mark.parametrize(
        ("photo", "name", "status", "code"),
        [
            (b"dit is geen foto", "foto.jpg", 415, "photo-kind-unsupported"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", 415, "photo-kind-unsupported"),
            (b"%PDF-1.7", "foto.png", 415, "photo-kind-unsupported"),
            (b"", "leeg.jpg", 400, "photo-empty"),
            (a_bomb(), "bom.png", 400, "photo-too-many-pixels"),
            (a_jpeg()[:-9], "half.jpg", 400, "photo-cut-short"),
            (a_jpeg() + bytes(15 * 1024 * 1024), "groot.jpg", 413, "photo-too-large"),
        ],
        ids=["text", "svg", "pdf", "empty", "bomb", "cut short", "too large"],
    )
    def test_refuses_the_whole_report_and_says_which_it_was(
        self,
        web: FlaskClient,
        provided: Provided,
        photo: bytes,
        name: str,
        status: int,
        code: str,
    ) -> None:
        answered = post_photos(web, (a_jpeg(), "goed.jpg"), (photo, name))

        problem = is_refused(answered, status, provided)
        assert problem["errors"] == [
            {
                "in": "body",
                "location": "#/photo/1",
                "code": code,
                "detail": problem["errors"][0]["detail"],
            }
        ]
        assert problem["detail"].startswith("Photo 2: ")

    def test_is_the_sixth(self, web: FlaskClient, provided: Provided) -> None:
        answered = post_photos(web, *[(a_jpeg(), f"{n}.jpg") for n in range(6)])

        problem = is_refused(answered, 400, provided)
        assert problem["errors"][0]["code"] == "too-many-photos"


def shared_photos(*folders: str) -> list[Path]:
    found = [
        path
        for folder in folders
        for path in sorted((PHOTOS / folder).glob("*.*"))
        if path.suffix.lower() in {".jpg", ".png", ".gif", ".heic"}
    ]
    return found or [PHOTOS / "absent"]


class TestPhotosOfOthers:
    @pytest.mark.parametrize("path", shared_photos("gps", "orientation"), ids=lambda p: p.name)
    def test_from_real_cameras_come_in(self, web: FlaskClient, path: Path) -> None:
        content = content_of(path)

        answered = post_photos(web, (content, path.name))

        assert answered.status_code == 201
        assert [photo["status"] for photo in answered.get_json()["photos"]] == ["received"]

    @pytest.mark.parametrize("path", shared_photos("heic"), ids=lambda p: p.name)
    def test_from_an_iphone_come_in_where_heic_can_be_read(
        self, web: FlaskClient, provided: Provided, path: Path
    ) -> None:
        content = content_of(path)
        pytest.importorskip("pillow_heif", reason="HEIC cannot be read here")

        answered = post_photos(web, (content, path.name))

        assert answered.status_code == 201

    @pytest.mark.parametrize("path", shared_photos("malformed", "hostile"), ids=lambda p: p.name)
    def test_that_are_broken_come_in_whole_or_leave_nothing(
        self, web: FlaskClient, provided: Provided, path: Path
    ) -> None:
        content = content_of(path)

        answered = post_photos(web, (content, path.name))

        if answered.status_code != 201:
            assert answered.status_code in {400, 415}
            is_refused(answered, answered.status_code, provided)


def content_of(path: Path) -> bytes:
    if not path.is_file():
        pytest.skip("the shared folder with photos of others is not here")
    return path.read_bytes()


class TestMarkup:
    def test_stays_text_from_end_to_end(self, web: FlaskClient) -> None:
        body = a_body(
            description=MARKUP,
            contact={"name": MARKUP[:29]},
        )
        said = post(web, body).get_json()

        followed = web.get(
            f"/api/v1/reports/{said['id']}", headers={"Authorization": f"Bearer {said['token']}"}
        )

        assert followed.get_json()["description"] == MARKUP
        assert "json" in followed.content_type
        assert followed.headers["X-Content-Type-Options"] == "nosniff"


class TestATokenThatIsNotRight:
    @pytest.mark.parametrize(
        "authorization",
        [
            None,
            "",
            "Bearer",
            "Bearer ",
            "Bearer wrong",
            "Bearer " + "A" * 43,
            "Bearer " + "x" * 10_000,
            "Bearer \xff\xfe",
            "Basic dXNlcjpwYXNz",
        ],
    )
    def test_opens_nothing(self, web: FlaskClient, authorization: str | None) -> None:
        said = post(web, a_body()).get_json()
        headers = {} if authorization is None else {"Authorization": authorization}

        answers = [
            web.get(f"/api/v1/reports/{said['id']}", headers=headers),
            web.post(
                f"/api/v1/reports/{said['id']}/photos",
                data={"photo": (BytesIO(a_jpeg()), "a.jpg")},
                headers=headers,
            ),
        ]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert {answer.content_type for answer in answers} == {"application/problem+json"}

    def test_of_another_report_adds_no_photo(self, web: FlaskClient, provided: Provided) -> None:
        first, second = (post(web, a_body()).get_json() for _ in range(2))

        answered = web.post(
            f"/api/v1/reports/{first['id']}/photos",
            data={"photo": (BytesIO(a_jpeg()), "a.jpg")},
            headers={"Authorization": f"Bearer {second['token']}"},
        )

        assert answered.status_code == 404
        assert kept(provided)["photo"] == 0
        assert kept(provided)["files"] == 0

    def test_of_a_report_that_is_not_there_opens_nothing(self, web: FlaskClient) -> None:
        said = post(web, a_body()).get_json()

        answered = web.get(
            f"/api/v1/reports/{uuid4()}", headers={"Authorization": f"Bearer {said['token']}"}
        )

        assert answered.status_code == 404


class TestAnIdempotencyKey:
    @pytest.mark.parametrize("key", ["", "x" * 256])
    def test_that_is_too_short_or_too_long_is_named(
        self, web: FlaskClient, provided: Provided, key: str
    ) -> None:
        answered = web.post("/api/v1/reports", json=a_body(), headers={"Idempotency-Key": key})

        problem = is_refused(answered, 400, provided)
        assert problem["errors"][0]["in"] == "header"
        assert problem["errors"][0]["location"] == "Idempotency-Key"

    def test_is_free_again_after_a_refusal(self, web: FlaskClient) -> None:
        headers = {"Idempotency-Key": "once"}
        refused = web.post("/api/v1/reports", json=a_body(danger="ja"), headers=headers)

        answered = web.post("/api/v1/reports", json=a_body(), headers=headers)

        assert (refused.status_code, answered.status_code) == (400, 201)

    def test_may_hold_any_characters(self, web: FlaskClient) -> None:
        headers = {"Idempotency-Key": "sleutel é \x7f 🔑".encode().decode("latin-1")}

        answers = [web.post("/api/v1/reports", json=a_body(), headers=headers) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].get_json() == answers[1].get_json()

    def test_knows_the_same_content_whatever_its_order(self, web: FlaskClient) -> None:
        headers = {"Idempotency-Key": "once"}
        body = a_body(danger=False)
        first = web.post(
            "/api/v1/reports",
            data=json.dumps(body),
            headers=headers,
            content_type="application/json",
        )
        turned = json.dumps(dict(reversed(body.items())), indent=4)
        second = web.post(
            "/api/v1/reports",
            data=turned,
            headers=headers,
            content_type="application/json; charset=utf-8",
        )

        assert first.get_json() == second.get_json()
