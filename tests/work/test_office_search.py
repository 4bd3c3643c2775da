"""One box at `/beheer/zaken`: a number first and alone, then addresses, reporters and words."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import HOSTILE, Report

LIST, SEARCH = "/beheer/zaken", "/beheer/zaken/zoeken"


def looked_for(browser: Browser, typed: str) -> TestResponse:
    return browser.submit(LIST, SEARCH, zoek=typed)


def numbers(page: str) -> list[str]:
    return re.findall(r'<p class="case-line__head"><a href="/balie/zaken/([^"]+)">', page)


def openings(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT count(*) FROM contact_opening")) or 0)


class TestANumber:
    @pytest.mark.parametrize("written", ["{}", " {} ", "{}."])
    def test_leads_straight_to_its_report(
        self, desk: Browser, report: Report, written: str
    ) -> None:
        reference = report()["reference"]
        report(f"Zelfde als {reference}")

        answered = looked_for(desk, written.format(reference.lower()))

        assert answered.status_code == 303
        assert answered.location == f"/balie/zaken/{reference}"

    def test_that_nobody_has_is_told_so(self, desk: Browser, report: Report) -> None:
        report()

        page = looked_for(desk, "ZZZZ-ZZZZ").text

        assert "Er is geen melding met dit nummer." in page
        assert numbers(page) == []


class TestAnAddress:
    def test_leads_to_the_reports_at_it(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        at_it = report()["reference"]
        report(at=(IN_DISTRICT[0] + 0.01, IN_DISTRICT[1]))
        connection.execute(
            text(
                "INSERT INTO address (street, number, postcode, village, spot, is_demo)"
                " VALUES ('Molenweg', '7', '4651 AA', 'Steenbergen',"
                " ST_SetSRID(ST_MakePoint(:x, :y), 4326), false)"
            ),
            {"x": IN_DISTRICT[0], "y": IN_DISTRICT[1]},
        )

        page = looked_for(desk, "molenweg 7").text

        assert "Molenweg 7" in page
        assert numbers(page) == [at_it]


class TestAReporter:
    @pytest.mark.parametrize(
        "typed", ["Vogelaar", "WIL.VOGELAAR@example.org", "06-1234 5678", "+31 6 12345678"]
    )
    def test_is_found_and_the_opening_is_logged_once(
        self, desk: Browser, report: Report, connection: Connection, typed: str
    ) -> None:
        contact = {
            "name": "Wil Vogelaar",
            "email": "wil.vogelaar@example.org",
            "phone": "06 12345678",
        }
        theirs = report(contact=contact)["reference"]
        report(contact={"name": "Jan Anders", "phone": "0167 123456"})

        pages = [looked_for(desk, typed).text for _ in range(2)]

        assert [numbers(page) for page in pages] == [[theirs], [theirs]]
        assert openings(connection) == 1

    def test_is_not_looked_for_by_who_may_not_see_contact_details(
        self, web: FlaskClient, provided: Provided, report: Report, connection: Connection
    ) -> None:
        report(contact={"name": "Wil Vogelaar"})
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.ADMINISTRATOR)

        page = looked_for(signed_in(web, account), "Vogelaar").text

        assert numbers(page) == []
        assert openings(connection) == 0

    def test_who_is_not_found_leaves_no_line_in_the_log(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        report(contact={"name": "Wil Vogelaar"})

        looked_for(desk, "Oudejans")

        assert openings(connection) == 0


class TestWords:
    def test_find_reports_newest_first(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        first, second = report("Een scheve boom")["reference"], report("Bomen om")["reference"]
        report("Een kapotte bank")
        connection.execute(
            text(
                "UPDATE defect_case SET received_at = received_at - interval '1 day'"
                " WHERE reference = :first"
            ),
            {"first": first},
        )

        assert numbers(looked_for(desk, "boom").text) == [second, first]

    def test_that_find_nothing_say_what_to_try(self, desk: Browser, report: Report) -> None:
        report()

        page = looked_for(desk, "onvindbaar").text

        assert "Er is niets gevonden." in page

    @pytest.mark.parametrize("typed", ["", "   ", "\u202e", "\x00", "x" * 10_000])
    def test_that_say_nothing_or_too_much_are_refused(self, desk: Browser, typed: str) -> None:
        assert looked_for(desk, typed).status_code == 422

    @pytest.mark.parametrize("typed", [HOSTILE, "'; --", "a & | !", "%", "\\", '"'])
    def test_are_words_whatever_signs_are_in_them(
        self, desk: Browser, report: Report, typed: str
    ) -> None:
        report()

        answered = looked_for(desk, typed)

        assert answered.status_code == 200
        assert "<script>alert" not in answered.text

    def test_are_not_looked_for_without_the_forms_own_token(self, desk: Browser) -> None:
        assert desk.send(SEARCH, {"csrf_token": "forged"}, zoek="tegel").status_code == 400

    def test_are_not_for_a_crew(self, crew: Browser) -> None:
        assert crew.get(SEARCH).status_code == 403

    def test_ask_at_most_nine_statements(
        self,
        desk: Browser,
        place: SmallMunicipality,
        report: Report,
        connection: Connection,
    ) -> None:
        report("Losse tegel", contact={"name": "Tegel"})
        hidden = desk.hidden(LIST, SEARCH)

        with statements(connection) as heard:
            desk.send(SEARCH, hidden, zoek="tegel")

        assert len(heard) <= 9, heard
