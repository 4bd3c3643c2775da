"""What an operator types to back up and to restore."""

from __future__ import annotations

import time
from pathlib import Path

import click

from app.entrypoints.backup.making import make_backup
from app.entrypoints.backup.restoring import require_alone, restore_backup
from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import Provided

_KEEP_THE_KEY = (
    "The secret key is not in it: keep that apart (SECRET_KEY, or the file secret-key in DATA_DIR)."
)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(provided: Provided, *, file: Path) -> None:
    """Write the database and the photos of this moment to FILE.

    The system may run meanwhile. FILE holds personal details, and only its owner can read it. It
    never replaces a file.
    """
    begun = time.monotonic()
    made = make_backup(provided, file, now=provided.get(Clock).now())
    click.echo(
        f"{file}: {made.reports} reports, {made.cases} cases and {made.photo_files} files of"
        f" photos, {made.size_bytes / 1_000_000:.1f} MB, in {time.monotonic() - begun:.1f} s."
    )
    _warn_of(made.missing)
    click.echo(_KEEP_THE_KEY)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replace", "replaces", is_flag=True, help="Also when there is something; that goes for good."
)
@click.pass_obj
def restore(provided: Provided, *, file: Path, replaces: bool) -> None:
    """Let database and photos be what they were when FILE was made: all of it, or nothing.

    Nobody else may be connected: stop web and worker first. Migrations that came since are run.
    """
    begun = time.monotonic()
    with provided.get(Database).transaction() as transaction:
        require_alone(transaction)
    restored = restore_backup(provided, file, replaces=replaces)
    made_at = restored.made_at.astimezone(LOCAL_ZONE).isoformat(sep=" ", timespec="minutes")
    click.echo(
        f"As of {made_at}: {restored.reports} reports, {restored.cases} cases and"
        f" {restored.photo_files} files of photos, in {time.monotonic() - begun:.1f} s."
    )
    _warn_of(restored.missing)
    if not restored.has_same_key:
        click.echo(
            "The secret key is another than the back-up was made with: links to reports that were"
            " sent before no longer open, and everyone signs in again. With the old key they do."
        )


def _warn_of(missing: tuple[str, ...]) -> None:
    if missing:
        click.echo(
            f"{len(missing)} files that the database knows were not in the store, such as"
            f" {missing[0]}; their photos cannot be shown.",
            err=True,
        )
