"""`/werk` over HTTP: a crew plans a task for a day, or puts it on hold until one."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from babel.dates import format_date
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from tests.makers.sign_ins import Browser
from tests.work.conftest import HOSTILE, Report, task_paths


class TestPlanningATask:
    @pytest.mark.parametrize("written", ["%Y-%m-%d", "%d-%m-%Y"])
    def test_tells_the_crew_and_the_reporters_the_day(
        self, web: FlaskClient, crew: Browser, report: Report, written: str
    ) -> None:
        said = report()
        (path,) = task_paths(crew)
        comes = date.today() + timedelta(days=3)  # noqa: DTZ011  # the clock of the tests runs

        answered = crew.submit(path, f"{path}/plannen", planned_on=comes.strftime(written))

        assert answered.status_code == 303
        day = format_date(comes, "d MMMM", locale="nl")
        page = crew.get(path).text
        assert f"<dd>{day}</dd>" in re.sub(r"<dd[^>]*>", "<dd>", page)
        assert f"Ingepland op {day}" in page
        followed = web.get(f"/volg/{said['token']}").text
        assert f"Team Zuid komt op {day}" in re.sub(r"komt op \w+ ", "komt op ", followed)

    def test_again_for_another_day_says_the_other_day(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        (path,) = task_paths(crew)
        first, second = (date.today() + timedelta(days=days) for days in (2, 9))  # noqa: DTZ011
        crew.submit(path, f"{path}/plannen", planned_on=first.isoformat())

        answered = crew.submit(path, f"{path}/plannen", planned_on=second.isoformat())

        assert answered.status_code == 303
        kept = connection.execute(text("SELECT stage, planned_on FROM defect_case")).one()
        assert tuple(kept) == ("planned", second)
        assert connection.scalar(text("SELECT stage FROM task")) == "accepted"

    @pytest.mark.parametrize(
        "wrong", ["", "morgen", "2020-01-01", "9999-12-31", "31-02-2027", "\0"]
    )
    def test_for_a_day_that_cannot_be_says_so(
        self, crew: Browser, report: Report, wrong: str
    ) -> None:
        report()
        (path,) = task_paths(crew)

        answered = crew.submit(path, f"{path}/plannen", planned_on=wrong)

        assert answered.status_code == 400
        says = {"Zeg op welke dag u komt.", "Kies vandaag of een latere dag, binnen een jaar."}
        assert [one for one in says if one in answered.text]


class TestPuttingATaskOnHold:
    def test_tells_why_to_the_crew_and_until_when_to_the_reporters(
        self, web: FlaskClient, crew: Browser, report: Report
    ) -> None:
        said = report()
        (path,) = task_paths(crew)
        until = date.today() + timedelta(days=5)  # noqa: DTZ011

        answered = crew.submit(
            path, f"{path}/wachten", held_until=until.isoformat(), hold_remark="Tegels op"
        )

        assert answered.status_code == 303
        page = crew.get(path).text
        day = format_date(until, "d MMMM", locale="nl")
        assert "Tegels op" in page
        assert f"Wacht tot {day}" in page
        followed = web.get(f"/volg/{said['token']}").text
        assert "Het werk wacht tot" in followed
        assert "Tegels op" not in followed

    def test_keeps_what_was_typed_where_something_is_not_right(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        (path,) = task_paths(crew)
        yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011

        answered = crew.submit(
            path, f"{path}/wachten", held_until=yesterday.isoformat(), hold_remark=HOSTILE
        )
        without_why = crew.submit(path, f"{path}/wachten", held_until="2020", hold_remark=" \u200b")

        assert (answered.status_code, without_why.status_code) == (400, 400)
        assert yesterday.isoformat() in answered.text
        assert "&lt;script&gt;" in answered.text
        assert HOSTILE not in answered.text
        assert connection.scalar(text("SELECT stage FROM task")) == "offered"

    def test_after_somebody_else_changed_it_changes_nothing_and_keeps_what_was_typed(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        (path,) = task_paths(crew)
        until = (date.today() + timedelta(days=5)).isoformat()  # noqa: DTZ011
        form = crew.hidden(path, f"{path}/wachten")
        crew.submit(path, f"{path}/beginnen")

        answered = crew.send(f"{path}/wachten", form, held_until=until, hold_remark="Regen")

        assert answered.status_code == 412
        assert "Regen" in answered.text
        assert connection.scalar(text("SELECT stage FROM task")) == "started"

    def test_twice_with_the_same_words_is_once(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        (path,) = task_paths(crew)
        until = (date.today() + timedelta(days=5)).isoformat()  # noqa: DTZ011
        form = crew.hidden(path, f"{path}/wachten")

        answers = [
            crew.send(f"{path}/wachten", form, held_until=until, hold_remark="Regen")
            for _ in range(2)
        ]

        assert [one.status_code for one in answers] == [303, 303]
        held = "SELECT count(*) FROM history_entry WHERE happening = 'task-on-hold'"
        assert connection.scalar(text(held)) == 1
