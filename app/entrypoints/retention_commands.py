"""What an operator types to forget what has been kept long enough, or to see what that would be."""

from __future__ import annotations

from dataclasses import dataclass

import click

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.identity import operations as identity
from app.photos.operations import sweeping
from app.photos.storage import PhotoStore
from app.reception.forgetting import forget_what_is_over


@dataclass(frozen=True, slots=True)
class _Line:
    what: str
    how_many: int


class _OnlyTrying(Exception):
    """Takes back what was only done to count it."""


@click.group("retention", invoke_without_command=True)
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only say what would go.")
@click.pass_context
def retention(context: click.Context, *, is_dry_run: bool) -> None:
    """Forget what has been kept long enough; the worker does so every night."""
    if context.invoked_subcommand is not None:
        return
    if not is_dry_run:
        raise click.UsageError("Say --dry-run to see what would go, or run to let it go.")
    _tell(context.obj, is_dry_run=True)


@retention.command("run")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only say what would go.")
@click.pass_context
def run(context: click.Context, *, is_dry_run: bool) -> None:
    """Forget it now."""
    # Nobody who wrote --dry-run anywhere means otherwise.
    _tell(context.obj, is_dry_run=is_dry_run or _is_asked_above(context))


def _is_asked_above(context: click.Context) -> bool:
    above = context.parent
    return above is not None and bool(above.params.get("is_dry_run"))


def _tell(provided: Provided, *, is_dry_run: bool) -> None:
    for line in _forget(provided, is_dry_run=is_dry_run):
        click.echo(f"{line.how_many:>8}  {line.what}")
    click.echo("Nothing has gone: this was a dry run." if is_dry_run else "This has gone.")


def _forget(provided: Provided, *, is_dry_run: bool) -> list[_Line]:
    """Forget everything that is over, or do so and take it back, so that both count the same."""
    settings, now = provided.get(Settings), provided.get(Clock).now()
    told: list[_Line] = []
    try:
        with provided.get(Database).transaction() as transaction:
            forgotten = forget_what_is_over(transaction, settings, now=now)
            sign_ins = identity.forget_what_is_over(transaction, now=now)
            swept = sweeping.sweep(
                transaction, provided.get(PhotoStore), now, is_dry_run=is_dry_run
            )
            told = [
                _Line(
                    f"reports lose their contact details ({settings.retention_days} days after"
                    " the case closed)",
                    forgotten.contacts,
                ),
                _Line(
                    "lines about who looked at contact details"
                    f" (kept {settings.contact_log_days} days)",
                    forgotten.contact_openings,
                ),
                _Line("forms that were left alone or sent, with their photos", forgotten.drafts),
                _Line("photos that belong to nothing", swept.stray_photos),
                _Line("files of photos that no report knows", swept.unknown_files),
                _Line("answers that would be given again to a repeated request", forgotten.answers),
                _Line("sign-ins that ended long ago", sign_ins),
            ]
            if is_dry_run:
                raise _OnlyTrying
    except _OnlyTrying:
        pass
    return told
