"""What an operator types about jobs: see what waits or failed and why, and try again."""

from __future__ import annotations

import click

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.errors import DomainError
from app.foundation.kept_jobs import JobState, kept_jobs, retry_failed
from app.foundation.provided import Provided


@click.group("jobs")
def jobs() -> None:
    """Work that was left for later."""


@jobs.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in JobState]),
    help="Only those that wait (todo), are being done (doing) or failed.",
)
@click.option(
    "--limit",
    default=100,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="How many at most, the oldest first.",
)
@click.pass_obj
def list_jobs(provided: Provided, *, state: str | None, limit: int) -> None:
    """Jobs that are not done: number, name, state, how often begun, since when, and why."""
    with provided.get(Database).transaction() as transaction:
        found = kept_jobs(transaction, state=JobState(state) if state else None, at_most=limit)
    if not found:
        click.echo("No such job: everything is done.")
    for job in found:
        since = job.since.astimezone(LOCAL_ZONE).isoformat(sep=" ", timespec="seconds")
        click.echo(
            "\t".join(
                (str(job.id), job.name, job.state.value, str(job.attempts), since, job.reason or "")
            )
        )


@jobs.command("retry")
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=click.IntRange(min=1))
@click.option("--all-failed", is_flag=True, help="Every job that failed.")
@click.pass_obj
def retry(provided: Provided, *, numbers: tuple[int, ...], all_failed: bool) -> None:
    """Let failed jobs be done again, by their NUMBER or all of them."""
    if bool(numbers) == all_failed:
        raise click.UsageError("Give the numbers of failed jobs, or --all-failed.")
    try:
        with provided.get(Database).transaction() as transaction:
            tried = retry_failed(
                transaction, numbers if numbers else None, now=provided.get(Clock).now()
            )
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    click.echo(f"{len(tried)} to be done again." if tried else "No job had failed.")
