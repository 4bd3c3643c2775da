"""Work for later: jobs are rows of our own transaction, kept by procrastinate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.jobs import Job as QueuedJob
from procrastinate.retry import RetryStrategy

from app.foundation.json_value import JSONValue
from app.foundation.provided import Provided

QUEUE = "straatbeeld"


@dataclass(frozen=True, slots=True)
class Job:
    """What is done later: a function, and which faults are worth another try.

    `every` is a cron line in UTC for jobs that come back by themselves.
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


def queue_app(database_url: str | None = None) -> App:
    """Return a procrastinate application; with a URL it can run jobs, without it only defer."""
    if database_url is None:
        return App(connector=SyncPsycopgConnector())
    return App(connector=PsycopgConnector(conninfo=database_url, min_size=1, max_size=4))


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
                    queue=QUEUE,
                    lock=None,
                    queueing_lock=None,
                    task_name=job.name,
                    task_kwargs=dict(job.arguments),
                )
                for job in wanted
            ],
            connection=connection,
        )


def worker_app(database_url: str, jobs: Mapping[str, Job], provided: Provided) -> App:
    """Return the application whose worker runs `jobs`, each with the provided services."""
    app = queue_app(database_url)
    for name, job in jobs.items():
        retry = (
            RetryStrategy(
                max_attempts=job.attempts,
                exponential_wait=job.wait_seconds,
                retry_exceptions=list(job.retry_on),
            )
            if job.retry_on
            else False
        )
        task = app.task(name=name, queue=QUEUE, retry=retry)(_bound(job, provided))
        if job.every is not None:
            app.periodic(cron=job.every)(task)
    return app


def _bound(job: Job, provided: Provided) -> Callable[..., None]:
    def run(timestamp: int | None = None, **arguments: JSONValue) -> None:
        # A job that comes back by itself receives the moment it was due, which none of ours needs.
        del timestamp
        job.run(provided, **arguments)

    return run
