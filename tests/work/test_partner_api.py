"""The partner API over HTTP: a party's own tasks, step by step, and nothing of anyone else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from app.foundation.clock import LOCAL_ZONE, Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.identity.access_tokens import access_token
from app.identity.operations import revoke_client
from app.identity.permissions import Role
from app.intake.model import Channel, Contact, NewReport
from app.photos.operations.coming_in import examine_all, stored_originals
from app.photos.operations.making_safe import make_photo_safe
from app.photos.operations.reading import photos_of_report
from app.photos.storage import PhotoStore
from app.reception.model import ReceivedReport
from app.reception.operations import receive_report
from app.work.model import Happening
from app.work.operations.cases import case
from app.work.operations.history import history_of_case
from app.work.operations.tasks import tasks_of_case
from tests.makers.partners import Program, a_program
from tests.makers.people import PASSWORD, an_account
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality
from tests.makers.statements import statements as heard_statements

PROBLEM = "application/problem+json"
NOBODYS = UUID("00000000-0000-0000-0000-00000000dead")


@pytest.fixture
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


@pytest.fixture
def contractor(provided: Provided, web: FlaskClient, place: SmallMunicipality) -> Program:
    return a_program(provided, web, party_id=place.contractor_id)


@pytest.fixture
def team(provided: Provided, web: FlaskClient, place: SmallMunicipality) -> Program:
    return a_program(provided, web, party_id=place.team_id)


@pytest.fixture
def statements(connection: Connection) -> Iterator[list[str]]:
    """Every statement from here on."""
    with heard_statements(connection) as asked:
        yield asked


def a_jpeg(colour: str = "green") -> bytes:
    picture = BytesIO()
    Image.new("RGB", (40, 30), colour).save(picture, "JPEG")
    return picture.getvalue()


def a_report(
    provided: Provided,
    place: SmallMunicipality,
    *,
    photos: int = 0,
    **more: Any,  # noqa: ANN401  # passed on as they are
) -> tuple[ReceivedReport, str]:
    """Report a lamp that is out; returns the report and the id of the contractor's task."""
    now = provided.get(Clock).now()
    told: dict[str, Any] = {"category": "verlichting.lamp-brandt-niet", "asset_id": place.lamp_id}
    new = NewReport(
        description="De lamp doet het niet",
        longitude=IN_DISTRICT[0],
        latitude=IN_DISTRICT[1],
        channel=Channel.MOBILE,
        contact=Contact("Mies Melder", "mies@example.org", "0600000000"),
        **{**told, **more},
    )
    examined = examine_all([a_jpeg()] * photos)
    with (
        stored_originals(provided.get(PhotoStore), examined) as originals,
        provided.get(Database).transaction() as transaction,
    ):
        received = receive_report(
            transaction, new, municipality_code="GM0851", now=now, originals=originals
        )
        (task,) = tasks_of_case(transaction, received.case.id)
    return received, str(task.id)


def a_tile(provided: Provided, place: SmallMunicipality) -> str:
    """Report a loose tile, which is the team's; returns the id of its task."""
    _, task_id = a_report(provided, place, category="wegen.losse-tegel", asset_id=None)
    return task_id


def expect_problem(answered: TestResponse, status: int, kind: str) -> dict[str, Any]:
    assert answered.status_code == status
    assert answered.content_type == PROBLEM
    said: dict[str, Any] = answered.get_json()
    assert said["type"] == f"urn:straatbeeld:problem:{kind}"
    return said


