"""What the installation says about itself to monitors."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.jobs import HEAVY_QUEUE
from tests.makers.areas import a_rectangle, an_area

THIS_YEAR = datetime.now(LOCAL_ZONE).year


def a_worker(connection: Connection, *, silent_seconds: int = 1) -> None:
    connection.execute(
        text(
            """
            INSERT INTO procrastinate_workers (last_heartbeat)
            VALUES (now() - make_interval(secs => :silent))
            """
        ),
        {"silent": silent_seconds},
    )


def a_job(
    connection: Connection,
    *,
    state: str = "todo",
    due: int = 0,
    deferred: int = 0,
    queue: str = "straatbeeld",
) -> None:
    """Make a job that was deferred and became due so many seconds ago."""
    connection.execute(
        text(
            """
            INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at)
            VALUES (:queue, 'some.job', CAST(:state AS procrastinate_job_status),
                    now() - make_interval(secs => :due))
            """
        ),
        {"queue": queue, "state": state, "due": due},
    )
    connection.execute(
        text("UPDATE procrastinate_events SET at = now() - make_interval(secs => :deferred)"),
        {"deferred": deferred},
    )


def said(web: FlaskClient) -> tuple[int, dict[str, Any]]:
    answered = web.get("/health/ready")
    return answered.status_code, answered.get_json()


class TestReady:
    def test_is_all_of_it(self, web: FlaskClient, connection: Connection) -> None:
        a_worker(connection, silent_seconds=900)
        a_worker(connection)
        a_job(connection)

        assert said(web) == (
            200,
            {
                "status": "ready",
                "checks": {
                    "database": "ok",
                    "migrations": "ok",
                    "worker": "ok",
                    "queue": "ok",
                },
                "failedJobs": 0,
                "municipality": "outline is missing",
                "calendar": f"no days off of {THIS_YEAR} and {THIS_YEAR + 1}",
                "disk": "ok",
            },
        )

    def test_says_of_which_year_no_days_off_are_kept_and_serves(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        a_worker(connection)
        told = []
        for year in (THIS_YEAR, THIS_YEAR + 1):
            connection.execute(
                text("INSERT INTO day_off (on_day, name, source) VALUES (:day, 'Kerst', 'test')"),
                {"day": date(year, 12, 25)},
            )
            told.append((said(web)[0], said(web)[1]["calendar"]))

        assert told == [(200, f"no days off of {THIS_YEAR + 1}"), (200, "ok")]

    def test_says_whether_it_knows_where_the_municipality_ends(
        self, web: FlaskClient, transaction: Transaction
    ) -> None:
        whole = a_rectangle(4.2, 51.5, 4.5, 51.7)
        an_area(transaction, whole, kind="municipality", code="GM0748")
        assert said(web)[1]["municipality"] == "outline is missing"

        an_area(transaction, whole, kind="municipality", code="GM0851")

        assert said(web)[1]["municipality"] == "ok"

    def test_is_not_without_a_worker(self, web: FlaskClient) -> None:
        status, told = said(web)

        assert (status, told["checks"]["worker"]) == (503, "stands still")

    def test_is_not_when_the_worker_is_silent(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        a_worker(connection, silent_seconds=21)

        status, told = said(web)

        assert (status, told["checks"]["worker"]) == (503, "stands still")

    def test_is_not_when_a_job_is_due_and_nobody_does_it(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        a_worker(connection)
        a_job(connection, due=301, deferred=301)

        status, told = said(web)

        assert (status, told["checks"]["queue"]) == (503, "stands still")

    def test_does_not_wait_for_heavy_jobs(self, web: FlaskClient, connection: Connection) -> None:
        a_worker(connection)
        a_job(connection, due=900, deferred=900, queue=HEAVY_QUEUE)

        assert said(web)[0] == 200

    @pytest.mark.parametrize(("due", "deferred"), [(-600, 900), (2, 900)])
    def test_does_not_wait_for_a_job_that_was_not_due(
        self, web: FlaskClient, connection: Connection, due: int, deferred: int
    ) -> None:
        a_worker(connection)
        a_job(connection, due=due, deferred=deferred)

        assert said(web)[0] == 200

    def test_tells_how_many_jobs_failed_and_goes_on(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        a_worker(connection)
        a_job(connection, state="failed")

        status, told = said(web)

        assert (status, told["failedJobs"]) == (200, 1)

    def test_is_not_in_another_shape_than_this_version_needs(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        a_worker(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

        status, told = said(web)

        assert (status, told["checks"]["migrations"]) == (503, "not up to date")


class TestTheMetrics:
    def test_tell_numbers_and_nobody(self, web: FlaskClient, connection: Connection) -> None:
        a_worker(connection, silent_seconds=3)
        a_job(connection, state="failed")

        told = web.get("/metrics").get_data(as_text=True)

        assert 'straatbeeld_jobs{state="failed"} 1.0' in told
        assert "straatbeeld_worker_silent_seconds 3.0" in told
        assert "straatbeeld_desk_entries 0.0" in told

    def test_say_that_there_is_no_worker(self, web: FlaskClient) -> None:
        told = web.get("/metrics").get_data(as_text=True)

        assert "straatbeeld_worker_silent_seconds -1.0" in told
