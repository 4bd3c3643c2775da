"""`straatbeeld`: what an operator types."""

from __future__ import annotations

import sys

import click
import psycopg
from psycopg.errors import RaiseException, UndefinedColumn, UndefinedTable
from sqlalchemy.exc import DBAPIError

from app.entrypoints.backup.commands import backup, restore
from app.entrypoints.demo.commands import demo
from app.entrypoints.import_commands import import_
from app.entrypoints.job_commands import jobs
from app.entrypoints.migrations import migrate
from app.entrypoints.openapi_commands import openapi
from app.entrypoints.retention_commands import retention
from app.entrypoints.roles_reference import roles_command
from app.entrypoints.settings_reference import settings_command
from app.entrypoints.stages_reference import stages_command
from app.entrypoints.wiring import wire
from app.entrypoints.worker import run_worker
from app.foundation.errors import DomainError
from app.foundation.settings import SettingsRefused, read_settings
from app.identity.commands import (
    accounts,
    export_parties_command,
    import_parties_command,
    parties,
    partners,
)
from app.photos.commands import photos
from app.routing.calendar_commands import calendar
from app.routing.commands import (
    export_agreements_command,
    import_agreements_command,
    routing,
)
from app.triage.commands import import_categories_command


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Straatbeeld, public-space reporting: the operator's commands."""
    if "--help" not in sys.argv:
        context.obj = wire(read_settings())


@cli.command("migrate")
def migrate_command() -> None:
    """Bring the database to the shape this version needs."""
    migrate(read_settings().database_url)
    click.echo("The database is up to date.")


@cli.command("worker")
@click.option("--until-empty", is_flag=True, help="Stop when no job is left.")
def worker_command(*, until_empty: bool) -> None:
    """Do the jobs that were left for later, until stopped."""
    run_worker(read_settings(), until_empty=until_empty)


@cli.group("export")
def export() -> None:
    """Print what was brought in, in the form in which it comes in."""


cli.add_command(accounts)
cli.add_command(backup)
cli.add_command(calendar)
cli.add_command(demo)
cli.add_command(import_)
cli.add_command(jobs)
cli.add_command(openapi)
cli.add_command(parties)
cli.add_command(partners)
cli.add_command(photos)
cli.add_command(restore)
cli.add_command(retention)
cli.add_command(routing)
cli.add_command(settings_command)
cli.add_command(roles_command)
cli.add_command(stages_command)

export.add_command(export_agreements_command)
export.add_command(export_parties_command)

import_.add_command(import_agreements_command)
import_.add_command(import_categories_command)
import_.add_command(import_parties_command)


def main() -> None:
    """Run the command that was typed; what is refused is said in a sentence, without a trace."""
    try:
        cli(standalone_mode=True)
    except Exception as fault:
        said = _sentence(fault)
        if said is None:
            raise
        click.echo(f"straatbeeld: {said}", err=True)
        sys.exit(1)


def _sentence(fault: Exception) -> str | None:
    """Return what to tell an operator, or None for a fault of ours, which keeps its trace."""
    if isinstance(fault, SettingsRefused | DomainError):
        return str(fault)
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    if isinstance(cause, UndefinedTable | UndefinedColumn):
        return "the database has not the shape this version needs: run 'straatbeeld migrate' first."
    if isinstance(cause, RaiseException):
        return str(cause.diag.message_primary)
    if isinstance(cause, psycopg.OperationalError):
        return f"the database does not answer: {str(cause).strip()}"
    if isinstance(cause, OSError) and cause.filename is not None:
        return f"{cause.filename} cannot be used: {cause.strerror}."
    return None


if __name__ == "__main__":
    main()
