"""Two programs at the same moment, each on a connection of its own: one wins, the other is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.entrypoints.web import create_app
from app.entrypoints.wiring import wire
from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.settings import read_settings
from app.intake.model import Channel, NewReport
from app.reception.operations import receive_report
from tests.ground import Clone
from tests.makers.partners import Program, a_program
from tests.makers.places import IN_DISTRICT, a_small_municipality


@dataclass
class Offered:
    """A task on a database where everything is committed, and the program it was offered to."""

    provided: Provided
    app: Flask
    program: Program
    task_id: str

    def at_once(
        self, ask: Callable[[Program], TestResponse], *, how_many: int
    ) -> list[TestResponse]:
        """Ask the same thing so many times at the same moment."""
        ready = Barrier(how_many)

        def one(_: int) -> TestResponse:
            own = replace(self.program, web=self.app.test_client())
            ready.wait(10)
            return ask(own)

        with ThreadPoolExecutor(how_many) as threads:
            return list(threads.map(one, range(how_many)))

    def count(self, statement: str) -> int:
        """Return what this counts."""
        with self.provided.get(Database).transaction() as transaction:
            return int(transaction.connection.execute(text(statement)).scalar_one())


@pytest.fixture
def offered(fresh_database: Clone, tmp_path: Path) -> Iterator[Offered]:
    provided = wire(
        read_settings(
            database_url=fresh_database.url,
            map_database_url=fresh_database.map_url,
            secret_key="a secret for tests, long enough to be one",
            data_dir=tmp_path,
            rate_limits="off",
            address_service="demo",
            tile_url="none",
            web_threads=8,
        )
    )
    database = provided.get(Database)
    with database.transaction() as transaction:
        place = a_small_municipality(transaction)
        receive_report(
            transaction,
            NewReport(
                description="Lamp uit",
                longitude=IN_DISTRICT[0],
                latitude=IN_DISTRICT[1],
                channel=Channel.MOBILE,
                category="verlichting.lamp-brandt-niet",
                asset_id=place.lamp_id,
            ),
            municipality_code="GM0851",
            now=provided.get(Clock).now(),
        )
        task_id = transaction.connection.execute(text("SELECT id FROM task")).scalar_one()
    app = create_app(provided)
    program = a_program(provided, app.test_client(), party_id=place.contractor_id)
    yield Offered(provided, app, program, str(task_id))
    database.bind.dispose()  # type: ignore[union-attr]  # an engine here


class TestTwoThatCompleteAtOnce:
    def test_are_one_that_wins_and_one_that_is_told(self, offered: Offered) -> None:
        answers = offered.at_once(
            lambda program: program.post(
                f"/tasks/{offered.task_id}/complete", version=1, json={"result": "solved"}
            ),
            how_many=2,
        )

        assert sorted(one.status_code for one in answers) == [200, 412]
        (late,) = (one.get_json() for one in answers if one.status_code == 412)
        assert (late["currentVersion"], late["currentStatus"]) == (2, "done")
        done = "SELECT count(*) FROM history_entry WHERE happening = 'task-done'"
        assert offered.count(done) == 1


class TestOneThatIsRepeatedAtOnce:
    def test_has_one_answer(self, offered: Offered) -> None:
        answers = offered.at_once(
            lambda program: program.post(
                f"/tasks/{offered.task_id}/complete",
                version=1,
                key="the same",
                json={"result": "solved"},
            ),
            how_many=4,
        )

        assert [one.status_code for one in answers] == [200] * 4
        first, *others = (one.get_json() for one in answers)
        assert others == [first] * 3
        done = "SELECT count(*) FROM history_entry WHERE happening = 'task-done'"
        assert offered.count(done) == 1


class TestPhotosAtOnce:
    def test_stay_five(self, offered: Offered) -> None:
        picture = _a_jpeg()

        answers = offered.at_once(
            lambda program: program.post(
                f"/tasks/{offered.task_id}/photos",
                data={"photo": [(BytesIO(picture), f"{n}.jpg") for n in range(2)]},
            ),
            how_many=4,
        )

        assert sorted(one.status_code for one in answers) == [201, 201, 400, 400]
        assert offered.count("SELECT count(*) FROM photo") == 4
        assert offered.count("SELECT count(DISTINCT position) FROM photo") == 4


def _a_jpeg() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    return picture.getvalue()
