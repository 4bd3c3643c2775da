"""`/werk` over HTTP: whose tasks, in which order, on a map, and what that costs."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from tests.makers.days import today
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import Report, task_paths

HERE = {"lon": str(IN_DISTRICT[0]), "lat": str(IN_DISTRICT[1])}


def order_of(page: str, words: list[str]) -> list[str]:
    return sorted(words, key=page.index)


def path_of(browser: Browser, words: str) -> str:
    (path,) = [one for one in task_paths(browser) if words in browser.get(one).text]
    return path


class TestTheDrivingOrder:
    def test_goes_along_the_way_from_where_the_phone_is(
        self, crew: Browser, report: Report
    ) -> None:
        # Reported crosswise; along the road they lie one after the other.
        for one, longitude in (("Derde", 4.35), ("Eerste", 4.33), ("Vierde", 4.36)):
            report(one, at=(longitude, 51.58))
        report("Tweede", at=(4.34, 51.58))

        page = crew.get("/werk", **HERE).text

        words = ["Eerste", "Tweede", "Derde", "Vierde"]
        assert order_of(page, words) == words
        assert "in rijvolgorde, vanaf waar u bent" in page

    def test_goes_on_from_the_last_task_of_today_without_a_phone(
        self, crew: Browser, report: Report
    ) -> None:
        report("Oost", at=(4.36, 51.58))
        report("Midden", at=(4.34, 51.58))
        report("West", at=(4.3, 51.58))
        report("Net gedaan", at=(4.365, 51.58))
        done = path_of(crew, "Net gedaan")
        middle = crew.get("/werk").text
        crew.submit(done, f"{done}/klaar", result="solved")

        page = crew.get("/werk").text

        assert "vanuit het midden van de taken" in middle
        assert "vanaf uw laatste taak" in page
        assert order_of(page, ["Oost", "Midden", "West"]) == ["Oost", "Midden", "West"]

    def test_puts_what_cannot_wait_before_what_is_near(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        # Two days, for the day of the municipality may have begun before that of the machine.
        later_on = today() + timedelta(days=2)
        report("Dichtbij", at=(4.3201, 51.58))
        report("Overmorgen", at=(4.3202, 51.58))
        report("Te laat", at=(4.36, 51.6))
        report("Gevaarlijk", at=(4.365, 51.61), danger=True)
        later = path_of(crew, "Overmorgen")
        crew.submit(later, f"{later}/plannen", planned_on=later_on.isoformat())
        connection.execute(
            text(
                """
                UPDATE defect_case SET due_at = now() - interval '1 day' WHERE id IN
                    (SELECT case_id FROM report WHERE description = 'Te laat')
                """
            )
        )

        page = crew.get("/werk", **HERE).text

        words = ["Gevaarlijk", "Te laat", "Dichtbij", "Overmorgen"]
        assert order_of(page, words) == words
        headings = re.findall(r'class="tasks__heading">([^<]+)<', page)
        assert headings == [
            "Eerst gevaar",
            "Te laat of hoge prioriteit",
            "Daarna",
            "Voor later, of wacht nog",
        ]

    def test_has_what_waits_for_somebody_else_after_what_can_be_done(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report("Netbeheerder", at=(4.3201, 51.58), danger=True)
        report("Gewoon", at=(4.36, 51.6))
        connection.execute(
            text(
                """
                UPDATE defect_case SET stage = 'waiting', waiting_for = 'third-party',
                    waiting_party = 'Enexis', waits_until = '2026-12-10',
                    due_at = now() - interval '1 day'
                WHERE id IN (SELECT case_id FROM report WHERE description = 'Netbeheerder')
                """
            )
        )

        page = crew.get("/werk", **HERE).text

        assert order_of(page, ["Gewoon", "Netbeheerder"]) == ["Gewoon", "Netbeheerder"]
        assert "Wacht op: Enexis, tot" in page

    def test_has_what_a_colleague_does_at_the_end(
        self,
        crew: Browser,
        web: FlaskClient,
        provided: Provided,
        place: SmallMunicipality,
        report: Report,
    ) -> None:
        report("Van een ander", at=(4.3201, 51.58), danger=True)
        report("Vrij", at=(4.36, 51.6))
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.CREW, party_id=place.team_id)
        colleague = signed_in(web, account)
        theirs = path_of(colleague, "Van een ander")
        colleague.submit(theirs, f"{theirs}/nemen")

        page = crew.get("/werk", **HERE).text

        assert order_of(page, ["Vrij", "Van een ander"]) == ["Vrij", "Van een ander"]
        assert order_of(colleague.get("/werk", **HERE).text, ["Vrij", "Van een ander"]) == [
            "Van een ander",
            "Vrij",
        ]

    def test_can_be_by_what_is_due_and_stays_so(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report("Dichtbij", at=(4.3201, 51.58))
        report("Eerder klaar", at=(4.36, 51.6))
        connection.execute(
            text(
                """
                UPDATE task SET due_at = due_at - interval '1 hour' WHERE case_id IN
                    (SELECT case_id FROM report WHERE description = 'Eerder klaar')
                """
            )
        )

        asked = crew.get("/werk", volgorde="termijn", **HERE).text

        words = ["Eerder klaar", "Dichtbij"]
        assert order_of(asked, words) == words
        assert order_of(crew.get("/werk", **HERE).text, words) == words

    def test_has_every_task_once_over_all_pages(self, crew: Browser, report: Report) -> None:
        for number in range(85):
            report(f"Tegel {number}", at=(4.31 + (number * 37 % 85) / 1500, 51.6))

        pages = [crew.get("/werk", page=str(page)).text for page in (1, 2, 3)]

        found = [re.findall(r'href="/werk/taken/([0-9a-f-]{36})"', page) for page in pages]
        assert [len(one) for one in found] == [40, 40, 5]
        assert len({one for page in found for one in page}) == 85


class TestTheLists:
    def test_count_the_tasks_of_the_team_of_me_and_of_nobody(
        self, crew: Browser, report: Report, place: SmallMunicipality
    ) -> None:
        for number in range(3):
            report(f"Tegel {number}")
        report("Lamp van een ander", category=None, asset=str(place.lamp_id))
        (first, *_) = task_paths(crew)
        crew.submit(first, f"{first}/nemen")

        page = crew.get("/werk").text

        counts = re.findall(r'crew-lists__count">(\d+)</span> ([^<]+)<', page)
        assert counts == [("3", "Van de ploeg"), ("1", "Van mij"), ("2", "Van niemand")]

    @pytest.mark.parametrize(
        "query", [{"lijst": "niets"}, {"lijst": "\x00"}, {"volgorde": "x"}, {"weergave": "x"}]
    )
    def test_take_a_strange_question_for_none(
        self, crew: Browser, report: Report, query: dict[str, str]
    ) -> None:
        report()

        answered = crew.get("/werk", **query)

        assert answered.status_code == 200
        assert "1 taak te doen" in answered.text

    def test_are_for_a_contractor_of_its_own_tasks_alone(
        self,
        web: FlaskClient,
        provided: Provided,
        place: SmallMunicipality,
        report: Report,
        crew: Browser,
    ) -> None:
        report("Tegel van de ploeg")
        report("Lamp", category=None, asset=str(place.lamp_id))
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.CONTRACTOR, party_id=place.contractor_id)
        contractor = signed_in(web, account)

        page = contractor.get("/werk").text

        assert "1 taak te doen" in page
        assert "Tegel van de ploeg" not in page
        (of_team,) = task_paths(crew)
        assert contractor.get(of_team).status_code == 404


class TestTheMap:
    def test_holds_the_tasks_of_the_list_by_their_numbers(
        self, crew: Browser, report: Report
    ) -> None:
        report("Ver", at=(4.36, 51.58), danger=True)
        report("Dichtbij", at=(4.3201, 51.58))

        page = crew.get("/werk", weergave="kaart", **HERE).text

        found = re.search(r'id="map-settings">(.*?)</script>', page, re.DOTALL)
        assert found is not None
        stops = json.loads(found[1])["stops"]
        assert [(one["number"], one["longitude"], one["sign"]) for one in stops] == [
            (1, 4.36, "danger"),
            (2, 4.3201, "other"),
        ]
        assert stops[0]["address"].startswith("/werk/taken/")
        assert 'class="task"' not in page

    def test_asks_the_database_little(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        for number in range(3):
            report(f"Tegel {number}")

        with statements(connection) as asked:
            crew.get("/werk", weergave="kaart")

        assert len(asked) <= 6


def as_sent(browser: Browser, path: str, *, more: tuple[str, ...] = ()) -> int:
    """Return the bytes of a page with all it needs but photos, as they travel."""
    page = browser.get(path)
    links = re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text)
    modules = [*more]
    for module in [one for one in links if one.split("?")[0].endswith(".js")]:
        answer = browser.client.get(module)
        found = re.findall(r'from "(\./[a-z-]+\.js)"', answer.text)
        modules += [module.rpartition("/")[0] + one[1:] for one in found]
    total = len(page.data)
    for address in {*links, *modules}:
        sent = browser.client.get(address, headers={"Accept-Encoding": "br"})
        assert sent.status_code == 200, address
        total += len(sent.data)
    return total


class TestWhatTravels:
    def test_of_a_full_list_is_less_than_a_small_photo(self, crew: Browser, report: Report) -> None:
        for number in range(42):
            report("Losse tegel, " + "erg los " * 30, at=(4.31 + number / 900, 51.6))

        assert as_sent(crew, "/werk") < 150_000

    def test_of_a_task_with_its_map_is_less_than_a_small_photo(
        self, crew: Browser, report: Report
    ) -> None:
        for _ in range(11):
            report("Losse tegel, " + "erg los " * 100)
        (path, *_) = task_paths(crew)

        assert as_sent(crew, path) < 150_000

    def test_of_the_map_of_many_tasks_is_less_than_a_small_photo(
        self, crew: Browser, report: Report
    ) -> None:
        for number in range(80):
            report("Losse tegel", at=(4.31 + number / 1800, 51.6))

        assert as_sent(crew, "/werk?weergave=kaart") < 150_000
