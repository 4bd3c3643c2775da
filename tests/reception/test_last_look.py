"""The last look before sending shows what was answered, and says what is true of this report."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.triage.kept_rows import keep_questions, keep_stricter_norms
from app.triage.model import Name, Option, Question, QuestionKind, StricterNorm, Term
from tests.makers.form_places import an_address
from tests.makers.places import IN_DISTRICT, a_small_municipality
from tests.reception.browsing import Page, Resident

TILE = "wegen.losse-tegel"
WHERE = Question(
    "waar",
    QuestionKind.CHOICE,
    Name("Waar ligt de tegel?", "Where is the tile?"),
    is_required=True,
    options=(
        Option("stoep", Name("Op de stoep", "On the footpath")),
        Option("fietspad", Name("Op het fietspad", "On the cycle path")),
    ),
)
SINCE = Question("sinds", QuestionKind.DATE, Name("Sinds wanneer?", "Since when?"))
HOW_MANY = Question("hoeveel", QuestionKind.NUMBER, Name("Hoeveel tegels?", "How many tiles?"))
READ = Question("lees", QuestionKind.NOTICE, Name("Raak niets aan.", "Touch nothing."))


@pytest.fixture
def resident(web: FlaskClient, provided: Provided) -> Resident:
    with provided.get(Database).transaction() as transaction:
        a_small_municipality(transaction)
        an_address(transaction, "Kade", "4", IN_DISTRICT)
        keep_questions(transaction, TILE, [READ, WHERE, SINCE, HOW_MANY])
        stricter = StricterNorm(Term(1), question="waar", answer="fietspad")
        keep_stricter_norms(transaction, TILE, [stricter])
    return Resident(web)


def at_the_questions(resident: Resident) -> Page:
    resident.opens("/melden")
    resident.sends({"words": "Er is iets stuk bij de brug"})
    return resident.sends({"all": TILE})


def at_the_check(resident: Resident, **answers: str) -> Page:
    at_the_questions(resident)
    resident.sends({f"answer-{question}": answer for question, answer in answers.items()})
    resident.sends({"address": "Kade 4"})
    resident.sends({"place": resident.page.form.choices["place"][0]})
    return resident.sends()


class TestTheLastLook:
    def test_shows_each_question_with_its_answer_and_the_way_to_change_it(
        self, resident: Resident
    ) -> None:
        page = at_the_check(resident, waar="stoep", sinds="2026-11-20")

        assert page.path == "/melden/controle"
        for words in (
            "Waar ligt de tegel? Op de stoep Wijzig",
            "Sinds wanneer? 20 november 2026 Wijzig",
            "Hoeveel tegels? Niet beantwoord Wijzig",
        ):
            assert words in page.text
        assert page.read.links.count("/melden/vragen") == 3
        assert "Raak niets aan." not in page.text

    def test_shows_an_answer_that_was_changed_from_there(self, resident: Resident) -> None:
        at_the_check(resident, waar="stoep", hoeveel="2")
        resident.opens("/melden/vragen")

        page = resident.sends({"answer-waar": "fietspad"})

        assert page.path == "/melden/controle"
        assert "Waar ligt de tegel? Op het fietspad" in page.text
        assert "Hoeveel tegels? 2" in page.text

    def test_says_the_norm_of_this_report_and_not_of_its_kind(self, resident: Resident) -> None:
        page = at_the_check(resident, waar="fietspad")

        assert "Voor deze melding is de norm 1 werkdag." in page.text
        assert "Dit soort meldingen" not in page.text


class TestAMistakeInTheQuestions:
    def test_is_summed_up_with_the_question_it_is_about(self, resident: Resident) -> None:
        at_the_questions(resident)

        page = resident.sends({"answer-hoeveel": "veel"})

        assert page.status == 400
        assert "Waar ligt de tegel? Beantwoord deze vraag." in page.text
        assert "Hoeveel tegels? Schrijf een getal" in page.text
