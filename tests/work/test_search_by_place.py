"""Both search boxes find by place: a whole street, a house in it, a thing with its number."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.geography.addresses import AddressBook, NoAddresses
from tests.makers.form_places import an_address
from tests.makers.places import IN_DISTRICT
from tests.makers.sign_ins import Browser
from tests.makers.statements import statements
from tests.work.conftest import Report

OFFICE, DESK = "/beheer/zaken/zoeken", "/balie/zoeken"
ASIDE = (IN_DISTRICT[0] + 0.003, IN_DISTRICT[1])

At = Callable[..., str]


@pytest.fixture
def at(report: Report, connection: Connection) -> At:
    """Hand in a report that keeps an address, as if the job was done; return its number."""

    def hand_in(street: str, number: str = "1", village: str = "Dinteloord", **more: object) -> str:
        reference: str = report(**more)["reference"]
        connection.execute(
            text(
                "UPDATE defect_case SET near_address = :street || ' ' || :number,"
                " near_street = :street, near_village = :village, near_asked_at = now()"
                " WHERE reference = :reference"
            ),
            {"street": street, "number": number, "village": village, "reference": reference},
        )
        return reference

    return hand_in


def found(browser: Browser, box: str, typed: str) -> list[str]:
    page = browser.submit(box, box, zoek=typed).text
    return re.findall(r'href="(?:/balie/zaken|/balie/antwoord)/([A-Z0-9]{4}-[A-Z0-9]{4})"', page)


def close(connection: Connection, reference: str) -> None:
    connection.execute(
        text(
            "UPDATE defect_case SET stage = 'resolved', closed_at = now()"
            " WHERE reference = :reference"
        ),
        {"reference": reference},
    )


def a_lamp(connection: Connection, number: str, street: str) -> str:
    lamp = connection.scalar(
        text(
            "INSERT INTO asset (id, kind, number, street, spot) VALUES (gen_random_uuid(),"
            " 'lamp-post', :number, :street, ST_SetSRID(ST_MakePoint(4.33, 51.585), 4326))"
            " RETURNING id"
        ),
        {"number": number, "street": street},
    )
    return str(lamp)


@pytest.mark.parametrize("box", [OFFICE, DESK])
class TestAStreet:
    @pytest.mark.parametrize(
        "typed",
        ["Kerkstraat", "in de KERKSTRAAT", " kerkstraat, Dinteloord", "Kerkstraat in Dinteloord"],
    )
    def test_without_a_number_finds_all_in_it_whoever_is_away(
        self, desk: Browser, at: At, provided: Provided, box: str, typed: str
    ) -> None:
        provided.put(AddressBook, NoAddresses())
        ends = {at("Kerkstraat", number) for number in ("1", "54", "198")}
        at("Dorpsstraat")
        at("Nieuwe Kerkstraat")

        assert set(found(desk, box, typed)) == ends

    def test_shows_what_is_open_first_and_then_the_newest(
        self, desk: Browser, at: At, connection: Connection, box: str
    ) -> None:
        old, new, closed = (at("Kerkstraat", number) for number in ("1", "2", "3"))
        close(connection, closed)
        connection.execute(
            text(
                "UPDATE defect_case SET received_at = received_at - interval '1 day'"
                " WHERE reference = :old"
            ),
            {"old": old},
        )

        page = desk.submit(box, box, zoek="kerkstraat").text

        assert found(desk, box, "kerkstraat") == [new, old, closed]
        assert "Straat Kerkstraat: 3 meldingen" in page
        assert "Dinteloord" in page

    def test_of_one_village_is_not_that_of_another(self, desk: Browser, at: At, box: str) -> None:
        here, there = at("Kerkstraat"), at("Kerkstraat", village="De Heen")

        assert found(desk, box, "kerkstraat de heen") == [there]
        assert set(found(desk, box, "kerkstraat")) == {here, there}
        assert found(desk, box, "kerkstraat elders") == []

    def test_is_known_by_a_part_of_its_name_to_the_register(
        self, desk: Browser, at: At, provided: Provided, box: str
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            an_address(transaction, "Burgemeester van Loonstraat", "1", ASIDE)
        far = at("Burgemeester van Loonstraat", "98")
        at("Kerkstraat")

        assert found(desk, box, "loonstraat") == [far]

    def test_finds_what_nobody_asked_an_address_for_yet_by_where_it_lies(
        self, desk: Browser, at: At, report: Report, provided: Provided, box: str
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            an_address(transaction, "Kade", "1", IN_DISTRICT)
        unasked = report()["reference"]
        at("Kerkstraat")

        assert found(desk, box, "kade") == [unasked]

    def test_with_a_number_finds_what_is_near_that_house_alone(
        self, desk: Browser, at: At, report: Report, provided: Provided, box: str
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            for number, east in (("5", 0.0), ("50", 0.003)):
                an_address(transaction, "Kerkstraat", number, (ASIDE[0] + east, ASIDE[1]))
        kept = at("Kerkstraat", "5", village="Steenbergen")
        beside = report(at=ASIDE)["reference"]
        at("Kerkstraat", "50", village="Steenbergen")
        report(at=(ASIDE[0] + 0.003, ASIDE[1]))

        assert set(found(desk, box, "kerkstraat 5")) == {kept, beside}

    def test_outside_the_limits_of_an_account_is_not_there(
        self, desk: Browser, at: At, connection: Connection, box: str
    ) -> None:
        at("Kerkstraat")
        connection.execute(text("UPDATE account SET within_areas = ARRAY['team-district:elders']"))

        assert found(desk, box, "kerkstraat") == []
        assert found(desk, box, "kerkstraat 1") == []

    def test_with_more_than_is_shown_tells_how_many_there_are(
        self, desk: Browser, at: At, connection: Connection, box: str
    ) -> None:
        at("Kerkstraat")
        connection.execute(
            text(
                """
                INSERT INTO defect_case (id, reference, category_code, category_group, stage, spot,
                    party_id, is_danger, report_count, received_at, due_at, changed_at, version,
                    is_demo, near_address, near_street, near_village, near_asked_at)
                SELECT gen_random_uuid(), 'NR' || n, category_code, category_group, stage, spot,
                       party_id, false, 1, received_at, due_at, changed_at, 1, false,
                       near_address, near_street, near_village, near_asked_at
                FROM defect_case, generate_series(1, 104) AS n
                """
            )
        )

        page = desk.submit(box, box, zoek="kerkstraat").text

        assert "Straat Kerkstraat: 105 meldingen" in page
        assert "Dit zijn er 100 van 105" in page
        # The list of the office holds them all.
        everything = "/beheer/zaken?status=alle&amp;straat=Kerkstraat"
        assert (everything in page) is (box == OFFICE)
        assert "105 meldingen" in desk.get(everything.replace("&amp;", "&")).text


@pytest.mark.parametrize("box", [OFFICE, DESK])
class TestAThing:
    @pytest.mark.parametrize(
        "typed",
        [
            "lantaarnpaal 12",
            "12 burgemeesterlaan",
            "lamp 12 Burgemeesterlaan",
            "burgemeesterlaan 12",
        ],
    )
    def test_with_its_number_finds_the_reports_at_it(
        self, desk: Browser, report: Report, connection: Connection, box: str, typed: str
    ) -> None:
        lamps = [a_lamp(connection, number, "Burgemeesterlaan") for number in ("12", "112")]
        at_it, _ = (
            report(category="verlichting.lamp-brandt-niet", asset=lamp)["reference"]
            for lamp in lamps
        )

        page = desk.submit(box, box, zoek=typed).text

        assert found(desk, box, typed) == [at_it]
        assert "Bij het object" in page
        assert "lantaarnpaal 12, Burgemeesterlaan" in page

    def test_by_the_number_on_it_finds_what_is_closed_too(
        self, desk: Browser, report: Report, connection: Connection, box: str
    ) -> None:
        lamp = a_lamp(connection, "N257-03", "N257")
        closed = report(category="verlichting.lamp-brandt-niet", asset=lamp)["reference"]
        close(connection, closed)
        report()

        assert found(desk, box, "n257-03") == [closed]

    def test_of_another_kind_with_the_same_number_is_not_meant(
        self, desk: Browser, report: Report, connection: Connection, box: str
    ) -> None:
        lamp = a_lamp(connection, "12", "Burgemeesterlaan")
        report(category="verlichting.lamp-brandt-niet", asset=lamp)

        assert found(desk, box, "prullenbak 12") == []


class TestWhatIsTyped:
    @pytest.mark.parametrize("box", [OFFICE, DESK])
    @pytest.mark.parametrize(
        "typed",
        ["lamp", "in de", "de", "12", "%", "_", "\\", "' OR 1=1 --", "x" * 200, "1 2 3 4 5 6 7 8 9",
         "kerkstraat\x0054", "\u202ekerkstraat", "<b>12</b>", "{condition}", ":streets"],
    )  # fmt: skip
    def test_finds_nothing_and_breaks_nothing(
        self, desk: Browser, at: At, box: str, typed: str
    ) -> None:
        at("Dorpsstraat", "99", description="Gat")

        assert desk.submit(box, box, zoek=typed).status_code in {200, 400, 422}
        assert found(desk, box, typed) == []

    @pytest.mark.parametrize("box", [OFFICE, DESK])
    def test_may_be_a_dashed_line(self, desk: Browser, at: At, box: str) -> None:
        at("Dorpsstraat")

        assert desk.submit(box, box, zoek="-" * 99 + "x").status_code == 200

    def test_and_finds_nothing_says_what_to_try(self, desk: Browser, at: At) -> None:
        at("Dorpsstraat")

        for box in (OFFICE, DESK):
            assert "alleen de naam van de straat" in desk.submit(box, box, zoek="Nergens").text


class TestStatements:
    def test_of_both_boxes_are_counted(
        self, desk: Browser, web: FlaskClient, at: At, connection: Connection
    ) -> None:
        at("Kerkstraat")
        counts = []
        for typed in ("kerkstraat", "kerkstraat 1"):
            for box in (OFFICE, DESK):
                hidden = desk.hidden(box, box)
                with statements(connection) as heard:
                    desk.send(box, hidden, zoek=typed)
                counts.append(len(heard))

        # A number asks for things too.
        assert counts == [5, 5, 6, 6]
