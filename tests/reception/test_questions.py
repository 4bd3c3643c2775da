"""Questions of a category: in the list, in a report, in the form, and in the norm."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.reception.model import DraftContent
from app.reception.rules import of_another_kind, sent_answers
from app.routing.operations.agreements import AgreementToMake, make_agreement
from app.triage.kept_rows import keep_questions, keep_stricter_norms
from app.triage.model import Name, Option, Question, QuestionKind, StricterNorm, Term
from app.work.model import ActedBy
from app.work.operations.merging import merge_case
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality
from tests.reception.browsing import Page, Resident

TILE = "wegen.losse-tegel"
WHERE = Question(
    "waar",
    QuestionKind.CHOICE,
    Name("Waar ligt de tegel?", "Where is the tile?"),
    is_required=True,
    options=(
        Option("stoep", Name("Stoep", "Footpath")),
        Option("fietspad", Name("Fietspad", "Cycle path")),
    ),
)
SINCE = Question("sinds", QuestionKind.DATE, Name("Sinds wanneer?", "Since when?"))
HOW_MANY = Question("hoeveel", QuestionKind.NUMBER, Name("Hoeveel?", "How many?"))
CALL = Question("bel", QuestionKind.STOP, Name("Bel 112.", "Call 112."), phone="112")


@pytest.fixture
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        municipality = a_small_municipality(transaction)
        keep_questions(transaction, TILE, [CALL, WHERE, SINCE, HOW_MANY])
        keep_stricter_norms(
            transaction, TILE, [StricterNorm(Term(1), question="waar", answer="fietspad")]
        )
        return municipality


def post(web: FlaskClient, **more: object) -> TestResponse:
    body = {
        "description": "Losse tegel",
        "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
        "category": TILE,
        **more,
    }
    return web.post("/api/v1/reports", json=body)


@pytest.mark.usefixtures("place")
class TestAReportWithAnswers:
    def test_keeps_them_with_the_question_in_the_reporters_language(self, web: FlaskClient) -> None:
        answered = post(web, answers={"waar": "stoep", "hoeveel": 3}, language="en").get_json()

        followed = web.get(
            f"/api/v1/reports/{answered['id']}",
            headers={"Authorization": f"Bearer {answered['token']}"},
        ).get_json()
        assert followed["missingAnswers"] == []
        assert followed["answers"] == [
            {"question": "waar", "text": "Where is the tile?", "answer": "Footpath"},
            {"question": "hoeveel", "text": "How many?", "answer": "3"},
        ]

    def test_has_a_stricter_norm_for_one_of_them(self, web: FlaskClient) -> None:
        on_footpath = post(web, answers={"waar": "stoep"}).get_json()
        on_cycle_path = post(web, answers={"waar": "fietspad"}).get_json()

        assert on_cycle_path["dueAt"] < on_footpath["dueAt"]

    def test_is_taken_in_without_a_required_one_and_says_which(self, web: FlaskClient) -> None:
        answered = post(web)

        assert answered.status_code == 201
        assert answered.get_json()["missingAnswers"] == ["waar"]

    @pytest.mark.parametrize(
        ("answers", "field"),
        [
            ({"kleur": "rood"}, "#/answers/kleur"),
            ({"waar": "dak"}, "#/answers/waar"),
            ({"waar": ["stoep"]}, "#/answers/waar"),
            ({"hoeveel": True}, "#/answers/hoeveel"),
            ({"hoeveel": "veel"}, "#/answers/hoeveel"),
            ({"sinds": "gisteren"}, "#/answers/sinds"),
            ({"bel": "ja"}, "#/answers/bel"),
        ],
    )
    def test_is_refused_for_one_that_is_none_naming_it(
        self, web: FlaskClient, answers: dict[str, Any], field: str
    ) -> None:
        refused = post(web, answers=answers)

        assert refused.status_code == 400
        assert [one["location"] for one in refused.get_json()["errors"]] == [field]

    def test_may_still_answer_a_question_that_was_retired(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            keep_questions(transaction, TILE, [SINCE])

        answered = post(web, answers={"waar": "stoep"})

        assert answered.status_code == 201
        assert answered.get_json()["missingAnswers"] == []


@pytest.mark.usefixtures("place")
class TestAnIncompleteReport:
    def test_is_completed_on_the_page_that_follows_it(self, web: FlaskClient) -> None:
        told = post(web).get_json()
        path = f"/volg/{told['token']}"
        asked = web.get(path).text

        taken = web.post(
            f"{path}/antwoorden", data={**_hidden(asked), "seen": "waar", "answer-waar": "stoep"}
        )

        followed = web.get(path).text
        assert "Waar ligt de tegel?" in asked
        assert taken.status_code == 303
        assert "Stoep" in followed
        assert "/antwoorden" not in followed

    @pytest.mark.parametrize("seen", ["", "waar,sinds", "iets"])
    def test_is_not_changed_by_a_form_that_asked_something_else(
        self, web: FlaskClient, seen: str
    ) -> None:
        path = f"/volg/{post(web).get_json()['token']}"

        web.post(
            f"{path}/antwoorden",
            data={**_hidden(web.get(path).text), "seen": seen, "answer-waar": "stoep"},
        )

        assert f"{path}/antwoorden" in web.get(path).text


class TestAStop:
    def test_asks_whether_it_is_so_and_loses_nothing_meanwhile(self, resident: Resident) -> None:
        words_and_kind(resident, TILE)

        page = resident.sends({"answer-waar": "stoep", "answer-hoeveel": "4"})

        assert page.status == 400
        assert "Geef aan of dat zo is." in page.text
        assert page.form.fields["answer-hoeveel"] == "4"

    def test_stops_the_form_with_the_number_to_call(self, resident: Resident) -> None:
        words_and_kind(resident, TILE)

        stopped = resident.sends({"answer-waar": "stoep", "answer-bel": "yes"})

        assert stopped.path == "/melden/vragen/bellen"
        assert "tel:112" in stopped.read.links
        assert "Bel 112." in stopped.text
        for path in ("/melden/controle", "/melden/vragen/bellen"):
            assert resident.opens(path).path in {"/melden/vragen", "/melden/vragen/bellen"}

    @pytest.mark.parametrize("says", ["no", "called"])
    def test_lets_go_on_who_says_that_it_is_not_so_or_who_called(
        self, resident: Resident, says: str
    ) -> None:
        words_and_kind(resident, TILE)
        stopped = resident.sends({"answer-waar": "stoep", "answer-bel": "yes"})

        onward = say_at_stop(resident, stopped, says)

        assert onward.path == "/melden/plek"

    @pytest.mark.parametrize("says", ["", "yes", "<script>", "no\x00"])
    def test_lets_nobody_go_on_who_says_something_else(self, resident: Resident, says: str) -> None:
        words_and_kind(resident, TILE)
        stopped = resident.sends({"answer-waar": "stoep", "answer-bel": "yes"})

        answered = say_at_stop(resident, stopped, says)

        assert answered.path == "/melden/vragen"

    def test_makes_a_danger_of_what_somebody_called_about(
        self, resident: Resident, provided: Provided
    ) -> None:
        words_and_kind(resident, TILE)
        stopped = resident.sends({"answer-waar": "stoep", "answer-bel": "yes"})
        say_at_stop(resident, stopped, "called")

        with provided.get(Database).transaction() as transaction:
            content = transaction.connection.scalar(text("SELECT content FROM draft"))

        assert content["is_danger"] is True

    def test_is_not_found_where_nobody_said_so(self, resident: Resident) -> None:
        words_and_kind(resident, TILE)

        assert resident.opens("/melden/vragen/bellen").path == "/melden/vragen"


@pytest.fixture
def on_cycle_paths(place: SmallMunicipality, provided: Provided) -> None:
    """Tiles on cycle paths are Lux's, by the answer."""
    with provided.get(Database).transaction() as transaction:
        make_agreement(
            transaction,
            AgreementToMake(
                code="cycle-paths",
                party_id=place.contractor_id,
                category_code=TILE,
                area=("team-district", "zuid"),
                asset_owner_id=None,
                valid_from=date(2020, 1, 1),
                priority=5,
                answers={"waar": frozenset({"fietspad"})},
            ),
            by=BY_COMMAND,
            now=datetime(2020, 1, 1, tzinfo=UTC),
        )


