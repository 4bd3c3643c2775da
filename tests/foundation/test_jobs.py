"""Jobs are done after the commit that left them, as often as they say, and some come back."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import psycopg
import pytest
from procrastinate import App
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.foundation.database import Database
from app.foundation.jobs import Job, run_worker_app, worker_app
from app.foundation.provided import Provided
from tests.ground import Clone

Work = Callable[[Mapping[str, Job]], None]


class Slippery(Exception):
    """Worth another try."""


class Broken(Exception):
    """Not worth another try."""


class Notes:
    """What was done, and with what."""

    def __init__(self) -> None:
        self.done: list[dict[str, object]] = []

    def write(self, _: Provided, **arguments: object) -> None:
        self.done.append(arguments)

    def failing(self, fault: Exception, *, times: int) -> Callable[..., None]:
        """Return a job that fails so many times before it is done."""

        def run(provided: Provided, **arguments: object) -> None:
            self.write(provided, **arguments)
            if len(self.done) <= times:
                raise fault

        return run


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def work(fresh_database: Clone) -> Work:
    """Have a worker do jobs until there is none left."""

    def do_all(jobs: Mapping[str, Job]) -> None:
        run_worker_app(the_worker(fresh_database, jobs), at_once=1, until_empty=True)

    return do_all


def the_worker(clone: Clone, jobs: Mapping[str, Job]) -> App:
    return worker_app(clone.url, jobs, Provided(), note_fault=lambda _, __: None)


def states(database: Database) -> list[str]:
    with database.transaction() as transaction:
        return list(
            transaction.connection.scalars(
                text(
                    "SELECT status::text FROM procrastinate_jobs"
                    " WHERE task_name NOT LIKE 'jobs.%' ORDER BY id"
                )
            )
        )


def make_due(database: Database) -> None:
    """Let what waits for another try wait no longer."""
    with database.transaction() as transaction:
        transaction.connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))


class TestAJobOfATransaction:
    def test_is_done_with_what_it_was_given(
        self, committing_database: Database, work: Work, notes: Notes
    ) -> None:
        arguments = {"reference": "A'B\"", "numbers": [1, 2.5, None], "deep": {"yes": True}}
        with committing_database.transaction() as transaction:
            transaction.defer("note", **arguments)  # type: ignore[arg-type]  # JSON, as it is

        work({"note": Job(notes.write)})

        assert notes.done == [arguments]
        assert states(committing_database) == []

    def test_is_never_done_when_the_transaction_is_taken_back(
        self, committing_database: Database, work: Work, notes: Notes
    ) -> None:
        def fail() -> None:
            with committing_database.transaction() as transaction:
                transaction.defer("note")
                transaction.write_the_rest()
                raise Broken

        with pytest.raises(Broken):
            fail()

        work({"note": Job(notes.write)})

        assert notes.done == []

    def test_is_not_done_while_the_transaction_is_open(
        self, committing_database: Database, work: Work, notes: Notes
    ) -> None:
        with committing_database.transaction() as transaction:
            transaction.defer("note")
            transaction.write_the_rest()
            work({"note": Job(notes.write)})
            before = list(notes.done)

        work({"note": Job(notes.write)})

        assert (before, notes.done) == ([], [{}])


class TestAFault:
    @pytest.fixture(autouse=True)
    def one_job(self, committing_database: Database) -> None:
        with committing_database.transaction() as transaction:
            transaction.defer("slip")

    def test_that_is_listed_is_tried_again_until_it_is_done(
        self, committing_database: Database, work: Work, notes: Notes
    ) -> None:
        slip = notes.failing(Slippery(), times=2)

        work({"slip": Job(slip, retry_on=(Slippery,), attempts=3, wait_seconds=0)})

        assert len(notes.done) == 3
        assert states(committing_database) == []

    def test_that_is_listed_is_given_up_after_as_many_attempts_as_said(
        self, committing_database: Database, work: Work, notes: Notes
    ) -> None:
        slip = notes.failing(Slippery(), times=99)

        work({"slip": Job(slip, retry_on=(Slippery,), attempts=3, wait_seconds=0)})

        assert len(notes.done) == 3
        assert states(committing_database) == ["failed"]

    def test_that_is_not_listed_is_not_tried_again(
        self, committing_database: Database, work: Work, notes: Notes
    ) -> None:
        slip = notes.failing(Broken(), times=99)

        work({"slip": Job(slip, retry_on=(Slippery,), attempts=3, wait_seconds=0)})

        assert len(notes.done) == 1
        assert states(committing_database) == ["failed"]

    def test_of_a_database_that_was_away_is_outwaited_by_every_job(
        self, committing_database: Database, work: Work, notes: Notes
    ) -> None:
        away = OperationalError("SELECT 1", {}, psycopg.OperationalError("server closed"))

        work({"slip": Job(notes.failing(away, times=5), wait_seconds=0)})

        assert len(notes.done) == 6
        assert states(committing_database) == []

    def test_waits_longer_each_time(
        self, committing_database: Database, work: Work, notes: Notes
    ) -> None:
        slip = Job(
            notes.failing(Slippery(), times=99), retry_on=(Slippery,), attempts=4, wait_seconds=30
        )
        waits: list[int] = []

        for _ in range(3):
            work({"slip": slip})
            with committing_database.transaction() as transaction:
                waits.append(
                    round(
                        transaction.connection.scalar(
                            text(
                                "SELECT extract(epoch FROM scheduled_at - now())"
                                " FROM procrastinate_jobs WHERE task_name = 'slip'"
                            )
                        )
                        or 0
                    )
                )
            make_due(committing_database)

        assert waits == pytest.approx([30, 900, 27_000], abs=20)


class TestHeavyJobs:
    def test_are_done_one_at_a_time_beside_the_usual_ones(
        self, committing_database: Database, fresh_database: Clone
    ) -> None:
        at_once = Together()
        with committing_database.transaction() as transaction:
            for _ in range(4):
                transaction.defer_heavy("lift", kind="heavy")
                transaction.defer("lift", kind="usual")

        app = the_worker(fresh_database, {"lift": Job(at_once.lift)})
        run_worker_app(app, at_once=2, until_empty=True)

        assert at_once.most == {"heavy": 1, "usual": 2}
        assert at_once.first_of_both.broken is False
        assert states(committing_database) == []


class Together:
    """Counts how many jobs of a kind are done at the same time."""

    def __init__(self) -> None:
        self.most = {"heavy": 0, "usual": 0}
        #: Three at once, or the worker does not do them beside one another.
        self.first_of_both = threading.Barrier(3, timeout=20)
        self._now = {"heavy": 0, "usual": 0}
        self._begun = {"heavy": 0, "usual": 0}
        self._lock = threading.Lock()

    def lift(self, _: Provided, *, kind: str) -> None:
        with self._lock:
            self._now[kind] += 1
            self._begun[kind] += 1
            self.most[kind] = max(self.most[kind], self._now[kind])
            is_early = self._begun[kind] <= {"heavy": 1, "usual": 2}[kind]
        if is_early:
            self.first_of_both.wait()
        time.sleep(0.02)
        with self._lock:
            self._now[kind] -= 1


class TestAJobThatComesBack:
    def test_is_done_by_itself_and_needs_no_moment(
        self, fresh_database: Clone, notes: Notes
    ) -> None:
        app = the_worker(fresh_database, {"tick": Job(notes.write, every="* * * * * */1")})

        async def work_for_a_while() -> None:
            async with app.open_async():
                worker = asyncio.create_task(
                    app.run_worker_async(concurrency=1, install_signal_handlers=False)
                )
                deadline = time.monotonic() + 20
                while len(notes.done) < 2 and time.monotonic() < deadline:
                    await asyncio.sleep(0.05)
                worker.cancel()
                with suppress(asyncio.CancelledError):
                    await worker

        asyncio.run(work_for_a_while())

        assert notes.done[:2] == [{}, {}]
