"""`/werk` over HTTP: a crew plans a task for a day, or puts it on hold until one."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import pytest
from babel.dates import format_date
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.clock import LOCAL_ZONE
from tests.makers.days import today
from tests.makers.sign_ins import Browser
from tests.work.conftest import HOSTILE, Report, task_paths


def promise(connection: Connection, *, in_days: int) -> date:
    """Let every case be promised for so many days from now; return the day."""
    day = today() + timedelta(days=in_days)
    due_at = datetime.combine(day, time(17), tzinfo=LOCAL_ZONE)
    connection.execute(text("UPDATE defect_case SET due_at = :due_at"), {"due_at": due_at})
    return day


class TestPlanningATask:
    @pytest.mark.parametrize("written", ["%Y-%m-%d", "%d-%m-%Y"])
    def test_tells_the_crew_and_the_reporters_the_day(
        self,
        web: FlaskClient,
        crew: Browser,
        report: Report,
        connection: Connection,
        written: str,
    ) -> None:
        said = report()
        promise(connection, in_days=20)
        (path,) = task_paths(crew)
        comes = today() + timedelta(days=3)

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
        promise(connection, in_days=20)
        (path,) = task_paths(crew)
        first, second = (today() + timedelta(days=days) for days in (2, 9))
        crew.submit(path, f"{path}/plannen", planned_on=first.isoformat())

        answered = crew.submit(path, f"{path}/plannen", planned_on=second.isoformat())

        assert answered.status_code == 303
        kept = connection.execute(text("SELECT stage, planned_on FROM defect_case")).one()
        assert tuple(kept) == ("planned", second)
        assert connection.scalar(text("SELECT stage FROM task")) == "accepted"

    def test_after_the_promised_day_asks_once_more_and_tells_the_reporter_honestly(
        self, web: FlaskClient, crew: Browser, report: Report, connection: Connection
    ) -> None:
        said = report()
        promised = promise(connection, in_days=3)
        (path,) = task_paths(crew)
        late, later = (promised + timedelta(days=days) for days in (9, 10))

        asked = crew.submit(path, f"{path}/plannen", planned_on=late.isoformat())
        other = crew.submit(
            path, f"{path}/plannen", planned_on=later.isoformat(), is_sure=late.isoformat()
        )
        stage = connection.scalar(text("SELECT stage FROM defect_case"))
        sure = re.search(r'name="is_sure" value="([^"]+)"', asked.text)
        assert sure
        planned = crew.submit(path, f"{path}/plannen", planned_on=late.isoformat(), is_sure=sure[1])

        assert (asked.status_code, other.status_code, stage) == (400, 400, "assigned")
        day = format_date(promised, "d MMMM", locale="nl")
        assert f"Dat is na de afgesproken dag ({day}). Weet u het zeker?" in asked.text
        assert f'value="{late.isoformat()}"' in asked.text
        assert planned.status_code == 303
        followed = web.get(f"/volg/{said['token']}").text
        long = format_date(promised, "EEEE d MMMM", locale="nl")
        assert f"Dat is later dan wij beloofden ({long})." in followed
        assert "Uiterlijk" not in followed

    def test_for_the_promised_day_itself_or_when_it_is_late_already_asks_nothing(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        (path,) = task_paths(crew)
        on_the_day = promise(connection, in_days=3)
        in_time = crew.submit(path, f"{path}/plannen", planned_on=on_the_day.isoformat())
        promise(connection, in_days=-3)

        when_late = crew.submit(path, f"{path}/plannen", planned_on=on_the_day.isoformat())

        assert (in_time.status_code, when_late.status_code) == (303, 303)

    def test_is_no_more_once_begun_and_the_page_says_what_to_do(
        self, crew: Browser, report: Report
    ) -> None:
        report()
        (path,) = task_paths(crew)

        crew.submit(path, f"{path}/beginnen")

        page = crew.get(path).text
        assert f"{path}/plannen" not in page
        assert "U bent begonnen. Daarom kunt u geen dag meer plannen." in page

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
        until = today() + timedelta(days=5)

        answered = crew.submit(
            path,
            f"{path}/wachten",
            held_until=until.isoformat(),
            hold_remark="Tegels op",
            waiting_for="material",
        )

        assert answered.status_code == 303
        page = crew.get(path).text
        day = format_date(until, "d MMMM", locale="nl")
        assert "Tegels op" in page
        assert f"Wacht tot {day}" in page
        followed = web.get(f"/volg/{said['token']}").text
        assert "Team Zuid kan nog niet verder: het materiaal is er nog niet." in followed
        assert "Het werk wacht tot" in followed
        assert "netbeheerder" not in followed
        assert "Tegels op" not in followed

    @pytest.mark.parametrize(
        ("waiting_for", "reads"),
        [
            ("weather", "dat kan niet door het weer."),
            ("third-party", "wacht op een ander, bijvoorbeeld de netbeheerder."),
            ("reporter", "Wij hebben iets van u nodig. Schrijf het hieronder"),
        ],
    )
    def test_tells_the_reporter_what_it_waits_for(
        self, web: FlaskClient, crew: Browser, report: Report, waiting_for: str, reads: str
    ) -> None:
        said = report()
        (path,) = task_paths(crew)
        until = today() + timedelta(days=1)

        crew.submit(
            path,
            f"{path}/wachten",
            held_until=until.isoformat(),
            hold_remark="Kan nog niet",
            waiting_for=waiting_for,
        )

        followed = web.get(f"/volg/{said['token']}").text
        assert reads in followed
        day = format_date(until, "EEEE d MMMM", locale="nl")
        lead = re.search(r'<p class="lead">(.*?)</p>', followed)
        assert lead
        assert f"Het werk wacht tot {day}." in lead[1]

    @pytest.mark.parametrize("wrong", ["", "geld", "\0"])
    def test_needs_a_word_for_what_it_waits_for(
        self, crew: Browser, report: Report, connection: Connection, wrong: str
    ) -> None:
        report()
        (path,) = task_paths(crew)
        until = (today() + timedelta(days=5)).isoformat()

        answered = crew.submit(
            path, f"{path}/wachten", held_until=until, hold_remark="Regen", waiting_for=wrong
        )

        assert answered.status_code == 400
        assert "Zeg waarop het moet wachten." in answered.text
        assert connection.scalar(text("SELECT stage FROM task")) == "offered"

    def test_keeps_what_was_typed_where_something_is_not_right(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        (path,) = task_paths(crew)
        yesterday = today() - timedelta(days=1)

        answered = crew.submit(
            path,
            f"{path}/wachten",
            held_until=yesterday.isoformat(),
            hold_remark=HOSTILE,
            waiting_for="weather",
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
        until = (today() + timedelta(days=5)).isoformat()
        form = crew.hidden(path, f"{path}/wachten")
        crew.submit(path, f"{path}/beginnen")

        answered = crew.send(
            f"{path}/wachten", form, held_until=until, hold_remark="Regen", waiting_for="weather"
        )

        assert answered.status_code == 412
        assert "Regen" in answered.text
        assert connection.scalar(text("SELECT stage FROM task")) == "started"

    def test_twice_with_the_same_words_is_once(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        (path,) = task_paths(crew)
        until = (today() + timedelta(days=5)).isoformat()
        form = crew.hidden(path, f"{path}/wachten")

        answers = [
            crew.send(
                f"{path}/wachten",
                form,
                held_until=until,
                hold_remark="Regen",
                waiting_for="weather",
            )
            for _ in range(2)
        ]

        assert [one.status_code for one in answers] == [303, 303]
        held = "SELECT count(*) FROM history_entry WHERE happening = 'task-on-hold'"
        assert connection.scalar(text(held)) == 1


class TestWaitingForSomebodyElse:
    def test_says_for_whom(self, crew: Browser, report: Report) -> None:
        report()
        (path,) = task_paths(crew)
        until = today() + timedelta(days=4)

        answered = crew.submit(
            path,
            f"{path}/wachten",
            waiting_for="third-party",
            waiting_party="Enexis <b>",
            hold_remark="Kabel ligt bloot",
            held_until=until.isoformat(),
        )

        assert answered.status_code == 303
        assert "Enexis &lt;b&gt;" in crew.get(path).text

    def test_keeps_a_name_that_is_too_long_to_be_made_shorter(
        self, crew: Browser, report: Report
    ) -> None:
        report()
        (path,) = task_paths(crew)

        answered = crew.submit(
            path, f"{path}/wachten", waiting_for="third-party", waiting_party="x" * 81
        )

        assert answered.status_code == 400
        assert "Gebruik hoogstens 80 tekens." in answered.text
        assert "x" * 81 in answered.text
