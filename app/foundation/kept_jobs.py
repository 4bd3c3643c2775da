"""The jobs that are in the queue: which there are, why they failed, and trying them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from sqlalchemy import BigInteger, DateTime, Text, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.clock import Clock
from app.foundation.database import Base, Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.jobs import Job, JobQueue, NoteFault
from app.foundation.provided import Provided

_log = structlog.get_logger(__name__)

_LONGEST_REASON = 500


class JobState(StrEnum):
    """Where a job stands; what was done is gone."""

    TODO = "todo"
    DOING = "doing"
    FAILED = "failed"


class JobNotFailed(DomainError):
    """Only a job that failed can be tried again."""


class JobFaultRecord(Base):
    """Why a job failed the last time.

    The queue's own tables belong to its library, so nothing here hangs on them by a key; what is
    left of jobs that are gone is forgotten every night.
    """

    __tablename__ = "job_fault"

    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class KeptJob:
    """A job that waits, is being done, or failed."""

    id: int
    name: str
    state: JobState
    attempts: int
    since: datetime
    reason: str | None


def fault_book(provided: Provided) -> NoteFault:
    """Return what writes down why a job failed, in a transaction of its own."""

    def note(job_id: int, fault: BaseException) -> None:
        reason = in_words(fault)
        _log.error("job_failed", job=job_id, reason=reason, exc_info=fault)
        try:
            with provided.get(Database).transaction() as transaction:
                note_fault(transaction, job_id, reason, now=provided.get(Clock).now())
        except SQLAlchemyError:
            # The database may be what failed; the job itself is still in the queue.
            _log.warning("job_fault_not_noted", job=job_id)

    return note


def in_words(fault: BaseException) -> str:
    """Return a fault as an operator reads it: what kind, and the first line of what it says.

    A fault of the database is said in the driver's words, without statement and values.
    """
    told = fault.orig if isinstance(fault, DBAPIError) and fault.orig is not None else fault
    said = str(told).strip() or (type(told).__doc__ or "").strip()
    first_line = said.splitlines()[0] if said else ""
    kind = type(told).__name__
    return (f"{kind}: {first_line}" if first_line else kind)[:_LONGEST_REASON]


def note_fault(transaction: Transaction, job_id: int, reason: str, *, now: datetime) -> None:
    """Keep why a job failed the last time."""
    transaction.connection.execute(
        text(
            """
            INSERT INTO job_fault (job_id, reason, noted_at) VALUES (:job_id, :reason, :now)
            ON CONFLICT (job_id) DO UPDATE SET reason = excluded.reason,
                                               noted_at = excluded.noted_at
            """
        ),
        {"job_id": job_id, "reason": reason, "now": now},
    )


def forget_faults(transaction: Transaction) -> int:
    """Forget why jobs failed that are gone from the queue; return how many."""
    gone = transaction.connection.execute(
        text(
            """
            DELETE FROM job_fault
            WHERE NOT EXISTS (
                SELECT FROM procrastinate_jobs WHERE procrastinate_jobs.id = job_fault.job_id)
            RETURNING 1
            """
        )
    )
    return len(gone.all())


def forget(provided: Provided) -> None:
    """Forget why jobs failed that are gone, as a job."""
    with provided.get(Database).transaction() as transaction:
        forget_faults(transaction)


def kept_jobs(
    transaction: Transaction, *, state: JobState | None = None, at_most: int = 100
) -> Sequence[KeptJob]:
    """Return the jobs of one state, or of all, the oldest first."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT job.id, job.task_name, job.status::text AS state, job.attempts,
                   coalesce(
                       (SELECT max(event.at) FROM procrastinate_events AS event
                        WHERE event.job_id = job.id), now()) AS since,
                   job_fault.reason
            FROM procrastinate_jobs AS job
            LEFT JOIN job_fault ON job_fault.job_id = job.id
            WHERE job.status::text IN ('todo', 'doing', 'failed')
              AND (CAST(:state AS text) IS NULL OR job.status::text = :state)
            ORDER BY job.id
            LIMIT :at_most
            """
        ),
        {"state": state.value if state else None, "at_most": at_most},
    )
    return [
        KeptJob(row.id, row.task_name, JobState(row.state), row.attempts, row.since, row.reason)
        for row in rows
    ]


def retry_failed(
    transaction: Transaction, job_ids: Collection[int] | None, *, now: datetime
) -> Sequence[int]:
    """Let failed jobs be done again: these, or all of them; return which.

    Raises:
        JobNotFailed: one of them did not fail, or is not there.
    """
    rows = transaction.connection.execute(
        text(
            """
            SELECT id FROM procrastinate_jobs
            WHERE status = 'failed' AND (:all OR id = ANY(:ids))
            ORDER BY id FOR UPDATE
            """
        ),
        {"all": job_ids is None, "ids": list(job_ids or ())},
    )
    failed = [int(row.id) for row in rows]
    if missing := sorted(set(job_ids or ()) - set(failed)):
        raise JobNotFailed(f"There is no failed job {missing[0]}.")
    queue = JobQueue()
    for job_id in failed:
        queue.retry(transaction.driver_connection, job_id, at=now)
    return failed


#: For the wiring table.
JOBS = {"jobs.forget_faults": Job(forget, every="29 3 * * *")}
