"""Questions of a category: in the list, in a report, in the form, and in the norm."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.triage.kept_rows import keep_questions, keep_stricter_norms
from app.triage.model import Name, Option, Question, QuestionKind, StricterNorm, Term
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

        onward = resident.sends({"answer-waar": "fietspad"})

        assert onward.path == "/melden/plek"

    def test_asks_nothing_where_the_kind_has_no_questions(self, resident: Resident) -> None:
        page = words_and_kind(resident, "verlichting.lamp-brandt-niet")

        assert page.path == "/melden/plek"
