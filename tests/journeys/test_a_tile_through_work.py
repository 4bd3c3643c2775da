"""A loose tile: reported on a phone, done by a crew on its own, and seen to be solved by all."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlsplit
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import text

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from app.photos.operations.making_safe import make_photo_safe
from app.photos.storage import PhotoStore
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, a_small_municipality
from tests.makers.sign_ins import signed_in
from tests.photos.pictures import a_jpeg
from tests.work.conftest import task_paths


class TestALooseTile:
    def test_is_reported_done_with_a_photo_and_its_reporter_sees_it(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        database = provided.get(Database)
        with database.transaction() as transaction:
            place = a_small_municipality(transaction)
            account = an_account(transaction, role=Role.CREW, party_id=place.team_id)
        said = web.post(
            "/api/v1/reports",
            json={
                "description": "De tegel voor nummer 4 ligt los",
                "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
            },
        ).get_json()
        assert said["routing"]["party"]["code"] == "team"

        crew = signed_in(web, account)
        (task,) = task_paths(crew)
        crew.submit(task, f"{task}/beginnen")
        on_map = web.get("/map/cases.geojson").get_json()["features"]
        assert [one["properties"]["status"] for one in on_map] == ["in-progress"]
        crew.submit(
            task, f"{task}/klaar", result="solved", photo=[(BytesIO(a_jpeg()), "herstel.jpg")]
        )
        with database.transaction() as transaction:
            photo_id: UUID = transaction.connection.execute(
                text("SELECT id FROM photo")
            ).scalar_one()
        now = provided.get(Clock).now()
        make_photo_safe(database, provided.get(PhotoStore), photo_id, now=now)

        assert web.get("/map/cases.geojson").get_json()["features"] == []
        followed = web.get(urlsplit(said["followUrl"]).path).text
        assert "Opgelost" in followed
        assert str(photo_id) in followed
        assert str(photo_id) in crew.get(task).text
