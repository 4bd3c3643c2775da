"""Work for later: jobs are rows of our own transaction, kept by procrastinate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector, sql
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy.exc import InterfaceError, OperationalError

from app.foundation.json_value import JSONValue
from app.foundation.provided import Provided

#: Where jobs wait that take a moment. Those that take much memory or time wait in another queue and
#: are done beside the usual ones, one at a time, so that however many there are, the usual ones
#: wait for none of them.
QUEUE = "straatbeeld"
HEAVY_QUEUE = "straatbeeld-heavy"
_HEAVY_AT_ONCE = 1

#: A worker says so often that it lives, and counts as dead when it was silent for so long. It says
#: so between two moments of a photo being decoded, so there is room for a busy machine.
HEARTBEAT_SECONDS = 5
DEAD_AFTER_SECONDS = 20

#: Looks for the jobs of dead workers, four times a minute (the last field is seconds).
TAKE_UP_STALLED = "jobs.take_up_stalled"
_FOUR_TIMES_A_MINUTE = "* * * * * */15"
_BEFORE_ALL_OTHERS = 100

#: A job that was begun so often and never ended kills its worker; it is not begun again.
MOST_BEGINNINGS = 10

#: A database that is away for a moment is no fault of the job: every job waits for it.
_DATABASE_AWAY = (OperationalError, InterfaceError)
_ATTEMPTS_WITHOUT_DATABASE = 8

#: Writes down why a job failed: its number and the fault.
NoteFault = Callable[[int, BaseException], None]


class WorkerDiedTooOften(Exception):
    """The worker was killed each time it did this job."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is done later: a function, and which faults are worth another try.

    With one of those faults it is begun `attempts` times at the most, each time after a longer
    wait: `wait_seconds`, its square, and so on. `every` is a cron line in UTC for jobs that come
    back by themselves.
    """

    run: Callable[..., None]
    retry_on: Sequence[type[Exception]] = field(default=())
    attempts: int = 1
    wait_seconds: int = 2
    every: str | None = None


@dataclass(frozen=True, slots=True)
class Deferred:
    """One job that a transaction wants done after it commits."""

    name: str
    arguments: dict[str, JSONValue]
    queue: str = QUEUE


def queue_app(database_url: str | None = None) -> App:
    """Return a procrastinate application; with a URL it can run jobs, without it only defer."""
    if database_url is None:
        return App(connector=SyncPsycopgConnector())
    return App(connector=PsycopgConnector(conninfo=database_url, min_size=1, max_size=6))


class JobQueue:
    """Puts jobs into the queue on the connection of the caller's own transaction."""

    def __init__(self) -> None:
        self._app = queue_app()

    def put(self, connection: psycopg.Connection[Any], wanted: Sequence[Deferred]) -> None:
        """Insert `wanted` in one statement; they exist when the transaction commits."""
        if not wanted:
            return
        self._app.job_manager.batch_defer_jobs(
            jobs=[
                QueuedJob(
                    id=None,
                    queue=job.queue,
                    lock=None,
                    queueing_lock=None,
                    task_name=job.name,
                    task_kwargs=dict(job.arguments),
                )
                for job in wanted
            ],
            connection=connection,
        )

    def retry(self, connection: psycopg.Connection[Any], job_id: int, *, at: datetime) -> None:
        """Let a failed job be done again, from `at`."""
        connection.execute(
            sql.queries["retry_job"],
            {
                "job_id": job_id,
                "retry_at": at,
                "new_priority": None,
                "new_queue_name": None,
                "new_lock": None,
            },
        )


class _AsOftenAsSaid(BaseRetryStrategy):
    """Tries a job again after the faults it lists, and after a database that was away."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedJob
    ) -> RetryDecision | None:
        begun = job.attempts + 1
        most = 1
        if isinstance(exception, tuple(self._job.retry_on)):
            most = self._job.attempts
        if isinstance(exception, _DATABASE_AWAY):
            most = max(most, _ATTEMPTS_WITHOUT_DATABASE)
        if begun >= most:
            return None
        return RetryDecision(retry_in={"seconds": self._job.wait_seconds**begun})


def worker_app(
    database_url: str, jobs: Mapping[str, Job], provided: Provided, *, note_fault: NoteFault
) -> App:
    """Return the application whose worker runs `jobs`, each with the provided services.

    It also takes up what a worker that was killed has left.
    """
    app = queue_app(database_url)
    for name, job in jobs.items():
        task = app.task(name=name, queue=QUEUE, retry=_AsOftenAsSaid(job), pass_context=True)(
            _bound(job, provided, note_fault)
        )
        if job.every is not None:
            app.periodic(cron=job.every)(task)
    _take_up_stalled(app, note_fault)
    return app


def run_worker_app(app: App, *, at_once: int, until_empty: bool) -> None:
    """Do jobs until told to stop, or until none is left; what was done is deleted.

    `at_once` usual jobs and one heavy one are done at the same time.
    """
    asyncio.run(work(app, at_once=at_once, until_empty=until_empty))


async def work(app: App, *, at_once: int, until_empty: bool) -> None:
    """Do jobs, as `run_worker_app` does, until cancelled; what was begun is ended first."""

    def worker_on(queue: str, at_once: int, *, hears_signals: bool) -> asyncio.Task[None]:
        return asyncio.create_task(
            app.run_worker_async(
                queues=[queue],
                concurrency=at_once,
                wait=not until_empty,
                install_signal_handlers=hears_signals,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
            )
        )

    async with app.open_async():
        # Of two that listen to signals, only the last would hear any.
        both = (
            worker_on(QUEUE, at_once, hears_signals=True),
            worker_on(HEAVY_QUEUE, _HEAVY_AT_ONCE, hears_signals=False),
        )
        until = asyncio.ALL_COMPLETED if until_empty else asyncio.FIRST_COMPLETED
        try:
            await asyncio.wait(both, return_when=until)
        finally:
            # One was told to stop, or broke: the other ends what it does and stops too.
            for worker in both:
                worker.cancel()
            ended = await asyncio.gather(*both, return_exceptions=True)
        for fault in ended:
            if isinstance(fault, Exception):
                raise fault


async def take_up_stalled(app: App, note_fault: NoteFault) -> int:
    """Give the jobs of dead workers back to the queue; return how many.

    A worker that was killed leaves its jobs behind as being done, and nobody does them.
    """
    taken_up = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        if job.id is None:
            continue
        if job.attempts >= MOST_BEGINNINGS:
            await asyncio.to_thread(note_fault, job.id, WorkerDiedTooOften())
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await app.job_manager.retry_job(job)
            taken_up += 1
    return taken_up


def _take_up_stalled(app: App, note_fault: NoteFault) -> None:
    @app.periodic(cron=_FOUR_TIMES_A_MINUTE)
    @app.task(
        name=TAKE_UP_STALLED,
        queue=QUEUE,
        queueing_lock=TAKE_UP_STALLED,
        priority=_BEFORE_ALL_OTHERS,
    )
    async def look(timestamp: int) -> None:
        del timestamp
        await take_up_stalled(app, note_fault)


def _bound(job: Job, provided: Provided, note_fault: NoteFault) -> Callable[..., None]:
    def run(context: JobContext, timestamp: int | None = None, **arguments: JSONValue) -> None:
        # A job that comes back by itself receives the moment it was due, which none of ours needs.
        del timestamp
        try:
            job.run(provided, **arguments)
        except Exception as fault:
            if context.job.id is not None:
                note_fault(context.job.id, fault)
            raise

    return run
