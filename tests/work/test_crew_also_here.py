"""`/werk` over HTTP: what lies next to a task and is of the same kind is done in the same go."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.photos.pictures import a_jpeg
from tests.work.conftest import Report, task_paths

EAST, NORTH = IN_DISTRICT
#: About 14 and 280 metres to the east.
NEXT_TO_IT = (EAST + 0.0002, NORTH)
DOWN_THE_ROAD = (EAST + 0.004, NORTH)


def path_of(browser: Browser, words: str) -> str:
    (path,) = [one for one in task_paths(browser) if words in browser.get(one).text]
    return path


def offered(page: str) -> list[str]:
    return re.findall(r'name="also" value="([^"]+)"', page)


def stages(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        text(
            """
            SELECT report.description, c.stage FROM report
            JOIN defect_case AS c ON c.id = report.case_id
            """
        )
    )
    return {row.description: row.stage for row in rows}


@pytest.fixture
def task(crew: Browser, report: Report) -> str:
    """A task with another of its kind next to it."""
    report("Hier")
    report("Ernaast", at=NEXT_TO_IT)
    return path_of(crew, "Hier")


class TestAlsoHere:
    def test_offers_what_is_near_of_the_same_kind_and_of_the_same_party(
        self, crew: Browser, report: Report, task: str, place: SmallMunicipality
    ) -> None:
        report("Verderop", at=DOWN_THE_ROAD)
        report("Iets anders", at=NEXT_TO_IT, category="overig.anders")
        report("Lamp", at=NEXT_TO_IT, category=None, asset=str(place.lamp_id))

        page = crew.get(task).text

        (also,) = offered(page)
        assert also.partition(":")[0] in path_of(crew, "Ernaast")
        assert "Ook hier" in page
        assert "· 10 m" in page

    def test_leaves_out_what_a_colleague_has(
        self,
        crew: Browser,
        web: FlaskClient,
        provided: Provided,
        place: SmallMunicipality,
        task: str,
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.CREW, party_id=place.team_id)
        colleague = signed_in(web, account)
        theirs = path_of(colleague, "Ernaast")
        colleague.submit(theirs, f"{theirs}/nemen")

        assert offered(crew.get(task).text) == []

    def test_closes_both_with_the_same_words_and_photo_each_in_its_own_history(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        also = offered(crew.get(task).text)

        answered = crew.submit(
            task,
            f"{task}/klaar",
            result="solved",
            remark="Alles vastgelegd",
            also=also,
            photo=[(BytesIO(a_jpeg()), "herstel.jpg")],
        )

        assert answered.status_code == 303
        assert "1 taak in de buurt is ook klaar." in crew.get(task).text
        assert stages(connection) == {"Hier": "resolved", "Ernaast": "resolved"}
        rows = connection.execute(
            text(
                """
                SELECT task.remark, count(DISTINCT photo.storage_key) AS photos,
                       count(DISTINCT history_entry.id) AS told
                FROM task
                JOIN photo ON photo.task_id = task.id
                JOIN history_entry ON history_entry.case_id = task.case_id
                    AND history_entry.happening = 'task-done'
                GROUP BY task.id
                """
            )
        ).all()
        assert [tuple(row) for row in rows] == [("Alles vastgelegd", 1, 1)] * 2
        assert connection.scalar(text("SELECT count(DISTINCT storage_key) FROM photo")) == 2

    def test_twice_is_no_error_and_keeps_each_photo_once(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        also = offered(crew.get(task).text)
        form = crew.hidden(task, f"{task}/klaar")
        for _ in range(2):
            photo = [(BytesIO(a_jpeg()), "herstel.jpg")]
            answered = crew.send(f"{task}/klaar", form, result="solved", also=also, photo=photo)
            assert answered.status_code == 303

        assert "niet klaar gemeld" not in crew.get(task).text
        happened = connection.scalars(text("SELECT happening FROM history_entry")).all()
        assert list(happened).count("task-done") == 2
        assert connection.scalar(text("SELECT count(*) FROM photo")) == 2

    def test_leaves_open_what_somebody_changed_since_and_says_so(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        also = offered(crew.get(task).text)
        other = path_of(crew, "Ernaast")
        form = crew.hidden(task, f"{task}/klaar")
        crew.submit(other, f"{other}/beginnen")

        answered = crew.send(f"{task}/klaar", form, result="solved", also=also)

        assert answered.status_code == 303
        assert "1 taak in de buurt is niet klaar gemeld" in crew.get(task).text
        assert stages(connection) == {"Hier": "resolved", "Ernaast": "in-progress"}

    def test_closes_nothing_but_what_is_near(
        self, crew: Browser, report: Report, task: str, connection: Connection
    ) -> None:
        report("Verderop", at=DOWN_THE_ROAD)
        far = path_of(crew, "Verderop").rpartition("/")[2]

        answered = crew.submit(
            task, f"{task}/klaar", result="solved", also=[f"{far}:1", "x", "x:1", f"{far}:y"]
        )

        assert answered.status_code == 303
        assert stages(connection)["Verderop"] != "resolved"

    def test_does_not_count_the_task_itself(self, crew: Browser, task: str) -> None:
        itself = task.rpartition("/")[2]

        crew.submit(task, f"{task}/klaar", result="solved", also=[f"{itself}:1"])

        assert "in de buurt" not in crew.get("/werk").text

    def test_stays_ticked_where_the_result_was_forgotten(self, crew: Browser, task: str) -> None:
        (also,) = offered(crew.get(task).text)

        answered = crew.submit(task, f"{task}/klaar", also=[also])

        assert answered.status_code == 400
        assert f'value="{also}" checked' in answered.text

    def test_goes_along_through_signing_in_with_all_that_was_typed(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        (also,) = offered(crew.get(task).text)
        form = crew.hidden(task, f"{task}/klaar")
        connection.execute(text("UPDATE sign_in SET ended_at = now()"))

        answered = crew.send(
            f"{task}/klaar", form, result="solved", remark="Alles vastgelegd", also=[also]
        )

        assert answered.status_code == 401
        assert re.search(r'name="held" value="[^"]{80,}"', answered.text)
        assert stages(connection)["Hier"] != "resolved"
