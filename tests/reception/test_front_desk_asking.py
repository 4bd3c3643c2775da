"""Somebody asks about a report: the desk finds it, says where it stands, notes what they add."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from tests.makers.form_places import an_address
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY, SmallMunicipality, a_small_municipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SEARCH = "/balie/zoeken"
WORDS = "Er ligt een tegel los voor de bakker"


@pytest.fixture(autouse=True)
def place(provided: Provided) -> SmallMunicipality:
    provided.put(Clock, StoppedClock(MONDAY))
    with provided.get(Database).transaction() as transaction:
        an_address(transaction, "Kade", "4", IN_DISTRICT)
        return a_small_municipality(transaction)


@pytest.fixture
def desk(web: FlaskClient, provided: Provided) -> Browser:
    with provided.get(Database).transaction() as transaction:
        return signed_in(web, an_account(transaction, role=Role.DESK, name="Noor Balie"))


def report(web: FlaskClient, **more: Any) -> str:  # noqa: ANN401  # passed on as they are
    """Hand in a report, beside one that is about something else; return its number."""
    for body in (
        {"description": "Lamp stuk", "location": {"type": "Point", "coordinates": [4.33, 51.59]}},
        {"description": WORDS, "location": {"type": "Point", "coordinates": list(IN_DISTRICT)}},
    ):
        mine = more if body["description"] == WORDS else {}
        answered = web.post(
            "/api/v1/reports", json={**body, "category": "wegen.losse-tegel", **mine}
        )
        assert answered.status_code == 201, answered.text
    return str(answered.get_json()["reference"])


class TestWhoeverAsks:
    def test_with_a_number_is_told_where_it_stands_and_by_when(
        self, desk: Browser, web: FlaskClient
    ) -> None:
        number = report(web)

        answered = desk.submit(SEARCH, SEARCH, zoek=number.lower().replace("-", " "))
        page = desk.get(answered.location).text

        assert answered.location == f"/balie/antwoord/{number}"
        assert "Team Zuid heeft uw melding" in page
        assert "Uiterlijk maandag 30 november" in page
        assert WORDS in page

    @pytest.mark.parametrize("typed", ["Kade 4", "bakker", "losse tegels bakker"])
    def test_with_an_address_or_words_is_found(
        self, desk: Browser, web: FlaskClient, typed: str
    ) -> None:
        number = report(web)

        page = desk.submit(SEARCH, SEARCH, zoek=typed).text

        assert f"/balie/antwoord/{number}" in page
        assert "Lamp stuk" not in page

    @pytest.mark.parametrize("typed", ["Jan de Vries", "06 12 34 56 78", "JAN@example.nl"])
    def test_by_their_own_details_is_found_and_that_is_logged(
        self, desk: Browser, web: FlaskClient, connection: Connection, typed: str
    ) -> None:
        contact = {"name": "Jan de Vries", "phone": "0612345678", "email": "jan@example.nl"}
        number = report(web, contact=contact)

        page = desk.submit(SEARCH, SEARCH, zoek=typed).text

        assert f"/balie/antwoord/{number}" in page
        assert connection.scalar(text("SELECT count(*) FROM contact_opening")) == 1

    def test_by_details_is_not_found_by_who_may_not_see_them(
        self, web: FlaskClient, provided: Provided, connection: Connection
    ) -> None:
        number = report(web, contact={"name": "Jan de Vries"})
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.ADMINISTRATOR)

        page = signed_in(web, account).submit(SEARCH, SEARCH, zoek="Jan de Vries").text

        assert number not in page
        assert connection.scalar(text("SELECT count(*) FROM contact_opening")) == 0

    def test_about_what_was_passed_on_hears_whom_to_ask(
        self, desk: Browser, web: FlaskClient
    ) -> None:
        number = report(web, location={"type": "Point", "coordinates": list(ON_MOTORWAY)})

        page = desk.get(f"/balie/antwoord/{number}").text

        assert "Rijkswaterstaat" in page
        assert "088 000 00 02" in page

    @pytest.mark.parametrize("typed", ["", "   ", "\x00", "x" * 201])
    def test_with_nothing_to_look_for_is_asked_again(self, desk: Browser, typed: str) -> None:
        assert desk.submit(SEARCH, SEARCH, zoek=typed).status_code == 400

    @pytest.mark.parametrize(
        "typed",
        ["K7MD-4QXW", "<script>alert(1)</script>", "' OR 1=1 --", "\u202eeno", "%", "& | !"],
    )
    def test_for_what_is_not_there_is_told_so(self, desk: Browser, typed: str) -> None:
        answered = desk.submit(SEARCH, SEARCH, zoek=typed)

        assert answered.status_code == 200
        assert "<script>alert" not in answered.text

    @pytest.mark.parametrize("number", ["K7MD-4QXW", "x", "%00", "../../etc"])
    def test_for_a_number_that_is_none_finds_nothing(self, desk: Browser, number: str) -> None:
        assert desk.get(f"/balie/antwoord/{number}").status_code == 404


class TestWhatTheCallerAdds:
    def test_is_kept_with_the_report_and_told_to_the_desk(
        self, desk: Browser, web: FlaskClient, connection: Connection
    ) -> None:
        number = report(web)
        here = f"/balie/antwoord/{number}"

        answered = desk.submit(here, f"{here}/opmerking", opmerking="Nu ligt er nog een los")

        assert answered.location == here
        assert "Nu ligt er nog een los" in desk.get(here).text
        assert "Nu ligt er nog een los" in connection.scalars(text("SELECT text FROM remark")).all()
        assert (
            connection.scalar(
                text("SELECT actor_kind FROM history_entry WHERE happening = 'remark-added'")
            )
            == "account"
        )
        assert (
            connection.scalar(text("SELECT count(*) FROM desk_entry WHERE reason = 'remark'")) == 1
        )

    @pytest.mark.parametrize("written", ["", " \n", "x" * 3001])
    def test_stays_in_the_form_where_it_cannot_be_kept(
        self, desk: Browser, web: FlaskClient, connection: Connection, written: str
    ) -> None:
        here = f"/balie/antwoord/{report(web)}"

        answered = desk.submit(here, f"{here}/opmerking", opmerking=written)

        assert answered.status_code == 400
        assert written.strip() in answered.text
        assert connection.scalar(text("SELECT count(*) FROM remark")) == 0


class TestWhatLiesOutside:
    def test_the_limits_of_an_account_is_not_there(
        self, desk: Browser, web: FlaskClient, connection: Connection
    ) -> None:
        number = report(web)
        here = f"/balie/antwoord/{number}"
        hidden = desk.hidden(here, f"{here}/opmerking")
        connection.execute(text("UPDATE account SET within_areas = ARRAY['team-district:elders']"))

        assert number not in desk.submit(SEARCH, SEARCH, zoek="bakker").text
        assert desk.get(here).status_code == 404
        assert desk.send(f"{here}/opmerking", hidden, opmerking="Zomaar").status_code == 404

    def test_the_desk_is_for_the_desk(self, web: FlaskClient, provided: Provided) -> None:
        number = report(web)
        with provided.get(Database).transaction() as transaction:
            analyst = signed_in(web, an_account(transaction, role=Role.ANALYST))

        assert analyst.get(SEARCH).status_code == 403
        assert analyst.get(f"/balie/antwoord/{number}").status_code == 403


class TestTheDeskItself:
    def test_begins_with_a_call_and_the_box(self, desk: Browser) -> None:
        page = desk.get("/balie").text

        assert page.index('href="/balie/nieuw"') < page.index('action="/balie/zoeken"')
        assert page.index('action="/balie/zoeken"') < page.index('id="list"')
        assert 'href="#list"' in page


class TestStatements:
    def test_of_an_answer_are_counted(
        self, desk: Browser, web: FlaskClient, connection: Connection
    ) -> None:
        number = report(web)
        report(web)

        with statements(connection) as answered:
            desk.get(f"/balie/antwoord/{number}")
        with statements(connection) as searched:
            desk.submit(SEARCH, SEARCH, zoek="bakker")

        assert (len(answered), len(searched)) == (9, 6)
