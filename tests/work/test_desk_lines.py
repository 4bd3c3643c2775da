"""What the desk reads of its cases: one line each, names that stay, danger that can go again."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.routing.words import routing_shown
from app.work.model import DeskReason
from app.work.operations.cases import case_by_reference
from app.work.operations.desk_list import raise_at_desk
from app.work.operations.lists import count_cases_at_desk, desk_list
from tests.makers.places import ON_MOTORWAY
from tests.makers.sign_ins import Browser
from tests.work.conftest import Report, task_paths

WITH_NOBODY = (4.25, 51.58)


class TestACaseWithSeveralReasons:
    def test_is_one_line_with_all_of_them(self, desk: Browser, report: Report) -> None:
        both = report("Iets vreemds in het gras", at=WITH_NOBODY, category=None)
        report("Kuil in de weg", at=(4.26, 51.6))

        page = desk.get("/balie").text

        assert page.count(f'href="/balie/zaken/{both["reference"]}"') == 1
        assert page.count("<strong>Soort niet zeker</strong>") == 1
        assert page.count("<strong>Niemand verantwoordelijk</strong>") == 2
        assert 'Alles <span class="count">2</span>' in page
        filtered = desk.get("/balie", reden="unsure-category").text
        assert "<strong>Niemand verantwoordelijk</strong>" in filtered
        assert "Kuil in de weg" not in filtered

    def test_stands_by_the_reason_that_is_asked_for(
        self, report: Report, provided: Provided
    ) -> None:
        first, second = (report("Kuil", at=(WITH_NOBODY[0], at)) for at in (51.6, 51.62))
        with provided.get(Database).transaction() as transaction:
            for minute, said in ((2, first), (1, second)):
                raise_at_desk(
                    transaction,
                    case_by_reference(transaction, said["reference"]).id,
                    DeskReason.REMARK,
                    details={},
                    now=datetime.fromisoformat(f"2030-01-01T10:0{minute}:00+00:00"),
                )

        with provided.get(Database).transaction() as transaction:
            everything = [one.case.reference for one in desk_list(transaction)]
            remarks = [
                one.case.reference for one in desk_list(transaction, reason=DeskReason.REMARK)
            ]
            pages = [desk_list(transaction, at_most=1, skip=skip) for skip in range(3)]
            total = count_cases_at_desk(transaction)

        assert everything == [first["reference"], second["reference"]]
        assert remarks == [second["reference"], first["reference"]]
        assert [[one.case.reference for one in page] for page in pages] == [
            [first["reference"]],
            [second["reference"]],
            [],
        ]
        assert total == 2


class TestWhereAPartyWorks:
    @pytest.mark.parametrize(
        ("areas", "sentence"),
        [
            ([("team-district", "Zuid")], "Zuid doet dit soort werk hier."),
            (
                [("village", "Welberg"), ("team-district", "Zuid")],
                "Zuid doet dit soort werk in Welberg.",
            ),
            (
                [("village", "Heen"), ("municipality", "Zuid")],
                "Zuid doet dit soort werk in Zuid.",
            ),
        ],
    )
    def test_is_said_as_people_call_it(
        self, web: FlaskClient, areas: list[tuple[str, str]], sentence: str
    ) -> None:
        grounds = {
            "party": "Zuid",
            "area": "Zuid",
            "areas": [{"kind": kind, "name": name} for kind, name in areas],
            "considered": [],
        }

        with web.application.test_request_context():
            assert routing_shown("category-in-area", grounds).reason == sentence


class TestARetiredKind:
    def test_keeps_its_name_on_every_page(
        self, desk: Browser, crew: Browser, report: Report, connection: Connection
    ) -> None:
        said = report()
        case = f"/balie/zaken/{said['reference']}"
        nobodys = report("Ook los", at=WITH_NOBODY)
        connection.execute(
            text("UPDATE category SET retired_at = now() WHERE code = 'wegen.losse-tegel'")
        )
        (path,) = task_paths(crew)

        pages = [desk.get("/balie"), desk.get(case), crew.get("/werk"), crew.get(path)]

        assert nobodys["reference"] in pages[0].text
        for page in pages:
            assert page.status_code == 200
            assert "Losse tegel" in page.text
            assert ">wegen.losse-tegel" not in page.text


class TestDanger:
    def test_is_taken_away_and_the_usual_norm_counts_from_the_start(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        calm = report("Losse tegel", at=(4.35, 51.65))
        said = report()
        case = f"/balie/zaken/{said['reference']}"
        again = report("Nu valt er iemand over", sameAs=said["reference"], danger=True)
        dues = "SELECT due_at, is_danger FROM defect_case WHERE reference = :reference"
        before = connection.execute(text(dues), {"reference": said["reference"]}).one()
        page = desk.get(case).text
        assert "Nog eens gemeld, als gevaar; nu 2 meldingen" in page
        named = "SELECT details ->> 'report' FROM history_entry WHERE happening = 'report-joined'"
        assert connection.scalar(text(named)) == again["id"]

        answered = desk.submit(case, f"{case}/geen-gevaar")

        assert answered.status_code == 303
        after = connection.execute(text(dues), {"reference": said["reference"]}).one()
        usual = connection.execute(text(dues), {"reference": calm["reference"]}).one()
        assert before.is_danger
        assert not after.is_danger
        assert before.due_at < after.due_at == usual.due_at
        assert connection.scalar(
            text(
                "SELECT bool_and(due_at = :due) FROM task WHERE case_id = (SELECT id FROM"
                " defect_case WHERE reference = :reference)"
            ),
            {"due": after.due_at, "reference": said["reference"]},
        )
        page = desk.get(case).text
        assert "Toch geen gevaar" in page
        assert "/geen-gevaar" not in page

    def test_is_not_taken_away_by_a_page_that_is_out_of_date(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        said = report(danger=True)
        case = f"/balie/zaken/{said['reference']}"
        form = desk.hidden(case, f"{case}/geen-gevaar")
        report("Nog steeds", sameAs=said["reference"])

        assert desk.send(f"{case}/geen-gevaar", form).status_code == 412
        assert connection.scalar(text("SELECT is_danger FROM defect_case"))

    def test_that_is_none_is_not_taken_away(self, desk: Browser, report: Report) -> None:
        case = f"/balie/zaken/{report()['reference']}"
        form = desk.hidden(case, f"{case}/toewijzen")

        answered = desk.send(f"{case}/geen-gevaar", form)

        assert answered.status_code == 409
        assert "Niemand zegt nog dat dit gevaarlijk is." in answered.text

    def test_is_taken_away_of_what_was_passed_on_too(self, desk: Browser, report: Report) -> None:
        case = f"/balie/zaken/{report(at=ON_MOTORWAY, danger=True)['reference']}"

        assert desk.submit(case, f"{case}/geen-gevaar").status_code == 303

    def test_is_not_for_a_crew_to_take_away(self, crew: Browser, report: Report) -> None:
        case = f"/balie/zaken/{report(danger=True)['reference']}"
        form = crew.hidden(task_paths(crew)[0], "/afmelden")

        assert crew.send(f"{case}/geen-gevaar", form).status_code == 403
