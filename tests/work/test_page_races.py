"""Several people at one moment, each on a connection of its own: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import text

from app.entrypoints.web import create_app
from app.entrypoints.wiring import wire
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.settings import read_settings
from app.identity.permissions import Role
from app.identity.records import Account
from tests.ground import Clone
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality
from tests.makers.sign_ins import Browser, signed_in
from tests.photos.pictures import a_jpeg

R = TypeVar("R")


@dataclass
class Town:
    """The whole system on a database where everything is committed."""

    provided: Provided
    app: Flask
    place: SmallMunicipality
    crew: Account
    desk: Account

    def browser(self, account: Account) -> Browser:
        return signed_in(self.app.test_client(), account)

    def report(self, **more: object) -> dict[str, Any]:
        answered = self.app.test_client().post(
            "/api/v1/reports",
            json={
                "description": "Lamp uit",
                "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
                "category": "verlichting.lamp-brandt-niet",
                **more,
            },
        )
        assert answered.status_code == 201, answered.text
        said: dict[str, Any] = answered.get_json()
        return said

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.provided.get(Database).transaction() as transaction:
            return [tuple(row) for row in transaction.connection.execute(text(statement))]


@pytest.fixture
def town(fresh_database: Clone, tmp_path: Path) -> Iterator[Town]:
    provided = wire(
        read_settings(
            database_url=fresh_database.url,
            map_database_url=fresh_database.map_url,
            secret_key="a secret for tests, long enough to be one",
            data_dir=tmp_path,
            rate_limits="off",
            address_service="demo",
            tile_url="none",
            web_threads=8,
        )
    )
    database = provided.get(Database)
    with database.transaction() as transaction:
        place = a_small_municipality(transaction)
        crew = an_account(transaction, role=Role.CREW, party_id=place.contractor_id)
        desk = an_account(transaction, role=Role.DESK)
    yield Town(provided, create_app(provided), place, crew, desk)
    database.bind.dispose()  # type: ignore[union-attr]  # an engine here


def at_once(what: Sequence[Callable[[], R]]) -> list[R]:
    """Do several things at the same moment; return what came of each."""
    ready = Barrier(len(what))

    def one(do: Callable[[], R]) -> R:
        ready.wait(10)
        return do()

    with ThreadPoolExecutor(len(what)) as threads:
        return list(threads.map(one, what))


ENTRIES = "SELECT reason FROM desk_entry WHERE settled_at IS NULL"
OPEN_TASKS = """
    SELECT party.code FROM task JOIN party ON party.id = task.party_id
    WHERE stage IN ('offered', 'accepted', 'started', 'on-hold')
"""
OPEN_CASES = """
    SELECT reference FROM defect_case
    WHERE stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')
