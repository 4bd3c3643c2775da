"""The promise to partners: every answer is as their document describes it."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app.foundation.database import Database
from app.foundation.provided import Provided
from tests.contract.described import Described
from tests.ground import CHECKOUT
from tests.makers.partners import Program, a_program
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality

DOCUMENT: dict[str, Any] = json.loads((CHECKOUT / "partner-api/openapi.json").read_text("utf-8"))
PROMISE = Described(DOCUMENT, "/partner/v1")


@pytest.fixture
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


@pytest.fixture
def contractor(provided: Provided, web: FlaskClient, place: SmallMunicipality) -> Program:
    return a_program(provided, web, party_id=place.contractor_id)


@pytest.fixture
def task(web: FlaskClient, place: SmallMunicipality, contractor: Program) -> str:
    """Report a lamp with a photo, as a phone does; returns the id of the contractor's task."""
    body = {
        "description": "De lamp doet het niet",
        "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
        "asset": str(place.lamp_id),
    }
    web.post(
        "/api/v1/reports",
        data={"report": json.dumps(body), "photo": (BytesIO(a_jpeg()), "a.jpg")},
    )
    (listed,) = contractor.get("/tasks").get_json()["tasks"]
    return str(listed["id"])


def a_jpeg() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    return picture.getvalue()


def expect(answered: TestResponse, status: int) -> None:
    assert answered.status_code == status
    PROMISE.check(answered)


class TestTheWayOfATask:
    def test_is_as_described(self, contractor: Program, task: str) -> None:
        photo = {"photo": (BytesIO(a_jpeg()), "a.jpg")}
        done = {"result": "solved"}

        expect(contractor.ask_token(), 200)
        expect(contractor.get("/tasks"), 200)
        expect(contractor.get(f"/tasks/{task}"), 200)
        expect(contractor.post(f"/tasks/{task}/accept", version=1), 200)
        expect(contractor.post(f"/tasks/{task}/start", version=2), 200)
        expect(contractor.post(f"/tasks/{task}/photos", data=photo), 201)
        expect(contractor.post(f"/tasks/{task}/complete", version=3, json=done), 200)
        expect(contractor.get(f"/tasks/{task}"), 200)


class TestARefusal:
    def test_is_as_described(self, contractor: Program, task: str) -> None:
        wrong = {"result": "maybe"}

        expect(contractor.ask_token(scope="tasks:burn"), 400)
        expect(contractor.get("/tasks", limit=0), 400)
        expect(contractor.post(f"/tasks/{task}/accept"), 428)
        expect(contractor.post(f"/tasks/{task}/accept", version=7), 412)
        expect(contractor.post(f"/tasks/{task}/complete", version=1, json=wrong), 400)
        expect(contractor.post(f"/tasks/{task}/complete", version=1, data="x"), 415)
        expect(contractor.get("/tasks/00000000-0000-0000-0000-00000000dead"), 404)
        contractor.post(f"/tasks/{task}/start", version=1)
        expect(contractor.post(f"/tasks/{task}/accept", version=2), 409)

    def test_of_who_is_not_known_is_as_described(self, contractor: Program) -> None:
        contractor.secret = "another"
        expect(contractor.ask_token(), 401)
        contractor.token = "none"
        expect(contractor.get("/tasks"), 401)


class TestTheDocument:
    def test_names_for_each_operation_what_it_takes_to_use_it(self) -> None:
        without = [
            f"{method} {path}"
            for path, operations in DOCUMENT["paths"].items()
            for method, operation in operations.items()
            if method in {"get", "post"} and not operation.get("security")
        ]

        assert without == []
