"""A report from a phone reaches the right party and the public map, and is closed there."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.work.model import ActedBy, WorkResult
from app.work.operations.lists import desk_counts, open_tasks_of_party
from app.work.operations.tasks import accept_task, complete_task, start_task
from tests.makers.places import (
    ELSEWHERE,
    IN_DISTRICT,
    ON_MOTORWAY,
    SmallMunicipality,
    a_small_municipality,
)


@pytest.fixture
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


def a_body(
    description: str = "De lamp doet het niet meer",
    at: tuple[float, float] = IN_DISTRICT,
    **more: object,
) -> dict[str, Any]:
    return {
        "description": description,
        "location": {"type": "Point", "coordinates": list(at)},
        **more,
    }


def a_jpeg() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    return picture.getvalue()


def post(web: FlaskClient, body: dict[str, Any], **headers: str) -> TestResponse:
    return web.post("/api/v1/reports", json=body, headers=headers)


class TestAReportOfALamp:
    def test_reaches_the_contractor_and_the_map_and_is_closed(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        answered = post(web, a_body(asset=str(place.lamp_id)))

        assert answered.status_code == 201
        said = answered.get_json()
        assert said["category"]["code"] == "verlichting.lamp-brandt-niet"
        assert said["category"]["chosenBy"] == "words"
        assert said["routing"]["party"]["code"] == "lux"
        assert said["case"] == {
            "reference": said["reference"],
            "status": "assigned",
            "joined": False,
        }
        on_map = web.get("/map/cases.geojson").get_json()["features"]
        assert [feature["id"] for feature in on_map] == [said["reference"]]

        now = provided.get(Clock).now()
        by = ActedBy("account")
        with provided.get(Database).transaction() as transaction:
            (listed,) = open_tasks_of_party(transaction, place.contractor_id)
            accept_task(transaction, listed.task.id, party_id=place.contractor_id, by=by, now=now)
            start_task(transaction, listed.task.id, party_id=place.contractor_id, by=by, now=now)
            complete_task(
                transaction,
                listed.task.id,
                party_id=place.contractor_id,
                result=WorkResult.SOLVED,
                remark="",
                by=by,
                now=now,
            )

        followed = web.get(
            f"/api/v1/reports/{said['id']}", headers={"Authorization": f"Bearer {said['token']}"}
        ).get_json()
        assert followed["status"] == "resolved"
        assert followed["closing"]["reason"] is None
        assert web.get("/map/cases.geojson").get_json()["features"] == []
        closed = web.get("/map/cases.geojson?status=resolved").get_json()["features"]
        assert [feature["id"] for feature in closed] == [said["reference"]]

    def test_joins_the_case_that_is_there(
        self, web: FlaskClient, place: SmallMunicipality, provided: Provided
    ) -> None:
        first = post(web, a_body(asset=str(place.lamp_id))).get_json()
        second = post(web, a_body("Lamp nog steeds uit", asset=str(place.lamp_id))).get_json()

        assert second["case"]["joined"] is True
        assert second["case"]["reference"] == first["case"]["reference"]
        assert second["reference"] != first["reference"]
        with provided.get(Database).transaction() as transaction:
            assert len(open_tasks_of_party(transaction, place.contractor_id)) == 1


class TestAPlace:
    @pytest.mark.usefixtures("place")
    def test_on_the_motorway_goes_to_its_authority(self, web: FlaskClient) -> None:
        said = post(web, a_body("Losse tegel", at=ON_MOTORWAY)).get_json()

        assert said["routing"]["party"]["code"] == "rws"
        assert said["status"] == "referred"

    def test_on_the_motorway_is_ours_at_a_lamp_of_ours(
        self, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        said = post(web, a_body(asset=str(place.lamp_on_motorway_id))).get_json()

        assert said["routing"]["party"]["code"] == "lux"

    @pytest.mark.usefixtures("place")
    def test_outside_the_municipality_is_refused(self, web: FlaskClient) -> None:
        answered = post(web, a_body(at=ELSEWHERE))

        assert answered.status_code == 422
        assert answered.content_type == "application/problem+json"

    @pytest.mark.usefixtures("place")
    def test_that_nobody_has_stands_on_the_desks_list(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        said = post(web, a_body("Losse tegel", at=(4.25, 51.58))).get_json()

        assert said["routing"]["party"] is None
        assert said["status"] == "received"
        with provided.get(Database).transaction() as transaction:
            assert sum(desk_counts(transaction).values()) == 1


class TestSayingThatItIsTheSame:
    @pytest.mark.usefixtures("place")
    def test_is_measured_from_where_strangers_see_the_case(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(
                text("UPDATE category SET public_visibility = 'blurred'")
            )
        known = post(web, a_body("Losse tegel", category="wegen.losse-tegel")).get_json()
        (shown,) = web.get("/map/cases.geojson").get_json()["features"]
        longitude, latitude = shown["geometry"]["coordinates"]
        # 0.0072 degrees of longitude are just under 500 metres here.
        aside = 0.0072 if longitude > IN_DISTRICT[0] else -0.0072

        said = post(
            web,
            a_body(
                "Losse tegel",
                at=(longitude + aside, latitude),
                category="wegen.losse-tegel",
                sameAs=known["reference"],
            ),
        )

        assert said.status_code == 201
        assert said.get_json()["case"]["joined"] is True

    @pytest.mark.usefixtures("place")
    def test_of_a_hidden_case_is_as_of_none(self, web: FlaskClient, provided: Provided) -> None:
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(text("UPDATE category SET public_visibility = 'hidden'"))
        hidden = post(web, a_body("Losse tegel", category="wegen.losse-tegel")).get_json()

        answered = post(web, a_body("Losse tegel", sameAs=hidden["reference"]))

        assert answered.status_code == 400
        assert answered.get_json()["errors"][0]["code"] == "unknown-case"


class TestTheSameKey:
    def test_gives_the_same_answer_and_one_report(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        body = a_body(asset=str(place.lamp_id))

        answers = [post(web, body, **{"Idempotency-Key": "a-key"}) for _ in range(2)]

        assert answers[0].get_json() == answers[1].get_json()
        with provided.get(Database).transaction() as transaction:
            assert transaction.connection.scalar(text("SELECT count(*) FROM report")) == 1

    @pytest.mark.usefixtures("place")
    def test_with_other_content_is_a_conflict(self, web: FlaskClient) -> None:
        post(web, a_body(), **{"Idempotency-Key": "a-key"})

        assert post(web, a_body("Iets anders"), **{"Idempotency-Key": "a-key"}).status_code == 409


class TestAPhoto:
    @pytest.mark.usefixtures("place")
    def test_comes_with_its_report(self, web: FlaskClient) -> None:
        answered = web.post(
            "/api/v1/reports",
            data={
                "report": (BytesIO(web.application.json.dumps(a_body()).encode()), "blob"),
                "photo": [(BytesIO(a_jpeg()), "a.jpg"), (BytesIO(a_jpeg()), "b.jpg")],
            },
        )

        assert answered.status_code == 201
        assert [photo["status"] for photo in answered.get_json()["photos"]] == ["received"] * 2

    @pytest.mark.usefixtures("place")
    def test_cut_short_refuses_the_whole_report(self, web: FlaskClient, provided: Provided) -> None:
        answered = web.post(
            "/api/v1/reports",
            data={
                "report": web.application.json.dumps(a_body()),
                "photo": [(BytesIO(a_jpeg()), "a.jpg"), (BytesIO(a_jpeg()[:-9]), "b.jpg")],
            },
        )

        assert answered.status_code == 400
        assert "2" in answered.get_json()["detail"]
        with provided.get(Database).transaction() as transaction:
            assert transaction.connection.scalar(text("SELECT count(*) FROM report")) == 0


class TestWhatIsNotRight:
    @pytest.mark.usefixtures("place")
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (a_body(""), "#/description"),
            (a_body("x" * 100_000), "#/description"),
            (a_body("a\x00b"), "#/description"),
            (a_body(at=(999, 999)), "#/location/coordinates"),
            (a_body(nonsense=1), "#/nonsense"),
            (a_body(category="geen.soort"), "#/category"),
            (a_body(contact={"email": "nee"}), "#/contact/email"),
            ({"description": "x"}, "#/location"),
            (a_body(danger="yes"), "#/danger"),
            (a_body(sameAs="BCDF-GHJK"), "#/sameAs"),
        ],
    )
    def test_is_named(self, web: FlaskClient, body: dict[str, Any], field: str) -> None:
        answered = post(web, body)

        assert answered.status_code == 400
        assert field in [error["location"] for error in answered.get_json()["errors"]]

    @pytest.mark.usefixtures("place")
    def test_not_a_number_is_no_json(self, web: FlaskClient) -> None:
        content = '{"description":"x","location":{"type":"Point","coordinates":[NaN,1]}}'

        answered = web.post("/api/v1/reports", data=content, content_type="application/json")

        assert answered.status_code == 400

    def test_as_text_is_the_wrong_kind(self, web: FlaskClient) -> None:
        assert web.post("/api/v1/reports", data="x", content_type="text/plain").status_code == 415


class TestAToken:
    def test_of_another_report_opens_nothing(
        self, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        first = post(web, a_body(asset=str(place.lamp_id))).get_json()
        second = post(web, a_body(asset=str(place.lamp_id))).get_json()

        answered = web.get(
            f"/api/v1/reports/{first['id']}", headers={"Authorization": f"Bearer {second['token']}"}
        )

        assert answered.status_code == 404