class TestTheList:
    def test_holds_the_tasks_of_ones_own_party_alone(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        a_tile(provided, place)

        answered = contractor.get("/tasks")

        assert answered.status_code == 200
        assert answered.headers["API-Version"]
        assert answered.headers["Cache-Control"] == "private, no-store"
        said = answered.get_json()
        assert [task["id"] for task in said["tasks"]] == [task_id]
        assert said["nextCursor"] is None

    def test_tells_what_a_crew_needs_and_nothing_about_the_reporter(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        received, task_id = a_report(provided, place, is_danger=True)

        answered = contractor.get("/tasks")

        (told,) = answered.get_json()["tasks"]
        for moment in ("offeredAt", "dueAt", "changedAt"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.pop(moment))
        areas = told.pop("areas")
        assert {"kind": "municipality", "code": "GM0851", "name": "Steenbergen"} in areas
        assert told == {
            "id": task_id,
            "stage": "offered",
            "version": 1,
            "possible": ["accept", "start", "hold", "complete", "decline"],
            "case": {
                "reference": received.case.reference,
                "status": "assigned",
                "category": {
                    "code": "verlichting.lamp-brandt-niet",
                    "name": {"nl": "Lamp brandt niet", "en": "Lamp is out"},
                },
                "reportCount": 1,
            },
            "description": "De lamp doet het niet",
            "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
            "asset": {"kind": "lamp-post", "number": "L-1", "street": None},
            "danger": True,
            "heldUntil": None,
            "result": None,
            "declineReason": None,
            "remark": None,
            "request": None,
        }
        for personal in ("Mies", "mies@", "0600000000"):
            assert personal not in answered.get_data(as_text=True)

    def test_is_read_page_by_page_and_each_task_once(
        self, provided: Provided, place: SmallMunicipality, team: Program
    ) -> None:
        tasks = [a_tile(provided, place) for _ in range(5)]
        seen: list[str] = []
        cursor: dict[str, str] = {}

        for _ in range(3):
            said = team.get("/tasks", limit=2, **cursor).get_json()
            seen += [task["id"] for task in said["tasks"]]
            # What happens meanwhile moves no task to another page.
            team.post(f"/tasks/{seen[0]}/accept", version=1)
            cursor = {"cursor": said["nextCursor"]}

        assert sorted(seen) == sorted(tasks)
        assert cursor == {"cursor": None}

    def test_can_be_of_some_stages_alone(
        self, provided: Provided, place: SmallMunicipality, team: Program
    ) -> None:
        accepted, started, _ = (a_tile(provided, place) for _ in range(3))
        team.post(f"/tasks/{accepted}/accept", version=1)
        team.post(f"/tasks/{started}/start", version=1)

        said = team.get("/tasks", stage=["accepted", "started"]).get_json()

        assert {task["id"] for task in said["tasks"]} == {accepted, started}

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"limit": 0}, "limit"),
            ({"limit": 201}, "limit"),
            ({"limit": "many"}, "limit"),
            ({"stage": "asleep"}, "stage.0"),
            ({"cursor": "x"}, "cursor"),
            ({"cursor": "_" * 32}, "cursor"),
            ({"cursor": "é"}, "cursor"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_refuses_what_it_does_not_know(
        self, contractor: Program, query: dict[str, Any], field: str
    ) -> None:
        answered = contractor.get("/tasks", **query)

        assert answered.status_code == 400
        assert answered.content_type == PROBLEM
        assert [error["location"] for error in answered.get_json()["errors"]] == [field]

    def test_takes_as_many_statements_for_ten_tasks_as_for_one(
        self,
        provided: Provided,
        place: SmallMunicipality,
        team: Program,
        statements: list[str],
    ) -> None:
        a_tile(provided, place)
        statements.clear()
        team.get("/tasks")
        for_one = len(statements)
        for _ in range(9):
            a_tile(provided, place)

        statements.clear()
        team.get("/tasks")

        assert len(statements) == for_one
        assert for_one <= 5


class TestATask:
    def test_comes_with_every_report_and_photos_whose_links_open(
        self,
        provided: Provided,
        web: FlaskClient,
        place: SmallMunicipality,
        contractor: Program,
    ) -> None:
        received, task_id = a_report(provided, place, photos=2)
        with provided.get(Database).transaction() as transaction:
            first, _ = photos_of_report(transaction, received.report.id)
        make_photo_safe(
            provided.get(Database),
            provided.get(PhotoStore),
            first.id,
            now=provided.get(Clock).now(),
        )

        answered = contractor.get(f"/tasks/{task_id}")

        assert answered.headers["ETag"] == '"1"'
        (report,) = answered.get_json()["reports"]
        assert report["description"] == "De lamp doet het niet"
        ready, waiting = report["photos"]
        assert ready["status"] == "ready"
        path = ready["url"].removeprefix(provided.get(Settings).base_url)
        assert web.get(path).status_code == 200
        assert (waiting["status"], waiting["url"]) == ("received", None)
        assert "Mies" not in answered.get_data(as_text=True)

    @pytest.mark.parametrize("step", ["", "/accept", "/photos"])
    def test_of_another_party_is_not_there(
        self, provided: Provided, place: SmallMunicipality, contractor: Program, step: str
    ) -> None:
        others = a_tile(provided, place)

        for task_id in (others, NOBODYS):
            photo = {"photo": (BytesIO(a_jpeg()), "a.jpg")} if step == "/photos" else None
            answered = (
                contractor.post(f"/tasks/{task_id}{step}", version=1, data=photo)
                if step
                else contractor.get(f"/tasks/{task_id}")
            )
            expect_problem(answered, 404, "task-not-found")

    @pytest.mark.parametrize("task_id", ["7", "x", "..", "00000000-0000-4000-8000-000000000000x"])
    def test_that_is_no_task_at_all_is_not_there(self, contractor: Program, task_id: str) -> None:
        answered = contractor.get(f"/tasks/{task_id}")

        assert answered.status_code in {404, 308}


class TestTheWork:
    def test_goes_from_offered_to_done_and_ends_the_case(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        received, task_id = a_report(provided, place)

        accepted = contractor.post(f"/tasks/{task_id}/accept", version=1)
        started = contractor.post(f"/tasks/{task_id}/start", version=2, json={})
        done = contractor.post(
            f"/tasks/{task_id}/complete",
            version=3,
            json={"result": "solved", "remark": "Lamp vervangen"},
        )

        assert [one.status_code for one in (accepted, started, done)] == [200] * 3
        assert [one.headers["ETag"] for one in (accepted, started, done)] == ['"2"', '"3"', '"4"']
        assert started.get_json()["case"]["status"] == "in-progress"
        assert done.get_json() == {
            "id": task_id,
            "stage": "done",
            "version": 4,
            "possible": [],
            "case": {"reference": received.case.reference, "status": "resolved"},
            "photos": [],
        }
        told = contractor.get(f"/tasks/{task_id}").get_json()
        assert (told["result"], told["remark"]) == ("solved", "Lamp vervangen")

    def test_is_in_the_history_as_the_programs(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        received, task_id = a_report(provided, place)
        contractor.post(f"/tasks/{task_id}/accept", version=1)

        with provided.get(Database).transaction() as transaction:
            last = history_of_case(transaction, received.case.id)[-1]

        assert (last.happening, last.actor_kind, last.actor_id) == (
            "task-accepted",
            "partner",
            contractor.client.id,
        )

    def test_can_wait_until_a_day(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        today = provided.get(Clock).now().astimezone(LOCAL_ZONE).date()
        until = (today + timedelta(days=7)).isoformat()

        answered = contractor.post(
            f"/tasks/{task_id}/hold", version=1, json={"until": until, "reason": "Netbeheerder"}
        )

        assert answered.get_json()["case"]["status"] == "waiting"
        assert contractor.get(f"/tasks/{task_id}").get_json()["heldUntil"] == until

    def test_can_be_handed_back_to_the_desk(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        received, task_id = a_report(provided, place)

        answered = contractor.post(f"/tasks/{task_id}/decline", version=1, json={"reason": "other"})

        assert answered.get_json()["stage"] == "declined"
        with provided.get(Database).transaction() as transaction:
            assert case(transaction, received.case.id).party_id is None

    def test_can_be_handed_back_for_another_party(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        received, task_id = a_report(provided, place)

        contractor.post(f"/tasks/{task_id}/decline", version=1, json={"reason": "not-mine"})

        with provided.get(Database).transaction() as transaction:
            assert case(transaction, received.case.id).party_id == place.team_id

    def test_is_shown_with_photos_of_the_repair(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        received, task_id = a_report(provided, place)
        added = contractor.post(
            f"/tasks/{task_id}/photos", data={"photo": (BytesIO(a_jpeg("red")), "a.jpg")}
        )

        done = contractor.post(
            f"/tasks/{task_id}/complete",
            version=1,
            data={
                "completion": (BytesIO(json.dumps({"result": "solved"}).encode()), "blob"),
                "photo": [(BytesIO(a_jpeg()), "b.jpg"), (BytesIO(a_jpeg()), "c.jpg")],
            },
        )

        assert added.status_code == 201
        assert [photo["status"] for photo in done.get_json()["photos"]] == ["received"] * 2
        told = contractor.get(f"/tasks/{task_id}").get_json()
        assert [photo["status"] for photo in told["photos"]] == ["received"] * 3
        with provided.get(Database).transaction() as transaction:
            happened = [one.happening for one in history_of_case(transaction, received.case.id)]
        assert happened[-3:] == ["photo-added", "task-done", "photo-added"]

    def test_asks_the_database_a_bounded_number_of_things(
        self,
        provided: Provided,
        place: SmallMunicipality,
        contractor: Program,
        statements: list[str],
    ) -> None:
        _, task_id = a_report(provided, place, photos=2)
        asks: list[Callable[[], TestResponse]] = [
            lambda: contractor.get(f"/tasks/{task_id}"),
            lambda: contractor.post(f"/tasks/{task_id}/accept", version=1, key="k"),
            lambda: contractor.post(
                f"/tasks/{task_id}/complete", version=2, json={"result": "solved"}
            ),
        ]
        counted: list[int] = []
        for ask in asks:
            statements.clear()
            assert ask().status_code == 200
            counted.append(len(statements))

        read, accepted, completed = counted
        assert (read <= 8, accepted <= 12, completed <= 16) == (True, True, True), counted


class TestAStepWithoutItsVersion:
    def test_is_asked_for_it(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)

        expect_problem(contractor.post(f"/tasks/{task_id}/accept"), 428, "version-needed")

    @pytest.mark.parametrize("said", ["*", "1", '"x"', '"1", "2"', '""', '"0"', "é"])
    def test_is_told_what_a_version_looks_like(
        self, provided: Provided, web: FlaskClient, place: SmallMunicipality, said: str
    ) -> None:
        contractor = a_program(provided, web, party_id=place.contractor_id)
        _, task_id = a_report(provided, place)

        answered = web.post(
            f"/partner/v1/tasks/{task_id}/accept",
            headers={"Authorization": f"Bearer {contractor.token}", "If-Match": said},
        )

        expect_problem(answered, 400, "version-unclear")

    def test_may_have_passed_a_proxy_that_weakened_it(
        self, provided: Provided, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        contractor = a_program(provided, web, party_id=place.contractor_id)
        _, task_id = a_report(provided, place)

        answered = web.post(
            f"/partner/v1/tasks/{task_id}/accept",
            headers={"Authorization": f"Bearer {contractor.token}", "If-Match": 'W/"1"'},
        )

        assert answered.status_code == 200


class TestAStepThatComesTooLate:
    def test_is_told_where_the_task_stands_now(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        contractor.post(f"/tasks/{task_id}/accept", version=1)

        answered = contractor.post(
            f"/tasks/{task_id}/complete", version=1, json={"result": "solved"}
        )

        said = expect_problem(answered, 412, "moved-on")
        assert (said["currentVersion"], said["currentStatus"]) == (2, "accepted")
        assert said["currentStage"] == said["currentStatus"]

    def test_leaves_no_photo_behind(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        contractor.post(f"/tasks/{task_id}/accept", version=1)

        contractor.post(
            f"/tasks/{task_id}/complete",
            version=1,
            data={"completion": '{"result": "solved"}', "photo": (BytesIO(a_jpeg()), "a.jpg")},
        )

        assert list(provided.get(PhotoStore).files()) == []


class TestAStepThatIsNotPossible:
    def test_is_told_which_are(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        contractor.post(f"/tasks/{task_id}/start", version=1)

        answered = contractor.post(f"/tasks/{task_id}/accept", version=2)

        said = expect_problem(answered, 409, "step-not-possible")
        assert said["currentStatus"] == "started"
        assert said["possible"] == ["hold", "complete", "decline"]

    def test_is_any_step_once_it_is_done(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        contractor.post(f"/tasks/{task_id}/complete", version=1, json={"result": "solved"})

        answered = contractor.post(
            f"/tasks/{task_id}/complete", version=2, json={"result": "not-solved"}
        )

        assert expect_problem(answered, 409, "step-not-possible")["possible"] == []


class TestTheSameKey:
    def test_gives_the_same_answer_and_one_completion(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        received, task_id = a_report(provided, place)

        def complete() -> TestResponse:
            return contractor.post(
                f"/tasks/{task_id}/complete",
                version=1,
                key="k-1",
                data={
                    "completion": '{"result": "solved"}',
                    "photo": (BytesIO(a_jpeg()), "a.jpg"),
                },
            )

        first, second = complete(), complete()

        assert (first.status_code, second.status_code) == (200, 200)
        assert first.get_json() == second.get_json()
        assert first.headers["ETag"] == second.headers["ETag"]
        with provided.get(Database).transaction() as transaction:
            happened = [one.happening for one in history_of_case(transaction, received.case.id)]
        assert happened.count(Happening.TASK_DONE) == 1
        assert len(list(provided.get(PhotoStore).files())) == 1

    def test_with_other_content_is_a_conflict(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        contractor.post(f"/tasks/{task_id}/complete", version=1, key="k", json={"result": "solved"})

        answered = contractor.post(
            f"/tasks/{task_id}/complete", version=1, key="k", json={"result": "not-solved"}
        )

        expect_problem(answered, 409, "key-used-for-another")

    def test_of_a_refused_step_can_be_used_again(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        refused = contractor.post(f"/tasks/{task_id}/accept", version=7, key="k")

        answered = contractor.post(f"/tasks/{task_id}/accept", version=1, key="k")

        assert (refused.status_code, answered.status_code) == (412, 200)

    def test_of_another_program_is_another_key(
        self,
        provided: Provided,
        web: FlaskClient,
        place: SmallMunicipality,
        contractor: Program,
    ) -> None:
        _, task_id = a_report(provided, place)
        other = a_program(provided, web, party_id=place.contractor_id)
        contractor.post(f"/tasks/{task_id}/accept", version=1, key="k")

        expect_problem(other.post(f"/tasks/{task_id}/accept", version=1, key="k"), 412, "moved-on")


class TestWhatIsNotRight:
    @pytest.mark.parametrize(
        ("step", "sent", "field"),
        [
            ("accept", {"nonsense": 1}, "#/nonsense"),
            ("complete", {}, "#/result"),
            ("complete", {"result": "maybe"}, "#/result"),
            ("complete", {"result": "solved", "remark": "x" * 3001}, "#/remark"),
            ("complete", {"result": "solved", "remark": "a\x00b"}, "#/remark"),
            ("complete", {"result": "solved", "when": "now"}, "#/when"),
            ("complete", {"result": ["solved"]}, "#/result"),
            ("decline", {"reason": "no"}, "#/reason"),
            ("hold", {"reason": "x"}, "#/until"),
            ("hold", {"until": "2020-01-01", "reason": "x"}, "#/until"),
            ("hold", {"until": "9999-12-31", "reason": "x"}, "#/until"),
            ("hold", {"until": "morgen", "reason": "x"}, "#/until"),
            ("hold", {"until": "2027-01-01", "reason": "  "}, "#/reason"),
        ],
    )
    def test_is_named_and_changes_nothing(
        self,
        provided: Provided,
        place: SmallMunicipality,
        contractor: Program,
        step: str,
        sent: dict[str, Any],
        field: str,
    ) -> None:
        _, task_id = a_report(provided, place)

        answered = contractor.post(f"/tasks/{task_id}/{step}", version=1, json=sent)

        said = expect_problem(answered, 400, "body-refused")
        assert field in [error["location"] for error in said["errors"]]
        assert contractor.get(f"/tasks/{task_id}").get_json()["version"] == 1

    @pytest.mark.parametrize("content", ["", "x", "[]", "null", '{"result": NaN}', "[" * 9000])
    def test_is_no_json(
        self, provided: Provided, place: SmallMunicipality, contractor: Program, content: str
    ) -> None:
        _, task_id = a_report(provided, place)

        answered = contractor.post(
            f"/tasks/{task_id}/complete",
            version=1,
            data=content,
            content_type="application/json",
        )

        expect_problem(answered, 400, "body-refused")

    @pytest.mark.parametrize("step", ["accept", "complete", "hold", "decline", "photos"])
    def test_is_of_the_wrong_kind(
        self, provided: Provided, place: SmallMunicipality, contractor: Program, step: str
    ) -> None:
        _, task_id = a_report(provided, place)

        answered = contractor.post(
            f"/tasks/{task_id}/{step}", version=1, data="x", content_type="text/plain"
        )

        expect_problem(answered, 415, "wrong-content-type")

    def test_is_a_form_without_its_json(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)

        answered = contractor.post(
            f"/tasks/{task_id}/complete", version=1, data={"photo": (BytesIO(a_jpeg()), "a.jpg")}
        )

        said = expect_problem(answered, 400, "body-refused")
        assert said["errors"][0]["location"] == "#/completion"

    def test_is_a_photo_cut_short_and_which_one(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)

        answered = contractor.post(
            f"/tasks/{task_id}/complete",
            version=1,
            data={
                "completion": '{"result": "solved"}',
                "photo": [(BytesIO(a_jpeg()), "a.jpg"), (BytesIO(a_jpeg()[:-9]), "b.jpg")],
            },
        )

        assert answered.status_code == 400
        assert answered.get_json()["detail"].startswith("Photo 2")
        assert contractor.get(f"/tasks/{task_id}").get_json()["stage"] == "offered"
        assert list(provided.get(PhotoStore).files()) == []

    def test_is_a_sixth_photo(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        five = {"photo": [(BytesIO(a_jpeg()), f"{n}.jpg") for n in range(5)]}
        contractor.post(f"/tasks/{task_id}/photos", data=five)

        answered = contractor.post(
            f"/tasks/{task_id}/photos", data={"photo": (BytesIO(a_jpeg()), "6.jpg")}
        )

        expect_problem(answered, 400, "too-many-photos")
        assert len(list(provided.get(PhotoStore).files())) == 5

    @pytest.mark.parametrize("data", [{}, {"photo": "words"}, {"picture": (BytesIO(b"x"), "a")}])
    def test_is_no_photo_at_all(
        self,
        provided: Provided,
        place: SmallMunicipality,
        contractor: Program,
        data: dict[str, Any],
    ) -> None:
        _, task_id = a_report(provided, place)

        answered = contractor.post(
            f"/tasks/{task_id}/photos", data=data, content_type="multipart/form-data"
        )

        expect_problem(answered, 400, "body-refused")

    def test_is_a_photo_of_a_task_that_was_handed_back(
        self, provided: Provided, place: SmallMunicipality, contractor: Program
    ) -> None:
        _, task_id = a_report(provided, place)
        contractor.post(f"/tasks/{task_id}/decline", version=1, json={"reason": "not-ours"})

        answered = contractor.post(
            f"/tasks/{task_id}/photos", data={"photo": (BytesIO(a_jpeg()), "a.jpg")}
        )

        expect_problem(answered, 409, "task-is-over")


class TestWhoMayCall:
    def expect_401(self, answered: TestResponse) -> None:
        expect_problem(answered, 401, "access-token-needed")
        assert answered.headers["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("token", ["", "x", "a.b.c"])
    def test_is_nobody_without_a_good_token(self, contractor: Program, token: str) -> None:
        contractor.token = token

        self.expect_401(contractor.get("/tasks"))
        self.expect_401(contractor.post(f"/tasks/{NOBODYS}/accept", version=1))

    def test_is_nobody_whose_token_is_older_than_fifteen_minutes(
        self, provided: Provided, contractor: Program
    ) -> None:
        now = provided.get(Clock).now()
        provided.put(Clock, StoppedClock(now + timedelta(minutes=14)))
        assert contractor.get("/tasks").status_code == 200

        provided.put(Clock, StoppedClock(now + timedelta(minutes=15, seconds=1)))

        self.expect_401(contractor.get("/tasks"))

    def test_is_nobody_whose_client_was_withdrawn(
        self, provided: Provided, contractor: Program
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            revoke_client(transaction, contractor.client.client_id, now=provided.get(Clock).now())

        self.expect_401(contractor.get("/tasks"))

    def test_is_nobody_with_a_token_of_another_installation(
        self, provided: Provided, contractor: Program
    ) -> None:
        elsewhere = provided.get(Settings).model_copy(
            update={"base_url": "https://elsewhere.example"}
        )
        contractor.token = access_token(
            contractor.client,
            scopes=frozenset({"tasks:read"}),
            settings=elsewhere,
            now=provided.get(Clock).now(),
        )

        self.expect_401(contractor.get("/tasks"))

    def test_is_no_person_with_a_cookie(
        self, provided: Provided, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            account = an_account(
                transaction, role=Role.CREW, party_id=place.contractor_id, password=PASSWORD
            )
        form = web.get("/inloggen").get_data(as_text=True)
        token = form.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        web.post(
            "/inloggen",
            data={"email": account.email, "password": PASSWORD, "csrf_token": token},
        )
        assert web.get("/mijn-account").status_code == 200

        self.expect_401(web.get("/partner/v1/tasks"))

    def test_needs_the_scope_to_work(
        self, provided: Provided, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        reader = a_program(provided, web, party_id=place.contractor_id, scopes=("tasks:read",))
        worker = a_program(provided, web, party_id=place.contractor_id, scopes=("tasks:work",))
        _, task_id = a_report(provided, place)

        expect_problem(reader.post(f"/tasks/{task_id}/accept", version=1), 403, "scope-missing")
        expect_problem(worker.get("/tasks"), 403, "scope-missing")
        assert worker.post(f"/tasks/{task_id}/accept", version=1).status_code == 200


class TestTheDocument:
    def test_is_open_to_every_origin(self, web: FlaskClient) -> None:
        answered = web.get("/partner/v1/openapi.json")

        assert answered.status_code == 200
        assert answered.headers["Access-Control-Allow-Origin"] == "*"
        assert "/tasks/{task_id}/complete" in answered.get_json()["paths"]
