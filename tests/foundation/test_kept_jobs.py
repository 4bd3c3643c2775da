"""The queue: what is killed half-way is taken up, what failed says why and can be tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import psycopg
import pytest
from click.testing import CliRunner, Result
from procrastinate import App
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.entrypoints.job_commands import jobs
from app.foundation.clock import Clock, SystemClock
from app.foundation.database import Database
from app.foundation.jobs import (
    MOST_BEGINNINGS,
    Job,
    run_worker_app,
    take_up_stalled,
    worker_app,
)
from app.foundation.kept_jobs import (
    JobState,
    KeptJob,
    fault_book,
    forget_faults,
    in_words,
    kept_jobs,
    retry_failed,
)
from app.foundation.provided import Provided
from tests.ground import Clone

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Broken(Exception):
    """The pump is broken."""


@pytest.fixture
def services(committing_database: Database) -> Provided:
    services = Provided()
    services.put(Database, committing_database)
    services.put(Clock, SystemClock())
    return services


def the_worker(clone: Clone, services: Provided, wanted: Mapping[str, Job]) -> App:
    return worker_app(clone.url, wanted, services, note_fault=fault_book(services))


def do_all(clone: Clone, services: Provided, wanted: Mapping[str, Job]) -> None:
    run_worker_app(the_worker(clone, services, wanted), at_once=1, until_empty=True)


def defer(services: Provided, name: str, *, times: int = 1) -> None:
    with services.get(Database).transaction() as transaction:
        for _ in range(times):
            transaction.defer(name)


def in_queue(services: Provided, state: JobState | None = None) -> list[KeptJob]:
    with services.get(Database).transaction() as transaction:
        return [
            one
            for one in kept_jobs(transaction, state=state)
            # Coming back by itself, the worker's own look may stand there too.
            if not one.name.startswith("jobs.")
        ]


def leave_behind(services: Provided, *, silent_seconds: int | None, attempts: int = 0) -> None:
    """Let every job be one that a worker, silent for so long or gone, had begun."""
    with services.get(Database).transaction() as transaction:
        worker = transaction.connection.execute(
            text(
                """
                INSERT INTO procrastinate_workers (last_heartbeat)
                VALUES (now() - make_interval(secs => :silent)) RETURNING id
                """
            ),
            {"silent": silent_seconds or 0},
        ).scalar_one()
        transaction.connection.execute(
            text(
                """
                UPDATE procrastinate_jobs
                SET status = 'doing', worker_id = :worker, attempts = :attempts
                """
            ),
            {"worker": None if silent_seconds is None else worker, "attempts": attempts},
        )


def take_up(clone: Clone, services: Provided) -> int:
    app = the_worker(clone, services, {})

    async def take() -> int:
        async with app.open_async():
            return await take_up_stalled(app, fault_book(services))

    return asyncio.run(take())


class TestAJobThatFails:
    def test_is_kept_with_the_reason_in_words(
        self, fresh_database: Clone, services: Provided
    ) -> None:
        def fail(_: Provided) -> None:
            raise Broken("Valve 7 is stuck.\nTrace and more")

        defer(services, "fail")
        do_all(fresh_database, services, {"fail": Job(fail)})

        (job,) = in_queue(services)
        assert (job.name, job.state, job.attempts) == ("fail", JobState.FAILED, 1)
        assert job.reason == "Broken: Valve 7 is stuck."

    def test_is_done_when_it_is_tried_again(
        self, fresh_database: Clone, services: Provided
    ) -> None:
        done: list[int] = []

        def fail_once(_: Provided) -> None:
            done.append(1)
            if len(done) == 1:
                raise Broken

        defer(services, "fail_once")
        wanted = {"fail_once": Job(fail_once)}
        do_all(fresh_database, services, wanted)
        (failed,) = in_queue(services, JobState.FAILED)

        with services.get(Database).transaction() as transaction:
            assert retry_failed(transaction, [failed.id], now=NOW) == [failed.id]
        do_all(fresh_database, services, wanted)

        assert len(done) == 2
        assert in_queue(services) == []
        with services.get(Database).transaction() as transaction:
            assert forget_faults(transaction) == 1

    def test_because_the_database_was_away_waits_for_it(
        self, fresh_database: Clone, services: Provided
    ) -> None:
        def find_it_away(_: Provided) -> None:
            raise OperationalError("SELECT 1", {}, psycopg.OperationalError("server closed"))

        defer(services, "find_it_away")
        do_all(fresh_database, services, {"find_it_away": Job(find_it_away)})

        (job,) = in_queue(services)
        assert (job.state, job.reason) == (JobState.TODO, "OperationalError: server closed")


class TestAJobOfADeadWorker:
    @pytest.mark.parametrize("silent_seconds", [None, 21])
    def test_is_taken_up_and_done(
        self, fresh_database: Clone, services: Provided, silent_seconds: int | None
    ) -> None:
        done: list[int] = []
        defer(services, "work", times=3)
        leave_behind(services, silent_seconds=silent_seconds)

        assert take_up(fresh_database, services) == 3
        do_all(fresh_database, services, {"work": Job(lambda _: done.append(1))})

        assert len(done) == 3
        assert in_queue(services) == []

    def test_that_may_still_live_is_let_alone(
        self, fresh_database: Clone, services: Provided
    ) -> None:
        defer(services, "work")
        leave_behind(services, silent_seconds=15)

        assert take_up(fresh_database, services) == 0
        assert [one.state for one in in_queue(services)] == [JobState.DOING]

    def test_that_it_kills_each_time_is_given_up(
        self, fresh_database: Clone, services: Provided
    ) -> None:
        defer(services, "work")
        leave_behind(services, silent_seconds=60, attempts=MOST_BEGINNINGS)

        assert take_up(fresh_database, services) == 0

        (job,) = in_queue(services)
        assert job.state is JobState.FAILED
        assert job.reason == "WorkerDiedTooOften: The worker was killed each time it did this job."


class TestAReason:
    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            (Broken(), "Broken: The pump is broken."),
            (Broken("x" * 900), "Broken: " + "x" * 492),
            (
                OperationalError(
                    "SELECT :name", {"name": "Mies"}, psycopg.OperationalError("gone\nLINE 1")
                ),
                "OperationalError: gone",
            ),
        ],
    )
    def test_is_short_and_holds_no_values(self, fault: Exception, words: str) -> None:
        assert in_words(fault) == words


class TestTheOperator:
    def run(self, services: Provided, *typed: str) -> Result:
        return CliRunner().invoke(jobs, [*typed], obj=services)

    @pytest.fixture
    def two_failed(self, fresh_database: Clone, services: Provided) -> list[KeptJob]:
        def fail(_: Provided) -> None:
            raise Broken

        defer(services, "fail", times=2)
        do_all(fresh_database, services, {"fail": Job(fail)})
        defer(services, "wait")
        return in_queue(services, JobState.FAILED)

    def test_sees_what_failed_and_why(self, services: Provided, two_failed: list[KeptJob]) -> None:
        said = self.run(services, "list", "--state", "failed").output

        assert [line.split("\t")[0] for line in said.splitlines()] == [
            str(job.id) for job in two_failed
        ]
        assert said.count("Broken: The pump is broken.") == 2
        assert "wait" not in said

    def test_tries_one_again(self, services: Provided, two_failed: list[KeptJob]) -> None:
        first, second = two_failed

        ended = self.run(services, "retry", str(second.id))

        assert ended.exit_code == 0
        assert [job.id for job in in_queue(services, JobState.FAILED)] == [first.id]

    @pytest.mark.usefixtures("two_failed")
    def test_tries_all_again(self, services: Provided) -> None:
        assert self.run(services, "retry", "--all-failed").output == "2 to be done again.\n"
        assert in_queue(services, JobState.FAILED) == []

    def test_is_told_when_one_did_not_fail(
        self, services: Provided, two_failed: list[KeptJob]
    ) -> None:
        (waiting,) = (job for job in in_queue(services) if job.name == "wait")

        ended = self.run(services, "retry", str(two_failed[0].id), str(waiting.id))

        assert ended.exit_code == 1
        assert ended.output == f"Error: There is no failed job {waiting.id}.\n"
        assert len(in_queue(services, JobState.FAILED)) == 2

    @pytest.mark.parametrize("typed", [(), ("7", "--all-failed"), ("0",), ("x",)])
    def test_is_told_how_to_say_it(self, typed: tuple[str, ...]) -> None:
        assert self.run(Provided(), "retry", *typed).exit_code == 2

    def test_is_told_that_all_is_done(self, services: Provided) -> None:
        assert self.run(services, "list").output == "No such job: everything is done.\n"