"""


class TestEightAtOnceAtAHiddenCase:
    def test_are_eight_cases_and_seven_questions_whether_they_are_the_first(
        self, town: Town
    ) -> None:
        with town.provided.get(Database).transaction() as transaction:
            transaction.connection.execute(text("UPDATE category SET public_visibility = 'hidden'"))

        answers = at_once([lambda: town.report(asset=str(town.place.lamp_id))] * 8)

        assert [one["case"]["joined"] for one in answers] == [False] * 8
        named = dict(
            town.rows(
                """
                SELECT defect_case.reference, details ->> 'case'
                FROM desk_entry JOIN defect_case ON defect_case.id = desk_entry.case_id
                WHERE reason = 'possible-duplicate'
                """
            )
        )
        first = {one["case"]["reference"] for one in answers} - set(named)
        assert len(named) == 7
        assert len(first) == 1
        # Each names the one that was received first among those there were; two that came within
        # a millisecond may have been kept the other way round, and then one leads to the other.
        assert {_followed_to_its_end(one, named) for one in named} == first


def _followed_to_its_end(reference: str, named: Mapping[str, str]) -> str:
    passed = set()
    while reference in named:
        assert reference not in passed
        passed.add(reference)
        reference = named[reference]
    return reference


class TestTwoOfACrew:
    def test_who_begin_the_same_task_have_both_begun(self, town: Town) -> None:
        town.report()
        both = [town.browser(town.crew) for _ in range(2)]
        ((task_id,),) = town.rows("SELECT id FROM task")
        path = f"/werk/taken/{task_id}"
        forms = [one.hidden(path, f"{path}/beginnen") for one in both]

        answers = at_once(
            [
                lambda one=one, form=form: one.send(f"{path}/beginnen", form)  # type: ignore[misc]  # a lambda keeps its own values
                for one, form in zip(both, forms, strict=True)
            ]
        )

        assert [one.status_code for one in answers] == [303, 303]
        started = "SELECT 1 FROM history_entry WHERE happening = 'task-started'"
        assert len(town.rows(started)) == 1

    def test_who_report_the_same_done_say_it_once_with_each_photo_once(self, town: Town) -> None:
        town.report()
        both = [town.browser(town.crew) for _ in range(2)]
        ((task_id,),) = town.rows("SELECT id FROM task")
        path = f"/werk/taken/{task_id}"
        forms = [one.hidden(path, f"{path}/klaar") for one in both]
        picture = a_jpeg()

        answers = at_once(
            [
                lambda one=one, form=form: one.send(  # type: ignore[misc]  # a lambda keeps its own values
                    f"{path}/klaar", form, result="solved", photo=[(BytesIO(picture), "a.jpg")]
                )
                for one, form in zip(both, forms, strict=True)
            ]
        )

        assert [one.status_code for one in answers] == [303, 303]
        assert len(town.rows("SELECT 1 FROM history_entry WHERE happening = 'task-done'")) == 1
        assert len(town.rows("SELECT 1 FROM photo WHERE task_id IS NOT NULL")) == 1

    def test_of_whom_one_gives_back_what_the_other_finished_is_told(self, town: Town) -> None:
        town.report()
        one, other = town.browser(town.crew), town.browser(town.crew)
        ((task_id,),) = town.rows("SELECT id FROM task")
        path = f"/werk/taken/{task_id}"
        done, back = one.hidden(path, f"{path}/klaar"), other.hidden(path, f"{path}/teruggeven")

        answers = at_once(
            [
                lambda: one.send(f"{path}/klaar", done, result="solved"),
                lambda: other.send(f"{path}/teruggeven", back, reason="place-unclear"),
            ]
        )

        assert sorted(answer.status_code for answer in answers) == [303, 412]
        is_done = answers[0].status_code == 303
        assert town.rows("SELECT stage FROM defect_case") == [
            ("resolved" if is_done else "received",)
        ]
        assert town.rows(ENTRIES) == ([] if is_done else [("declined",)])


class TestTwoAtTheDesk:
    def test_who_assign_one_case_are_one_that_wins_and_one_that_is_told(self, town: Town) -> None:
        case = f"/balie/zaken/{town.report()['reference']}"
        both = [town.browser(town.desk) for _ in range(2)]
        forms = [one.hidden(case, f"{case}/toewijzen") for one in both]

        answers = at_once(
            [
                lambda one=one, form=form, party=party: one.send(  # type: ignore[misc]  # a lambda keeps its own values
                    f"{case}/toewijzen", form, party=party
                )
                for one, form, party in zip(both, forms, ("team", "rws"), strict=True)
            ]
        )

        assert sorted(one.status_code for one in answers) == [303, 412]
        winner = ("team", "rws")[[one.status_code for one in answers].index(303)]
        assert town.rows(OPEN_TASKS) == [(winner,)]

    def test_who_join_two_cases_crosswise_leave_one_that_is_open(self, town: Town) -> None:
        first = town.report()["reference"]
        second = town.report()["reference"]
        both = [town.browser(town.desk) for _ in range(2)]
        cases = [f"/balie/zaken/{first}", f"/balie/zaken/{second}"]
        forms = [
            one.hidden(case, f"{case}/samenvoegen") for one, case in zip(both, cases, strict=True)
        ]

        answers = at_once(
            [
                lambda: both[0].send(f"{cases[0]}/samenvoegen", forms[0], other=second),
                lambda: both[1].send(f"{cases[1]}/samenvoegen", forms[1], other=first),
            ]
        )

        assert answers[0].status_code != answers[1].status_code
        assert {one.status_code for one in answers} < {303, 409, 412}
        ((open_one,),) = town.rows(OPEN_CASES)
        assert town.rows(
            f"SELECT count(*) FROM report JOIN defect_case ON case_id = defect_case.id"
            f" WHERE defect_case.reference = '{open_one}'"
        ) == [(2,)]
        assert len(town.rows(OPEN_TASKS)) == 1


class TestTheDeskAndACrew:
    def test_of_whom_one_assigns_what_the_other_gives_back_leave_it_with_somebody(
        self, town: Town
    ) -> None:
        case = f"/balie/zaken/{town.report()['reference']}"
        desk, crew = town.browser(town.desk), town.browser(town.crew)
        ((task_id,),) = town.rows("SELECT id FROM task")
        path = f"/werk/taken/{task_id}"
        assign, back = desk.hidden(case, f"{case}/toewijzen"), crew.hidden(path, f"{path}/klaar")

        answers = at_once(
            [
                lambda: desk.send(f"{case}/toewijzen", assign, party="team"),
                lambda: crew.send(f"{path}/teruggeven", back, reason="not-mine"),
            ]
        )

        assert sorted(one.status_code for one in answers) == [303, 412]
        assert len(town.rows(OPEN_TASKS)) + len(town.rows(ENTRIES)) == 1


class TestTheDeskAndReporters:
    def test_leave_one_open_case_at_a_lamp_that_is_reopened_and_reported(self, town: Town) -> None:
        for _ in range(4):
            said = town.report(asset=str(town.place.lamp_id))
            case = f"/balie/zaken/{said['case']['reference']}"
            desk = town.browser(town.desk)
            desk.submit(case, f"{case}/sluiten", reason="nothing-found")
            form = desk.hidden(case, f"{case}/heropenen")

            def reopen(desk: Browser = desk, case: str = case, form: Any = form) -> int:  # noqa: ANN401  # only handed on
                return desk.send(f"{case}/heropenen", form).status_code

            def report_again() -> int:
                town.report(asset=str(town.place.lamp_id))
                return 201

            answers = at_once([reopen, report_again, report_again])

            assert answers[0] in {303, 409}
            assert len(town.rows(OPEN_CASES)) == 1
            assert len(town.rows(OPEN_TASKS)) == 1
            ((left,),) = town.rows(OPEN_CASES)
            rest = f"/balie/zaken/{left}"
            desk.submit(rest, f"{rest}/sluiten", reason="nothing-found")

    def test_leave_one_open_case_at_a_lamp_whose_case_joins_another(self, town: Town) -> None:
        near = town.report()["reference"]
        at_lamp = f"/balie/zaken/{town.report(asset=str(town.place.lamp_id))['reference']}"
        desk = town.browser(town.desk)
        form = desk.hidden(at_lamp, f"{at_lamp}/samenvoegen")

        def join() -> int:
            return desk.send(f"{at_lamp}/samenvoegen", form, other=near).status_code

        def report_again() -> int:
            town.report(asset=str(town.place.lamp_id))
            return 201

        answers = at_once([join, report_again, report_again, report_again])

        # A report that came in first changed the case; then the desk is told and looks again.
        assert answers[0] in {303, 412}
        assert len(town.rows(OPEN_CASES)) == (1 if answers[0] == 303 else 2)
        assert town.rows("SELECT sum(report_count) FROM defect_case WHERE stage <> 'merged'") == [
            (5,)
        ]


class TestReportsThatAreTakenOffAtOnce:
    def lamps(self, town: Town) -> tuple[str, list[str]]:
        """Hand in two reports of one lamp; return the page of their case, and the path of each."""
        lamp = str(town.place.lamp_id)
        page = f"/balie/zaken/{town.report(asset=lamp)['reference']}"
        town.report(asset=lamp)
        ids = town.rows("SELECT id FROM report ORDER BY received_at, id")
        return page, [f"{page}/meldingen/{one}/losmaken" for (one,) in ids]

    def press(self, town: Town, page: str, paths: Sequence[str]) -> list[int]:
        """Press each at the same moment, in a browser of its own; return the answers."""
        pressed = [
            (one, path, one.hidden(page, path))
            for one, path in ((town.browser(town.desk), path) for path in paths)
        ]
        return at_once(
            [
                lambda one=one, path=path, form=form: one.send(path, form).status_code  # type: ignore[misc]  # a lambda keeps its own values
                for one, path, form in pressed
            ]
        )

    def test_are_one_case_where_it_is_the_same_report(self, town: Town) -> None:
        page, (_, second) = self.lamps(town)

        answers = self.press(town, page, [second] * 4)

        assert answers == [303] * 4
        assert len(town.rows(OPEN_CASES)) == 2
        assert town.rows("SELECT DISTINCT report_count FROM defect_case") == [(1,)]

    def test_leave_one_where_both_would_go(self, town: Town) -> None:
        page, both = self.lamps(town)

        answers = self.press(town, page, both)

        assert sorted(answers) == [303, 412]
        assert len(town.rows(OPEN_CASES)) == 2
        assert town.rows("SELECT DISTINCT report_count FROM defect_case") == [(1,)]

    def test_are_counted_right_while_others_join(self, town: Town) -> None:
        page, (_, second) = self.lamps(town)
        browser = town.browser(town.desk)
        form = browser.hidden(page, second)
        lamp = str(town.place.lamp_id)

        at_once(
            [
                lambda: browser.send(second, form).status_code,
                *[lambda: town.report(asset=lamp)["reference"]] * 3,
            ]
        )

        counted = "SELECT report_count, (SELECT count(*) FROM report WHERE case_id = c.id)"
        assert [
            one for one in town.rows(f"{counted} FROM defect_case AS c") if one[0] != one[1]
        ] == []
        assert town.rows("SELECT count(*) FROM defect_case WHERE asset_id IS NOT NULL") == [(1,)]
