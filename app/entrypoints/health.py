"""Whether the installation lives, is ready, and how it is doing."""

from __future__ import annotations

import shutil
from datetime import date

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.entrypoints.migrations import newest_revision
from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.jobs import DEAD_AFTER_SECONDS, QUEUE
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.outline import outline_is_known
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.routing.operations.calendar_days import years_to_fill

blueprint = Blueprint("health", __name__)

#: A job that is due waits no longer than this while somebody works.
_JOB_WAITS_SECONDS = 300

#: Below this somebody has to make room: bodies of requests are kept out of the last half of it.
_LEAST_FREE_BYTES = 1024 * 1024 * 1024

_QUEUE = text(
    """
    SELECT
        (SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers)
            AS worker_silent_seconds,
        -- The oldest have the lowest numbers; what is tried again waits since it became due.
        (SELECT coalesce(extract(epoch FROM now() - min(greatest(first.scheduled_at, last.at))), 0)
         FROM (SELECT id, scheduled_at FROM procrastinate_jobs
               -- Heavy ones wait for one another, and may well wait long.
               WHERE status = 'todo' AND queue_name = :queue
                     AND (scheduled_at IS NULL OR scheduled_at <= now())
               ORDER BY id LIMIT 100) AS first,
              LATERAL (SELECT max(at) AS at FROM procrastinate_events
                       WHERE job_id = first.id) AS last)
            AS oldest_job_seconds,
        (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed') AS failed_jobs,
        (SELECT version_num FROM alembic_version) AS revision
    """
)


@blueprint.get("/health/live")
@open_to(Permission.ANYONE)
def live() -> ResponseReturnValue:
    """Answer as long as this process does."""
    return jsonify(status="live")


@blueprint.get("/health/ready")
@open_to(Permission.ANYONE)
def ready() -> ResponseReturnValue:
    """Say whether the database answers, has the right shape, and the worker works."""
    checks: dict[str, str] = {}
    failed: int | None = None
    outline: bool | None = None
    unfilled: list[int] | None = None
    settings = provided().get(Settings)
    try:
        with provided().get(Database).transaction() as transaction:
            row = transaction.connection.execute(_QUEUE, {"queue": QUEUE}).one()
            outline = outline_is_known(
                transaction, municipality_code=settings.municipality_code, on=_today()
            )
            unfilled = years_to_fill(transaction, now=provided().get(Clock).now())
    except SQLAlchemyError:
        checks["database"] = "does not answer"
    else:
        checks["database"] = "ok"
        checks["migrations"] = "ok" if row.revision == newest_revision() else "not up to date"
        silent = row.worker_silent_seconds
        checks["worker"] = (
            "ok" if silent is not None and silent < DEAD_AFTER_SECONDS else "stands still"
        )
        checks["queue"] = "ok" if row.oldest_job_seconds < _JOB_WAITS_SECONDS else "stands still"
        failed = row.failed_jobs
    is_ready = all(said == "ok" for said in checks.values())
    free_bytes = shutil.disk_usage(settings.data_dir).free
    answer = jsonify(
        status="ready" if is_ready else "not ready",
        checks=checks,
        # Somebody has to look at them (`straatbeeld jobs list`), but nobody else has to wait.
        failedJobs=failed,
        # Without an outline reports are taken from everywhere: somebody has to bring it in.
        municipality=None if outline is None else "ok" if outline else "outline is missing",
        # Without days off of its own the public holidays count, but nobody looked at that year.
        calendar=None if unfilled is None else _calendar_words(unfilled),
        # It still serves; somebody has to make room, and turning visitors away makes none.
        disk="ok" if free_bytes >= _LEAST_FREE_BYTES else "nearly full",
    )
    return answer, 200 if is_ready else 503


def _calendar_words(unfilled: list[int]) -> str:
    if not unfilled:
        return "ok"
    return f"no days off of {' and '.join(map(str, unfilled))}"


def _today() -> date:
    return provided().get(Clock).now().astimezone(LOCAL_ZONE).date()


@blueprint.get("/metrics")
@open_to(Permission.ANYONE)
def metrics() -> Response:
    """Answer what Prometheus reads: cases by stage, jobs by state. Nothing about a person."""
    registry = CollectorRegistry()
    free = Gauge("straatbeeld_free_disk_bytes", "Free in the data folder", registry=registry)
    free.set(shutil.disk_usage(provided().get(Settings).data_dir).free)
    cases = Gauge("straatbeeld_cases", "Cases by stage", ["stage"], registry=registry)
    jobs = Gauge("straatbeeld_jobs", "Jobs by state", ["state"], registry=registry)
    desk = Gauge("straatbeeld_desk_entries", "Entries on the desk's list", registry=registry)
    photos = Gauge("straatbeeld_photos", "Photos by status", ["status"], registry=registry)
    silent = Gauge(
        "straatbeeld_worker_silent_seconds",
        "Since a worker last said that it lives; -1 when there is none",
        registry=registry,
    )
    oldest = Gauge(
        "straatbeeld_oldest_job_seconds",
        "How long the oldest job is due that is not a heavy one",
        registry=registry,
    )
    with provided().get(Database).transaction() as transaction:
        connection = transaction.connection
        for row in connection.execute(
            text("SELECT stage, count(*) AS n FROM defect_case GROUP BY stage")
        ):
            cases.labels(row.stage).set(row.n)
        for row in connection.execute(
            text("SELECT status::text AS state, count(*) AS n FROM procrastinate_jobs GROUP BY 1")
        ):
            jobs.labels(row.state).set(row.n)
        for row in connection.execute(
            text("SELECT status, count(*) AS n FROM photo GROUP BY status")
        ):
            photos.labels(row.status).set(row.n)
        queue = connection.execute(_QUEUE, {"queue": QUEUE}).one()
        silent.set(-1 if queue.worker_silent_seconds is None else queue.worker_silent_seconds)
        oldest.set(queue.oldest_job_seconds)
        desk.set(
            connection.scalar(text("SELECT count(*) FROM desk_entry WHERE settled_at IS NULL")) or 0
        )
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4")