@pytest.mark.usefixtures("on_cycle_paths")
class TestAnAnswerThatComesLater:
    def test_moves_the_case_to_who_is_responsible_by_it(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        told = post(web).get_json()

        page = answer_later(web, told, "fietspad")

        assert "Lux Verlichting" in page
        assert tasks_of(connection, told) == [("lux", "offered"), ("team", "cancelled")]
        assert reasons_of(connection, told) == ["cycle-paths"]

    def test_leaves_it_where_it_is_when_the_party_is_the_same(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        told = post(web).get_json()

        page = answer_later(web, told, "stoep")

        assert "Team Zuid" in page
        assert tasks_of(connection, told) == [("team", "offered")]

    def test_makes_the_norm_stricter_and_never_looser(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        due = {}
        for answer in ("stoep", "fietspad"):
            told = post(web).get_json()
            answer_later(web, told, answer)
            due[answer] = (told["dueAt"], status_of(web, told)["dueAt"])

        assert due["stoep"][0] == due["stoep"][1]
        assert due["fietspad"][1] < due["fietspad"][0]

    def test_tells_the_desk_where_the_work_has_begun(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        told = post(web).get_json()
        connection.execute(text("UPDATE task SET stage = 'started'"))

        answer_later(web, told, "fietspad")

        assert tasks_of(connection, told) == [("team", "started")]
        assert connection.scalars(
            text("SELECT reason FROM desk_entry WHERE settled_at IS NULL")
        ).all() == ["other-answers"]

    def test_leaves_what_a_person_gave_to_somebody_else(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        told = post(web).get_json()
        connection.execute(
            text("UPDATE defect_case SET party_id = (SELECT id FROM party WHERE code = 'rws')")
        )

        answer_later(web, told, "fietspad")

        assert tasks_of(connection, told) == [("team", "offered")]

    def test_moves_it_though_somebody_else_answered_the_same_before(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        told = post(web).get_json()
        post(web, sameAs=told["reference"], answers={"waar": "fietspad"})

        page = answer_later(web, told, "fietspad")

        assert "Lux Verlichting" in page
        assert tasks_of(connection, told) == [("lux", "offered"), ("team", "cancelled")]
        assert status_of(web, told)["dueAt"] < told["dueAt"]

    def test_is_given_once(self, web: FlaskClient, connection: Connection) -> None:
        told = post(web).get_json()
        answer_later(web, told, "stoep")
        promised = status_of(web, told)["dueAt"]

        path = f"/volg/{told['token']}"
        for seen in ("waar", ""):
            web.post(
                f"{path}/antwoorden",
                data={**_hidden(web.get(path).text), "seen": seen, "answer-waar": "fietspad"},
            )

        assert tasks_of(connection, told) == [("team", "offered")]
        assert status_of(web, told)["dueAt"] == promised


@pytest.mark.usefixtures("on_cycle_paths")
class TestAnAnswerOfWhoJoinedByTheirOwnWord:
    def test_moves_nothing_and_the_desk_is_told(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        told = post(web, answers={"waar": "stoep"}).get_json()
        stranger = post(web, sameAs=told["reference"]).get_json()
        assert told_the_desk(connection) == []

        answer_later(web, stranger, "fietspad")

        assert stranger["case"]["joined"]
        assert tasks_of(connection, told) == [("team", "offered")]
        assert status_of(web, told)["dueAt"] == told["dueAt"]
        assert told_the_desk(connection) == [("other-answers", stranger["reference"])]

    def test_in_the_report_itself_is_told_too(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        told = post(web, answers={"waar": "stoep"}).get_json()

        stranger = post(
            web, sameAs=told["reference"], answers={"waar": "fietspad"}, danger=True
        ).get_json()

        assert tasks_of(connection, told) == [("team", "offered")]
        assert told_the_desk(connection) == [("other-answers", stranger["reference"])]

    def test_that_says_the_same_is_not_told(self, web: FlaskClient, connection: Connection) -> None:
        told = post(web, answers={"waar": "stoep"}).get_json()

        post(web, sameAs=told["reference"], answers={"waar": "stoep"})
        post(web, sameAs=told["reference"], answers={"hoeveel": 3})

        assert told_the_desk(connection) == []


@pytest.mark.usefixtures("on_cycle_paths")
def test_two_cases_that_staff_join_stay_with_the_party_and_the_desk_is_told(
    web: FlaskClient, provided: Provided, connection: Connection
) -> None:
    first = post(web, answers={"waar": "stoep"}).get_json()
    other = post(web, answers={"waar": "fietspad"}).get_json()

    with provided.get(Database).transaction() as transaction:
        merge_case(
            transaction,
            other["reference"],
            first["reference"],
            by=ActedBy("account"),
            now=provided.get(Clock).now(),
        )

    assert tasks_of(connection, first) == [("team", "offered")]
    assert ("other-answers", other["reference"]) in told_the_desk(connection)


def told_the_desk(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute(
        text(
            "SELECT reason, details ->> 'report' AS report FROM desk_entry"
            " WHERE settled_at IS NULL AND reason <> 'possible-duplicate'"
        )
    )
    return [(row.reason, row.report) for row in rows]


def say_at_stop(resident: Resident, stopped: Page, says: str) -> Page:
    data = {**_hidden(stopped.answer.text), "stop": says}
    return resident.seen(
        resident.client.post("/melden/vragen/bellen", data=data, follow_redirects=True)
    )


def answer_later(web: FlaskClient, told: dict[str, Any], answer: str) -> str:
    """Answer the question that was left open; return the page that follows the report."""
    path = f"/volg/{told['token']}"
    sent = web.post(
        f"{path}/antwoorden",
        data={**_hidden(web.get(path).text), "seen": "waar", "answer-waar": answer},
    )
    assert sent.status_code == 303
    return web.get(path).text


def status_of(web: FlaskClient, told: dict[str, Any]) -> Any:  # noqa: ANN401  # as it was answered
    opened = {"Authorization": f"Bearer {told['token']}"}
    return web.get(f"/api/v1/reports/{told['id']}", headers=opened).get_json()


def tasks_of(connection: Connection, told: dict[str, Any]) -> list[tuple[str, str]]:
    rows = connection.execute(
        text(
            "SELECT party.code, task.stage FROM task JOIN party ON party.id = task.party_id"
            " JOIN defect_case ON defect_case.id = task.case_id"
            " WHERE defect_case.reference = :reference ORDER BY party.code"
        ),
        {"reference": told["case"]["reference"]},
    )
    return [(row.code, row.stage) for row in rows]


def reasons_of(connection: Connection, told: dict[str, Any]) -> list[str | None]:
    """Return the agreements by which a case was decided, the newest alone."""
    return list(
        connection.scalars(
            text(
                "SELECT agreement.code FROM routing_decision"
                " JOIN agreement ON agreement.id = agreement_id"
                " JOIN defect_case ON defect_case.id = case_id"
                " WHERE reference = :reference ORDER BY decided_at DESC LIMIT 1"
            ),
            {"reference": told["case"]["reference"]},
        )
    )


def _hidden(page: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return {"csrf_token": found[1]} if found else {}


@pytest.fixture
def resident(web: FlaskClient, place: SmallMunicipality) -> Resident:
    return Resident(web)


def words_and_kind(resident: Resident, kind: str) -> Page:
    resident.opens("/melden")
    resident.sends({"words": "Er is iets stuk bij de brug"})
    return resident.sends({"all": kind})


class TestTheForm:
    def test_asks_the_questions_of_the_kind_and_keeps_what_was_typed(
        self, resident: Resident
    ) -> None:
        page = words_and_kind(resident, TILE)

        wrong = resident.sends({"answer-hoeveel": "heel veel"})

        assert "Waar ligt de tegel?" in page.text
        assert "tel:112" in page.read.links
        assert wrong.status == 400
        assert wrong.form.fields["answer-hoeveel"] == "heel veel"

    def test_goes_on_to_the_place_when_all_is_answered(self, resident: Resident) -> None:
        words_and_kind(resident, TILE)

        onward = resident.sends({"answer-waar": "fietspad", "answer-bel": "no"})

        assert onward.path == "/melden/plek"

    def test_keeps_the_answers_that_another_kind_asks_for_too(
        self, resident: Resident, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            keep_questions(transaction, "overig.anders", [HOW_MANY])
        words_and_kind(resident, TILE)
        resident.sends({"answer-waar": "stoep", "answer-hoeveel": "4", "answer-bel": "no"})

        resident.opens("/melden/soort")
        asked = resident.sends({"all": "overig.anders"})
        onward = resident.sends()

        assert asked.form.fields == {**asked.form.fields, "answer-hoeveel": "4"}
        assert onward.path == "/melden/plek"

    def test_sends_no_answer_to_the_questions_of_the_kind_it_had(self, resident: Resident) -> None:
        content = DraftContent(answers={"waar": "stoep"}, answered_for=TILE, category=TILE)

        changed = of_another_kind(content, "overig.anders", leaves_kind_to_us=False)

        assert sent_answers(content) == {"waar": "stoep"}
        assert sent_answers(changed) == {}

    def test_asks_nothing_where_the_kind_has_no_questions(self, resident: Resident) -> None:
        page = words_and_kind(resident, "verlichting.lamp-brandt-niet")

        assert page.path == "/melden/plek"
