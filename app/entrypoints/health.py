"""Whether the installation lives, is ready, and how it is doing."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.entrypoints.migrations import newest_revision
from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity.access import open_to
from app.identity.permissions import Permission

blueprint = Blueprint("health", __name__)

#: A worker says it lives every ten seconds; a job that waits longer than this stands still.
_WORKER_SILENT_SECONDS = 60
_JOB_WAITS_SECONDS = 300

_QUEUE = text(
    """
    SELECT
        (SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers)
            AS worker_silent_seconds,
        (SELECT coalesce(extract(epoch FROM now() - min(event.at)), 0)
         FROM procrastinate_jobs AS job JOIN procrastinate_events AS event
           ON event.job_id = job.id AND event.type = 'deferred'
         WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now()))
            AS oldest_job_seconds,
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
    try:
        with provided().get(Database).transaction() as transaction:
            row = transaction.connection.execute(_QUEUE).one()
    except SQLAlchemyError:
        checks["database"] = "does not answer"
    else:
        checks["database"] = "ok"
        checks["migrations"] = "ok" if row.revision == newest_revision() else "not up to date"
        silent = row.worker_silent_seconds
        checks["worker"] = (
            "ok" if silent is not None and silent < _WORKER_SILENT_SECONDS else "stands still"
        )
        checks["queue"] = "ok" if row.oldest_job_seconds < _JOB_WAITS_SECONDS else "stands still"
    is_ready = all(said == "ok" for said in checks.values())
    answer = jsonify(status="ready" if is_ready else "not ready", checks=checks)
    return answer, 200 if is_ready else 503


@blueprint.get("/metrics")
@open_to(Permission.ANYONE)
def metrics() -> Response:
    """Answer what Prometheus reads: cases by stage, jobs by state. Nothing about a person."""
    registry = CollectorRegistry()
    cases = Gauge("straatbeeld_cases", "Cases by stage", ["stage"], registry=registry)
    jobs = Gauge("straatbeeld_jobs", "Jobs by state", ["state"], registry=registry)
    desk = Gauge("straatbeeld_desk_entries", "Entries on the desk's list", registry=registry)
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
        desk.set(
            connection.scalar(text("SELECT count(*) FROM desk_entry WHERE settled_at IS NULL")) or 0
        )
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4")
