"""How many statements a report costs: the number that keeps accepting reports fast."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.identity.rates import Rates, rates
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality
from tests.makers.statements import statements

#: BEGIN and COMMIT, which are savepoints here and are not heard.
OF_THE_TRANSACTION = 2
AT_MOST = 20

#: The desk looks at it for two reasons: the words are unsure, and there is another one near.
#: Rates, the key taken, the place, the words, the category, who is responsible, what is near;
#: case, task, history, desk, public case, decision, report, answer; the job that finds its address.
A_REPORT_IN_WORDS = 16
#: The contact details and the photos; their jobs are put with the other.
WITH_CONTACT_AND_PHOTOS = A_REPORT_IN_WORDS + 2
#: No words are weighed.
WITH_CATEGORY = A_REPORT_IN_WORDS - 1
#: Rates, key, place, category, the lock of the asset, its case, the calendar (a new case gets it
#: with the decision); case, history, public case, report, answer.
JOINING_AT_AN_ASSET = 11


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of an installation that holds its clients to their rates."""
    return settings.model_copy(update={"rate_limits": "on"})


@pytest.fixture
def provided(provided: Provided, settings: Settings) -> Provided:
    """The services, with rates that are counted on the connection of the test."""
    provided.put(Rates, rates(settings, provided.get(Database)))
    return provided


@pytest.fixture
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


def a_body(**more: object) -> dict[str, Any]:
    return {
        "description": "Hier klopt iets niet, kunt u komen kijken?",
        "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
        **more,
    }


def a_jpeg(colour: str) -> BytesIO:
    picture = BytesIO()
    Image.new("RGB", (40, 30), colour).save(picture, "JPEG")
    picture.seek(0)
    return picture


def post(web: FlaskClient, key: str, **more: object) -> TestResponse:
    return web.post("/api/v1/reports", json=a_body(**more), headers={"Idempotency-Key": key})


def post_with_photos(web: FlaskClient, key: str, *colours: str) -> TestResponse:
    body = a_body(contact={"email": "melder@example.org"})
    return web.post(
        "/api/v1/reports",
        data={
            "report": json.dumps(body),
            "photo": [(a_jpeg(colour), f"{colour}.jpg") for colour in colours],
        },
        content_type="multipart/form-data",
        headers={"Idempotency-Key": key},
    )


@pytest.mark.usefixtures("place")
class TestAReport:
    def test_in_words_alone_takes_sixteen_statements(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        post(web, "warm")

        with statements(connection) as asked:
            answered = post(web, "counted")

        assert answered.status_code == 201
        assert answered.get_json()["category"]["chosenBy"] == "words"
        assert len(asked) == A_REPORT_IN_WORDS, asked

    @pytest.mark.parametrize("colours", [["green"], ["green", "red", "blue", "grey", "white"]])
    def test_with_photos_takes_two_more_however_many_they_are(
        self, web: FlaskClient, connection: Connection, colours: list[str]
    ) -> None:
        post_with_photos(web, "warm", "green")

        with statements(connection) as asked:
            answered = post_with_photos(web, "counted", *colours)

        assert answered.status_code == 201
        assert len(answered.get_json()["photos"]) == len(colours)
        assert len(asked) == WITH_CONTACT_AND_PHOTOS, asked

    def test_that_names_its_category_takes_fewer(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        post(web, "warm", category="wegen.losse-tegel")

        with statements(connection) as asked:
            answered = post(web, "counted", category="wegen.losse-tegel")

        assert answered.status_code == 201
        assert len(asked) == WITH_CATEGORY, asked

    def test_that_joins_takes_fewer_still(
        self, web: FlaskClient, place: SmallMunicipality, connection: Connection
    ) -> None:
        lamp = {"asset": str(place.lamp_id), "category": "verlichting.lamp-brandt-niet"}
        post(web, "first", **lamp)

        with statements(connection) as asked:
            answered = post(web, "second", **lamp)

        assert answered.get_json()["case"]["joined"] is True
        assert len(asked) == JOINING_AT_AN_ASSET, asked

    def test_never_takes_more_than_twenty(self) -> None:
        dearest = WITH_CONTACT_AND_PHOTOS

        assert dearest + OF_THE_TRANSACTION <= AT_MOST
